"""Compares the bundled compute rate cards with the collected facts they were written from; prints every difference.

By hand: `python -m tests.benchmarks.validate_cards ../shared/data/prices`. Exit code 1: a good row is neither in a card
nor explained here. A price agrees to the last digit the facts give; a spot range agrees where the card's holds it.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.rate_cards import rate_card

CARD_OF = {"aws": "aws-ec2", "azure": "azure-vm", "gcp": "google-cloud"}  # others: their own name
UNIT_CARD_OF = {"aws": "aws-bedrock-units", "azure": "azure-ptu", "google": "google-gsu"}
UNIT_MODEL_OF = {"Llama-3.3-70B": "Llama-3.3-70B-Instruct", "Titan Text Express": "amazon.titan-text-express-v1"}
RANGE_OPTIONS = {"spot_usd_hour_min", "spot_usd_hour_max"}
TERMS = {"reserved_1y_usd_hour": 12, "reserved_3y_usd_hour": 36}

WHY = {
    ("oci", "BM.GPU.A100-v2.8", "us-ashburn-1"): "40.0 is contradicted by Oracle's price list: 4.00 a GPU, 32.00",
    ("azure", "ND96isr_H200_v5", "eastus"): "estimate on a base of 110.24; the API lists 84.80, and not in eastus",
    ("azure", "ND96isr_MI300X_v5", "unspecified"): "48.00 since confirmed for eastus2; its reserved estimates left out",
    ("gcp", "a2-ultragpu-8g", "us-central1"): "rejected; the price page's 40.550383123 is shipped instead",
    ("gcp", "a3-highgpu-8g", "us-central1"): "rejected; the price page's 88.490000119 is shipped instead",
    ("gcp", "a3-ultragpu-8g", "us-central1"): "GPUs without their machine; the page's whole machine is shipped instead",
    ("gcp", "a4-highgpu-8g", "us-central1"): "GPUs without their machine; not sold on demand",
    ("gcp", "tpu-v6e-1", "asia-east1"): "700 stands for an unknown price",
    ("coreweave", "HGX H100 8x", "us"): "49.28 is the rounded price of a GPU times eight; the page says 49.24",
}
WHY_UNITS = {
    ("aws", "anthropic.claude-v2:1", "34.992"): "LiteLLM's figure a second, rounded; the page says 35.00",
    ("aws", "anthropic.claude-instant-v1", "21.996"): "LiteLLM's figure a second, rounded; the page says 22.00",
    ("aws", "cohere.command-text-v14", "23.76972"): "LiteLLM's figure a second; the page says 23.77",
}


@dataclass(frozen=True)
class Difference:
    """A figure of the facts that no card states: which, and why it is left out."""

    what: str
    why: str  # «»: nobody said
    good: bool


def instance_differences(rows: list[dict[str, str]]) -> Iterator[Difference]:
    """Each price of the collected machines that its card does not hold."""
    for row in rows:
        key = (row["provider"], row["sku"], row["region"])
        offer = _offer(*key)
        for column in ("on_demand_usd_hour", *sorted(RANGE_OPTIONS), *TERMS):
            if row[column] and (offer is None or not _stated(offer, column, Decimal(row[column]))):
                good = row["quality"] in {"good", "good/estimate"}
                yield Difference(f"{' '.join(key)} {column} {row[column]} ({row['quality']})", WHY.get(key, ""), good)


def unit_differences(rows: list[dict[str, str]]) -> Iterator[Difference]:
    """Each throughput and price of the collected units that their card does not hold."""
    for row in rows:
        offers = [
            each for each in rate_card(UNIT_CARD_OF[row["provider"]]).offers if isinstance(each, ProvisionedOffer)
        ]
        model = UNIT_MODEL_OF.get(row["model"], row["model"])
        if row["throughput_per_unit"]:
            served = {each.throughput_per_unit for offer in offers for each in offer.models if each.model == model}
            if float(row["throughput_per_unit"]) not in served:
                yield Difference(f"{row['provider']} {model} {row['throughput_per_unit']} a unit", "", good=True)
        for column in ("unit_usd_hour", "unit_usd_month"):
            prices = {
                amount
                for offer in offers
                if model.startswith("any") or model in {each.model for each in offer.models}
                for price in offer.prices
                for amount in (price.usd_per_unit_h, price.usd_per_unit_month)
            }
            derived = row["provider"] == "azure" and column == "unit_usd_month" and row["unit_usd_hour"]  # 730 h of it
            if row[column] and not derived and Decimal(row[column]) not in prices:
                why = WHY_UNITS.get((row["provider"], model, row[column]), "")
                yield Difference(f"{row['provider']} {model} {column} {row[column]}", why, good=True)


def instrument_differences(rows: list[dict[str, str]]) -> Iterator[Difference]:
    """Each collected discount instrument whose largest published discount no card states."""
    stated = {
        (terms.category, terms.max_discount)
        for name in (*CARD_OF.values(), *UNIT_CARD_OF.values())
        for terms in rate_card(name).commitments
    }
    for row in rows:
        largest = _largest(row["max_discount_published"])
        if (row["family"], largest) not in stated:
            yield Difference(f"{row['provider']} {row['instrument']} {largest}", "", good=True)


def _largest(discount: str) -> float | None:
    """The discount as a card states it: the general one of several, of two terms the longer one's."""
    figures = re.findall(r"0\.\d+", discount)
    return None if not figures else float(figures[-1] if "3y" in discount else figures[0])


def _offer(provider: str, sku: str, region: str) -> InstanceOffer | None:
    card = rate_card(CARD_OF.get(provider, provider))
    for offer in card.offers:
        if isinstance(offer, InstanceOffer) and (offer.sku, offer.region) == (sku, region):
            return offer
    return None


def _stated(offer: InstanceOffer, column: str, usd: Decimal) -> bool:
    for row in offer.prices:
        if column == "on_demand_usd_hour":
            found = row.option is PurchaseOption.ON_DEMAND and row.usd_per_h is not None and _same(row.usd_per_h, usd)
        elif column in RANGE_OPTIONS:
            low, high = row.usd_per_h_low, row.usd_per_h_high
            found = row.option is PurchaseOption.SPOT and low is not None and high is not None and low <= usd <= high
        else:
            found = row.commitment is not None and row.commitment.term_months == TERMS[column] and row.usd_per_h == usd
        if found:
            return True
    return False


def _same(stated: Decimal, collected: Decimal) -> bool:
    """Equal to the last digit that the collected figure has."""
    return stated.quantize(collected) == collected


def main() -> int:
    """Print what differs and why; 1 where a good figure is missing without a reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds the three csv files")
    folder: Path = parser.parse_args().folder
    found = [
        *instance_differences(_read(folder / "accelerator_instances.csv")),
        *unit_differences(_read(folder / "provisioned_throughput.csv")),
        *instrument_differences(_read(folder / "commitment_terms.csv")),
    ]
    for difference in found:
        print(f"{difference.what}: {difference.why or 'NOT EXPLAINED'}")
    unexplained = [each for each in found if each.good and not each.why]
    print(f"{len(found)} figures differ, {len(unexplained)} good ones without a reason")
    return 1 if unexplained else 0


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(main())

"""A second engine with its own price data (metergraph-core, Apache-2.0) as the oracle, on models that both know.

Where the two differ by convention, the usage is chosen so that they do not:
- It has no batch price for cached input and takes the standard one, so batch requests here cache nothing.
- Some of its rows count cached tokens beside the input, and then leave them out of a context threshold; it is told the
  input its way, and cached tokens stay out of requests near a threshold.
- It refuses cached tokens without a price of their own; we charge the input price and say so.
- It rounds to 10⁻⁸ USD.
Where its data differ, `OTHER_DATA` says how: two sources for one figure that contradict each other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from metergraph_core import LoadedCatalog, counts_cache_read_in_input, load_catalog

from planner.errors import PriceError
from planner.prices.list_prices import list_offer, listed_skus
from planner.prices.offers import TokenOffer, TokenPrice, Variant
from planner.prices.usage import TokenUsage, price_usage

OUR_DAY = date(2026, 11, 10)
THEIR_DAY = date(2026, 10, 25)
ROUNDING = Decimal("0.5e-8")
VENDORS = {
    "openai-api": "openai",
    "anthropic-api": "anthropic",
    "google-api": "google",
    "mistral-api": "mistral",
    "xai-api": "x-ai",
    "deepseek-api": "deepseek",
    "fireworks-api": "fireworks",
    "zai-api": "zai",
    "moonshot-api": "moonshotai",
    "minimax-api": "minimax",
    "aws-bedrock": "aws",
}
OTHER_DATA = {
    "anthropic/claude-sonnet-4-5": "ours keeps the tier above 200,000 tokens of before the 1M context was retired",
    "deepseek/deepseek-chat": "theirs prices the name as the model it is routed to since April 2026, ours as V3",
    "deepseek/deepseek-reasoner": "theirs prices the name as the model it is routed to since April 2026, ours as V3",
    "fireworks/gpt-oss-120b": "ours has cached input at $0.014 before it became $0.015",
    "google/gemini-2.5-flash-image": "theirs takes the price of image output for all output",
    "google/gemini-3.5-flash": "theirs is half as high until the end of the year",
    "google/gemini-3.6-flash": "ours gives no day on which the introductory price began",
    "mistral/mistral-large-4": "ours knows the cut of 29 October 2026, theirs is older",
    "google/gemini-omni-1.1-flash": "theirs takes the price of video output for all output",
}


def pairs(catalog: LoadedCatalog) -> Iterator[tuple[str, str, str]]:
    """Our sku, their channel and model, for every model that both price at its own vendor."""
    ours = set(listed_skus())
    document: Any = catalog.document
    for model in document["models"]:
        for channel in sorted({row["channel"] for row in model.get("prices", ())} & VENDORS.keys()):
            names = {each["alias"] for each in model.get("aliases", ()) if each["channel"] == channel}
            for name in sorted({*names, model["canonical_id"].split("/", 1)[1]}):
                sku = f"{VENDORS[channel]}/{name}"
                if sku in ours:
                    yield sku, channel, model["canonical_id"]


@cache
def offer_of(sku: str) -> TokenOffer | None:
    """None where it is not sold by the token."""
    try:
        return list_offer(sku, OUR_DAY)
    except PriceError:
        return None


def usage_for(random_: random.Random, price: TokenPrice, rules: Mapping[str, Any], *, included: bool) -> TokenUsage:
    threshold = (rules.get("long_context") or {}).get("threshold")
    total = random_.choice([1_000, 99_999, threshold or 5, (threshold or 5) + 1, 300_000])
    cacheable = price.variant is Variant.STANDARD and price.rates.cached_input_usd_per_mtok is not None
    near = threshold is not None and not included
    return TokenUsage(total, random_.randint(1, 9_000), total // 3 if cacheable and not near else 0)


@pytest.fixture(scope="module")
def catalog() -> LoadedCatalog:
    return load_catalog(region="global")


@pytest.mark.parametrize("variant", [Variant.STANDARD, Variant.BATCH])
@pytest.mark.parametrize("day", [date(2026, 10, 15), THEIR_DAY, date(2027, 1, 1)])
def test_both_engines_come_to_the_same_cost(catalog: LoadedCatalog, variant: Variant, day: date) -> None:
    random_ = random.Random(1)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    agreed, other = 0, dict[str, tuple[Decimal | None, Decimal | None]]()
    for sku, channel, model in pairs(catalog):
        row = catalog.snapshot.resolve_price(model=model, channel=channel, at=noon)
        if row is None or row.price.region != "global":
            continue
        included = counts_cache_read_in_input(row.price.publisher, channel, row.rules)
        offer = offer_of(sku)
        price = None if offer is None else offer.price_on(day, variant, time(12))
        if offer is None or price is None:
            continue
        usage = usage_for(random_, price, row.rules, included=included)
        ours = price_usage(offer, usage, on=day, variant=variant, at=time(12)).billed_usd
        theirs = catalog.price(
            model=model,
            channel=channel,
            at=noon,
            input_tokens=usage.input_tokens - (0 if included else usage.cached_tokens),
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cached_tokens,
            batch=variant is Variant.BATCH,
        )
        if theirs.status != "priced":  # it has no such price
            continue
        assert ours is not None
        if theirs.cost_usd is not None and abs(theirs.cost_usd - ours) <= ROUNDING:
            agreed += 1
        else:
            other[sku] = (ours, theirs.cost_usd)
    assert {sku: costs for sku, costs in other.items() if sku not in OTHER_DATA} == {}
    assert agreed >= (80 if variant is Variant.STANDARD else 30)

"""Age of what a plan rests on: stale rate cards that capacities are bought from, quotes past their day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from planner.basis import Doubt
from planner.capacities import Capacity, RentedMachine, ReservedUnits
from planner.placement.warnings import plan_doubts
from planner.prices.freshness import STALE_DAYS
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.offers import PriceProfile, Quote
from planner.prices.rate_card import RateCard
from planner.scenario import Scenario
from tests.support import rate_cards as raw
from tests.support.engine import DAY, offer, quantity, scenario, task_class

LONG_AGO = (DAY - timedelta(days=STALE_DAYS + 1)).isoformat()
JUST_FRESH = (DAY - timedelta(days=STALE_DAYS)).isoformat()


def rented(name: str = "pool", sku: str = "h100x8") -> Capacity:
    how = RentedMachine(rate_card="acme-cloud", sku=sku, region="north", option=PurchaseOption.ON_DEMAND)
    return capacity(name, how)


def reserved(offered: dict[str, Any]) -> Capacity:
    unit_model = offered["models"][0]["model"]
    how = ReservedUnits(rate_card="acme-cloud", sku=offered["sku"], region=offered["region"], unit_model=unit_model)
    return capacity("units", how)


def capacity(name: str, how: RentedMachine | ReservedUnits) -> Capacity:
    return Capacity(
        name=name,
        title=name.title(),
        model="llama-3.2-1b",
        how=how,
        prefill_tok_s=quantity(9000.0, "tok/s"),
        decode_tok_s=quantity(2000.0, "tok/s"),
    )


def planned(held: RateCard, *capacities: Capacity) -> Scenario:
    return scenario(task_class(), rate_cards=(held,), capacities=capacities)


def said(given: Scenario, kind: str) -> list[Doubt]:
    return [doubt for doubt in plan_doubts(given, (), ()) if doubt.kind == kind]


def read_long_ago(retrieved: str = LONG_AGO) -> dict[str, Any]:
    return {"provenance": raw.read(retrieved=retrieved)}


def test_a_stale_price_a_capacity_is_bought_at_is_doubted() -> None:
    held = raw.card(**read_long_ago())
    (doubt,) = said(planned(held, rented()), "StalePrices")  # prices.md §3
    assert doubt.subject == "Acme Cloud"
    assert "h100x8" in doubt.sentence
    assert f"{STALE_DAYS + 1} days ago" in doubt.sentence
    assert doubt.advice
    units = raw.provisioned()
    (doubt,) = said(planned(held, reserved(units)), "StalePrices")
    assert units["sku"] in doubt.sentence


def test_each_stale_offer_is_named_in_a_sentence_of_its_own() -> None:
    units = raw.provisioned()
    stale = said(planned(raw.card(**read_long_ago()), rented(), rented("second"), reserved(units)), "StalePrices")
    assert len(stale) == 2
    assert "h100x8" in stale[0].sentence
    assert units["sku"] in stale[1].sentence


@pytest.mark.parametrize(
    ("held", "capacities"),
    [
        (raw.card(**read_long_ago()), ()),  # nothing is bought from it
        (raw.card(**read_long_ago(JUST_FRESH)), (rented(),)),
        (raw.card(raw.instance(), raw.egress() | {"prices": [
            {"tiers": [{"usd_per_gb": "0.09"}], "provenance": raw.read(retrieved=LONG_AGO)}
        ]}), (rented(),)),  # another offer of the card is old
    ],
)  # fmt: skip
def test_prices_nothing_is_bought_at_and_fresh_ones_are_not(held: RateCard, capacities: tuple[Capacity, ...]) -> None:
    assert not said(planned(held, *capacities), "StalePrices")


def quoted(**changes: Any) -> Scenario:
    values = {
        "sku": "acme/small",
        "author": "Ada",
        "date": DAY - timedelta(days=90),
        "reason": "contract",
        "price": offer().prices[0],
    }
    quote = Quote.model_validate(values | changes)
    profile = PriceProfile(
        profile_id="test", title="Test prices", data_source="test", data_as_of=DAY, offers=(offer(),), quotes=(quote,)
    )
    return scenario(task_class(), prices=profile)


def test_a_quote_past_its_day_is_doubted_and_one_that_holds_is_not() -> None:
    (doubt,) = said(quoted(valid_until=DAY), "ExpiredQuote")  # the end is the first day it no longer holds
    assert doubt.subject == "acme/small"
    assert not said(quoted(valid_until=DAY + timedelta(days=1)), "ExpiredQuote")
    assert not said(quoted(), "ExpiredQuote")


def test_a_quote_for_hours_ends_as_well() -> None:
    given = quoted(valid_until=DAY, price=None, usd_per_h=Decimal(18), sku="h100x8")
    assert [doubt.subject for doubt in said(given, "ExpiredQuote")] == ["h100x8"]

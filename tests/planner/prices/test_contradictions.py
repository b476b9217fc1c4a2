"""Two sources that do not agree are both shown, and only they (economics.md §6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from planner.planning import plan
from planner.prices.contradictions import contradiction_doubts
from planner.prices.offers import PriceProfile, Quote
from planner.prices.rate_card import RateCard
from tests.support.capacities import cards
from tests.support.scenarios import DAY, prices, scenario

MACHINES, UNITS = cards()
PROFILE = prices()


def repriced(factor: int, title: str = "Another list") -> RateCard:
    """The card of machines from another source, every hour priced by this factor."""
    offers = tuple(
        offer.model_copy(
            update={
                "prices": tuple(
                    row.model_copy(update={"usd_per_h": None if row.usd_per_h is None else row.usd_per_h * factor})
                    for row in offer.prices
                )
            }
        )
        for offer in MACHINES.offers
        if offer.kind == "instance"
    )
    return MACHINES.model_copy(update={"profile_id": "another", "title": title, "offers": offers})


def kinds(*others: RateCard, profile: PriceProfile = PROFILE, on: date = DAY) -> set[str]:
    return {doubt.kind for doubt in contradiction_doubts(profile, (MACHINES, UNITS, *others), on)}


def test_two_cards_that_price_a_machine_apart_are_both_shown() -> None:
    found = contradiction_doubts(PROFILE, (MACHINES, repriced(2)), DAY)
    assert {doubt.kind for doubt in found} == {"ContradictingPrices"}
    assert all(MACHINES.title in doubt.sentence and "Another list" in doubt.sentence for doubt in found)


def test_one_source_or_two_that_agree_contradict_nothing() -> None:
    assert not kinds()
    assert not kinds(repriced(1))


def test_a_quote_settles_it() -> None:
    sku = next(offer.sku for offer in MACHINES.offers)
    quote = Quote(sku=sku, author="Ada", date=DAY, reason="contract", usd_per_h=Decimal(3), option="on_demand")
    assert not kinds(repriced(2), profile=PROFILE.model_copy(update={"quotes": (quote,)}))


def test_a_plan_says_so() -> None:
    one = scenario("Two lists").model_copy(update={"rate_cards": (MACHINES, repriced(2))})
    assert "ContradictingPrices" in {doubt.kind for doubt in plan(one).doubts}
    assert "ContradictingPrices" not in {doubt.kind for doubt in plan(scenario("One list")).doubts}

"""Token offers as documents: rows that do not clash, zero only where marked, version 1 still read (CONVENTION §9)."""

from __future__ import annotations

import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from planner.documents import from_plain, read_document, to_json
from planner.errors import DocumentError
from planner.planning import plan
from planner.prices.offers import ContextTier, DailyHours, PriceProfile, TokenPrice, Variant
from planner.scenario_files import load_scenario
from tests.support.token_offers import offer, rates

DATA = Path(__file__).parents[2] / "data"
NIGHT = DailyHours(start=time(22), end=time(4))
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def test_a_price_profile_of_version_1_is_read_with_one_undated_price_an_offer() -> None:
    profile = read_document(DATA / "price-profile-v1.json", PriceProfile)
    assert (profile.version, profile.quotes, profile.replaced) == (2, (), ())
    by_sku = {each.sku: each for each in profile.offers}
    (price,) = by_sku["openai/gpt-6.1-terra"].prices
    assert (price.effective_from, price.effective_to, price.variant, price.free) == (None, None, "standard", False)
    assert price.rates.input_usd_per_mtok == Decimal(1)
    assert [tier.above_input_tokens for tier in price.tiers] == [272_000]
    assert by_sku["openai/gpt-4.1-mini"].model == "gpt-4.1-mini"
    again = from_plain(json.loads(to_json(profile)), PriceProfile, where="again")
    assert again == profile


def test_a_scenario_of_version_1_is_read_and_plans_as_it_did() -> None:
    scenario = load_scenario(DATA / "scenario-v1.json")
    assert (scenario.version, scenario.capacities, scenario.rate_cards) == (3, (), ())
    result = plan(scenario)
    assert result.totals.base_usd_per_month.value == pytest.approx(29.312)  # what version 1 came to
    assert result.totals.plan_usd_per_month.value == pytest.approx(29.312)


@pytest.mark.parametrize("version", [0, 3, True, "2"])
def test_another_version_is_refused(version: object) -> None:
    raw = json.loads((DATA / "price-profile-v1.json").read_text(encoding="utf-8")) | {"version": version}
    with pytest.raises(DocumentError, match="version"):
        from_plain(raw, PriceProfile, where="x")


@pytest.mark.parametrize(
    "damage", [{"rates": None}, {"rates": 1}, {"tiers": 5}, {"tiers": [None]}, {"rates": {"a": 1}}]
)
def test_a_damaged_offer_of_version_1_is_refused_in_words(damage: dict[str, Any]) -> None:
    raw = json.loads((DATA / "price-profile-v1.json").read_text(encoding="utf-8"))
    raw["offers"][0] |= damage
    with pytest.raises(DocumentError, match=r"offers\.0"):
        from_plain(raw, PriceProfile, where="x")


def test_zero_of_version_1_was_marked_free_and_stays_so() -> None:
    raw = json.loads((DATA / "price-profile-v1.json").read_text(encoding="utf-8"))
    raw["offers"][0]["rates"] |= {"input_usd_per_mtok": "0", "output_usd_per_mtok": "0.00"}
    assert from_plain(raw, PriceProfile, where="x").offers[0].prices[0].free


@pytest.mark.parametrize(
    "zero",
    [rates("0"), rates(tokens_out="0"), rates(cached="0"), rates(reasoning="0.0")],
    ids=["in", "out", "hit", "think"],
)
def test_zero_is_refused_unless_marked_free(zero: Any) -> None:
    with pytest.raises(ValidationError, match="free = true"):
        TokenPrice(rates=zero)
    with pytest.raises(ValidationError, match="free = true"):
        TokenPrice(rates=rates(), tiers=(ContextTier(above_input_tokens=5, rates=zero),))
    assert TokenPrice(rates=zero, free=True).free


def test_writing_to_a_cache_may_cost_nothing() -> None:
    assert not TokenPrice(rates=rates(write="0")).free


def test_two_prices_of_one_day_are_refused() -> None:
    with pytest.raises(ValidationError, match="hold on the same day"):
        offer(TokenPrice(rates=rates()), TokenPrice(rates=rates("2"), effective_from=JUNE))
    offer(
        TokenPrice(rates=rates(), effective_to=JUNE),
        TokenPrice(rates=rates("2"), effective_from=JUNE),
        TokenPrice(rates=rates("1"), variant=Variant.BATCH),
        TokenPrice(rates=rates("3"), hours=NIGHT),
    )


def test_two_prices_of_one_hour_are_refused() -> None:
    late = DailyHours(start=time(3), end=time(5))
    with pytest.raises(ValidationError, match="same hour"):
        offer(TokenPrice(rates=rates(), hours=NIGHT), TokenPrice(rates=rates("2"), hours=late))
    offer(
        TokenPrice(rates=rates(), hours=NIGHT, effective_to=JUNE),
        TokenPrice(rates=rates("2"), hours=late, effective_from=JUNE),
    )
    offer(TokenPrice(rates=rates(), hours=NIGHT), TokenPrice(rates=rates("2"), hours=late, variant=Variant.BATCH))


@pytest.mark.parametrize(
    ("at", "inside"), [(time(21, 59), False), (time(22), True), (time(0), True), (time(3, 59), True), (time(4), False)]
)
def test_hours_over_midnight(at: time, inside: bool) -> None:
    assert NIGHT.hold(at) is inside


def test_hours_state_no_offset() -> None:
    from datetime import UTC

    with pytest.raises(ValidationError, match="UTC"):
        DailyHours(start=time(1, tzinfo=UTC), end=time(2))


def test_variants_of_a_day() -> None:
    ours = offer(TokenPrice(rates=rates()), TokenPrice(rates=rates("1"), variant=Variant.FLEX, effective_from=JULY))
    assert ours.variants_on(JUNE) == (Variant.STANDARD,)
    assert ours.variants_on(JULY) == (Variant.STANDARD, Variant.FLEX)

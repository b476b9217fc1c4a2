"""economics.md §4 on capacities: whole units, intervals of consistent cases; every bundled offer answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.capacities import Capacity, RentedMachine, ReservedUnits
from planner.cost.capacity import capacity_cost
from planner.cost.capacity_terms import capacity_terms
from planner.prices.costing import CostingStatus
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import rate_card, rate_card_ids
from tests.support.capacities import DAY, capacities, capacity_scenario, owned, rented, reserved, token_load
from tests.support.scenarios import published

EVERY = capacities()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(EVERY), st.floats(0.05, 10), st.floats(1, 5))
def test_cheap_and_dear_cases_hold_the_figure_between_them(capacity: Capacity, volume: float, peak: float) -> None:
    terms = capacity_terms(capacity_scenario(), capacity, token_load(peak_to_mean=peak), DAY)
    cheap, value, dear = (terms.case(case).usd_per_month(volume) for case in ("cheap", "value", "dear"))
    assert cheap <= value * (1 + 1e-9)
    assert value <= dear * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(EVERY), st.floats(0.1, 10))
def test_the_same_curve_from_any_reference_load(capacity: Capacity, factor: float) -> None:
    """Volumes are relative: twice the reference at volume 1 is the reference at volume 2."""
    scenario, load = capacity_scenario(), token_load()
    small, large = (capacity_terms(scenario, capacity, each, DAY) for each in (load, load.times(factor)))
    assert small.case("value").usd_per_month(factor) == pytest.approx(large.case("value").usd_per_month(1.0))


def test_one_unit_carries_its_headroom_in_the_busiest_hour() -> None:
    """K = headroom × availability/(units busy in the mean hour × peak-to-mean)."""
    load = token_load(requests=1_000_000, peak_to_mean=2.0, active_hours=200.0)
    terms = capacity_terms(capacity_scenario(), rented(), load, DAY)
    busy_hours = (1e9 / 15_000 + 3e8 / 2_500) / 3_600
    assert terms.volume_per_unit is not None
    assert terms.volume_per_unit.value == pytest.approx(0.8 / (busy_hours / 200 * 2))
    boxed = capacity_terms(capacity_scenario(), owned(), load, DAY)
    box_hours = (1e9 / 4_000 + 3e8 / 900) / 3_600
    assert boxed.volume_per_unit is not None
    assert boxed.volume_per_unit.value == pytest.approx(0.8 * 0.97 / (box_hours / 200 * 2))


def test_only_owned_power_grows_with_use() -> None:
    scenario, load = capacity_scenario(), token_load()
    for capacity in EVERY:
        terms = capacity_terms(scenario, capacity, load, DAY)
        assert terms.variable_usd_per_volume is not None
        assert (terms.variable_usd_per_volume.value > 0) is (capacity.how.kind == "owned")


def test_what_is_unknown_has_no_economics_and_says_why() -> None:
    terms = capacity_terms(capacity_scenario(), reserved(term_months=36), token_load(), DAY)
    assert terms.economics is None
    with pytest.raises(ValueError, match="answers on request only"):
        terms.case("value")


def _bundled(card: RateCard) -> Iterator[RentedMachine | ReservedUnits]:
    """Every way to buy every machine and unit of a card."""
    for offer in card.offers:
        if offer.kind == "instance":
            for option in PurchaseOption:
                terms = {row.commitment.term_months for row in offer.prices if row.commitment}
                for term in sorted(terms) if option is PurchaseOption.COMMITMENT else [None]:
                    yield RentedMachine(
                        rate_card=card.profile_id, sku=offer.sku, region=offer.region, option=option, term_months=term
                    )
        elif offer.kind == "provisioned":
            for model in offer.models:
                for months in sorted({row.term_months for row in offer.prices}):
                    yield ReservedUnits(
                        rate_card=card.profile_id,
                        sku=offer.sku,
                        region=offer.region,
                        unit_model=model.model,
                        term_months=months,
                    )


NOT_COMPUTE = ("energy-", "egress-", "web-search", "gemini-caches")
COMPUTE = [name for name in rate_card_ids() if not name.startswith(NOT_COMPUTE)]


@pytest.mark.parametrize("name", COMPUTE)
def test_every_bundled_machine_and_unit_has_a_price_or_a_reason(name: str) -> None:
    """Never zero, never an accident: a price that is not public stays unknown (CONVENTION §3)."""
    card = rate_card(name)
    assert next(_bundled(card), None) is not None
    plain = capacity_scenario(rented())
    for how in _bundled(card):
        capacity = Capacity(
            name="bundled",
            title="Bundled",
            model="any",
            how=how,
            prefill_tok_s=published(15_000, "tok/s"),
            decode_tok_s=published(2_500, "tok/s"),
        )
        scenario = plain.model_copy(update={"rate_cards": (card,), "capacities": (capacity,)})
        found = capacity_cost(scenario, capacity, token_load(), DAY)
        if found.status is CostingStatus.PRICED:
            assert found.effective_usd_per_month is not None
            assert found.effective_usd_per_month.value > 0
            assert found.prices
            assert all(price.source for price in found.prices)
        else:
            assert found.effective_usd_per_month is None
            assert found.missing
            assert all(found.missing)

"""economics.md §1, §2, §6 on capacity: whole units, computed utilization, parts that add up, doubts on their case."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes, capacity_cost, load_of
from planner.cost.capacity_figures import CapacityCost
from planner.cost.capacity_terms import capacity_terms
from planner.cost.capacity_use import units_in_use
from planner.cost.commitments import UsageCommitment, apply_commitments
from planner.cost.token_load import TokenLoad, load_blocks
from planner.prices.costing import CostingStatus
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.kinds.provisioned import Overflow
from planner.prices.offers import Quote
from planner.scenario import Scenario
from tests.support.capacities import (
    DAY,
    MACHINE,
    busy_workload,
    capacities,
    capacity_scenario,
    owned,
    rented,
    reserved,
    token_load,
)
from tests.support.scenarios import published

EVERY = capacities()
NAMES = [each.name for each in EVERY]


def _cost(capacity: Capacity, scenario: Scenario | None = None, on: date = DAY) -> CapacityCost:
    scenario = scenario or capacity_scenario(capacity)
    return capacity_cost(scenario, capacity, load_of(scenario, capacity_classes(scenario, capacity)), on)


def _kinds(cost: CapacityCost) -> set[str]:
    return {doubt.kind for doubt in cost.doubts}


def _value(figure: Quantity | None) -> float:
    assert figure is not None
    return figure.value


def test_worked_example_machines_on_demand() -> None:
    """60,000 chats and 20,000 taggings a day, 21 days of 9 h, peak 2: busy hours, machines, dollars by hand."""
    found = _cost(rented())
    uncached = 21 * (60_000 * 1_800 * 0.6 + 20_000 * 3_000)
    output = 21 * (60_000 * 300 + 20_000 * 40)
    busy_hours = (uncached / 15_000 + output / 2_500) / 3_600
    machines = math.ceil(busy_hours / 189 * 2 / 0.8)
    assert found.units == machines == 2
    assert _value(found.effective_usd_per_month) == pytest.approx(2 * 730 * 55.04)
    assert _value(found.utilization) == pytest.approx(busy_hours / (2 * 730))
    assert found.status is CostingStatus.PRICED


def test_machines_given_back_outside_active_hours() -> None:
    """Two machines, 21 starts of 9 hours: the same work at a higher utilization of paid hours."""
    found = _cost(rented(hours="active"))
    assert _value(found.effective_usd_per_month) == pytest.approx(2 * 21 * 9 * 55.04)
    assert _value(found.utilization) == pytest.approx(_value(_cost(rented()).utilization) * 730 / 189)


@pytest.mark.parametrize("capacity", EVERY, ids=NAMES)
def test_totals_are_the_sum_of_their_parts(capacity: Capacity) -> None:
    found = _cost(capacity, capacity_scenario())
    assert found.effective_usd_per_month is not None
    assert found.effective_usd_per_month.value == sum(part.usd_per_month for part in found.parts)
    assert found.effective_usd_per_month.bounds == (
        sum(part.low_usd for part in found.parts),
        sum(part.high_usd for part in found.parts),
    )


@pytest.mark.parametrize("capacity", EVERY, ids=NAMES)
def test_utilization_is_the_product_of_its_factors(capacity: Capacity) -> None:
    """economics.md §1: load factor × peak headroom × integer rounding × availability; never typed in."""
    found = _cost(capacity, capacity_scenario())
    assert math.prod(factor.value for factor in found.factors) == pytest.approx(_value(found.utilization))


@pytest.mark.parametrize("capacity", EVERY, ids=NAMES)
def test_terms_answer_what_the_cost_answers(capacity: Capacity) -> None:
    scenario = capacity_scenario()
    load = load_of(scenario, capacity_classes(scenario, capacity))
    terms = capacity_terms(scenario, capacity, load, DAY)
    for volume in (0.3, 1.0, 2.7):
        cost = capacity_cost(scenario, capacity, load.times(volume), DAY)
        assert cost.effective_usd_per_month is not None
        assert terms.economics is not None
        assert terms.economics.units_for(volume) == cost.units
        assert terms.economics.usd_per_month(volume) == pytest.approx(cost.effective_usd_per_month.value)


@pytest.mark.parametrize("capacity", [each for each in EVERY if each.how.kind != "owned"], ids=lambda each: each.name)
def test_billed_sums_to_effective_over_the_term(capacity: Capacity) -> None:
    found = _cost(capacity, capacity_scenario())
    assert found.billed is not None
    term = found.billed.term_months or 1.0
    billed = found.billed.upfront_usd + term * found.billed.recurring_usd_per_month
    assert billed == pytest.approx(term * _value(found.effective_usd_per_month))


@pytest.mark.parametrize(
    "capacity", [each for each in EVERY if each.how.kind != "provisioned"], ids=lambda each: each.name
)
def test_input_and_output_apart_bear_the_whole_bill_of_the_machines(capacity: Capacity) -> None:
    """H·10^6/(3600·R·U): uncached input and output together pay exactly what the machines cost."""
    scenario = capacity_scenario()
    load = load_of(scenario, capacity_classes(scenario, capacity))
    found = capacity_cost(scenario, capacity, load, DAY)
    apart, on_output = found.per_mtok
    assert apart.usd_per_mtok_in is not None
    paid = (
        load.uncached_tokens * apart.usd_per_mtok_in.value + load.output_tokens * apart.usd_per_mtok_out.value
    ) / 1e6
    assert paid == pytest.approx(_value(found.effective_usd_per_month))
    assert load.output_tokens * on_output.usd_per_mtok_out.value / 1e6 == pytest.approx(paid)
    assert on_output.usd_per_mtok_out_at_full_utilization.value < on_output.usd_per_mtok_out.value


def test_277_dollars_rule() -> None:
    """economics.md §2: all on output is 277.78·H/(tok/s·U)."""
    found = _cost(rented())
    _, on_output = found.per_mtok
    scenario = capacity_scenario(rented())
    load = load_of(scenario, capacity_classes(scenario, rented()))
    busy_h = (load.uncached_tokens / 15_000 + load.output_tokens / 2_500) / 3_600
    tok_s = load.output_tokens / (busy_h * 3_600)
    by_hand = 277.777_777_8 * 55.04 / (tok_s * _value(found.utilization))
    assert on_output.usd_per_mtok_out.value == pytest.approx(by_hand)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 20), st.floats(1, 4), st.sampled_from(EVERY))
def test_more_load_is_never_cheaper_in_total(scale: float, factor: float, capacity: Capacity) -> None:
    scenario = capacity_scenario()
    load = token_load(requests=1e6 * scale)
    less, more = (
        _value(capacity_cost(scenario, capacity, each, DAY).effective_usd_per_month)
        for each in (load, load.times(factor))
    )
    assert more >= less * (1 - 1e-9)


@settings(max_examples=25, deadline=None)
@given(st.floats(1, 6), st.sampled_from(EVERY))
def test_what_is_idle_or_forfeited_is_a_part_of_the_bill(peak: float, capacity: Capacity) -> None:
    found = capacity_cost(capacity_scenario(), capacity, token_load(peak_to_mean=peak), DAY)
    assert found.idle_usd_per_month is not None
    assert found.forfeited_usd_per_month is not None
    assert 0 <= found.forfeited_usd_per_month <= found.idle_usd_per_month + 1e-6
    assert found.idle_usd_per_month <= _value(found.effective_usd_per_month)


def test_forfeiture_equals_an_hourly_simulation_of_the_promise() -> None:
    """730 hours: the blocks of the active ones, nothing in the others, against the promise applied hour by hour."""
    capacity = rented(PurchaseOption.COMMITMENT, term_months=12)
    scenario = capacity_scenario(capacity)
    load = token_load(requests=6e6, active_hours=160.0)
    found = capacity_cost(scenario, capacity, load, DAY)
    terms = capacity_terms(scenario, capacity, load, DAY)
    assert terms.economics is not None
    assert found.units is not None
    per_hour = 4_096  # slices of an hour, so that every block is a whole number of them to 0.1 %
    running: list[float] = []
    for block in load_blocks(2.0):
        machines = math.ceil(block.relative_load / (terms.economics.volume_per_unit * 2.0) - 1e-9)
        running += [machines] * round(block.share_of_hours * 160 * per_hour / 64)
    running += [0.0] * (round(730 * per_hour / 64) - len(running))
    applied = apply_commitments({"m": running}, {"m": 55.04}, usage=(UsageCommitment("u", "m", found.units, 38.0),))
    assert found.forfeited_usd_per_month == pytest.approx(applied.unused_usd * 64 / per_hour, rel=2e-3)


def test_spot_for_people_who_wait_is_doubted_and_only_then() -> None:
    spot = rented(PurchaseOption.SPOT)
    assert "SpotForInteractive" in _kinds(_cost(spot))
    patient = spot.model_copy(update={"task_classes": ("archive",)})
    assert "SpotForInteractive" not in _kinds(_cost(patient))
    assert "SpotForInteractive" not in _kinds(_cost(rented()))


def test_on_demand_beside_a_promise_of_the_same_model() -> None:
    promise, other = rented(PurchaseOption.COMMITMENT, name="promise", term_months=12), rented(name="free")
    both = capacity_scenario(promise, other)
    assert "OnDemandAgainstCommitted" in _kinds(_cost(promise, both))
    assert "OnDemandAgainstCommitted" not in _kinds(_cost(other, both))
    assert "OnDemandAgainstCommitted" not in _kinds(_cost(promise))


def test_a_promise_that_stands_idle_is_doubted_with_its_break_even() -> None:
    promise = rented(PurchaseOption.COMMITMENT, term_months=12)
    idle = _cost(promise)
    assert idle.break_even_utilization == pytest.approx(38.00 / 55.04)
    assert "CommitmentTooIdle" in _kinds(idle)
    always = busy_workload().model_copy(
        update={"active_days_per_month": 30.4, "active_hours_per_day": 24, "peak_to_mean": published(1.0, "count")}
    )
    busy = _cost(promise, capacity_scenario(promise, workload=always))
    assert "CommitmentTooIdle" not in _kinds(busy)


def test_an_estimated_price_and_a_stale_one() -> None:
    three = rented(PurchaseOption.COMMITMENT, term_months=36)
    assert "EstimatedPrice" in _kinds(_cost(three))
    one = rented(PurchaseOption.COMMITMENT, term_months=12)
    assert "EstimatedPrice" not in _kinds(_cost(one))
    assert "StalePrices" not in _kinds(_cost(one))
    assert "StalePrices" in _kinds(_cost(one, on=date(2027, 2, 1)))


def test_high_utilization_in_office_hours_only() -> None:
    tight = rented(hours="active").model_copy(update={"headroom": 1.0})
    level = busy_workload(scale=40).model_copy(update={"peak_to_mean": published(1.0, "count")})
    busy = _cost(tight, capacity_scenario(tight, workload=level))
    assert _value(busy.utilization) > 0.8
    assert "HighUtilization" in _kinds(busy)
    round_the_clock = level.model_copy(update={"active_hours_per_day": 24, "active_days_per_month": 30.4})
    assert "HighUtilization" not in _kinds(_cost(tight, capacity_scenario(tight, workload=round_the_clock)))
    assert "HighUtilization" not in _kinds(_cost(tight))


def test_units_that_refuse_say_how_much_of_the_dearest_case() -> None:
    plain = reserved()
    found = _cost(plain)
    assert "OverflowUnpriced" in _kinds(found)
    assert "ReservesNoCapacity" in _kinds(found)
    assert found.unserved_share == 0
    assert "RequestsRefused" not in _kinds(found)
    full = plain.model_copy(update={"headroom": 1.0})
    refused = _cost(full)
    assert refused.unserved_share > 0
    assert "RequestsRefused" in _kinds(refused)
    spilled = reserved(overflow_sku="acme/mini")
    found = _cost(spilled, capacity_scenario(spilled, overflow=Overflow.SPILLOVER))
    assert not _kinds(found) & {"OverflowUnpriced", "RequestsRefused"}


def test_overflow_is_priced_over_the_hours_and_units_are_as_many_as_pay() -> None:
    capacity = reserved(term_months=12, overflow_sku="acme/mini")
    scenario = capacity_scenario(capacity)
    load = load_of(scenario, capacity_classes(scenario, capacity))
    found = capacity_cost(scenario, capacity, load, DAY)
    all_metered = (
        load.input_tokens * 0.40 + load.output_tokens * 1.60  # the offer names no cached price
    ) / 1e6
    overflow = next(part for part in found.parts if part.name == "overflow")
    assert overflow.driver == "token_price"
    assert overflow.usd_per_month == pytest.approx(found.overflow_share * all_metered)
    terms = capacity_terms(scenario, capacity, load, DAY)
    assert terms.economics is not None
    brute = min(terms.economics.usd_per_month(1.0, units) for units in range(15, 200, 5))
    assert _value(found.effective_usd_per_month) == pytest.approx(brute)


def test_owned_boxes_follow_the_owners_hour() -> None:
    """The electricity part follows use, capital the device's price; cash holds the purchase."""
    found = _cost(owned())
    assert {part.name: part.driver for part in found.parts} == {
        "capital": "device_price",
        "electricity": "tariff",
        "staff": "none",
    }
    assert found.billed is not None
    assert found.units is not None
    assert found.billed.upfront_usd == found.units * 9_000
    assert found.least_units is not None
    assert found.most_units is not None
    assert found.least_units <= found.units <= found.most_units
    assert found.forfeited_usd_per_month == 0


def test_spare_machines_are_paid_and_lower_the_utilization() -> None:
    lean, spared = _cost(rented()), _cost(rented(spare=1))
    assert lean.units is not None
    assert spared.units == lean.units + 1
    assert _value(spared.utilization) == pytest.approx(_value(lean.utilization) * lean.units / (lean.units + 1))


def test_what_has_no_price_has_no_total() -> None:
    for capacity, status in (
        (reserved(term_months=36), CostingStatus.UNPRICED),
        (reserved(unit_model="secret"), CostingStatus.PARTIAL),
    ):
        found = _cost(capacity)
        assert found.status is status
        assert found.effective_usd_per_month is None
        assert found.utilization is None
        assert found.missing
        assert "UtilizationUnknown" in _kinds(found)
    unknown = rented(overflow_sku="nobody/none")
    assert "holds no offer" in _cost(unknown).missing[0]


def test_without_work_there_is_no_cost_and_no_utilization() -> None:
    found = capacity_cost(capacity_scenario(), rented(), token_load(requests=0), DAY)
    assert found.effective_usd_per_month is None
    assert found.missing == ("the load has no tokens",)


def test_private_classes_are_nobodys_load_and_named_ones_only() -> None:
    scenario = capacity_scenario()
    assert [each.name for each in capacity_classes(scenario, rented())] == ["chat", "archive"]
    chosen = rented().model_copy(update={"task_classes": ("archive",)})
    assert [each.name for each in capacity_classes(scenario, chosen)] == ["archive"]


def test_the_interval_of_a_peak_reaches_the_number_of_units() -> None:
    found = _cost(reserved())
    assert found.least_units is not None
    assert found.most_units is not None
    assert found.least_units < found.most_units
    assert found.utilization is not None
    assert found.utilization.basis is Basis.ASSUMED


@pytest.mark.parametrize("scale", [1.0, 3.0, 10.0])
def test_the_least_cost_promise_is_the_best_of_all_numbers(scale: float) -> None:
    """Newsvendor over the blocks of the month against every number of machines, hour by hour."""
    promise = rented(PurchaseOption.COMMITMENT, term_months=12, spare=1)
    workload = busy_workload(scale=scale).model_copy(update={"active_hours_per_day": 22, "active_days_per_month": 30})
    scenario = capacity_scenario(promise, workload=workload)
    load = load_of(scenario, capacity_classes(scenario, promise))
    found = capacity_cost(scenario, promise, load, DAY)
    terms = capacity_terms(scenario, promise, load, DAY)
    assert terms.economics is not None
    assert found.units is not None
    use = units_in_use(terms.economics, found.units, load)

    def usd(machines: int) -> float:
        beyond = sum(max(0, needed - machines) * hours for needed, hours in use)
        return machines * 730 * 38.00 + beyond * 55.04

    assert found.least_cost_promise is not None
    assert found.least_cost_promise.usd_per_month == pytest.approx(
        min(usd(number) for number in range(found.units + 1))
    )
    assert found.least_cost_promise.usd_per_month == pytest.approx(usd(found.least_cost_promise.machines))
    assert found.least_cost_promise.usd_per_month <= _value(found.effective_usd_per_month) + 1e-6


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(["2", "0.5", "7.25"]), st.sampled_from([each for each in EVERY if each.how.kind == "instance"]))
def test_linear_in_the_vendors_money(factor: str, capacity: Capacity) -> None:
    scenario = capacity_scenario()
    cloud, units = scenario.rate_cards
    (machine,) = cloud.offers
    assert machine.kind == "instance"
    dearer = [
        row.model_copy(
            update={
                name: None if (usd := getattr(row, name)) is None else usd * Decimal(factor)
                for name in ("usd_per_h", "usd_per_h_low", "usd_per_h_high")
            }
        )
        for row in machine.prices
    ]
    card = cloud.model_copy(update={"offers": (machine.model_copy(update={"prices": tuple(dearer)}),)})
    scaled = scenario.model_copy(update={"rate_cards": (card, units)})
    before, after = (_value(_cost(capacity, each).effective_usd_per_month) for each in (scenario, scaled))
    assert after == pytest.approx(before * float(factor))


def test_the_users_quote_is_what_is_paid_and_is_not_doubted_for_the_vendors_rows() -> None:
    three = rented(PurchaseOption.COMMITMENT, term_months=36)
    scenario = capacity_scenario(three)
    quote = Quote(sku=MACHINE, author="Kim", date=DAY, reason="offer 4711", usd_per_h=Decimal(25), option="commitment")
    prices = scenario.prices.model_copy(update={"quotes": (quote,)})
    found = _cost(three, scenario.model_copy(update={"prices": prices}))
    assert _value(found.effective_usd_per_month) == pytest.approx((found.units or 0) * 730 * 25)
    assert "EstimatedPrice" not in _kinds(found)
    assert found.prices[0].source == "own quote, Kim, 23 Nov 2026: offer 4711"


def test_an_introductory_price_that_ends_inside_the_horizon_is_doubted() -> None:
    scenario = capacity_scenario(rented())
    cloud, units = scenario.rate_cards
    (machine,) = cloud.offers
    assert machine.kind == "instance"
    first = machine.prices[0].model_copy(update={"introductory": True})
    offer = machine.model_copy(update={"prices": (first, *machine.prices[1:])})
    promised = scenario.model_copy(update={"rate_cards": (cloud.model_copy(update={"offers": (offer,)}), units)})
    assert "IntroductoryEnds" in _kinds(_cost(rented(), promised))
    assert "IntroductoryEnds" not in _kinds(_cost(rented(), scenario))


@pytest.mark.parametrize("capacity", EVERY, ids=NAMES)
def test_no_figure_is_better_known_than_the_load_it_was_sized_for(capacity: Capacity) -> None:
    """CONVENTION §4: a computed figure has the weakest basis of its inputs; this peak is assumed, prices published."""
    found = _cost(capacity, capacity_scenario())
    assert {part.basis for part in found.parts} == {Basis.ASSUMED}
    assert found.effective_usd_per_month is not None
    assert found.effective_usd_per_month.basis is Basis.ASSUMED
    assert {each.usd_per_mtok_out.basis for each in found.per_mtok} == {Basis.ASSUMED}


def test_what_is_measured_and_published_is_called_so() -> None:
    found = capacity_cost(capacity_scenario(rented()), rented(), token_load(), DAY)
    assert found.effective_usd_per_month is not None
    assert found.effective_usd_per_month.basis is Basis.PUBLISHED


loads = st.builds(
    lambda requests, input_tokens, cached, output_tokens, peak: TokenLoad(
        requests=requests,
        input_tokens=requests * input_tokens,
        cached_tokens=requests * input_tokens * cached,
        output_tokens=requests * output_tokens,
        active_hours_per_month=189.0,
        peak_to_mean=published(peak, "count"),
    ),
    st.floats(1e-6, 1e13),
    st.floats(1, 1e9),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.floats(1, 1e9),
    st.floats(1, 1000),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(EVERY), loads, st.sampled_from([0.01, 0.8, 1.0]), st.integers(0, 1000))
def test_no_month_is_negative_endless_or_busier_than_its_hours(
    capacity: Capacity, load: TokenLoad, headroom: float, spare: int
) -> None:
    """economics.md §7: no nan, inf or negative month anywhere, from a request a century to 10^13 a month."""
    found = capacity_cost(
        capacity_scenario(), capacity.model_copy(update={"headroom": headroom, "spare": spare}), load, DAY
    )
    low, high = found.effective_usd_per_month.bounds if found.effective_usd_per_month else (-1.0, -1.0)
    assert 0 <= low <= _value(found.effective_usd_per_month) <= high < math.inf
    assert 0 <= _value(found.utilization) <= 1
    assert 0 <= found.overflow_share <= 1
    assert 0 <= found.unserved_share <= 1


def test_31_days_around_the_clock_are_a_month_of_730_hours() -> None:
    """CONVENTION §6: never busier than the hours that are paid."""
    full = rented(hours="active").model_copy(update={"headroom": 1.0})
    workload = busy_workload(scale=100).model_copy(
        update={"active_days_per_month": 31, "active_hours_per_day": 24, "peak_to_mean": published(1.0, "count")}
    )
    found = _cost(full, capacity_scenario(full, workload=workload))
    assert found.paid_hours_per_unit == 730
    assert 0.9 < _value(found.utilization) <= 1

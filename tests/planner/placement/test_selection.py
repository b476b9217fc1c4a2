"""Selection against exhaustive enumeration, and hours shared by classes (CONVENTION §16)."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.placement.enumeration import known_of, options_of
from planner.placement.fleets import fixed_usd_per_month, fleets_in_use
from planner.placement.options import Side
from planner.placement.selection import Candidates, FixedCosts, fleet_of, select, true_usd_per_month
from planner.planning import plan
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from tests.support.engine import assumptions, device, figure, offer, ownership, scenario, task_class


def best_by_enumeration(given_scenario: Scenario) -> float:
    """Cheapest of all combinations of feasible options, fixed cost of each fleet used included."""
    classes = given_scenario.workload.task_classes
    menus = [
        [each for each in options_of(given_scenario, one, known_of(given_scenario)) if each.feasible] for one in classes
    ]
    return min(
        sum(true_usd_per_month(option) for option in combination)
        + sum(fixed_usd_per_month(given_scenario, fleet).value for fleet in fleets_in_use(given_scenario, combination))
        for combination in itertools.product(*menus)
    )


@settings(max_examples=40)
@given(
    rates=st.lists(st.integers(1, 3000), min_size=1, max_size=3),
    prices=st.lists(st.integers(1, 4000), min_size=1, max_size=2),
    incremental=st.tuples(st.integers(0, 400), st.integers(0, 400)),
    speeds=st.tuples(st.integers(5, 100), st.integers(5, 100)),
)
def test_select_equals_exhaustive_enumeration(
    rates: list[int], prices: list[int], incremental: tuple[int, int], speeds: tuple[int, int]
) -> None:
    fleets = tuple(
        Fleet(
            profile=device(
                f"device-{n}",
                figures=(figure(decode_tok_s=float(speeds[n])),),
                owned=ownership(incremental_usd=Decimal(incremental[n])),
            ),
            count=100,
        )
        for n in range(2)
    )
    offers = tuple(
        offer(f"acme/m{n}", usd_in=f"{cents / 1000}", usd_out=f"{cents / 250}") for n, cents in enumerate(prices)
    )
    one = scenario(
        *(task_class(f"class-{n}", requests_per_day=float(rate)) for n, rate in enumerate(rates)),
        fleets=fleets,
        offers=offers,
        policy=Policy(hardware=HardwarePolicy.INCREMENTAL, device_contention_cap=1.0),
    )
    result = plan(one)
    assert result.totals.plan_usd_per_month.value == pytest.approx(best_by_enumeration(one), rel=1e-9)


def test_a_fleet_s_fixed_cost_can_keep_everything_in_the_data_center() -> None:
    asked = task_class(requests_per_day=10.0)
    result = plan(scenario(asked))
    assert result.placements[0].chosen is not None
    assert result.placements[0].chosen.option_id == "datacenter:acme/small"
    assert result.sentence.startswith("Keep the one class in the data center: ")


def test_classes_leave_a_device_whose_hours_they_overrun_together() -> None:
    # Each class alone takes 12 % of the active hours; the cap of 30 % holds two of them.
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0) for n in range(3)]
    one = scenario(*classes)
    candidates = [Candidates(each.name, options_of(one, each, known_of(one))) for each in classes]
    found = select(candidates, FixedCosts({"testbook": 0.0}), 0.3)
    assert sum(option is not None and fleet_of(option) == "testbook" for option in found.chosen.values()) == 2
    assert [each.needed for each in found.moved.values()] == ["hours"]
    result = plan(one)
    assert result.fleet_loads[0].utilization <= 0.3
    assert sum("whose hours the other classes need" in each.reason for each in result.placements) == 1


def test_a_class_that_must_leave_moves_to_no_fleet_that_costs_more_than_it_saves() -> None:
    # A second fleet would do the third class for less than the data center, were it not for its hardware.
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0) for n in range(3)]
    dear = Fleet(profile=device("dear", owned=ownership(incremental_usd=Decimal(2_000_000))), count=100)
    cheap = Fleet(profile=device("cheap", owned=ownership(incremental_usd=Decimal(0))), count=100)
    result = plan(scenario(*classes, fleets=(cheap, dear), policy=Policy(hardware=HardwarePolicy.INCREMENTAL)))
    assert {load.profile_id: len(load.task_classes) for load in result.fleet_loads} == {"cheap": 2, "dear": 0}


def test_a_fleet_left_with_too_little_to_pay_for_itself_is_not_used() -> None:
    # The cap holds two of three classes; a fleet that only all three together could pay for is not worth having.
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0) for n in range(3)]
    two = plan(scenario(*classes)).totals
    worth_usd = two.saving_usd_per_month.value + two.fleet_usd_per_month
    support = assumptions().support_usd_per_device_month.model_copy(update={"value": 1.2 * worth_usd / 100})
    dearer = scenario(*classes, assumptions=assumptions().model_copy(update={"support_usd_per_device_month": support}))
    assert {each.chosen.side for each in plan(dearer).placements if each.chosen} == {Side.DATACENTER}


def test_hours_that_cannot_be_freed_are_a_doubt() -> None:
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0, may_leave_device=False) for n in range(3)]
    result = plan(scenario(*classes))
    assert result.fleet_loads[0].utilization > 0.3
    assert "Overloaded" in {doubt.kind for doubt in result.doubts}

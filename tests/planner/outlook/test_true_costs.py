"""True costs of every target: the plan's own numbers to the last digit, capacities beside them."""

from __future__ import annotations

from datetime import date

import pytest

from planner.cost.capacity import capacity_month
from planner.errors import UnknownNameError
from planner.outlook.true_costs import TargetCost, TrueCosts, true_costs
from planner.planning import plan
from planner.scenario import Scenario
from tests.support.capacities import DAY, RAISED, capacity_scenario, rented


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return capacity_scenario()


@pytest.fixture(scope="module")
def costs(scenario: Scenario) -> TrueCosts:
    return true_costs(scenario)


def _of(costs: TrueCosts, task_class: str, target_id: str) -> TargetCost:
    return next(each for each in costs.targets if (each.task_class, each.target_id) == (task_class, target_id))


def test_every_option_has_the_numbers_of_the_plan(scenario: Scenario, costs: TrueCosts) -> None:
    for placement in plan(scenario).placements:
        for option in placement.options:
            target = _of(costs, placement.task_class, option.option_id)
            assert option.cost is not None
            assert target.usd_per_accepted == option.cost.usd_per_accepted
            assert target.effective_usd_per_month == option.cost.usd_per_month
            assert target.true_usd_per_month == option.cost.true_usd_per_month
            assert target.is_chosen is (placement.chosen is not None and placement.chosen.option_id == option.option_id)
            assert target.is_allowed is option.feasible


def test_every_capacity_stands_with_every_class_it_may_take(scenario: Scenario, costs: TrueCosts) -> None:
    for capacity in scenario.capacities:
        month = next(each for each in costs.capacities if each.capacity == capacity.name)
        assert month == capacity_month(scenario, capacity, DAY)
        shares = [each for each in costs.targets if each.target_id == f"capacity:{capacity.name}"]
        assert {each.task_class for each in shares} == {"chat", "archive"}
        repeated = [
            each.effective_usd_per_month.value / 0.9 for each in shares if each.effective_usd_per_month
        ]  # §15: nine in ten results are accepted, the rest run again on the same units
        paid = sum(repeated)
        assert month.effective_usd_per_month is not None
        assert paid == pytest.approx(month.effective_usd_per_month.value)


def test_utilization_stands_beside_the_figure_at_100_percent(costs: TrueCosts) -> None:
    target = _of(costs, "chat", "capacity:on-demand")
    assert target.utilization is not None
    assert target.usd_per_mtok is not None
    full = target.usd_per_mtok_at_full_utilization
    assert full is not None
    assert full.value == pytest.approx(target.usd_per_mtok.value * target.utilization)


def test_what_is_paid_up_front_is_in_effective_and_not_in_billed_money(costs: TrueCosts) -> None:
    target = _of(costs, "chat", "capacity:three-years")
    assert target.billed_usd_per_month is not None
    assert target.effective_usd_per_month is not None
    assert target.billed_usd_per_month.value == pytest.approx(target.effective_usd_per_month.value / 2)


def test_spot_is_forbidden_to_people_who_wait(costs: TrueCosts) -> None:
    assert "capacity" in _of(costs, "chat", "capacity:spot").constraints
    assert "capacity" not in _of(costs, "archive", "capacity:spot").constraints


def test_a_private_class_is_forbidden_a_capacity_that_names_it() -> None:
    named = rented().model_copy(update={"task_classes": ("notes",)})
    found = _of(true_costs(capacity_scenario(named)), "notes", "capacity:rented")
    assert not found.is_allowed
    assert "must not leave the device" in found.forbidden_by[0]


def test_another_day_has_its_own_prices(scenario: Scenario) -> None:
    later = true_costs(scenario, RAISED, "archive")
    assert later.on == RAISED
    month = next(each for each in later.capacities if each.capacity == "on-demand")
    assert month.effective_usd_per_month is not None
    assert month.effective_usd_per_month.value == pytest.approx((month.units or 0) * 730 * 60.00)
    assert {each.task_class for each in later.targets} == {"archive"}
    assert later == true_costs(scenario.model_copy(update={"as_of": date(2027, 1, 15)}), task_class="archive")


def test_an_unknown_class_is_refused_with_those_there_are(scenario: Scenario) -> None:
    with pytest.raises(UnknownNameError, match="chat, archive, notes"):
        true_costs(scenario, task_class="cat")


def test_a_class_bound_to_places_is_forbidden_capacity_elsewhere() -> None:
    here, there, at_home = (
        rented(name=name).model_copy(update={"residency": places, "on_premises": at_home})
        for name, places, at_home in (("here", ("EU",), False), ("there", ("US",), False), ("home", (), True))
    )
    scenario = capacity_scenario(here, there, at_home)
    first, *others = scenario.workload.task_classes
    bound = first.model_copy(update={"residency": ("eu",)})
    workload = scenario.workload.model_copy(update={"task_classes": (bound, *others)})
    costs = true_costs(scenario.model_copy(update={"workload": workload}))
    names = ("here", "there", "home")
    found = {name: "residency" in _of(costs, "chat", f"capacity:{name}").constraints for name in names}
    assert found == {"here": False, "there": True, "home": False}


def test_what_a_fleet_costs_beside_its_classes_is_the_plans(scenario: Scenario, costs: TrueCosts) -> None:
    assert costs.fleets == plan(scenario).fleet_loads

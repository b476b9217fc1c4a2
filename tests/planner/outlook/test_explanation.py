"""Next-best plans in the order of their cost, and every option with what rules it out (economics.md §3)."""

from __future__ import annotations

import itertools

import pytest

from planner.errors import ScenarioError
from planner.outlook.explanation import explanation
from planner.placement.enumeration import known_of, options_of
from planner.placement.fleets import fixed_usd_per_month, fleets_in_use
from planner.placement.selection import true_usd_per_month
from planner.planning import plan
from tests.support.engine import scenario, task_class

GIVEN = scenario(*(task_class(f"class-{n}", requests_per_day=90_000.0 * (n + 1)) for n in range(2)))


def test_next_plans_are_the_next_of_all_choices() -> None:
    known = known_of(GIVEN)
    menus = [[each for each in options_of(GIVEN, one, known) if each.feasible] for one in GIVEN.workload.task_classes]
    cap = GIVEN.policy.device_contention_cap
    costs = sorted(
        sum(true_usd_per_month(option) for option in choice)
        + sum(fixed_usd_per_month(GIVEN, fleet).value for fleet in fleets_in_use(GIVEN, choice))
        for choice in itertools.product(*menus)
        if sum(option.service.utilization or 0.0 for option in choice if option.service) <= cap
    )
    found = explanation(GIVEN, "class-0").next_plans
    assert len(found) == len(costs) - 1
    assert [each.extra_usd_per_month for each in found] == pytest.approx([cost - costs[0] for cost in costs[1:]])
    assert all(each.changes for each in found)


def test_every_option_is_there_with_what_rules_it_out() -> None:
    private = scenario(task_class(may_leave_device=False, requests_per_day=100.0))
    found = explanation(private, "mail")
    assert found.conflict == ("privacy",)
    assert [line.is_chosen for line in found.options] == [True, False, False]
    assert all("must not leave the device" in line.ruled_out[0] for line in found.options[1:])
    assert found.next_plans == ()


def test_it_says_what_the_plan_says() -> None:
    found = explanation(GIVEN, "class-1")
    placement = plan(GIVEN).placements[1]
    assert found.why_here == placement.reason
    assert found.regret_usd_per_year == placement.regret_usd_per_year
    assert found.regret_usd_per_year is not None


def test_each_option_s_whole_plan_is_the_cheapest_with_it() -> None:
    """The first of the next plans that places the class so costs as much more."""
    found = explanation(GIVEN, "class-1")
    for line in found.options:
        if line.is_chosen:
            assert line.extra_usd_per_month == 0.0
            continue
        with_it = [
            each.extra_usd_per_month
            for each in found.next_plans
            if any(change.task_class == "class-1" and change.option == line.option for change in each.changes)
        ]
        assert line.extra_usd_per_month == pytest.approx(min(with_it))


def test_an_option_without_room_beside_the_others_says_so() -> None:
    private = [task_class(f"private-{n}", requests_per_day=140_000.0, may_leave_device=False) for n in range(2)]
    found = explanation(scenario(*private, task_class("free", requests_per_day=140_000.0)), "free")
    edge = next(line for line in found.options if line.option_id.startswith("edge:"))
    assert edge.extra_usd_per_month is None
    assert "has not the hours or the memory" in edge.ruled_out[0]


def test_an_unknown_class_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScenarioError, match="no task class 'nope'"):
        explanation(GIVEN, "nope")

"""A shadow price is what a plan made under the relaxed limit saves (economics.md §3)."""

from __future__ import annotations

import pytest

from planner.placement.optimality import ShadowPrice
from planner.placement.plan import Plan
from planner.planning import plan
from planner.scenario import Policy, Scenario
from tests.support.engine import scenario, task_class


def three_classes(cap: float) -> Scenario:
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0) for n in range(3)]
    return scenario(*classes, policy=Policy(device_contention_cap=cap))


def of_hours(found: Plan) -> ShadowPrice:
    return next(each for each in found.shadow_prices if each.resource == "the contention cap")


def load(found: Plan) -> float:
    return found.fleet_loads[0].utilization


def test_one_more_percent_saves_what_the_plan_under_it_saves() -> None:
    one_class = load(plan(three_classes(1.0))) / 3
    for cap in (2 * one_class + 0.001, 3 * one_class - 0.005):  # far from holding the third class, and nearly
        ours, wider = plan(three_classes(cap)), plan(three_classes(cap + 0.01))
        saved = ours.totals.plan_usd_per_month.value - wider.totals.plan_usd_per_month.value
        assert of_hours(ours).usd_per_month == pytest.approx(saved, rel=1e-9, abs=1e-6)
    assert saved > 0
    assert "would save $" in of_hours(ours).sentence


def test_hours_to_spare_are_worth_nothing() -> None:
    assert of_hours(plan(three_classes(0.9))).usd_per_month == 0.0


def test_an_option_that_the_cap_alone_forbade_is_let_in() -> None:
    one_class = load(plan(three_classes(1.0))) / 3
    cap = one_class - 0.005
    ours, wider = plan(three_classes(cap)), plan(three_classes(cap + 0.01))
    assert load(ours) == 0
    saved = ours.totals.plan_usd_per_month.value - wider.totals.plan_usd_per_month.value
    assert of_hours(ours).usd_per_month == pytest.approx(saved, rel=1e-9)
    assert saved > 0


def test_overrun_hours_have_no_price() -> None:
    classes = [task_class(f"class-{n}", requests_per_day=140_000.0, may_leave_device=False) for n in range(3)]
    found = plan(scenario(*classes))
    assert found.shadow_prices == ()
    assert found.optimality is not None
    assert found.optimality.overrun > 0
    assert "exceed their limits least" in found.optimality.sentence

"""Break-even of a plan that shares capacity: whole units on every axis, the same money today (economics.md §4)."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from planner.outlook.alternatives import Driver
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import Pair
from planner.planning import plan
from tests.support.capacities import shared_scenario

SCENARIO = shared_scenario()
PLAN = plan(SCENARIO)


def plan_pair(by: Driver) -> Pair:
    found = break_even(SCENARIO, by, plan=PLAN)
    return next(pair for pair in found.pairs if pair.ours == "the plan")


@pytest.mark.parametrize("by", get_args(Driver))
def test_today_s_money_is_the_same_on_every_axis(by: Driver) -> None:
    pair = plan_pair(by)
    assert pair.ours_usd_today == pytest.approx(PLAN.totals.plan_usd_per_month.value, rel=1e-9)
    assert pair.theirs_usd_today == pytest.approx(PLAN.totals.base_usd_per_month.value, rel=1e-9)


def test_by_volume_the_units_come_in_steps() -> None:
    curve = next(each for each in plan_pair("volume").curves if each.title == "the plan")
    jumps = [after.from_usd - before.to_usd for before, after in pairwise(curve.segments)]
    box_usd = next(part for part in PLAN.capacity_loads[0].month.parts if part.name == "capital").usd_per_month
    assert len(jumps) >= 3
    assert all(jump > box_usd / (PLAN.capacity_loads[0].month.units or 1) for jump in jumps)

"""When growing work asks more of a device than it may give."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.cost.cash_flow import growth_path
from planner.outlook.calendar import Calendar
from planner.outlook.horizon_view import Outgrown
from planner.placement.plan import Plan
from planner.placement.selection import fleet_of
from planner.scenario import Scenario, contention_cap


def outgrown(scenario: Scenario, plan: Plan, calendar: Calendar) -> tuple[Outgrown, ...]:
    """The first month in which each fleet in use is above the contention cap, or its busiest hour never clears.

    A fleet that is there in month 1 already is the plan's own doubt and not one of growth.
    """
    return tuple(_outgrown(scenario, plan, calendar))


def _outgrown(scenario: Scenario, plan: Plan, calendar: Calendar) -> Iterator[Outgrown]:
    growth = {each.name: each.growth_per_year for each in scenario.workload.task_classes}
    caps = {fleet.profile.profile_id: contention_cap(scenario, fleet) for fleet in scenario.fleets}
    for load in plan.fleet_loads:
        mean, peak = np.zeros(calendar.months), np.zeros(calendar.months)
        for placement in plan.placements:
            chosen = placement.chosen
            if chosen is None or chosen.service is None or fleet_of(chosen) != load.profile_id:
                continue
            path = growth_path(growth[placement.task_class], calendar.months)
            mean += path * (chosen.service.utilization or 0.0)
            peak += path * (chosen.service.peak_utilization or 0.0)
        over = (mean > caps[load.profile_id]) | (peak >= 1)
        if over.any() and not over[0]:
            month = int(np.argmax(over))
            yield Outgrown(
                profile_id=load.profile_id,
                title=load.title,
                month=month + 1,
                begins=calendar.starts[month],
                utilization=float(mean[month]),
                peak_utilization=float(peak[month]),
            )

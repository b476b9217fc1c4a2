"""The final plan held against every hour of the week: a check for each target in use."""

from __future__ import annotations

from collections.abc import Sequence

from planner.placement.edge_costs import is_personal
from planner.placement.hour_check import HOURS, Target, check_week
from planner.placement.options import Placement
from planner.placement.plan import FleetLoad
from planner.placement.shared import fleet_of
from planner.placement.week import WeekCheck
from planner.placement.week_member import Member
from planner.scenario import Scenario, contention_cap
from planner.workload.deferral import window_h
from planner.workload.week import HOURS_PER_WEEK
from planner.workload.week_shape import shape_of


def week_checks(
    scenario: Scenario, placements: Sequence[Placement], loads: Sequence[FleetLoad]
) -> tuple[WeekCheck, ...]:
    """Every fleet in use, hour by hour (economics.md §3).

    On people's own devices what may wait is moved only into hours in which people work, since a laptop is not on at
    night; on shared ones into any hour.
    """
    fleets = {fleet.profile.profile_id: fleet for fleet in scenario.fleets}
    titles = {each.task_class: each.title for each in placements}
    checks: list[WeekCheck] = []
    for load in loads:
        fleet, members = fleets[load.profile_id], _members(scenario, load.profile_id, placements)
        if members:
            target = Target(
                name=load.profile_id,
                kind="fleet",
                title=load.title,
                count=load.count,
                limit=contention_cap(scenario, fleet),
                is_open=_working_hours(scenario) if is_personal(scenario, fleet) else [True] * HOURS_PER_WEEK,
            )
            checks.append(check_week(target, members, titles))
    return tuple(checks)


def _members(scenario: Scenario, profile_id: str, placements: Sequence[Placement]) -> list[Member]:
    chosen = {
        each.task_class: each.chosen for each in placements if each.chosen and fleet_of(each.chosen) == profile_id
    }
    return [
        Member(
            task_class,
            service.utilization or 0.0,
            shape_of(scenario.workload, task_class),
            window_h(task_class, service.service_s.value),
            service,
        )
        for task_class in scenario.workload.task_classes
        if (option := chosen.get(task_class.name)) and (service := option.service)
    ]


def _working_hours(scenario: Scenario) -> list[bool]:
    """Hours in which any class of the workload is asked for."""
    shapes = dict.fromkeys(shape_of(scenario.workload, each) for each in scenario.workload.task_classes)
    return [any(shape.shares[hour] > 0 for shape in shapes) for hour in HOURS]

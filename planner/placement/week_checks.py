"""The final plan held against every hour of the week: a check for each fleet and each capacity in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capacities import Capacity
from planner.cost.bought import Bought
from planner.cost.capacity_unit import Speed, capacity_unit
from planner.cost.token_load import accepted_load
from planner.placement.edge_costs import is_personal
from planner.placement.hour_check import Target, check_week
from planner.placement.options import Placement
from planner.placement.plan import CapacityLoad, FleetLoad
from planner.placement.shared import fleet_of
from planner.placement.week import WeekCheck
from planner.placement.week_member import Member
from planner.scenario import Scenario, contention_cap
from planner.units import HOURS_PER_MONTH
from planner.workload.deferral import window_h
from planner.workload.task_classes import TaskClass
from planner.workload.week import HOURS_PER_WEEK
from planner.workload.week_shape import shape_of, working_hours

ALWAYS = (True,) * HOURS_PER_WEEK


def week_checks(
    scenario: Scenario,
    placements: Sequence[Placement],
    loads: Sequence[FleetLoad],
    capacities: Sequence[CapacityLoad] = (),
) -> tuple[WeekCheck, ...]:
    """Every fleet and every capacity in use, hour by hour (economics.md §3).

    On people's own devices what may wait is moved only into hours in which people work, since a laptop is not on at
    night; on machines that are given back only into hours they are paid for; elsewhere into any hour.
    """
    titles = {each.task_class: each.title for each in placements}
    targets = [*_fleets(scenario, placements, loads), *_capacities(scenario, capacities)]
    return tuple(check_week(target, members, titles) for target, members in targets if members)


def _fleets(
    scenario: Scenario, placements: Sequence[Placement], loads: Sequence[FleetLoad]
) -> Iterator[tuple[Target, list[Member]]]:
    fleets = {fleet.profile.profile_id: fleet for fleet in scenario.fleets}
    for load in loads:
        fleet = fleets[load.profile_id]
        target = Target(
            name=load.profile_id,
            kind="fleet",
            title=load.title,
            count=load.count,
            limit=contention_cap(scenario, fleet),
            is_open=working_hours(scenario.workload) if is_personal(scenario, fleet) else ALWAYS,
        )
        yield target, _members(scenario, load.profile_id, placements)


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


def _capacities(scenario: Scenario, loads: Sequence[CapacityLoad]) -> Iterator[tuple[Target, list[Member]]]:
    """Units that work (spare ones stand by), as busy as their headroom and availability allow (CONVENTION §24)."""
    capacities = {each.name: each for each in scenario.capacities}
    for load in loads:
        capacity = capacities[load.capacity]
        unit = capacity_unit(scenario, capacity, scenario.as_of)
        units = (load.month.units or 0) - load.month.spare_units
        if unit.speed is None or unit.bought is None or units < 1:
            continue
        target = Target(
            name=load.capacity,
            kind="capacity",
            title=load.title,
            count=units,
            limit=capacity.headroom * _availability(unit.bought),
            is_open=working_hours(scenario.workload) if capacity.is_given_back else ALWAYS,
            overflows=capacity.overflow_sku is not None,
        )
        classes = [each for each in scenario.workload.task_classes if each.name in load.task_classes]
        yield target, [_served(scenario, capacity, unit.speed, units, each) for each in classes]


def _served(scenario: Scenario, capacity: Capacity, speed: Speed, units: int, task_class: TaskClass) -> Member:
    """How busy the class keeps each of these units in the mean active hour, repeats until accepted included."""
    workload = scenario.workload
    hours = min(HOURS_PER_MONTH, workload.active_days_per_month * workload.active_hours_per_day)
    busy_hours = speed.busy_hours(accepted_load(scenario, capacity, (task_class,)), "value")
    return Member(task_class, busy_hours / hours / units, shape_of(workload, task_class), window_h(task_class))


def _availability(bought: Bought) -> float:
    return 1.0 if bought.availability is None else bought.availability.value

"""What a capacity has to carry in a month: tokens of its task classes, and how unevenly they arrive."""

from __future__ import annotations

from collections.abc import Sequence

from planner.capacities import Capacity
from planner.cost.accepted import acceptance_of
from planner.cost.capacity_speed import speed_of
from planner.cost.deferred_load import deferred_hours
from planner.cost.month_load import LoadBlock, TokenLoad, busy_machine_hours, load_blocks
from planner.cost.week_load import LoadHours, Works, hours_of, tokens_of, weeks_differ
from planner.scenario import Scenario
from planner.workload.deferral import may_move
from planner.workload.task_classes import TaskClass, Workload

__all__ = ["LoadBlock", "TokenLoad", "accepted_load", "busy_machine_hours", "load_blocks", "load_of"]


def load_of(scenario: Scenario, classes: Sequence[TaskClass], capacity: Capacity | None = None) -> TokenLoad:
    """The month of these classes together: runs a day × active days, and their tokens.

    A month has 730 h (CONVENTION §6): 31 days around the clock come in these. On a capacity, what may wait is moved
    within its window so that the busiest hour is least; without one everything counts in the hour it comes in.
    """
    return _load(scenario, [(each, each.runs_per_day) for each in classes], capacity)


def accepted_load(scenario: Scenario, capacity: Capacity, classes: Sequence[TaskClass]) -> TokenLoad:
    """The same on this capacity, where every request runs until its result is accepted: runs/a (CONVENTION §15).

    Repeats occupy a unit as any run does. So its month is what is really paid, and an accepted result bears its share
    of that, whether or not the repeats needed a further unit. Where no result is accepted, each is counted once.
    """

    def accepted(task_class: TaskClass) -> float:
        assumed = scenario.assumptions.acceptance
        return acceptance_of(task_class, capacity.model, capacity.weight_format, assumed).value or 1.0

    return _load(scenario, [(each, each.runs_per_day / accepted(each)) for each in classes], capacity)


def _load(scenario: Scenario, daily: Works, capacity: Capacity | None) -> TokenLoad:
    """In the hours in which the work is done: as it comes, or with what may wait moved on a capacity of known speed."""
    workload, classes = scenario.workload, [each for each, _ in daily]
    differ, moves = weeks_differ(workload, classes), any(may_move(each) for each in classes)
    hours = hours_of(workload, tokens_of(daily))
    speed = speed_of(scenario, capacity) if capacity is not None and (differ or moves) else None
    if capacity is None or speed is None:
        return _month(workload, daily, hours)
    busy = [(each, speed.busy_hours(_month(workload, [(each, runs)], hours), "value")) for each, runs in daily]
    if differ:
        hours = hours_of(workload, busy)
    return _month(workload, daily, deferred_hours(workload, busy, hours, is_given_back=capacity.is_given_back))


def _month(workload: Workload, daily: Works, hours: LoadHours) -> TokenLoad:
    days = workload.active_days_per_month
    requests = sum(each.requests_per_day for each, _ in daily) * days
    monthly = [(each, runs * days) for each, runs in daily]
    runs = sum(count for _, count in monthly)
    return TokenLoad(
        requests=requests,
        repeats=runs / requests - 1 if runs > requests else 0.0,
        input_tokens=sum(count * each.input_tokens for each, count in monthly),
        cached_tokens=sum(count * each.input_tokens * each.cached_share for each, count in monthly),
        output_tokens=sum(count * each.output_tokens for each, count in monthly),
        active_hours_per_month=hours.active_hours_per_month,
        peak_to_mean=hours.peak_to_mean,
        blocks=None if hours.blocks is None else tuple(LoadBlock(share, load) for share, load in hours.blocks),
    )

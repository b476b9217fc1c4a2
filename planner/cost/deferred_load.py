"""The hours of a capacity's load once what may wait is moved within its window so that the busiest hour is least."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.basis import Basis, Quantity, weakest
from planner.cost.week_load import LoadHours, Works, hours_of_week
from planner.units import HOURS_PER_MONTH
from planner.workload.deferral import may_move, window_h
from planner.workload.flattening import Flattened, Waiting, flattened
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week import HOURS_PER_WEEK
from planner.workload.week_shape import (
    WeekShape,
    active_days_per_week,
    shape_from_days,
    shape_of,
    weeks_per_month,
    working_hours,
)

ALWAYS = (True,) * HOURS_PER_WEEK
NEAR = 1e-12  # of the busiest hour: less than this is rounding


def deferred_hours(workload: Workload, works: Works, as_it_comes: LoadHours, *, is_given_back: bool) -> LoadHours:
    """The hours of this work with all moved that may wait; as it comes where the busiest hour cannot be lowered.

    Work is hours of a month that one unit is busy with a class.
    Units that are kept work at any hour; those that are given back only in hours in which people work. The result is
    what the check of every hour finds (`placement.week_checks`): the same shapes, windows and hours.
    """
    asked = [(each, hours) for each, hours in works if hours > 0]
    if not any(may_move(each) for each, _ in asked):
        return as_it_comes
    is_open = working_hours(workload) if is_given_back else ALWAYS
    shapes = [shape_of(workload, each) for each, _ in asked]
    found = _flattened(asked, shapes, is_open)
    if found.level >= _peak(asked, shapes) * (1 - NEAR):
        return as_it_comes
    classes = [each for each, _ in asked]
    if as_it_comes.blocks is not None:
        stated = hours_of_week(workload, classes, found.done)
        return LoadHours(stated.active_hours_per_month, _assumed(stated.peak_to_mean, classes), stated.blocks)
    return _like_days(workload, asked, as_it_comes, found, is_open)


def _like_days(
    workload: Workload, asked: Works, as_it_comes: LoadHours, found: Flattened, is_open: tuple[bool, ...]
) -> LoadHours:
    """Of a week that nobody stated: the peak and its ends; hours between it and the mean keep their assumed form."""
    days, hours = active_days_per_week(workload), workload.active_hours_per_day
    shares = shape_of(workload, asked[0][0]).shares
    added = (1 - share for share, later in zip(shares, found.takes_later_work, strict=True) if later)
    active_a_week = days * hours + (0.0 if is_open != ALWAYS else math.fsum(added))
    active = min(HOURS_PER_MONTH, max(as_it_comes.active_hours_per_month, active_a_week * weeks_per_month(workload)))
    stretched = active / as_it_comes.active_hours_per_month / math.fsum(busy for _, busy in asked)

    def peak(as_it_comes: float) -> float:
        shape = shape_from_days(days, hours, as_it_comes)
        return max(1.0, _flattened(asked, [shape] * len(asked), is_open).level * stretched)

    before = as_it_comes.peak_to_mean
    low, value, high = (peak(each) for each in (before.bounds[0], before.value, before.bounds[1]))
    bounds = {} if low == value == high else {"low": min(low, value), "high": max(value, high)}
    figure = before.model_copy(update={"value": value, "low": None, "high": None, **bounds})
    return LoadHours(active, _assumed(figure, [each for each, _ in asked]), None)


def _flattened(asked: Works, shapes: Sequence[WeekShape], is_open: tuple[bool, ...]) -> Flattened:
    kept = [(busy, shape) for (each, busy), shape in zip(asked, shapes, strict=True) if not may_move(each)]
    load = tuple(math.fsum(busy * shape.relative[hour] for busy, shape in kept) for hour in range(HOURS_PER_WEEK))
    waiting = sorted(  # so that the order in which classes are written never decides a last digit
        Waiting(tuple(busy * work for work in shape.work), window_h(each))
        for (each, busy), shape in zip(asked, shapes, strict=True)
        if may_move(each)
    )
    return flattened(load, is_open, tuple(waiting))


def _peak(asked: Works, shapes: Sequence[WeekShape]) -> float:
    return max(
        math.fsum(busy * shape.relative[hour] for (_, busy), shape in zip(asked, shapes, strict=True))
        for hour in range(HOURS_PER_WEEK)
    )


def _assumed(peak: Quantity, classes: Sequence[TaskClass]) -> Quantity:
    """Nobody said of a class without any bound how long it may wait."""
    moved = [each for each in classes if may_move(each)]
    if all(each.defer_h is not None or each.slo.e2e_p95_s is not None for each in moved):
        return peak
    return peak.model_copy(update={"basis": weakest(peak.basis, Basis.ASSUMED)})

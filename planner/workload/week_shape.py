"""How a class's load of the mean active hour spreads over a working week: as stated, or from days, hours and peak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.basis import Quantity
from planner.units import HOURS_PER_MONTH
from planner.workload.deferral import window_h
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK

FIRST_HOUR = 9  # assumed start of a day's work where only its length is stated


@dataclass(frozen=True)
class WeekShape:
    """168 hours, Monday 0:00 first, of a week without holidays.

    `relative` is the load while it is there, as a multiple of the mean active hour's; `shares` is for how much of
    each hour it is there. Their products sum to the active hours of the week.
    """

    relative: tuple[float, ...]
    shares: tuple[float, ...]
    is_stated: bool

    @property
    def work(self) -> tuple[float, ...]:
        """Work of each hour, in mean active hours."""
        return tuple(load * share for load, share in zip(self.relative, self.shares, strict=True))

    @property
    def peak(self) -> float:
        """The busiest hour's load over the mean active hour's."""
        return max(self.relative)


def active_days_per_week(workload: Workload) -> int:
    """Active days of a week without holidays: 21 or 22 days of a month (730 h) are five a week, at least one."""
    days = workload.active_days_per_month * HOURS_PER_WEEK / HOURS_PER_MONTH
    return min(DAYS_PER_WEEK, max(1, round(days)))


def weeks_per_month(workload: Workload) -> float:
    """Such weeks in a month, so that a month keeps its active days and its requests exactly."""
    return workload.active_days_per_month / active_days_per_week(workload)


def shape_of(workload: Workload, task_class: TaskClass) -> WeekShape:
    """The class's own week, else the workload's, else like days of the stated hours with one busiest hour.

    A stated week brings the requests of the active days of a week, whatever its own busiest hour; without one the
    busiest hour is exactly peak_to_mean times the mean active hour (CONVENTION §12).
    """
    stated = task_class.week or workload.week
    days, hours = active_days_per_week(workload), workload.active_hours_per_day
    if stated is None:
        return shape_from_days(days, hours, workload.peak_to_mean.value)
    return _stated(stated.weights, days * hours)


def busiest_hour(workload: Workload, task_class: TaskClass) -> Quantity:
    """The class's busiest hour over its mean active hour: of its stated week, else peak_to_mean (CONVENTION §12).

    What may wait for hours is spread over as many in a stated week, so its busiest stretch of them counts. At least 1:
    a week that spreads over more hours than the workload calls active has no hour above their mean.
    """
    stated = task_class.week or workload.week
    if stated is None:
        return workload.peak_to_mean
    hours = max(1, math.floor(window_h(task_class)))
    peak = max(1.0, _busiest_stretch(shape_of(workload, task_class).relative, hours))
    return Quantity(value=peak, unit="count", basis=stated.basis, source=stated.source, as_of=stated.as_of)


@lru_cache(maxsize=256)
def _busiest_stretch(relative: tuple[float, ...], hours: int) -> float:
    """The most that comes in as many hours on end, a week going on into the next, over their number."""
    length = min(hours, HOURS_PER_WEEK)
    return max(
        math.fsum(relative[(start + hour) % HOURS_PER_WEEK] for hour in range(length)) / length
        for start in range(HOURS_PER_WEEK)
    )


def busiest_loads(workload: Workload, asked: Sequence[tuple[TaskClass, float]]) -> tuple[float, ...]:
    """The load of each class, given that of its mean active hour, in the hour that is busiest for all together."""
    shapes = [(shape_of(workload, task_class), load) for task_class, load in asked]
    if all(shape is shapes[0][0] for shape, _ in shapes):
        return tuple(load * shape.peak for shape, load in shapes)
    hours = [math.fsum(load * shape.relative[hour] for shape, load in shapes) for hour in range(HOURS_PER_WEEK)]
    at = hours.index(max(hours))
    return tuple(load * shape.relative[at] for shape, load in shapes)


def working_hours(workload: Workload) -> tuple[bool, ...]:
    """Hours of the week in which any class of the workload is asked for."""
    shapes = dict.fromkeys(shape_of(workload, each) for each in workload.task_classes)
    return tuple(any(shape.shares[hour] > 0 for shape in shapes) for hour in range(HOURS_PER_WEEK))


@lru_cache(maxsize=64)
def _stated(weights: tuple[float, ...], active_hours: float) -> WeekShape:
    total = math.fsum(weights)
    relative = tuple(weight / total * active_hours for weight in weights)
    return WeekShape(relative, tuple(1.0 if weight > 0 else 0.0 for weight in weights), is_stated=True)


@lru_cache(maxsize=64)
def shape_from_days(days: int, hours: float, peak_to_mean: float, *, first_hour: int = FIRST_HOUR) -> WeekShape:
    """Like days from Monday on: one busiest hour in the first third, the others even, the last one cut short.

    Where all requests of a day would not last an hour at the peak, they come at it for as long as they last.
    """
    at_peak = min(1.0, hours / peak_to_mean)
    left = hours - at_peak
    even = max(0.0, (hours - at_peak * peak_to_mean) / left) if left > 0 else 0.0
    count = math.ceil(hours)
    start = min(first_hour, HOURS_PER_DAY - count)
    busiest = count // 3
    relative, shares = [0.0] * HOURS_PER_WEEK, [0.0] * HOURS_PER_WEEK
    for day in range(days):
        for hour in range(count):
            at = day * HOURS_PER_DAY + start + hour
            relative[at] = peak_to_mean if hour == busiest else even
            lasts = at_peak if hour == busiest else min(1.0, hours - hour)
            shares[at] = lasts if relative[at] > 0 else 0.0
    return WeekShape(tuple(relative), tuple(shares), is_stated=False)

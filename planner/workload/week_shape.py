"""How a class's load of the mean active hour spreads over a working week: as stated, or from days, hours and peak."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from planner.units import HOURS_PER_MONTH
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK, Week

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
    return _stated(stated, days * hours)


def _stated(week: Week, active_hours: float) -> WeekShape:
    total = math.fsum(week.weights)
    relative = tuple(weight / total * active_hours for weight in week.weights)
    return WeekShape(relative, tuple(1.0 if weight > 0 else 0.0 for weight in week.weights), is_stated=True)


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

"""When requests come: the rate of each of the 168 hours of a week."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from planner.errors import ScenarioError
from planner.units import SECONDS_PER_HOUR
from planner.workload.request_log import RequestLog
from planner.workload.week import DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK
from planner.workload.week_shape import shape_from_days

__all__ = [
    "DAYS_PER_WEEK",
    "HOURS_PER_DAY",
    "HOURS_PER_WEEK",
    "WeeklyProfile",
    "profile_from_days",
    "profile_from_log",
]

EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday


@dataclass(frozen=True)
class WeeklyProfile:
    """Requests in each hour of the week, Monday 0:00 first."""

    requests: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Requests an hour, over all 168."""
        return math.fsum(self.requests) / HOURS_PER_WEEK

    @property
    def peak(self) -> float:
        """Requests in the busiest hour."""
        return max(self.requests)


def profile_from_days(
    requests_per_day: float, *, days: int, hours: int, peak_to_mean: float, first_hour: int = 9
) -> WeeklyProfile:
    """A week of like active days from Monday on, each with one busiest hour and the rest even.

    `requests_per_day` of an active day; `peak_to_mean` is the busiest hour over the mean active hour, at most `hours`,
    when all requests of the day come in one.
    """
    if not (1 <= days <= DAYS_PER_WEEK and 1 <= hours <= HOURS_PER_DAY and 1 <= peak_to_mean <= hours):
        raise ScenarioError(
            f"no week has {days} days of {hours} hours whose busiest is {peak_to_mean:g} times the mean",
            remedy="Days 1 to 7, hours 1 to 24, and a peak between 1 and the number of hours.",
        )
    shape = shape_from_days(days, hours, peak_to_mean, first_hour=first_hour)
    return WeeklyProfile(tuple(requests_per_day / hours * work for work in shape.work))


def profile_from_log(log: RequestLog) -> WeeklyProfile | None:
    """The mean of each hour of the week over the whole weeks of a log; None where it is shorter than a week.

    Hours are those of the log's clock (UTC where it names no zone); a log that counts from 0 starts on a Thursday.
    """
    hours = (log.arrivals_s // SECONDS_PER_HOUR).astype(np.int64)
    first = int(hours[0]) + 1  # the first hour is cut off by the start of the log
    weeks = (int(hours[-1]) - first) // HOURS_PER_WEEK
    if weeks < 1:
        return None
    kept = hours[(hours >= first) & (hours < first + weeks * HOURS_PER_WEEK)]
    at = (kept + EPOCH_WEEKDAY * HOURS_PER_DAY) % HOURS_PER_WEEK
    return WeeklyProfile(tuple((np.bincount(at, minlength=HOURS_PER_WEEK) / weeks).tolist()))

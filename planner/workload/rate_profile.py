"""When requests come: the rate of each of the 168 hours of a week."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from planner.units import SECONDS_PER_HOUR
from planner.workload.request_log import RequestLog
from planner.workload.week import HOURS_PER_DAY, HOURS_PER_WEEK

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

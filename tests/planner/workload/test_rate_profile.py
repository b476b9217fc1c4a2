"""The week and its load blocks (economics.md §3): energy and peak are kept exactly."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.workload.load_blocks import BLOCKS, load_blocks
from planner.workload.rate_profile import WeeklyProfile, profile_from_log
from planner.workload.request_log import RequestLog
from planner.workload.week import HOURS_PER_WEEK
from planner.workload.week_shape import shape_from_days

RATES = st.one_of(st.integers(0, 30).map(float), st.floats(0, 1e6))
WEEKS = st.lists(RATES, min_size=HOURS_PER_WEEK, max_size=HOURS_PER_WEEK)


def log_of(arrivals_s: list[float]) -> RequestLog:
    tokens = np.ones(len(arrivals_s), dtype=np.int64)
    return RequestLog("log", "Mooncake", np.array(arrivals_s), tokens, tokens, 0)


@given(WEEKS, st.integers(2, 8))
def test_blocks_keep_energy_and_peak_exactly(requests: list[float], count: int) -> None:
    week = WeeklyProfile(tuple(requests))
    blocks = load_blocks(week, count)
    assert len(blocks) <= count
    assert sum(each.hours for each in blocks) == HOURS_PER_WEEK
    # exact but for the last place of each block's own sum
    assert math.fsum(each.requests for each in blocks) == pytest.approx(math.fsum(week.requests), rel=1e-15)
    assert blocks[0].rate == week.peak
    assert all(before.rate >= after.rate * (1 - 1e-12) for before, after in pairwise(blocks))


def test_blocks_of_an_office_week() -> None:
    week = WeeklyProfile(tuple(100 * work for work in shape_from_days(5, 9, 2.5).work))
    assert [(each.hours, each.rate) for each in load_blocks(week)] == [(5, 250), (40, 81.25), (123, 0)]


def test_cuts_lie_at_the_gaps() -> None:
    levels = [100.0] * 3 + [50.0, 51.0] * 10 + [20.0, 21.0] * 20 + [5.0] * 60 + [0.0] * 45
    assert [each.hours for each in load_blocks(WeeklyProfile(tuple(levels)))] == [3, 20, 40, 60, 45]
    assert BLOCKS == 5


def test_a_log_of_two_weeks_is_averaged_by_hour_of_the_week() -> None:
    # 1970 began on a Thursday; requests every day at 10:30, and three on each Monday (day 4, 11) at 12:30.
    daily = [day * 86_400 + 10.5 * 3600 for day in range(15)]
    mondays = [day * 86_400 + 12.5 * 3600 + n for day in (4, 11) for n in range(3)]
    week = profile_from_log(log_of(sorted([*daily, *mondays, 15 * 86_400.0 - 1])))
    assert week is not None
    assert week.requests[12] == 3  # Monday 12:00
    assert [hour for hour, each in enumerate(week.requests) if each] == sorted([12, *(d * 24 + 10 for d in range(7))])


def test_less_than_a_week_has_no_profile() -> None:
    assert profile_from_log(log_of([0, 3600, 6 * 86_400])) is None

"""The week and its load blocks (economics.md §3): energy and peak are kept exactly."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ScenarioError
from planner.workload.load_blocks import BLOCKS, load_blocks
from planner.workload.rate_profile import HOURS_PER_WEEK, WeeklyProfile, profile_from_days, profile_from_log
from planner.workload.request_log import RequestLog

RATES = st.one_of(st.integers(0, 30).map(float), st.floats(0, 1e6))
WEEKS = st.lists(RATES, min_size=HOURS_PER_WEEK, max_size=HOURS_PER_WEEK)


def log_of(arrivals_s: list[float]) -> RequestLog:
    tokens = np.ones(len(arrivals_s), dtype=np.int64)
    return RequestLog("log", "Mooncake", np.array(arrivals_s), tokens, tokens, 0)


@given(st.integers(1, 7), st.integers(1, 24), st.floats(0, 1))
def test_days_keep_requests_and_peak(days: int, hours: int, part: float) -> None:
    peak = 1 + part * (hours - 1)
    week = profile_from_days(1200, days=days, hours=hours, peak_to_mean=peak)
    assert math.fsum(week.requests) == pytest.approx(1200 * days)
    assert week.peak == pytest.approx(1200 / hours * peak)
    assert sum(each > 0 for each in week.requests) <= days * hours


@pytest.mark.parametrize(("days", "hours", "peak"), [(0, 8, 2), (8, 8, 2), (5, 25, 2), (5, 8, 9), (5, 8, 0.5)])
def test_impossible_weeks_are_refused(days: int, hours: int, peak: float) -> None:
    with pytest.raises(ScenarioError):
        profile_from_days(100, days=days, hours=hours, peak_to_mean=peak)


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
    week = profile_from_days(900, days=5, hours=9, peak_to_mean=2.5)
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

"""A week from a log: its mean week on people's clock, with its source; CONVENTION §4 (measured before assumed)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from planner.basis import Basis
from planner.errors import DocumentError, UnknownNameError
from planner.workload.log_week import is_dated, logged_profile, logged_week, whole_weeks, with_week
from planner.workload.presets import preset
from planner.workload.request_log import RequestLog
from planner.workload.week_shape import shape_of

MONDAY_S = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
DAY_S = 86_400.0
OFFICE = preset("office-assistant")


def log_of(days: int = 15, start_s: float = MONDAY_S) -> RequestLog:
    """Every working day 30 requests at 9:xx and 10 in each of the eight hours after it."""
    times = [
        start_s + day * DAY_S + hour * 3600 + 3600 * n / count
        for day in range(days)
        if day % 7 < 5
        for hour, count in [(9, 30), *((hour, 10) for hour in range(10, 18))]
        for n in range(count)
    ]
    tokens = np.ones(len(times), dtype=np.int64)
    return RequestLog("requests.csv", "Azure", np.array(times), tokens, tokens, 0)


def test_a_dated_log_names_its_hours_and_its_last_day() -> None:
    week = logged_week(log_of())
    assert whole_weeks(log_of()) == 2
    assert week.weights.index(max(week.weights)) == 9  # Monday 9:00
    assert sum(week.weights) == pytest.approx(5 * 110)
    assert (week.basis, week.as_of) == (Basis.MEASURED, date(2026, 11, 16))
    assert week.source == "requests.csv: 1,210 requests, mean of 2 whole weeks"


def test_people_s_clock_may_be_ahead_of_the_log_s() -> None:
    ahead = logged_profile(log_of(), utc_offset_h=2).requests
    behind = logged_profile(log_of(), utc_offset_h=-10).requests
    assert ahead.index(max(ahead)) == 11
    assert behind[6 * 24 + 23] == 30  # Sunday 23:00
    assert sorted(ahead) == sorted(behind)


def test_a_log_shorter_than_a_week_is_refused() -> None:
    with pytest.raises(DocumentError, match="no whole week"):
        logged_profile(log_of(days=5))


def test_a_trace_that_counts_from_zero_has_no_date() -> None:
    assert not is_dated(log_of(start_s=0.0))
    assert logged_week(log_of(start_s=0.0)).as_of is None


def test_a_workload_in_these_hours_has_their_peak() -> None:
    told = with_week(OFFICE, logged_week(log_of()))
    assert told.peak_to_mean.value == pytest.approx(30 / 110 * 8)
    assert told.peak_to_mean.basis is Basis.MEASURED
    assert shape_of(told, told.task_classes[0]).peak == pytest.approx(told.peak_to_mean.value)


def test_one_class_alone_keeps_the_workload_s_peak() -> None:
    told = with_week(OFFICE, logged_week(log_of()), "chat")
    assert [each.name for each in told.task_classes if each.week] == ["chat"]
    assert (told.peak_to_mean, told.week) == (OFFICE.peak_to_mean, None)
    with pytest.raises(UnknownNameError, match="chatt"):
        with_week(OFFICE, logged_week(log_of()), "chatt")


def test_a_week_flatter_than_the_active_hours_leaves_the_peak() -> None:
    week = logged_week(log_of()).model_copy(update={"weights": (1.0,) * 168})
    assert with_week(OFFICE, week).peak_to_mean == OFFICE.peak_to_mean

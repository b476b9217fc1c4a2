"""economics.md §3, CONVENTION §6, §12: a week keeps the month's requests and the busiest hour exactly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.basis import Basis, Quantity
from planner.workload.deferral import UNBOUNDED_WINDOW_H, is_deferrable, window_h
from planner.workload.presets import preset
from planner.workload.task_classes import Slo, TaskClass, Workload
from planner.workload.week import HOURS_PER_WEEK, Week, hour_words
from planner.workload.week_shape import (
    active_days_per_week,
    busiest_hour,
    busiest_loads,
    shape_from_days,
    shape_of,
    weeks_per_month,
)

OFFICE = preset("office-assistant")
CHAT = OFFICE.task_classes[0]


def workload(**changes: object) -> Workload:
    return OFFICE.model_copy(update=changes)


def peak(value: float) -> Quantity:
    return Quantity(value=value, unit="count", basis=Basis.ASSUMED)


@given(st.floats(0.01, 31), st.floats(0.01, 24), st.floats(1, 1000))
def test_like_days_keep_the_month_and_the_peak(days: float, hours: float, busiest: float) -> None:
    """Fractional days and hours too; a peak that outlasts a day's requests lasts as long as they do."""
    given_ = workload(active_days_per_month=days, active_hours_per_day=hours, peak_to_mean=peak(busiest))
    shape = shape_of(given_, CHAT)
    assert shape.peak == busiest
    assert not shape.is_stated
    # Σ work is active hours of a week; a month of such weeks has the month's active hours, so its requests too.
    assert math.fsum(shape.work) * weeks_per_month(given_) == pytest.approx(days * hours)
    assert all(0 <= share <= 1 for share in shape.shares)
    assert all((load > 0) == (share > 0) for load, share in zip(shape.relative, shape.shares, strict=True))
    assert math.fsum(shape.shares) <= active_days_per_week(given_) * hours * (1 + 1e-9)


@pytest.mark.parametrize(("days", "weekly"), [(21, 5), (22, 5), (21.74, 5), (26, 6), (31, 7), (4, 1), (0.5, 1)])
def test_days_of_a_month_are_days_of_a_week(days: float, weekly: int) -> None:
    assert active_days_per_week(workload(active_days_per_month=days)) == weekly


def test_an_hour_cut_short_is_as_busy_for_as_long_as_it_lasts() -> None:
    shape = shape_from_days(5, 7.5, 2.0)
    assert shape.relative[9:17] == pytest.approx((5.5 / 6.5, 5.5 / 6.5, 2, *[5.5 / 6.5] * 5))
    assert shape.shares[9:17] == (1, 1, 1, 1, 1, 1, 1, 0.5)


def test_a_stated_week_brings_the_same_requests_in_its_own_hours() -> None:
    night = Week(weights=tuple(2.0 if hour % 24 in {1, 2} else 0.0 for hour in range(HOURS_PER_WEEK)))
    own = CHAT.model_copy(update={"week": night})
    shape = shape_of(workload(week=Week(weights=(1.0,) * HOURS_PER_WEEK)), own)
    assert shape.is_stated
    assert {hour % 24 for hour, load in enumerate(shape.relative) if load} == {1, 2}
    assert math.fsum(shape.work) == pytest.approx(5 * 8)
    assert shape.peak == pytest.approx(40 / 14)
    everybody = shape_of(workload(week=Week(weights=(1.0,) * HOURS_PER_WEEK)), CHAT)
    assert everybody.relative == pytest.approx((40 / 168,) * HOURS_PER_WEEK)


@pytest.mark.parametrize("weights", [(1.0,) * 167, (1.0,) * 169, (0.0,) * 168, (-1.0,) + (1.0,) * 167])
def test_a_week_has_168_weights_and_not_all_nothing(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Week(weights=weights)


def test_hours_are_counted_from_monday() -> None:
    assert (hour_words(0), hour_words(34), hour_words(167)) == ("Monday 0:00", "Tuesday 10:00", "Sunday 23:00")


@pytest.mark.parametrize(
    ("slo", "defer_h", "window"),
    [
        (Slo(), None, UNBOUNDED_WINDOW_H),
        (Slo(e2e_p95_s=86_400), None, 24 - 0.5),
        (Slo(e2e_p95_s=600), None, 0.0),
        (Slo(ttft_p95_s=100_000), None, 0.0),
        (Slo(ttft_p95_s=2, e2e_p95_s=20), 8.0, 8.0),  # an SLO counts from the request's turn
        (Slo(), 0.0, 0.0),
    ],
)
def test_how_long_a_request_may_wait(slo: Slo, defer_h: float | None, window: float) -> None:
    task_class: TaskClass = CHAT.model_copy(update={"slo": slo, "defer_h": defer_h})
    assert window_h(task_class, service_s=1800.0) == window
    assert is_deferrable(task_class) is (window >= 1)


def test_without_a_stated_week_the_busiest_hour_is_the_stated_factor_itself() -> None:
    assert busiest_hour(OFFICE, CHAT) is OFFICE.peak_to_mean
    assert busiest_loads(OFFICE, [(CHAT, 0.1), (CHAT, 0.03)]) == (0.1 * 2.5, 0.03 * 2.5)


def test_loads_together_are_those_of_one_hour() -> None:
    def only(hour: int, weight: float) -> Week:
        return Week(weights=tuple(weight if at == hour else 1.0 for at in range(HOURS_PER_WEEK)))

    first, second = CHAT.model_copy(update={"week": only(10, 9.0)}), CHAT.model_copy(update={"week": only(20, 3.0)})
    loads = busiest_loads(OFFICE, [(first, 0.1), (second, 0.1)])
    assert loads == pytest.approx((0.1 * 9 * 40 / 176, 0.1 * 40 / 170))  # the first one's hour, the second as ever
    assert (
        busiest_hour(OFFICE, second.model_copy(update={"slo": Slo(ttft_p95_s=1)})).value == 1.0
    )  # 120/170 of the mean

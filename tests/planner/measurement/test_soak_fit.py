"""Burst, last third, retained share, curve and knee of devices whose truth is known (measurement.md §2)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from planner.measurement import soak_fit
from planner.measurement.soak_fit import Course, SoakFit, fit
from planner.measurement.soak_noise import Estimate, Series
from tests.support.soaks import ar_1, falling, stepping, times

T = times(600, 3)


def fitted(at_s: Series, truth: Series, phi: float = 0.5, spread: float = 1.0, seed: int = 1) -> SoakFit:
    found = fit(at_s, truth + ar_1(at_s.size, phi, spread, seed))
    assert found is not None
    return found


def holds(figure: Estimate | None, truth: float) -> bool:
    assert figure is not None
    assert figure.low is not None
    assert figure.high is not None
    return figure.low <= truth <= figure.high


def test_an_exponential_decline_is_told_with_its_three_figures() -> None:
    at_s = times()
    found = fitted(at_s, falling(at_s, 50, 30, 90))
    assert found.course is Course.FALLS
    assert found.curve is not None
    assert holds(found.curve.r0, 50)
    assert holds(found.curve.r_inf, 30)
    assert holds(found.curve.tau_s, 90)
    assert found.knee_s is None
    assert found.knee_reason == soak_fit.NO_PLATEAU
    assert found.burst.value == pytest.approx(47, abs=1)  # the median of the first 30 s, not R0
    assert found.share is not None
    assert found.share.value == pytest.approx(30 / 47, abs=0.03)


def test_a_step_is_a_knee() -> None:
    at_s = times()
    found = fitted(at_s, stepping(at_s, 50, 35, 200))
    assert found.course is Course.FALLS
    assert holds(found.knee_s, 200)
    assert holds(found.share, 0.7)
    assert found.curve is not None
    assert found.curve.tau_s.value < 3


def test_a_plateau_before_the_fall_is_a_knee_too() -> None:
    at_s = times()
    found = fitted(at_s, falling(at_s, 50, 35, 60, 150))
    assert holds(found.knee_s, 150)
    assert found.curve is not None
    assert holds(found.curve.tau_s, 60)


def test_a_level_device_has_neither_curve_nor_knee() -> None:
    found = fitted(T, np.full(T.size, 50.0), seed=2)
    assert found.course is Course.LEVEL
    assert (found.curve, found.knee_s) == (None, None)
    assert found.curve_reason == found.knee_reason == soak_fit.NO_DECLINE
    assert holds(found.share, 1.0)


def test_a_device_that_is_left_alone_later_rises() -> None:
    found = fitted(T, stepping(T, 40, 50, 200))
    assert found.course is Course.RISES
    assert found.curve_reason == soak_fit.ROSE


def test_a_fall_that_goes_on_has_no_level_to_settle_at() -> None:
    found = fitted(T, 50 - T / 30)
    assert found.course is Course.FALLS
    assert found.curve is None
    assert found.curve_reason == soak_fit.STILL_FALLING


def test_a_disturbance_from_outside_is_no_decline() -> None:
    truth = np.where((T > 280) & (T < 320), 25.0, 50.0)
    assert fitted(T, truth).course is Course.LEVEL


def test_a_fall_within_the_first_minute_is_seen_though_it_is_no_trend() -> None:
    found = fitted(T, falling(T, 50, 40, 20), spread=0.5)
    assert found.trend_p is not None
    assert found.course is Course.FALLS


def test_a_constant_series_is_exact() -> None:
    found = fit(T, np.full(T.size, 50.0))
    assert found is not None
    assert found.course is Course.LEVEL
    assert found.burst == Estimate(50.0, 50.0, 50.0)
    assert found.share == Estimate(1.0, 1.0, 1.0)


def test_a_short_soak_has_a_burst_and_says_why_nothing_more() -> None:
    at_s = times(60)
    found = fitted(at_s, np.full(at_s.size, 50.0))
    assert holds(found.burst, 50)
    assert (found.last, found.share, found.course, found.curve) == (None, None, None, None)
    assert found.curve_reason == "the soak lasted less than 90 s"
    assert fit(at_s[:11], at_s[:11]) is None


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """150 level devices with remembering noise: 95 % intervals, and a false alarm at most once in twenty or so."""
    runs = [fitted(T, np.full(T.size, 50.0), phi=0.6, spread=2.0, seed=seed) for seed in range(150)]
    assert sum(holds(one.burst, 50) for one in runs) >= 135
    assert sum(holds(one.last, 50) for one in runs) >= 135
    assert sum(holds(one.share, 1.0) for one in runs) >= 135
    assert sum(one.course is Course.FALLS for one in runs) <= 12
    assert sum(one.knee_s is not None for one in runs) <= 4


def test_intervals_cover_while_the_device_falls() -> None:
    truth = falling(T, 50, 30, 90)
    runs = [fitted(T, truth, phi=0.6, spread=1.0, seed=seed) for seed in range(60)]
    curves = [one.curve for one in runs if one.curve is not None]
    assert len(curves) == 60
    assert sum(holds(curve.r_inf, 30) for curve in curves) >= 52
    assert sum(holds(curve.tau_s, 90) for curve in curves) >= 52
    assert sum(one.knee_s is not None for one in runs) <= 3  # an exponential has no plateau
    last = float(truth[T[-1] * 2 / 3 <= T].mean())
    assert sum(holds(one.last, last) for one in runs) >= 52


@settings(max_examples=20, deadline=None)
@given(some.lists(some.floats(0.01, 1e4), min_size=12, max_size=80), some.floats(0.2, 20))
def test_any_series_gives_ordered_intervals(values: list[float], window_s: float) -> None:
    at_s = np.arange(len(values)) * window_s + window_s / 2
    found = fit(at_s, np.array(values))
    assert found is not None
    figures = [found.burst, found.last, found.share, found.knee_s]
    if found.curve is not None:
        figures += [found.curve.r0, found.curve.r_inf, found.curve.tau_s]
    for figure in figures:
        if figure is not None and figure.low is not None and figure.high is not None:
            assert 0 <= figure.low <= figure.value <= figure.high

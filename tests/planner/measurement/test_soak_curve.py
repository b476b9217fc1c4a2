"""The curve of a falling throughput is found again where it is known, whatever its scale (measurement.md §2)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from planner.measurement.soak_curve import best_curve, knee_interval, with_intervals
from tests.support.soaks import ar_1, falling, stepping, times

T = times(600, 2)


@settings(max_examples=25, deadline=None)
@given(
    r0=some.floats(1, 1000), kept=some.floats(0.1, 0.95), tau_s=some.floats(15, 200), knee_s=some.sampled_from([0, 90])
)
def test_a_curve_without_noise_is_found_again(r0: float, kept: float, tau_s: float, knee_s: float) -> None:
    truth = falling(T, r0, kept * r0, tau_s, knee_s)
    curve = best_curve(T, truth, knees=True)
    assert np.abs(curve.at(T) - truth).max() < 0.02 * (1 - kept) * r0


@settings(max_examples=15, deadline=None)
@given(seed=some.integers(0, 10**6), scale=some.floats(1e-3, 1e4))
def test_the_fit_does_not_depend_on_the_unit_of_throughput(seed: int, scale: float) -> None:
    series = falling(T, 50, 30, 80, 100) + ar_1(T.size, 0.5, 1.0, seed)
    one, other = best_curve(T, series, knees=True), best_curve(T, series * scale, knees=True)
    assert other.knee_s == pytest.approx(one.knee_s, abs=1e-6)
    assert other.tau_s.value == pytest.approx(one.tau_s.value)
    assert other.r_inf.value == pytest.approx(one.r_inf.value * scale)


def test_a_step_has_its_knee_where_it_steps() -> None:
    curve = best_curve(T, stepping(T, 50, 35, 200), knees=True)
    assert curve.knee_s == pytest.approx(200, abs=2)
    assert curve.r0.value == pytest.approx(50, rel=1e-3)
    assert curve.r_inf.value == pytest.approx(35, rel=1e-3)
    known = with_intervals(T, stepping(T, 50, 35, 200) + ar_1(T.size, 0.0, 1.0, 3), curve, 300.0)
    assert known.tau_s.low is None  # a step within one window says nothing of τ
    assert known.r0.high is not None
    assert known.r0.high - known.r0.value == pytest.approx(1.97 / np.sqrt(100), rel=0.2)  # t · sd / √windows


def test_nothing_settles_below_zero() -> None:
    assert best_curve(T, np.maximum(50 - T / 11, 0.5), knees=False).r_inf.value >= 0


def test_the_knees_interval_holds_the_knee_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(40):
        series = falling(T, 50, 35, 60, 150) + ar_1(T.size, 0.0, 1.0, seed)
        knee = knee_interval(T, series, best_curve(T, series, knees=True), float(T.size))
        assert knee.low is not None
        assert knee.high is not None
        held += knee.low <= 150 <= knee.high
    assert held >= 34  # 95 % of 40 is 38; fewer than 34 has a chance below 1 %

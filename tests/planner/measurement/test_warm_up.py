"""A process start is warm when six windows show no trend; a rise goes on until its time is used (measurement.md §2)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest

from planner.measurement.warm_up import MOST_STEPS, MOST_WINDOWS, SLOPE_SPAN_S, WINDOWS, is_level, warm_up


class Clock:
    """Time that passes only where the decoder works."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        monkeypatch.setattr(time, "perf_counter", lambda: self.now_s)


class Decoder:
    """Runs at the rate its clock's time says, and notes what was asked of it."""

    def __init__(self, clock: Clock, rate: Callable[[float], float]) -> None:
        self._clock, self._rate = clock, rate
        self.asked: list[str] = []
        self.steps: list[int] = []

    def rewind(self) -> None:
        self.asked.append("rewind")

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        self.asked.append("decode")
        self.steps.append(steps)
        step_s = 1 / self._rate(self._clock.now_s - 1000.0)
        self._clock.now_s += steps * step_s
        return [step_s * (step + 1) for step in range(steps)], [token] * steps


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_a_level_series_passes_after_six_windows(clock: Clock) -> None:
    decoder = Decoder(clock, lambda _: 40.0)
    warm = warm_up(decoder, 1, window_s=0.5, limit_s=20.0)
    assert warm.passed
    assert warm.tok_s == pytest.approx((40.0,) * WINDOWS)
    assert decoder.asked == ["rewind", "decode"] * WINDOWS  # every window reads the same cache
    assert decoder.steps == [2, 20, 20, 20, 20, 20]  # two steps to learn the pace, then half a second each


def test_a_series_that_rises_and_settles_passes_once_it_has_settled(clock: Clock) -> None:
    decoder = Decoder(clock, lambda now_s: 40.0 - 20.0 * max(1 - now_s / 5.0, 0.0))
    warm = warm_up(decoder, 1, window_s=0.5, limit_s=20.0)
    assert warm.passed
    assert len(warm.tok_s) > WINDOWS
    assert 5.0 < clock.now_s - 1000.0 < 20.0


@pytest.mark.parametrize("sign", [1, -1])
def test_a_series_that_goes_on_rising_or_falling_uses_its_time_and_says_so(clock: Clock, sign: int) -> None:
    decoder = Decoder(clock, lambda now_s: 40.0 + sign * 0.5 * now_s)
    warm = warm_up(decoder, 1, window_s=0.5, limit_s=20.0)
    assert not warm.passed
    assert 20.0 <= clock.now_s - 1000.0 < 21.0  # at most a window beyond its limit
    assert sorted(warm.tok_s, reverse=sign < 0) == list(warm.tok_s)


def test_a_limit_shorter_than_six_windows_ends_it(clock: Clock) -> None:
    warm = warm_up(Decoder(clock, lambda _: 0.5), 1, window_s=0.5, limit_s=3.0)
    assert not warm.passed
    assert len(warm.tok_s) == 1  # of two steps, four seconds


def test_windows_are_bounded_in_steps_and_in_number(clock: Clock) -> None:
    rising = iter(range(1, 10**6))
    decoder = Decoder(clock, lambda _: 1e6 * next(rising))  # a clock that hardly moves must not hold it
    warm = warm_up(decoder, 1, window_s=0.5, limit_s=20.0)
    assert not warm.passed
    assert len(warm.tok_s) == MOST_WINDOWS
    assert max(decoder.steps) == MOST_STEPS


def test_only_the_last_six_windows_count() -> None:
    times_s = [float(each) for each in range(9)]
    assert is_level(times_s, [1.0, 2.0, 3.0, 40.0, 40.5, 39.5, 40.2, 39.9, 40.0])
    assert not is_level(times_s, [40.0, 40.5, 39.5, 40.0, 41.0, 42.0, 43.0, 44.0, 45.0])
    assert not is_level(times_s[:5], [40.0] * 5)


UNDECIDED = (0.0, 0.3, -0.1, 0.2, 0.1, 0.4)
"""Eleven of fifteen pairs rise: Mann-Kendall's p is 0.14, no trend, though the slope is not level."""


@pytest.mark.parametrize(
    ("span_s", "level"), [(0.5 * SLOPE_SPAN_S, True), (0.99 * SLOPE_SPAN_S, True), (SLOPE_SPAN_S, False)]
)
def test_the_slope_counts_from_a_minute_of_windows_on(span_s: float, level: bool) -> None:
    times_s = np.linspace(0.0, span_s, WINDOWS).tolist()
    rates = [40.0 * (1 + each) for each in UNDECIDED]  # far more than 1 % a minute
    assert is_level(times_s, rates) is level


@pytest.mark.parametrize(("percent_a_minute", "level"), [(0.9, True), (-0.9, True), (1.1, False), (-1.1, False)])
def test_one_percent_a_minute_parts_level_from_steep(percent_a_minute: float, level: bool) -> None:
    # Spread of many slopes around a known median: the line, with windows moved in a pattern that hides the trend.
    times_s = [0.0, 24.0, 48.0, 72.0, 96.0, 120.0]
    line = [100 * (1 + percent_a_minute / 100 * (each - 60.0) / 60.0) for each in times_s]
    moved = [0.0, 3.0, -3.0, 3.0, -3.0, 0.0]
    rates = [on_line + each for on_line, each in zip(line, moved, strict=True)]
    assert is_level(times_s, rates) is level


def test_noise_passes_within_few_windows_nine_times_in_ten() -> None:
    random = np.random.default_rng(3)
    times_s = [0.5 * each for each in range(WINDOWS)]
    passed = sum(is_level(times_s, random.normal(40, 2, WINDOWS).tolist()) for _ in range(1000))
    assert passed / 1000 == pytest.approx(1 - 40 / 720, abs=0.02)  # of 720 orders, 40 are a trend at p ≤ 0.1
    assert math.isclose(40 / 720, 0.0556, abs_tol=1e-4)

"""When a process start has warmed up: its decode rate shows no trend over the last six windows (measurement.md §2)."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from planner.measurement.trend import mann_kendall_p, theil_sen_slope

WINDOWS = 6
NO_TREND_P = 0.1
STEEP_PER_S = 0.01 / 60  # 1 % a minute
SLOPE_SPAN_S = 60.0  # windows of a shorter span show no slope that small above their noise
FEWEST_STEPS = 2
MOST_STEPS = 64
MOST_WINDOWS = 400


class Decoder(Protocol):
    """What is warmed up: single-token steps from a prompt that was read."""

    def rewind(self) -> None: ...
    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]: ...


@dataclass(frozen=True)
class WarmUp:
    """The windows that were run before anything counted, and whether their trend had gone when the time was up."""

    tok_s: tuple[float, ...]
    passed: bool


def warm_up(loop: Decoder, token: int, *, window_s: float, limit_s: float) -> WarmUp:
    """Decode windows of about `window_s` until they are level, or until `limit_s` were used.

    The loop stands behind a prompt; every window starts there again, so that all read the same cache.
    """
    started_s = time.perf_counter()
    middles_s: list[float] = []
    rates: list[float] = []
    steps = FEWEST_STEPS
    while True:
        began_s = time.perf_counter()
        loop.rewind()
        times_s, _ = loop.decode(token, steps)
        now_s = time.perf_counter()
        rates.append(steps / times_s[-1])
        middles_s.append((began_s + now_s) / 2 - started_s)
        steps = min(max(math.ceil(window_s * rates[-1]), FEWEST_STEPS), MOST_STEPS)
        passed = is_level(middles_s, rates)
        if passed or now_s - started_s >= limit_s or len(rates) >= MOST_WINDOWS:
            return WarmUp(tuple(rates), passed)


def is_level(times_s: Sequence[float], rates: Sequence[float]) -> bool:
    """Whether the last six windows show no trend: Mann-Kendall p > 0.1 and, over a minute or more, < 1 % a minute."""
    if len(rates) < WINDOWS:
        return False
    times_s, rates = times_s[-WINDOWS:], rates[-WINDOWS:]
    if mann_kendall_p(rates) <= NO_TREND_P:
        return False
    if times_s[-1] - times_s[0] < SLOPE_SPAN_S:
        return True
    return abs(theil_sen_slope(times_s, rates)) < STEEP_PER_S * sum(rates) / len(rates)

"""What throughputs over time say: burst, last third, whether they fell, along which curve and from when on.

Pure statistics on times and rates (measurement.md §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from planner.measurement.soak_curve import Curve, best_curve, knee_interval, with_intervals
from planner.measurement.soak_noise import (
    Estimate,
    Mean,
    Noise,
    Series,
    batch_mean,
    block_means,
    noise_of,
    part_mean,
    ratio,
)
from planner.measurement.trend import mann_kendall_p

BURST_S = 30.0
SHORTEST_S = 3 * BURST_S
"""Below this the burst would reach into the last third."""

FEWEST_WINDOWS = 12
TREND_BLOCKS = 20  # long enough to forget each other, and few enough for the exact test
LEVEL_P = 0.05
KNEE_F = 12.2
"""1 % point of the largest F over unknown change points in the middle 70 % (Andrews 1993, 2003, one parameter)."""

FEWEST_PLATEAU_S = 15.0  # a plateau shorter than this cannot be told from an exponential's start
SETTLED_TAUS = 2.0  # a fall of which fewer τ were seen shows no level to settle at

TOO_SHORT = f"the soak lasted less than {SHORTEST_S:.0f} s"
NO_DECLINE = "no decline was seen"
ROSE = "throughput rose"
NO_PLATEAU = "it fell from the start, with no plateau before"
STILL_FALLING = "throughput was still falling at the end, so the level it settles at is not known"


class Course(StrEnum):
    """What throughput did over the whole soak."""

    LEVEL = "level"
    FALLS = "falls"
    RISES = "rises"


@dataclass(frozen=True)
class SoakFit:
    """Everything derived from the series; where `curve` or `knee_s` is None its reason says why."""

    burst: Estimate  # tok/s, median of the first 30 s
    last: Estimate | None = None  # tok/s, mean of the final third
    share: Estimate | None = None  # last third over burst
    course: Course | None = None
    trend_p: float | None = None  # of «no trend» over the blocks
    curve: Curve | None = None
    curve_reason: str = TOO_SHORT
    knee_s: Estimate | None = None  # from when on it stays slower, s
    knee_reason: str = TOO_SHORT


def fit(times_s: Series, tok_s: Series) -> SoakFit | None:
    """Everything about one soak; times are middles of windows in s after its first window began, ascending.

    None for fewer than a dozen windows; of a soak shorter than 90 s the burst only.
    """
    if times_s.size < FEWEST_WINDOWS:
        return None
    lasted_s = float(times_s[-1])
    best = best_curve(times_s, tok_s, knees=True)
    residuals = tok_s - best.at(times_s)
    noise = noise_of(residuals)
    early, late = times_s < BURST_S, times_s >= lasted_s * 2 / 3
    opening = part_mean(tok_s[early], residuals[early], noise)
    burst = _median(tok_s[early], opening)
    last = batch_mean(tok_s[late], noise)
    if lasted_s < SHORTEST_S or opening is None or last is None:
        return SoakFit(burst)
    share = ratio(last, opening)
    blocks = block_means(tok_s, min(TREND_BLOCKS, times_s.size))
    p = mann_kendall_p(blocks.tolist())
    course = _course(blocks, p, share)
    curve, curve_reason, knee, knee_reason = _decline(times_s, tok_s, course, best, noise)
    return SoakFit(burst, _interval(last), share, course, p, curve, curve_reason, knee, knee_reason)


def _median(values: Series, mean: Mean | None) -> Estimate:
    """The median, with the mean's interval widened to hold it (CONVENTION §10)."""
    median = float(np.median(values))
    if mean is None:
        return Estimate(median)
    half = mean.half_width
    return Estimate(median, max(min(mean.value - half, median), 0.0), max(mean.value + half, median))


def _interval(mean: Mean) -> Estimate:
    return Estimate(mean.value, max(mean.value - mean.half_width, 0.0), mean.value + mean.half_width)


def _course(blocks: Series, p: float, share: Estimate | None) -> Course:
    """A trend over the blocks, or a last third that differs from the burst: a fall in the first minute is no trend.

    Both look for a fall at 2.5 %, so a level series is called falling at most once in twenty.
    """
    third = blocks.size // 3
    fell = blocks[:third].mean() > blocks[-third:].mean()
    if share is not None and share.low is not None and share.high is not None and not share.low <= 1 <= share.high:
        return Course.FALLS if share.high < 1 else Course.RISES
    if p >= LEVEL_P:
        return Course.LEVEL
    return Course.FALLS if fell else Course.RISES


def _decline(
    times_s: Series, tok_s: Series, course: Course, best: Curve, noise: Noise
) -> tuple[Curve | None, str, Estimate | None, str]:
    """Curve and knee of a series that falls, each with the reason where there is none.

    A knee is claimed where a plateau before the fall explains the windows better than an exponential from the start
    by more than chance would over every place a knee could have.
    """
    if course is not Course.FALLS:
        why = NO_DECLINE if course is Course.LEVEL else ROSE
        return None, why, None, why
    plain = best_curve(times_s, tok_s, knees=False)
    effective = noise.effective(times_s.size)
    least = best.squared_error(times_s, tok_s)
    gain = effective * (plain.squared_error(times_s, tok_s) - least) / max(least, 1e-300)
    has_knee = best.knee_s >= FEWEST_PLATEAU_S and gain > KNEE_F and best.r0.value > best.r_inf.value
    chosen = best if has_knee else plain
    knee = knee_interval(times_s, tok_s, best, effective) if has_knee else None
    knee_reason = "" if has_knee else NO_PLATEAU
    seen_s = float(times_s[-1]) - chosen.knee_s
    if chosen.tau_s.value * SETTLED_TAUS > seen_s or chosen.r0.value <= chosen.r_inf.value:
        return None, STILL_FALLING, knee, knee_reason
    return with_intervals(times_s, tok_s, chosen, effective), "", knee, knee_reason

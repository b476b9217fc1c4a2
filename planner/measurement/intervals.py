"""How sure a mean of replicates is: intervals that allow for looking early, drifting machines and nested repeats."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy import special

CONFIDENCE = 0.95
LOOKED_AT = 0.97
"""Confidence whose t quantile covers 95 % where a run may end at any of its looks (simulated: 94 to 97 %)."""

FEWEST_REPLICATES = 2  # a spread needs two
FEWEST_FOR_DRIFT = 8  # fewer replicates cannot tell drift from chance
DRIFT_Z = 1.645  # one-sided 5 % of the lag-1 autocorrelation's normal approximation
MOST_AUTOCORRELATION = 0.8


@dataclass(frozen=True)
class Interval:
    """Mean of replicates and its two-sided interval."""

    mean: float
    low: float
    high: float


def half_width_95(values: Sequence[float]) -> float | None:
    """t · sd / √n at 95 % with n − 1 degrees of freedom (Student 1908); None for fewer than two values."""
    return half_width(values, CONFIDENCE)


def half_width(values: Sequence[float], confidence: float) -> float | None:
    """t · sd / √n at the confidence, with n − 1 degrees of freedom; None for fewer than two values."""
    if len(values) < FEWEST_REPLICATES:
        return None
    return t_quantile(len(values) - 1, confidence) * statistics.stdev(values) / math.sqrt(len(values))


def replicate_half_width(values: Sequence[float]) -> float | None:
    """Half-width that covers the mean of process starts 95 % of the time, looks and drift allowed for.

    `values` stand in the order they were measured. None for fewer than two.
    """
    plain = half_width(values, LOOKED_AT)
    return None if plain is None else plain * drift_factor(values)


def t_quantile(degrees: float, confidence: float) -> float:
    """Two-sided quantile of Student's t; the degrees of freedom may be a fraction (Satterthwaite 1946)."""
    return float(special.stdtrit(degrees, (1 + confidence) / 2))


def drift_factor(values: Sequence[float]) -> float:
    """By how much drift from replicate to replicate widens the interval: √((1 + r)/(1 − r)), 1 where none is seen.

    r is the lag-1 autocorrelation with its bias of −1/n taken back; the factor is that of a first-order
    autoregressive series (Bayley & Hammersley 1946). Only an r beyond chance counts, from eight replicates on.
    """
    count = len(values)
    if count < FEWEST_FOR_DRIFT:
        return 1.0
    r = lag_1_autocorrelation(values) + 1 / count
    if r <= DRIFT_Z / math.sqrt(count):
        return 1.0
    r = min(r, MOST_AUTOCORRELATION)
    return math.sqrt((1 + r) / (1 - r))


def lag_1_autocorrelation(values: Sequence[float]) -> float:
    """Σ (x_i − x̄)(x_{i+1} − x̄) / Σ (x_i − x̄)²; zero for a constant series."""
    mean = statistics.fmean(values)
    moved = [value - mean for value in values]
    total = math.fsum(one * one for one in moved)
    # below rounding noise the quotient is chance
    if total <= len(values) * (abs(mean) * 1e-12) ** 2:
        return 0.0
    return math.fsum(one * other for one, other in pairwise(moved)) / total


def batch_interval(values: Sequence[float], batches: int, confidence: float = CONFIDENCE) -> Interval | None:
    """Interval of the mean of an autocorrelated series by batch means (Schmeiser 1982): batches, not values, count.

    Values beyond whole batches at the start are left out; None where a batch would be empty.
    """
    size = len(values) // batches
    if size == 0 or batches < FEWEST_REPLICATES:
        return None
    kept = values[len(values) - size * batches :]
    means = [statistics.fmean(kept[start : start + size]) for start in range(0, len(kept), size)]
    half = half_width(means, confidence)
    mean = statistics.fmean(means)
    return None if half is None else Interval(mean, mean - half, mean + half)


def geometric_mean(values: Sequence[float]) -> float:
    """exp of the mean logarithm, as MLPerf Client scores TTFT and token rate over its task categories."""
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))


@dataclass(frozen=True)
class VarianceComponents:
    """Variance within a process start and between process starts (Kalibera & Jones 2013, §6)."""

    within: float  # T1²
    between: float  # T2², never negative


def variance_components(starts: Sequence[Sequence[float]]) -> VarianceComponents | None:
    """T1² = mean variance within starts; T2² = variance of the start means less T1²/r, r repeats a start.

    Starts of unequal length count with their harmonic mean length. None without two starts of two values.
    """
    nested = [start for start in starts if len(start) >= FEWEST_REPLICATES]
    if len(nested) < FEWEST_REPLICATES:
        return None
    within = statistics.fmean(statistics.variance(start) for start in nested)
    repeats = statistics.harmonic_mean([len(start) for start in nested])
    between = statistics.variance([statistics.fmean(start) for start in nested]) - within / repeats
    return VarianceComponents(within, max(between, 0.0))


def best_repeats(start_s: float, repeat_s: float, parts: VarianceComponents, most: int) -> int:
    """Repeats a process start that give the narrowest interval for the time: ⌈√(c2/c1 · T1²/T2²)⌉, at least one.

    c2 is what a start costs before its first repeat, c1 what a repeat costs (Kalibera & Jones 2013, §7).
    """
    if parts.within == 0 or repeat_s <= 0:
        return 1
    if parts.between == 0:
        return most
    return max(min(math.ceil(math.sqrt(start_s / repeat_s * parts.within / parts.between)), most), 1)

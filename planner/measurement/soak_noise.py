"""How sure a mean over part of a long series is: windows that remember each other count as fewer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.measurement.intervals import CONFIDENCE, t_quantile

Series = NDArray[np.float64]

FEWEST_FOR_MEMORY = 20  # windows; fewer show no autocorrelation
FEWEST_EFFECTIVE = 2.0
FEWEST_BATCHES = 4
MOST_BATCHES = 10
BATCH_MEMORIES = 3.0  # a batch is this many times as long as neighbours remember each other
_NOTHING = 1e-12  # spread over mean below which a series is constant but for rounding


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; the ends are None where none can be told."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Noise:
    """Autocorrelations of what a model of the series left over, from lag 1 on, up to where they drown in chance."""

    autocorrelation: tuple[float, ...]

    def inflation(self, count: int) -> float:
        """By how much the variance of a mean of `count` neighbours exceeds that of as many independent windows.

        1 + 2·Σ (1 − k/n)·ρ_k (Bayley & Hammersley 1946), never below 1.
        """
        lags = self.autocorrelation[: max(count - 1, 0)]
        return max(1.0, 1.0 + 2.0 * sum((1 - (lag + 1) / count) * rho for lag, rho in enumerate(lags)))

    def effective(self, count: int) -> float:
        """How many independent windows these are worth, at least two."""
        return max(count / self.inflation(count), FEWEST_EFFECTIVE)


@dataclass(frozen=True)
class Mean:
    """A mean with its standard error and the degrees of freedom behind that."""

    value: float
    error: float
    degrees: float

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval."""
        return t_quantile(max(int(self.degrees), 1), CONFIDENCE) * self.error


def noise_of(residuals: Series) -> Noise:
    """Autocorrelations up to the first pair whose sum is not positive (Geyer 1992), each with its bias taken back.

    The bias of an estimate from n values is about −(1 + 3ρ)/n at lag 1 (Kendall 1954) and taken as such at every lag.
    """
    count = residuals.size
    if count < FEWEST_FOR_MEMORY:
        return Noise(())
    moved = residuals - residuals.mean()
    total = float(moved @ moved)
    if total <= 0:
        return Noise(())
    kept: list[float] = []
    before = 1.0
    for lag in range(1, count // 3):
        rho = float(moved[:-lag] @ moved[lag:]) / total
        rho = min(rho + (1 + 3 * max(rho, 0.0)) / count, 0.999)
        if before + rho <= 0 or rho <= 0:
            break
        kept.append(rho)
        before = rho
    return Noise(tuple(kept))


def part_mean(values: Series, residuals: Series, noise: Noise) -> Mean | None:
    """Mean of a part of the series; its spread is that of the residuals, since a fall within the part is no noise.

    None for fewer than two values.
    """
    count = values.size
    if count < FEWEST_EFFECTIVE:
        return None
    spread = float(np.std(residuals, ddof=1))
    mean, effective = float(values.mean()), noise.effective(count)
    if spread <= _NOTHING * abs(mean):
        spread = 0.0
    # A correlated part moves about its own mean by less than about the true one.
    shrunk = max(1 - 1 / effective, 0.5)
    return Mean(mean, spread / math.sqrt(shrunk * effective), effective - 1)


def batch_mean(values: Series, noise: Noise) -> Mean | None:
    """Mean of an autocorrelated part with batches of neighbours as replicates (Schmeiser 1982).

    Four to ten batches, each long enough to forget the one before. Values beyond whole batches, at the start, count
    in the mean alone. None for fewer than eight values.
    """
    if values.size < 2 * FEWEST_BATCHES:
        return None
    forgetful = int(values.size / (BATCH_MEMORIES * noise.inflation(values.size)))
    batches = min(max(forgetful, FEWEST_BATCHES), MOST_BATCHES)
    means = block_means(values, batches)
    return Mean(float(values.mean()), float(means.std(ddof=1)) / math.sqrt(batches), batches - 1.0)


def block_means(values: Series, count: int) -> Series:
    """Means of `count` blocks of neighbours; what is left over at the start is left out."""
    size = values.size // count
    return values[values.size - size * count :].reshape(count, size).mean(axis=1)


def ratio(part: Mean, of: Mean) -> Estimate | None:
    """`part` over `of` with its 95 % interval: errors add on the logarithm, degrees by Welch & Satterthwaite."""
    if part.value <= 0 or of.value <= 0:
        return None
    value = part.value / of.value
    shares = ((part.error / part.value) ** 2, (of.error / of.value) ** 2)
    variance = sum(shares)
    if variance == 0:
        return Estimate(value, value, value)
    degrees = variance**2 / (shares[0] ** 2 / part.degrees + shares[1] ** 2 / of.degrees)
    half = t_quantile(max(int(degrees), 1), CONFIDENCE) * math.sqrt(variance)
    return Estimate(value, value * math.exp(-half), value * math.exp(half))

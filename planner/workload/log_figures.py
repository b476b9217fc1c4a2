"""What a request log says: rates, tokens, peaks and burstiness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.units import SECONDS_PER_HOUR
from planner.workload.request_log import RequestLog

SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR
MINUTE_S = 60.0
MOST_BINS = 10_000_000  # 19 years of minutes
WAVES = 2.0  # times ca², where a short log of renewals would not come by chance
LEAST_BINS = 10  # whole bins; fewer say nothing of a peak


@dataclass(frozen=True)
class TokenFigures:
    """Tokens a request: mean and percentiles."""

    mean: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class LogFigures:
    """A log in numbers; a peak is None where the log is too short for it."""

    requests: int
    failed: int
    duration_s: float  # from the first arrival to the last
    arrivals_per_s: float
    input_tokens: TokenFigures
    output_tokens: TokenFigures
    peak_hour_to_mean: float | None  # busiest whole hour over the mean whole hour
    peak_minute_to_mean: float | None
    arrival_scv: float  # ca² of the gaps
    minute_dispersion: float | None  # variance over mean of requests a minute: 1 for Poisson, ca² for renewals

    @property
    def requests_per_day(self) -> float:
        """At the log's mean rate; one that covers part of a day is carried on as it is."""
        return self.arrivals_per_s * SECONDS_PER_DAY

    @property
    def comes_in_waves(self) -> bool:
        """Whether counts a minute vary far more than renewals with these gaps would."""
        return self.minute_dispersion is not None and self.minute_dispersion > WAVES * max(1.0, self.arrival_scv)


def log_figures(log: RequestLog) -> LogFigures | None:
    """The figures of a log; None where every request arrives in the same instant and no rate exists.

    Gaps alone miss what comes in waves: where requests cluster over minutes, the dispersion of counts is above ca².
    A rate that drifts within the log raises both.
    """
    gaps_s = np.diff(log.arrivals_s)
    duration_s = float(log.arrivals_s[-1] - log.arrivals_s[0])
    if duration_s <= 0:
        return None
    minutes = _counts(log.arrivals_s, MINUTE_S)
    return LogFigures(
        requests=len(log.arrivals_s),
        failed=log.failed,
        duration_s=duration_s,
        arrivals_per_s=len(gaps_s) / duration_s,
        input_tokens=_tokens(log.input_tokens),
        output_tokens=_tokens(log.output_tokens),
        peak_hour_to_mean=_peak(_counts(log.arrivals_s, SECONDS_PER_HOUR)),
        peak_minute_to_mean=_peak(minutes),
        arrival_scv=float(np.var(gaps_s, ddof=1) / np.mean(gaps_s) ** 2),
        minute_dispersion=float(np.var(minutes, ddof=1) / np.mean(minutes)) if len(minutes) >= LEAST_BINS else None,
    )


def _counts(arrivals_s: NDArray[np.float64], bin_s: float) -> NDArray[np.int64]:
    """Requests in each whole bin from the first arrival on."""
    at = ((arrivals_s - arrivals_s[0]) // bin_s).astype(np.int64)
    whole = int(at[-1])  # the last bin is cut off by the end of the log
    if not 0 < whole <= MOST_BINS:
        return np.zeros(0, dtype=np.int64)
    return np.bincount(at[at < whole], minlength=whole)


def _peak(counts: NDArray[np.int64]) -> float | None:
    return float(counts.max() / counts.mean()) if len(counts) >= LEAST_BINS else None


def _tokens(counts: NDArray[np.int64]) -> TokenFigures:
    p50, p95, p99 = (float(each) for each in np.quantile(counts, (0.5, 0.95, 0.99)))
    return TokenFigures(float(counts.mean()), p50, p95, p99)

"""Waiting at a single server: how long the 95th percentile of requests waits before its turn (CONVENTION §12)."""

from __future__ import annotations

import math


def utilization(arrivals_per_s: float, service_s: float) -> float:
    """Offered load ρ = λ·S of one server (1 = always busy)."""
    return arrivals_per_s * service_s


def wait_mean_s(load: float, service_s: float, service_scv: float) -> float:
    """Mean wait of an M/G/1 queue, E[W] = ρ·S·(1 + cs²) / (2·(1 − ρ)) (Pollaczek-Khinchine); needs ρ < 1."""
    if load >= 1:
        return math.inf
    return load * service_s * (1 + service_scv) / (2 * (1 - load))


def wait_percentile_s(load: float, service_s: float, percentile: float, service_scv: float = 1.0) -> float:
    """The percentile of the wait, taking the wait of those who wait as exponential.

    P(W > t) ≈ ρ·exp(−t·ρ/E[W]), exact for M/M/1 (cs² = 1); zero where fewer than 1 − percentile wait at all.
    """
    if load >= 1:
        return math.inf
    return exponential_percentile_s(load, wait_mean_s(load, service_s, service_scv), percentile)


def exponential_percentile_s(waiting: float, mean_s: float, percentile: float) -> float:
    """The same of any queue in which a share `waiting` has to wait and the mean wait of all is `mean_s`."""
    tail = 1 - percentile
    if waiting <= tail:
        return 0.0
    return mean_s / waiting * math.log(waiting / tail)

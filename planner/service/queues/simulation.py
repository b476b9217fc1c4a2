"""Seeded simulation of servers that share one queue: percentiles with the interval of their own noise."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

CUSTOMERS = 100_000
BATCHES = 20
WARM_UP = 0.1  # share of customers left out: they found the queue emptier than it later is

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """A figure of a simulated queue, in s, with its 95 % interval by batch means."""

    value_s: float
    low_s: float
    high_s: float


@dataclass(frozen=True)
class Draws:
    """Gaps and service times of mean 1, drawn once: the same customers at every rate, so waits never fall with it."""

    gaps: Floats
    services: Floats


def draws(arrival_scv: float, service_scv: float, *, seed: int, customers: int = CUSTOMERS) -> Draws:
    """Gamma renewals: gaps with ca² = `arrival_scv`, services with cs² = `service_scv`; 0 is «always the same»."""
    arriving, serving = np.random.default_rng(seed).spawn(2)
    return Draws(_gamma(arriving, arrival_scv, customers), _gamma(serving, service_scv, customers))


def waits_s(gaps_s: Floats, services_s: Floats, servers: int) -> Floats:
    """Wait of each customer, first come, first served; `gaps_s[n]` lies between customers n − 1 and n."""
    if servers == 1:
        return _lindley(gaps_s, services_s)
    arrivals = np.cumsum(gaps_s).tolist()
    free_at = [0.0] * servers  # a heap: when each server is next free
    waits: list[float] = []
    for arrived, service_s in zip(arrivals, services_s.tolist(), strict=True):
        begins = max(arrived, free_at[0])
        heapq.heapreplace(free_at, begins + service_s)
        waits.append(begins - arrived)
    return np.array(waits)


def settled(samples_s: Floats) -> Floats:
    """What is left after the warm-up, in whole batches."""
    kept = int(len(samples_s) * (1 - WARM_UP)) // BATCHES * BATCHES
    return samples_s[len(samples_s) - kept :]


def percentile_of(samples_s: Floats, percentile: float) -> Simulated:
    """The percentile over all settled samples, its interval from the spread of the same percentile over batches."""
    return _with_interval(settled(samples_s), lambda some: np.quantile(some, percentile, axis=-1))


def mean_of(samples_s: Floats) -> Simulated:
    """The mean over all settled samples, its interval from the batches' means."""
    return _with_interval(settled(samples_s), lambda some: np.mean(some, axis=-1))


def _with_interval(samples: Floats, figure: Callable[[Floats], Floats]) -> Simulated:
    value = float(figure(samples))
    spread = float(np.std(figure(samples.reshape(BATCHES, -1)), ddof=1))
    half = float(stdtrit(BATCHES - 1, 0.975)) * spread / math.sqrt(BATCHES)
    return Simulated(value, max(0.0, value - half), value + half)


def _lindley(gaps_s: Floats, services_s: Floats) -> Floats:
    """W(n) = max(0, W(n−1) + S(n−1) − A(n)), unrolled: the walk less its lowest point so far."""
    walk = np.concatenate(([0.0], np.cumsum(services_s[:-1] - gaps_s[1:])))
    return walk - np.minimum.accumulate(walk)


def _gamma(generator: np.random.Generator, scv: float, count: int) -> Floats:
    return generator.gamma(1 / scv, scv, count) if scv else np.ones(count)

"""Throughput of synthetic devices whose truth is known, with noise that remembers itself."""

from __future__ import annotations

import numpy as np

from planner.measurement.soak_noise import Series


def times(seconds: float = 600.0, window_s: float = 1.0) -> Series:
    """Middles of equal windows, s."""
    return np.arange(0.0, seconds, window_s) + window_s / 2


def falling(at_s: Series, r0: float, r_inf: float, tau_s: float, knee_s: float = 0.0) -> Series:
    """A plateau until the knee, then an exponential fall."""
    return r_inf + (r0 - r_inf) * np.exp(-np.maximum(at_s - knee_s, 0.0) / tau_s)


def stepping(at_s: Series, before: float, after: float, knee_s: float) -> Series:
    """A device that slows down at once."""
    return np.where(at_s < knee_s, before, after)


def ar_1(count: int, phi: float, spread: float, seed: int) -> Series:
    """A stationary first-order autoregressive series with this standard deviation."""
    random = np.random.default_rng(seed)
    steps = random.normal(0.0, spread * np.sqrt(1 - phi**2), count)
    values = np.empty(count)
    values[0] = random.normal(0.0, spread)
    for index in range(1, count):
        values[index] = phi * values[index - 1] + steps[index]
    return values

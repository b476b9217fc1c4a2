"""One server, Poisson arrivals of several classes in turn: moments of the mixture and the mean wait of M/G/1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceClass:
    """Requests of one kind at one server."""

    arrivals_per_s: float
    mean_s: float  # mean service time
    scv: float = 1.0  # squared coefficient of variation of the service time, cs²

    @property
    def load(self) -> float:
        """ρ = λ·S."""
        return self.arrivals_per_s * self.mean_s

    @property
    def residual_rate(self) -> float:
        """λ·E[S²]/2 in s: the mean service time left that an arrival finds because of this class."""
        return self.arrivals_per_s * self.mean_s**2 * (1 + self.scv) / 2


def mixture(classes: Sequence[ServiceClass]) -> ServiceClass:
    """All classes as one: rates add up, first and second moments of service are weighted by rate."""
    rate = math.fsum(each.arrivals_per_s for each in classes)
    if rate == 0:
        return ServiceClass(0.0, 0.0, 0.0)
    mean_s = math.fsum(each.load for each in classes) / rate
    second = 2 * math.fsum(each.residual_rate for each in classes) / rate
    return ServiceClass(rate, mean_s, max(0.0, second / mean_s**2 - 1) if mean_s else 0.0)


def wait_mean_s(classes: Sequence[ServiceClass]) -> float:
    """Mean wait first come, first served: Σ λ·E[S²]/2 / (1 − ρ) (Pollaczek-Khinchine); infinite from ρ = 1 on."""
    load = math.fsum(each.load for each in classes)
    if load >= 1:
        return math.inf
    return math.fsum(each.residual_rate for each in classes) / (1 - load)

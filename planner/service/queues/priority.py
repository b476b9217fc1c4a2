"""Interactive before batch on one device: mean waits when what has begun is never interrupted (Cobham 1954)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from planner.service.queues.single_server import ServiceClass


def priority_waits_s(classes: Sequence[ServiceClass]) -> tuple[float, ...]:
    """Mean wait of each class, the most urgent first: W0 / ((1 − σ_before)·(1 − σ_with)), W0 = Σ λ·E[S²]/2.

    Exact for Poisson arrivals and any service times. A class is stable while the load up to and with it is below 1;
    the first overloaded class and all after it wait for ever, and keep the server busy for those before them: of
    what it is offered it is then served what the more urgent leave.
    """
    waits: list[float] = []
    residual_s = _residual_s(classes)
    before = 0.0
    for each in classes:
        upto = before + each.load
        waits.append(residual_s / ((1 - before) * (1 - upto)) if upto < 1 else math.inf)
        before = min(upto, 1.0)
    return tuple(waits)


def _residual_s(classes: Sequence[ServiceClass]) -> float:
    """Mean service left at an arrival; a class beyond capacity counts only with the share of it that is served."""
    parts: list[float] = []
    free = 1.0
    for each in classes:
        served = min(1.0, free / each.load) if each.load else 0.0
        parts.append(each.residual_rate * served)
        free = max(0.0, free - each.load)
    return math.fsum(parts)

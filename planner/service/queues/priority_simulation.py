"""Interactive before batch, simulated: percentiles of the wait of each class, which Cobham's means do not give."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.service.queues.simulation import CUSTOMERS, Floats, Simulated, mean_of, percentile_of
from planner.service.queues.single_server import ServiceClass

LEAST_CUSTOMERS = 400  # of a class: 18 in each batch of the interval
SEED = 1


@dataclass(frozen=True)
class ClassWait:
    """Waits and responses of one class, in s; None where it waits for ever or too few of it were simulated."""

    wait_mean: Simulated | None
    wait: Simulated | None  # at the percentile
    response: Simulated | None  # at the percentile, the service included
    reason: str | None = None  # why it is None


@dataclass(frozen=True)
class SharedQueue:
    """Classes behind like servers, the most urgent first; what has begun is never interrupted."""

    classes: tuple[ServiceClass, ...]
    servers: int = 1
    arrival_scvs: tuple[float, ...] = ()  # ca² of each class; none: all Poisson

    @property
    def load(self) -> float:
        """ρ of each server, all classes together."""
        return math.fsum(each.load for each in self.classes) / self.servers


def priority_answer(
    queue: SharedQueue, percentile: float = 0.95, *, seed: int = SEED, customers: int = CUSTOMERS
) -> tuple[ClassWait, ...]:
    """Each class by seeded simulation of `customers` in all, gamma renewals and gamma service times.

    A class that the more urgent leave no room for waits for ever and keeps the servers busy for those before it.
    """
    rate = math.fsum(each.arrivals_per_s for each in queue.classes)
    if rate == 0:
        return tuple(ClassWait(None, None, None, "nobody comes") for _ in queue.classes)
    arrivals, services = _drawn(queue, seed, customers / rate)
    waits = _waits(arrivals, services, queue.servers)
    answers: list[ClassWait] = []
    upto = 0.0
    for each, waited, served in zip(queue.classes, waits, services, strict=True):
        upto += each.load / queue.servers
        answers.append(_class_wait(waited, served, percentile, overloaded=upto >= 1))
    return tuple(answers)


def _class_wait(waits_s: Floats, services_s: Floats, percentile: float, *, overloaded: bool) -> ClassWait:
    if overloaded:
        return ClassWait(None, None, None, "work arrives at least as fast as the more urgent leave time for it")
    if len(waits_s) < LEAST_CUSTOMERS:
        return ClassWait(None, None, None, f"only {len(waits_s)} of it came while the others filled the simulation")
    return ClassWait(
        mean_of(waits_s), percentile_of(waits_s, percentile), percentile_of(waits_s + services_s, percentile)
    )


def _drawn(queue: SharedQueue, seed: int, span_s: float) -> tuple[list[Floats], list[Floats]]:
    """Arrivals of each class within the span, and their service times."""
    generators = np.random.default_rng(seed).spawn(2 * len(queue.classes))
    scvs = queue.arrival_scvs or (1.0,) * len(queue.classes)
    arrivals: list[Floats] = []
    services: list[Floats] = []
    for index, (each, scv) in enumerate(zip(queue.classes, scvs, strict=True)):
        count = round(each.arrivals_per_s * span_s)
        gaps = _gamma(generators[2 * index], scv, count)
        arrivals.append(np.cumsum(gaps) / each.arrivals_per_s if count else gaps)
        services.append(_gamma(generators[2 * index + 1], each.scv, count) * each.mean_s)
    return arrivals, services


def _gamma(generator: np.random.Generator, scv: float, count: int) -> Floats:
    return generator.gamma(1 / scv, scv, count) if scv else np.ones(count)


def _waits(arrivals: Sequence[Floats], services: Sequence[Floats], servers: int) -> list[Floats]:
    """The next to begin, whenever a server is free, is the most urgent of those there, and of these the first."""
    ranks = np.repeat(np.arange(len(arrivals)), [len(each) for each in arrivals])
    times = np.concatenate(list(arrivals))
    order = np.lexsort((ranks, times))
    coming, durations, rank_of = times[order].tolist(), np.concatenate(list(services))[order].tolist(), ranks[order]
    urgency: list[int] = rank_of.tolist()
    waits = [0.0] * len(coming)
    free_at = [0.0] * servers  # a heap: when each server is next free
    waiting: list[tuple[int, int]] = []  # a heap: urgency, then order of arrival
    following, now = 0, 0.0
    while following < len(coming) or waiting:
        now = max(now, free_at[0]) if waiting else max(free_at[0], coming[following])
        while following < len(coming) and coming[following] <= now:
            heapq.heappush(waiting, (urgency[following], following))
            following += 1
        _, chosen = heapq.heappop(waiting)
        waits[chosen] = now - coming[chosen]
        heapq.heapreplace(free_at, now + durations[chosen])
    waited = np.array(waits)
    return [waited[rank_of == rank] for rank in range(len(arrivals))]

"""One question to a queue answered: utilization, wait and response at a percentile, and by which method."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from planner.service.queues.many_servers import erlang_c, wait_mean_s
from planner.service.queues.simulation import (
    BATCHES,
    CUSTOMERS,
    WARM_UP,
    Draws,
    Floats,
    Simulated,
    draws,
    mean_of,
    percentile_of,
    waits_s,
)

FORMULA_UP_TO_SCV = 1.5  # ca² beyond which one server is simulated (economics.md §1)
POOLED_UP_TO_SCV = 1.0  # … several: at low load Erlang's C counts too few who wait of those that come in bursts
FORMULA_UP_TO_SERVICE_SCV = 4.0  # cs² up to which the exponential tail was held against simulation
SEED = 1
SERVICE_QUANTILES = 2000
LEAST_MEMORIES = 5
STEPS = 40  # of a bisection
SIMULATED_STEPS = 16  # of a bisection whose every step is a simulation: 2^−16 of the capacity


@dataclass(frozen=True)
class Queue:
    """Like servers behind one queue, first come, first served."""

    arrivals_per_s: float
    service_s: float
    service_scv: float = 1.0
    servers: int = 1
    arrival_scv: float = 1.0  # ca²: 1 is Poisson, more is burstier

    @property
    def load(self) -> float:
        """ρ = λ·S/c of each server."""
        return self.arrivals_per_s * self.service_s / self.servers

    @property
    def formula_up_to_scv(self) -> float:
        """ca² up to which a formula answers: Poisson for several servers, a little more for one."""
        return FORMULA_UP_TO_SCV if self.servers == 1 else POOLED_UP_TO_SCV

    @property
    def formula_holds(self) -> bool:
        """Whether arrivals are near enough to Poisson, and services to each other, for the formula."""
        return self.arrival_scv <= self.formula_up_to_scv and self.service_scv <= FORMULA_UP_TO_SERVICE_SCV


@dataclass(frozen=True)
class QueueAnswer:
    """Waits and responses (wait and service) in s; None where work arrives faster than it is done."""

    queue: Queue
    percentile: float
    method: str
    wait_mean: Simulated | None  # a formula has no interval: both ends equal the value
    wait: Simulated | None  # at the percentile
    response: Simulated | None  # at the percentile

    @property
    def simulated(self) -> bool:
        """Whether the figures come from a simulation."""
        return not self.queue.formula_holds

    @property
    def settled(self) -> bool:
        """Whether a simulation was long enough: every batch outlasts 5 times the memory of the queue.

        That memory is about (ca² + cs²)/(1 − ρ)² customers by experience; the interval is too narrow otherwise.
        """
        memory = (self.queue.arrival_scv + self.queue.service_scv) / max(1 - self.queue.load, 1e-9) ** 2
        return not self.simulated or LEAST_MEMORIES * memory <= CUSTOMERS * (1 - WARM_UP) / BATCHES


def answer(queue: Queue, percentile: float = 0.95) -> QueueAnswer:
    """What a queue does to its requests: by formula while ca² ≤ 1.5 (several: 1) and cs² ≤ 4, else by simulation.

    The formula's tail is exponential, P(W > t) ≈ C·exp(−t·C/E[W]) with C of Erlang: exact for M/M/c. Against simulation
    its 95th percentile of the wait is up to 13 % too long for constant service (M/D/1 at ρ = 0.5), within 10 % for
    cs² = 4. On the grid tried (1 to 16 servers, ρ from 0.2 to 0.9) a response is off by at most 10 % beyond the
    simulation's noise. Several servers are simulated as soon as ca² > 1: Erlang's C then counts too few who wait.
    """
    method = method_of(queue)
    if queue.load >= 1:
        return QueueAnswer(queue, percentile, method, None, None, None)
    if not queue.formula_holds:
        return _simulate(queue, percentile, method)
    mean_s = wait_mean_s(queue.servers, queue.load, queue.service_s, queue.arrival_scv, queue.service_scv)
    figures = (mean_s, wait_percentile_s(queue, percentile), response_percentile_s(queue, percentile))
    mean, wait, response = (Simulated(each, each, each) for each in figures)
    return QueueAnswer(queue, percentile, method, mean, wait, response)


def method_of(queue: Queue) -> str:
    """The name of what answers for a queue."""
    if not queue.formula_holds:
        return "simulation"
    if queue.servers == 1 and queue.arrival_scv == 1:
        return "Pollaczek-Khinchine"
    return "Allen-Cunneen"


def wait_percentile_s(queue: Queue, percentile: float) -> float:
    """By formula: C·exp(−t·C/E[W]) = 1 − percentile solved for t; 0 where so few wait at all."""
    waiting, tail = erlang_c(queue.servers, queue.load), 1 - percentile
    mean_s = wait_mean_s(queue.servers, queue.load, queue.service_s, queue.arrival_scv, queue.service_scv)
    if waiting <= tail or mean_s == 0:
        return 0.0
    return mean_s / waiting * math.log(waiting / tail)


def response_percentile_s(queue: Queue, percentile: float) -> float:
    """By formula: the percentile of wait plus an independent, gamma-distributed service time."""
    services_s = queue.service_s * _service_quantiles(queue.service_scv)
    waiting = erlang_c(queue.servers, queue.load)
    mean_s = wait_mean_s(queue.servers, queue.load, queue.service_s, queue.arrival_scv, queue.service_scv)
    decay = waiting / mean_s if mean_s else math.inf

    def beyond(time_s: float) -> float:
        left_s = time_s - services_s
        with np.errstate(invalid="ignore"):
            tails = waiting * np.exp(-decay * np.maximum(left_s, 0.0)) if mean_s else np.zeros_like(left_s)
        return float(np.mean(np.where(left_s >= 0, tails, 1.0)))

    low_s, high_s = 0.0, float(services_s[-1]) + wait_percentile_s(queue, percentile)
    while beyond(high_s) > 1 - percentile:
        high_s *= 2
    for _ in range(STEPS):
        middle_s = (low_s + high_s) / 2
        low_s, high_s = (middle_s, high_s) if beyond(middle_s) > 1 - percentile else (low_s, middle_s)
    return high_s


def largest_rate_per_s(queue: Queue, slo_s: float, percentile: float = 0.95) -> float:
    """The largest rate at which the percentile of the response still meets the SLO; 0 where even an idle server fails.

    Burstiness stays as it is. In a simulation the interval's upper end has to meet it.
    """
    drawn = None if queue.formula_holds else draws(queue.arrival_scv, queue.service_scv, seed=SEED)

    def meets(load: float) -> bool:
        tried = at_load(queue, load)
        if drawn is None:
            return response_percentile_s(tried, percentile) <= slo_s
        return percentile_of(_responses(tried, drawn)[1], percentile).high_s <= slo_s

    idle_s = queue.service_s * float(np.quantile(_service_quantiles(queue.service_scv), percentile))
    if idle_s > slo_s:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(STEPS if drawn is None else SIMULATED_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if meets(middle) else (low, middle)
    return at_load(queue, low).arrivals_per_s


def at_load(queue: Queue, load: float) -> Queue:
    """The same queue at another utilization of its servers."""
    rate = load * queue.servers / queue.service_s
    return Queue(rate, queue.service_s, queue.service_scv, queue.servers, queue.arrival_scv)


def _simulate(queue: Queue, percentile: float, method: str) -> QueueAnswer:
    waits, responses = _responses(queue, draws(queue.arrival_scv, queue.service_scv, seed=SEED))
    return QueueAnswer(
        queue,
        percentile,
        method,
        mean_of(waits),
        percentile_of(waits, percentile),
        percentile_of(responses, percentile),
    )


def _responses(queue: Queue, drawn: Draws) -> tuple[Floats, Floats]:
    services = drawn.services * queue.service_s
    waits = waits_s(drawn.gaps / queue.arrivals_per_s, services, queue.servers)
    return waits, waits + services


def _service_quantiles(scv: float) -> Floats:
    """Equally likely service times of mean 1, ascending."""
    if scv == 0:
        return np.ones(1)
    at = (np.arange(SERVICE_QUANTILES) + 0.5) / SERVICE_QUANTILES
    return gammaincinv(1 / scv, at) * scv

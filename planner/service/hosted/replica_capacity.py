"""The highest rate of requests one replica answers within the bounds of an SLO, and which bound stops it there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from planner.errors import PlannerError
from planner.service.hosted.batching import Scheduler, Served, simulate
from planner.service.hosted.closed_loop import TTFT_ERROR, TTFT_FLOOR_S, closed_loop
from planner.service.hosted.request_stream import Floats, RequestStream
from planner.service.hosted.served_model import ServedModel
from planner.service.hosted.step_time import Rates
from planner.service.queues.simulation import BATCHES, WARM_UP, Simulated, percentile_of
from planner.text import seconds, share, significant

REQUESTS = 3000  # simulated at each rate
LEAST_REQUESTS = 400  # 18 in each batch of the interval
STEPS = 7  # of the bisection, from a bracket of 30 %: to 0.3 %
BRACKET = 1.3
IDLE = 1e-3  # of the rate at which a replica is full: requests meet nobody
FULL = 0.98  # of that rate: beyond it a longer run would only wait longer
FILLS = 20  # times as many requests as sequences, for the rate of a replica that never lacks work
HALF = 0.5
BUSY = 0.9  # of that rate: queues there remember longer than a batch of the interval lasts
CONSTANTS_BAND = 0.25  # of accelerator_constants.csv (service.md)


class Bound(StrEnum):
    """What stops a replica from taking more."""

    TTFT = "TTFT"
    TPOT = "TPOT"
    E2E = "E2E"
    CACHE = "KV limit"
    SEQUENCES = "sequence limit"
    SATURATION = "saturation"


_CAUSE: Mapping[Bound, str] = {
    Bound.CACHE: "; requests wait for cache: the KV limit",
    Bound.SEQUENCES: "; requests wait for one of the sequences the engine allows at once",
}


@dataclass(frozen=True)
class Slo:
    """Bounds in s that a percentile of the requests has to keep; None is no bound."""

    ttft_s: float | None = None
    tpot_s: float | None = None
    e2e_s: float | None = None
    percentile: float = 0.95


@dataclass(frozen=True)
class Load:
    """One rate tried: percentiles in s as a client sees them, with the 95 % interval of the simulation's noise."""

    rate_per_s: float
    ttft: Simulated
    tpot: Simulated | None  # None where nearly every answer is a single token
    e2e: Simulated
    output_tok_s: float
    mean_batch: float
    utilization: float
    ttft_queued: float  # share of the TTFT of the slowest, beyond the percentile, that is waiting to be admitted
    e2e_queued: float  # … of the E2E of the slowest
    line_on_cache: float  # share of the time somebody waits in which it is for cache
    line_on_sequences: float  # … for a sequence to end


@dataclass(frozen=True)
class ReplicaCapacity:
    """The largest rate that keeps the SLO; low and high from the slow and the fast end of the constants."""

    rate_per_s: float  # 0: not even an idle replica keeps it
    low_per_s: float
    high_per_s: float
    full_per_s: float  # what a replica that never lacks work answers, SLO or not
    bound: Bound
    load: Load  # at the rate, or of an idle replica where the rate is 0
    refused: float  # share of the requests that no cache of this replica holds
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def banded(reached: Rates, band: float = CONSTANTS_BAND) -> tuple[Rates, Rates]:
    """The slow and the fast end where every constant is off by ± band in the same direction."""

    def off_by(share: float) -> Rates:
        return replace(
            reached,
            bytes_s=reached.bytes_s * (1 + share),
            flops=reached.flops * (1 + share),
            overhead_s=reached.overhead_s * (1 - share),
            sync_s=reached.sync_s * (1 - share),
        )

    return off_by(-band), off_by(band)


def replica_capacity(
    model: ServedModel,
    reached: Rates,
    scheduler: Scheduler,
    stream: RequestStream,
    slo: Slo,
    *,
    ends: tuple[Rates, Rates] | None = None,
) -> ReplicaCapacity:
    """The highest rate of `stream` at which every bound holds at the upper end of its percentile's interval.

    Bisection over simulations of the same requests at every rate (`simulate`), begun where Kingman's formula points.
    `ends` are the rates at the slow and the fast end of the constants (`banded` where only a band is known).
    """
    if not 0 < slo.percentile < 1 or any(
        each is not None and each <= 0 for each in (slo.ttft_s, slo.tpot_s, slo.e2e_s)
    ):
        raise PlannerError("an SLO is a percentile between 0 and 100 % and bounds above 0 s")
    if len(stream.gaps) < LEAST_REQUESTS:
        raise PlannerError(
            f"{len(stream.gaps)} requests are too few for a percentile",
            remedy=f"Take at least {LEAST_REQUESTS}; {REQUESTS:,} are a good number.",
        )
    search = _Search(model, reached, scheduler, stream, slo)
    found, beyond = search.largest()
    low, high = (
        (found, found) if ends is None else (_Search(model, each, scheduler, stream, slo).largest()[0] for each in ends)
    )
    load = search.load(found or IDLE * search.full_per_s)
    bound = search.bound(beyond)
    return ReplicaCapacity(
        rate_per_s=found,
        low_per_s=min(found, low),
        high_per_s=max(found, high),
        full_per_s=search.full_per_s,
        bound=bound,
        load=load,
        refused=search.refused_share,
        reasons=(_reason(search, bound, found, beyond),),
        doubts=tuple(_doubts(search, load, bound, with_ends=ends is not None)),
    )


class _Search:
    """One replica and its requests, tried at one rate after another."""

    def __init__(
        self, model: ServedModel, reached: Rates, scheduler: Scheduler, stream: RequestStream, slo: Slo
    ) -> None:
        self.model, self.reached, self.scheduler, self.stream, self.slo = model, reached, scheduler, stream, slo
        self.tried: dict[float, Load] = {}
        backlog = simulate(model, reached, scheduler, stream.at_once(FILLS * scheduler.most_sequences))
        self.full_per_s = backlog.settled_per_s[0]
        self.full_bound = _line(backlog.line_s, backlog.cache_blocked_s, backlog.slots_blocked_s)
        self.refused = int(np.sum(~scheduler.fits(stream.input_tokens, stream.output_tokens)))
        # A request that is refused misses every bound: the others have to make up for it.
        self.percentile = min(1.0, slo.percentile / (1 - self.refused_share))

    @property
    def refused_share(self) -> float:
        """Of the requests, those that no cache of this replica holds."""
        return self.refused / len(self.stream.gaps)

    def load(self, rate_per_s: float) -> Load:
        """The simulation at a rate, made once."""
        if rate_per_s not in self.tried:
            requests = self.stream.at(rate_per_s)
            served = simulate(self.model, self.reached, self.scheduler, requests)
            self.tried[rate_per_s] = _load(served, rate_per_s, self.percentile)
        return self.tried[rate_per_s]

    def keeps(self, rate_per_s: float) -> bool:
        """Whether the SLO holds at a rate."""
        if self.refused_share > 1 - self.slo.percentile:
            return False
        return all(ratio <= 1 for ratio in _ratios(self.load(rate_per_s), self.slo).values())

    def largest(self) -> tuple[float, Load]:
        """The largest rate that keeps the SLO, and the load at the smallest rate tried that does not."""
        idle, full = IDLE * self.full_per_s, FULL * self.full_per_s
        if not self.keeps(idle):
            return 0.0, self.load(idle)
        if self.keeps(full):
            return full, self.load(full)
        low = high = min(max(self._screen_per_s(), idle), full)
        while not self.keeps(low):
            low, high = max(idle, low / BRACKET), low
        while low == high or self.keeps(high):
            low, high = high, min(full, high * BRACKET)
        for _ in range(STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.keeps(middle) else (low, middle)
        return low, self.load(high)

    def bound(self, beyond: Load) -> Bound:
        """Which bound breaks first beyond the largest rate; one broken by waiting for room is the room's."""
        ratios = _ratios(beyond, self.slo)
        if self.refused_share > 1 - self.slo.percentile:
            return Bound.CACHE
        worst = max(ratios, key=lambda each: ratios[each], default=Bound.SATURATION)
        if ratios.get(worst, 0.0) <= 1:
            return self.full_bound
        queued = {Bound.TTFT: beyond.ttft_queued, Bound.E2E: beyond.e2e_queued}.get(worst, 0.0)
        room = _line(1.0, beyond.line_on_cache, beyond.line_on_sequences)
        return room if queued > HALF and room is not Bound.SATURATION else worst

    def _screen_per_s(self) -> float:
        """Where to begin: the rate that Kingman's wait and the closed loop's TPOT allow, never an answer."""
        given, answer = self.stream.mean_input, self.stream.mean_output
        by_tpot = self.full_per_s
        if self.slo.tpot_s is not None:
            batch = float(self.scheduler.most_sequences)
            while batch > 1 and closed_loop(self.model, self.reached, batch, given, answer).tpot_s > self.slo.tpot_s:
                batch /= BRACKET
            by_tpot = batch / (answer * closed_loop(self.model, self.reached, batch, given, answer).tpot_s)
        if self.slo.ttft_s is None:
            return min(by_tpot, FULL * self.full_per_s)
        alone_s = closed_loop(self.model, self.reached, 1, given, answer).ttft_s
        # Kingman: E[W] = ρ/(1 − ρ)·(ca² + cs²)/2·S with S = 1/full and cs² = 1, tail exponential: solved for ρ.
        spare_s = max(0.0, self.slo.ttft_s - alone_s) * self.full_per_s
        tail = -math.log(1 - self.slo.percentile) * (self.stream.arrival_scv + 1) / 2
        return min(by_tpot, self.full_per_s * spare_s / (spare_s + tail))


def _load(served: Served, rate_per_s: float, percentile: float) -> Load:
    tpot_s, line_s = served.tpot_s, served.line_s or math.inf
    ttft, e2e = (_percentile(each + TTFT_FLOOR_S, percentile) for each in (served.ttft_s, served.e2e_s))
    return Load(
        rate_per_s=rate_per_s,
        ttft=ttft,
        tpot=_percentile(tpot_s, percentile) if len(tpot_s) >= LEAST_REQUESTS else None,
        e2e=e2e,
        output_tok_s=served.output_tok_s,
        mean_batch=served.mean_batch,
        utilization=served.utilization,
        ttft_queued=_queued(served.ttft_s, served.queued_s, percentile),
        e2e_queued=_queued(served.e2e_s, served.queued_s, percentile),
        line_on_cache=served.cache_blocked_s / line_s,
        line_on_sequences=served.slots_blocked_s / line_s,
    )


def _percentile(samples_s: Floats, percentile: float) -> Simulated:
    if len(samples_s) * (1 - WARM_UP) < BATCHES:
        raise PlannerError("too few requests fit the cache for a percentile")
    return percentile_of(samples_s, percentile)


def _bounded(load: Load, slo: Slo) -> Iterator[tuple[Bound, Simulated, float]]:
    """The percentiles that have a bound, and it."""
    sides = (
        (Bound.TTFT, load.ttft, slo.ttft_s),
        (Bound.TPOT, load.tpot, slo.tpot_s),
        (Bound.E2E, load.e2e, slo.e2e_s),
    )
    for name, found, most_s in sides:
        if found is not None and most_s is not None:
            yield name, found, most_s


def _ratios(load: Load, slo: Slo) -> dict[Bound, float]:
    """Each bounded percentile's upper end over its bound."""
    return {name: found.high_s / most_s for name, found, most_s in _bounded(load, slo)}


def _queued(times_s: Floats, queued_s: Floats, percentile: float) -> float:
    """Share of the slowest requests' time that they wait to be admitted."""
    slowest = times_s >= np.quantile(times_s, percentile)
    return float(np.sum(queued_s[slowest]) / np.sum(times_s[slowest]))


def _line(line_s: float, cache_s: float, sequences_s: float) -> Bound:
    """What those waiting to be admitted mostly wait for."""
    if cache_s > HALF * line_s:
        return Bound.CACHE
    return Bound.SEQUENCES if sequences_s > HALF * line_s else Bound.SATURATION


def _reason(search: _Search, bound: Bound, found: float, beyond: Load) -> str:
    """Why no more than the rate, in one sentence with its numbers."""
    slo = search.slo
    if search.refused_share > 1 - slo.percentile:
        return f"{share(search.refused_share)} of the requests are longer than the cache: the KV limit"
    at = f"p{significant(slo.percentile * 100, 4)}"
    broken = [
        f"{at} of {name.value} is {_words(figure)} where {seconds(most_s)} is allowed"
        for name, figure, most_s in _bounded(beyond, slo)
        if figure.high_s > most_s
    ]
    told = f"at {significant(beyond.rate_per_s)} requests/s " + " and ".join(broken)
    if not broken:
        told = f"every bound still holds at {share(FULL)} of what a replica without a pause answers"
    elif not found:
        told = "even an idle replica misses it: " + " and ".join(broken)
    return told + _CAUSE.get(bound, "")


def _words(figure: Simulated) -> str:
    return f"{seconds(figure.value_s)} (up to {seconds(figure.high_s)})"


def _doubts(search: _Search, load: Load, bound: Bound, *, with_ends: bool) -> Iterator[str]:
    slo = search.slo
    if search.refused:
        yield (
            f"{search.refused:,} of {len(search.stream.gaps):,} requests are longer than the cache "
            f"({search.scheduler.cache_tokens:,} tokens) and are left out"
        )
    if slo.ttft_s is not None and load.ttft.value_s <= slo.ttft_s < load.ttft.value_s * (1 + TTFT_ERROR):
        yield f"TTFT is known to ± {share(TTFT_ERROR)} only: at the far end of that it would miss {seconds(slo.ttft_s)}"
    if slo.tpot_s is not None and load.tpot is None:
        yield "nearly every answer is a single token: the bound of TPOT judges nothing"
    if load.rate_per_s > BUSY * search.full_per_s and bound is not Bound.TPOT:
        yield (
            f"so near to the {significant(search.full_per_s)} requests/s of a replica without a pause, waits go on "
            "growing: a longer simulation might find longer ones"
        )
    if not with_ends:
        yield "the interval leaves out how far the accelerator's constants may be off"

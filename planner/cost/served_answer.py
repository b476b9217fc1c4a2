"""One model on one kind of replica, answered whole: batches, limits, the largest rate under an SLO, and $/Mtok."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from planner.basis import Basis, Doubt, Quantity
from planner.capacities import Capacity
from planner.cost.accelerator_hour import AcceleratorHour
from planner.cost.served_tokens import UTILIZATIONS, ServedTokens, served_tokens
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.prices.offers import RemoteService
from planner.service.hosted.batching import MOST_SEQUENCES, PASS_TOKENS, Scheduler
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.constants import Constants
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.replica import BusySpeeds, Replica, busy_speeds, replica
from planner.service.hosted.replica_capacity import ReplicaCapacity, Slo, replica_capacity
from planner.service.hosted.replica_service import replica_service
from planner.service.hosted.request_stream import RequestStream

HEADROOM: float = Capacity.model_fields["headroom"].default  # largest utilization of the busiest hour, unless stated


@dataclass(frozen=True)
class Serving:
    """What is served, on what, to whom, and how fast it has to be."""

    architecture: ModelArchitecture
    weight_format: WeightFormat
    accelerator: str
    accelerators: int
    engine: str
    stream: RequestStream
    slo: Slo
    constants: Constants | None = None  # one's own, before the bundled ones
    asked_per_s: float | None = None  # the rate that is to be served; None: not stated
    most_sequences: int = MOST_SEQUENCES  # what the engine is started with
    pass_tokens: int = PASS_TOKENS

    @property
    def has_slo(self) -> bool:
        """Whether anything bounds the wait."""
        return any(bound is not None for bound in (self.slo.ttft_s, self.slo.tpot_s, self.slo.e2e_s))

    @property
    def input_tokens(self) -> int:
        """The mean prompt, whole."""
        return max(1, round(self.stream.mean_input))

    @property
    def output_tokens(self) -> int:
        """The mean answer, whole."""
        return max(1, round(self.stream.mean_output))


@dataclass(frozen=True)
class ServedAnswer:
    """The answer; what needs a replica that fits is None where none does, and `replica.why_not` says why."""

    serving: Serving
    replica: Replica
    capacity: ReplicaCapacity | None
    speeds: BusySpeeds | None  # of one replica busy with one thing alone
    service: RemoteService | None  # at `service_per_s`
    service_per_s: float | None  # the largest rate, or the share of it that capacities are planned to where no SLO is
    output_tok_s: Quantity | None  # at the largest rate
    prefill_share: float | None  # of the busy time at that rate
    replicas: int | None  # that the asked rate needs, evenly spread
    utilization: float | None  # of those, by the asked rate
    hour: AcceleratorHour
    costs: tuple[ServedTokens, ...]
    no_cost: str  # why there is no price per Mtok
    doubts: tuple[Doubt, ...]


def served_answer(
    serving: Serving,
    hour: AcceleratorHour,
    utilizations: Sequence[float] | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> ServedAnswer:
    """Everything about the replica; `on_step` is told what is being simulated.

    Without stated utilizations the price stands at that of the asked rate, else at 30 and 60 %, and always at 100 %,
    which is the largest rate that keeps the SLO.
    """
    given, answer = serving.input_tokens, serving.output_tokens
    shape = (serving.architecture, serving.weight_format, serving.accelerator, serving.accelerators, serving.engine)
    found = replica(
        *shape,
        input_tokens=given,
        output_tokens=answer,
        constants=serving.constants,
        max_in_flight=serving.most_sequences,
    )
    if found.why_not:
        return ServedAnswer(
            serving, found, None, None, None, None, None, None, None, None, hour, (), found.why_not, found.doubts
        )
    placed = deployment(*shape, constants=serving.constants)
    scheduler = Scheduler(
        cache_tokens=found.kv.tokens,
        most_sequences=serving.most_sequences,
        pass_tokens=serving.pass_tokens,
    )
    on_step("searching the largest rate")
    ends = (placed.reached.slow, placed.reached.fast)
    capacity = replica_capacity(placed.model, placed.reached.value, scheduler, serving.stream, serving.slo, ends=ends)
    rate = capacity.rate_per_s
    on_step("simulating the service at that rate")
    at_per_s = rate if serving.has_slo else rate * HEADROOM
    service = replica_service(placed, scheduler, serving.stream, at_per_s) if rate else None
    tok_s = _output_tok_s(placed, serving, capacity) if rate else None
    share = closed_loop(placed.model, placed.reached.value, capacity.load.mean_batch, given, answer).prefill_share
    replicas = math.ceil(serving.asked_per_s / rate - 1e-9) if serving.asked_per_s and rate else None
    busy = serving.asked_per_s / (replicas * rate) if serving.asked_per_s and replicas else None
    no_cost = _no_cost(hour, capacity)
    return ServedAnswer(
        serving=serving,
        replica=found,
        capacity=capacity,
        speeds=_speeds(serving, placed),
        service=service,
        service_per_s=None if service is None else at_per_s,
        output_tok_s=tok_s,
        prefill_share=share,
        replicas=replicas,
        utilization=busy,
        hour=hour,
        costs=tuple(
            served_tokens(
                hour.usd_per_h,
                serving.accelerators,
                tok_s,
                prefill_share=share,
                input_tokens=given,
                output_tokens=answer,
                utilization=used,
            )
            for used in _utilizations(utilizations, busy)
            if hour.usd_per_h is not None and tok_s is not None
        ),
        no_cost=no_cost,
        doubts=(*found.doubts, *_doubts(serving, capacity), *hour.doubts),
    )


def _speeds(serving: Serving, placed: Deployment) -> BusySpeeds:
    """Busy with one thing alone, at the largest batch that keeps the SLO of TPOT, or at one request where none does."""
    given, answer = serving.input_tokens, serving.output_tokens
    most_s = serving.slo.tpot_s
    if most_s is not None:
        most_s = max(most_s, closed_loop(placed.model, placed.reached.value, 1, given, answer).tpot_s)
    return busy_speeds(
        serving.architecture,
        serving.weight_format,
        placed.spec,
        placed.accelerators,
        placed.engine,
        input_tokens=given,
        output_tokens=answer,
        tpot_slo_s=most_s,
        constants=serving.constants,
        max_in_flight=serving.most_sequences,
    )


def _output_tok_s(placed: Deployment, serving: Serving, capacity: ReplicaCapacity) -> Quantity:
    """Output tokens of one replica at the largest rate, between the slow and the fast end of the constants."""
    mean = serving.stream.mean_output
    return Quantity(
        value=capacity.rate_per_s * mean,
        low=capacity.low_per_s * mean,
        high=capacity.high_per_s * mean,
        unit="tok/s",
        basis=Basis.ESTIMATED,
        source=f"simulation with the constants of {placed.spec.name}, {placed.engine}: {placed.constants.source}",
        as_of=placed.constants.as_of,
    )


def _utilizations(stated: Sequence[float] | None, asked: float | None) -> tuple[float, ...]:
    if stated:
        chosen = [*stated]
    elif asked is not None:
        chosen = [asked]
    else:
        chosen = [*UTILIZATIONS]
    return tuple(sorted({*chosen, 1.0}))


def _no_cost(hour: AcceleratorHour, capacity: ReplicaCapacity) -> str:
    if hour.usd_per_h is None:
        return hour.reason
    return "" if capacity.rate_per_s else "the SLO is missed at any rate"


def _doubts(serving: Serving, capacity: ReplicaCapacity) -> Iterator[Doubt]:
    # Without an SLO the rate is that of a full replica on purpose, and being near it is no news.
    for words in capacity.doubts if serving.has_slo or capacity.refused else ():
        yield Doubt(
            kind="SimulatedCapacity",
            subject=serving.accelerator,
            sentence=f"{words[0].upper()}{words[1:]}.",
            advice="Confirm the rate with a load test before it is promised.",
        )
    lengths = serving.stream.output_tokens
    if len(lengths) and (lengths == lengths[0]).all():
        yield Doubt(
            kind="RequestsAlike",
            subject=serving.accelerator,
            sentence=f"Every request is taken to have {serving.input_tokens:,} + {serving.output_tokens:,} tokens; "
            "where lengths vary, percentiles are worse.",
            advice="Name a request log with --log.",
        )

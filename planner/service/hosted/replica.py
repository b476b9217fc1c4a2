"""How a replica serves requests of one shape: throughput, TPOT and TTFT against requests in flight, and its limits."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from planner import text
from planner.basis import Basis, Doubt, Quantity
from planner.documents import Frozen
from planner.errors import ScenarioError
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.service.hosted.accelerators import AcceleratorSpec
from planner.service.hosted.closed_loop import ClosedLoop, closed_loop
from planner.service.hosted.constants import OLD_SOFTWARE, Constants
from planner.service.hosted.deployment import MAX_IN_FLIGHT, Deployment, deployment
from planner.service.hosted.kv_limit import KvLimit
from planner.service.hosted.replica_doubts import replica_doubts
from planner.service.hosted.step_time import prefill_s, step_s
from planner.units import Unit

IN_FLIGHT = (1, 2, 4, 8, 16, 32, 64, 128, 256)
# Fits to the static batches of 2024 understate prompts alone: Splitwise's prefills on A100 and H100 were 1.7 to 2.3
# times as fast in the median (tests/benchmarks/validate_service_model.py).
PROMPTS_ALONE = 2.3
SOURCE = "step-time model of service.md with the constants of"


class BatchPoint(Frozen):
    """The steady state with that many requests in flight, each answered one replaced at once.

    Intervals are bounds: every constant at its worse end, then every constant at its better end.
    """

    in_flight: int = Field(gt=0)
    throughput_tok_s: Quantity  # output tokens of the whole replica
    tpot_s: Quantity
    ttft_s: Quantity  # a range: the bounds, and 40 % of the formula's own error beyond them
    prefill_share: float  # of the replica's time that goes into prompts


class Replica(Frozen):
    """One model on n accelerators under an engine, serving requests of one shape."""

    model: str
    weight_format: str
    accelerator: str
    accelerators: int
    engine: str
    input_tokens: int
    output_tokens: int
    constants: Constants
    kv: KvLimit
    most_in_flight: int  # by memory and by the engine's own limit; 0: nothing can be served
    points: tuple[BatchPoint, ...]  # up to most_in_flight, which is the last one
    why_not: str  # why nothing can be served; "" where it can
    doubts: tuple[Doubt, ...]


class BusySpeeds(Frozen):
    """What a replica does a second when it does one thing only, at its best feasible batch.

    Seconds of a replica per request are then uncached input/prefill_tok_s + output/decode_tok_s.
    """

    in_flight: int
    prefill_tok_s: Quantity  # prompts alone, prompt tokens
    decode_tok_s: Quantity  # answers alone, output tokens


def replica(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    accelerator: str | AcceleratorSpec,
    count: int,
    engine: str = "vllm",
    *,
    input_tokens: int = 1024,
    output_tokens: int = 256,
    in_flight: Sequence[int] = IN_FLIGHT,
    constants: Constants | None = None,
    since: int | None = None,
    kv_bytes: int | None = None,
    max_in_flight: int = MAX_IN_FLIGHT,
) -> Replica:
    """The replica at those requests in flight that it can hold, and at the most that it can hold.

    `count` accelerators hold the model together; `constants` of one's own sweep go before the bundled ones, of which
    `since` leaves out those of software older than that year; `kv_bytes` are of one cached element (served_model).
    """
    require_shape(count, input_tokens, output_tokens)
    placed = deployment(
        architecture, weight_format, accelerator, count, engine, constants=constants, since=since, kv_bytes=kv_bytes
    )
    limit = placed.kv_limit(input_tokens, output_tokens)
    why_not = placed.why_not(limit)
    most = 0 if why_not else min(limit.requests, max_in_flight)
    batches = sorted({each for each in in_flight if 1 <= each <= most} | ({most} if most else set[int]()))
    return Replica(
        model=placed.model.name,
        weight_format=weight_format.name,
        accelerator=placed.spec.name,
        accelerators=count,
        engine=placed.engine,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        constants=placed.constants,
        kv=limit,
        most_in_flight=most,
        points=tuple(batch_point(placed, each, input_tokens, output_tokens) for each in batches),
        why_not=why_not,
        doubts=tuple(replica_doubts(placed, limit, most, input_tokens, output_tokens)),
    )


def batch_point(placed: Deployment, in_flight: int, input_tokens: float, output_tokens: float) -> BatchPoint:
    """The steady state at N in flight, with the bounds of both corners of the constants."""
    reached = placed.reached
    slow, value, fast = (
        closed_loop(placed.model, each, in_flight, input_tokens, output_tokens)
        for each in (reached.slow, reached.value, reached.fast)
    )
    return BatchPoint(
        in_flight=in_flight,
        throughput_tok_s=_between(placed, value.output_tok_s, (slow.output_tok_s, fast.output_tok_s), "tok/s"),
        tpot_s=_between(placed, value.tpot_s, (fast.tpot_s, slow.tpot_s), "s"),
        ttft_s=_between(placed, value.ttft_s, (fast.ttft_range_s[0], slow.ttft_range_s[1]), "s"),
        prefill_share=value.prefill_share,
    )


def busy_speeds(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    accelerator: str | AcceleratorSpec,
    count: int,
    engine: str = "vllm",
    *,
    input_tokens: int = 1024,
    output_tokens: int = 256,
    tpot_slo_s: float | None = None,
    constants: Constants | None = None,
    since: int | None = None,
    kv_bytes: int | None = None,
    max_in_flight: int = MAX_IN_FLIGHT,
) -> BusySpeeds:
    """Speeds of one busy replica at the largest batch its memory and engine hold and, where given, the SLO of TPOT.

    R_pf = I/prefill(I) and R_dec = N/step(N, I + O/2), the two parts of the closed loop: N·O/(O·step + N·prefill).
    """
    require_shape(count, input_tokens, output_tokens)
    placed = deployment(
        architecture, weight_format, accelerator, count, engine, constants=constants, since=since, kv_bytes=kv_bytes
    )
    limit = placed.kv_limit(input_tokens, output_tokens)
    why_not = placed.why_not(limit)
    if why_not:
        raise ScenarioError(why_not, remedy="Take more accelerators, larger ones, or a smaller weight format.")
    batch = _largest(placed, min(limit.requests, max_in_flight), input_tokens, output_tokens, tpot_slo_s)
    reached, context = placed.reached, input_tokens + output_tokens / 2.0
    read = [input_tokens / prefill_s(placed.model, each, input_tokens) for each in (reached.slow, reached.fast)]
    said = [batch / step_s(placed.model, each, batch, context) for each in (reached.slow, reached.fast)]
    prefill_tok_s = input_tokens / prefill_s(placed.model, reached.value, input_tokens)
    year = placed.constants.year
    if year is not None and year <= OLD_SOFTWARE:
        read.append(prefill_tok_s * PROMPTS_ALONE)
    return BusySpeeds(
        in_flight=batch,
        prefill_tok_s=_between(placed, prefill_tok_s, (min(read), max(read)), "tok/s"),
        decode_tok_s=_between(
            placed, batch / step_s(placed.model, reached.value, batch, context), (said[0], said[1]), "tok/s"
        ),
    )


def require_shape(count: int, input_tokens: int, output_tokens: int) -> None:
    """Refuse a replica of nothing, and requests without a prompt or an answer."""
    for value, name in ((count, "count"), (input_tokens, "input_tokens"), (output_tokens, "output_tokens")):
        if value < 1:
            raise ScenarioError(f"{name} is {value}", remedy="It is a whole number from 1 on.")


def _largest(placed: Deployment, most: int, input_tokens: float, output_tokens: float, tpot_slo_s: float | None) -> int:
    """The largest batch whose TPOT keeps the SLO; TPOT only grows with the batch, so halving finds it."""

    def at(batch: int) -> ClosedLoop:
        return closed_loop(placed.model, placed.reached.value, batch, input_tokens, output_tokens)

    if tpot_slo_s is None or at(most).tpot_s <= tpot_slo_s:
        return most
    if at(1).tpot_s > tpot_slo_s:
        raise ScenarioError(
            f"one request alone takes {text.seconds(at(1).tpot_s)} per output token on {placed.accelerators} × "
            f"{placed.spec.name}, more than the {text.seconds(tpot_slo_s)} asked for",
            remedy="Take more accelerators, faster ones, or a smaller weight format.",
        )
    good, bad = 1, most
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if at(middle).tpot_s <= tpot_slo_s else (good, middle)
    return good


def _between(placed: Deployment, value: float, ends: tuple[float, float], unit: Unit) -> Quantity:
    """An estimate between its ends, with the source of the constants."""
    return Quantity(
        value=value,
        unit=unit,
        basis=Basis.ESTIMATED,
        low=min(value, *ends),
        high=max(value, *ends),
        source=f"{SOURCE} {placed.spec.name}, {placed.engine}: {placed.constants.source}",
        as_of=placed.constants.as_of,
    )

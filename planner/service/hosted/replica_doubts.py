"""What to doubt about a modelled replica: how its constants were come by, and what the model leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.basis import Doubt
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.constants import OLD_SOFTWARE, Constants, Known, constants_for, rates_range
from planner.service.hosted.deployment import Deployment
from planner.service.hosted.kv_limit import KvLimit
from planner.service.hosted.served_model import Precision

SWEEP = "Measure one sweep of concurrencies (vLLM bench, guidellm or AIPerf) and import it."
BITS_OF_16 = 16


def replica_doubts(
    placed: Deployment, limit: KvLimit, most_in_flight: int, input_tokens: float, output_tokens: float
) -> Iterator[Doubt]:
    """Doubts of a replica with so many requests in flight; none where it cannot serve at all."""
    if most_in_flight == 0:
        return
    yield from _of_constants(placed)
    yield from _of_age(placed, most_in_flight, input_tokens, output_tokens)
    yield from _of_splitting(placed)
    yield from _of_batches(placed, most_in_flight)
    yield from _of_memory(placed, limit)
    yield Doubt(
        kind="NotModelled",
        subject=_named(placed),
        sentence="Not modelled: disaggregated prefill, speculative decoding, prefix caches, wide expert parallelism.",
        advice="Where your service uses one of them, expect other figures and import a sweep of your own.",
    )


def _named(placed: Deployment) -> str:
    return f"{placed.accelerators} × {placed.spec.name}, {placed.engine}"


def _of_constants(placed: Deployment) -> Iterator[Doubt]:
    known = placed.constants
    if known.known in (Known.MAKER, Known.ALL):
        yield Doubt(
            kind="AcceleratorBySpecs",
            subject=_named(placed),
            sentence=(
                f"No published throughput of {placed.spec.title} was fitted: its speed follows from its data sheet and "
                f"the {known.source}, between {_ends(known)} of it."
            ),
            advice=SWEEP,
        )
    if known.known is Known.ENGINE:
        yield Doubt(
            kind="EngineNotFitted",
            subject=_named(placed),
            sentence=f"{placed.spec.name} was fitted under other engines only: {known.source}.",
            advice=SWEEP,
        )
    if known.known is Known.PRECISION:
        yield Doubt(
            kind="PrecisionNotFitted",
            subject=_named(placed),
            sentence=f"{placed.spec.name} under {placed.engine} was fitted at another precision: {known.source}.",
            advice=SWEEP,
        )
    computed = placed.spec.computes(placed.model.precision)
    if computed is Precision.FP16 and placed.weight_format.bits < BITS_OF_16:
        yield Doubt(
            kind="WeightsWidened",
            subject=_named(placed),
            sentence=(
                f"{placed.weight_format.title} is computed in 16 bits on {placed.spec.name}; widening the weights "
                "costs time that rows of 16-bit weights do not show."
            ),
            advice=SWEEP,
        )


def _of_age(placed: Deployment, most_in_flight: int, input_tokens: float, output_tokens: float) -> Iterator[Doubt]:
    known, spec, model = placed.constants, placed.spec, placed.model
    if known.year is None or known.year > OLD_SOFTWARE:
        return
    newer = constants_for(spec, placed.engine, model.precision, since=OLD_SOFTWARE + 1)
    old_tok_s, new_tok_s = (
        closed_loop(model, reached, most_in_flight, input_tokens, output_tokens).output_tok_s
        for reached in (placed.reached.value, rates_range(spec, newer, model, placed.accelerators).value)
    )
    yield Doubt(
        kind="OldSoftware",
        subject=_named(placed),
        sentence=(
            f"The constants are of software of {known.year}. With the nearest of {OLD_SOFTWARE + 1} or later "
            f"({newer.source}) {most_in_flight} requests in flight give {text.rate(new_tok_s)} instead of "
            f"{text.rate(old_tok_s)}. Prompts alone were read 1.7 to 2.3 times as fast by A100 and H100 in another "
            "benchmark (Splitwise)."
        ),
        advice=SWEEP,
    )


def _ends(known: Constants) -> str:
    low, high = known.eta_m.bounds
    return f"{text.share(low)} and {text.share(high)}"


def _of_splitting(placed: Deployment) -> Iterator[Doubt]:
    count, most = placed.accelerators, placed.constants.most_accelerators
    if count == 1 or (most is not None and count <= most):
        return
    fitted = "several fits" if most is None else f"replicas of at most {most}"
    yield Doubt(
        kind="MoreAcceleratorsThanFitted",
        subject=_named(placed),
        sentence=(
            f"The constants come from {fitted}, and {count} share the model here; carrying a fit of one accelerator to "
            "eight was off by 36 to 69 %."
        ),
        advice=SWEEP,
    )


def _of_batches(placed: Deployment, most_in_flight: int) -> Iterator[Doubt]:
    fitted = placed.constants.most_in_flight
    if fitted is None or most_in_flight <= fitted:
        return
    yield Doubt(
        kind="BatchBeyondFit",
        subject=_named(placed),
        sentence=(
            f"The constants come from at most {fitted} requests in flight, and {most_in_flight} fit here; vendors' "
            "best cases with over a thousand were half to twice what the model says."
        ),
        advice=f"Limit the engine to {fitted} requests at once, or import a sweep that goes further.",
    )


def _of_memory(placed: Deployment, limit: KvLimit) -> Iterator[Doubt]:
    if placed.kv_bytes == 1:
        yield Doubt(
            kind="CacheInEightBits",
            subject=_named(placed),
            sentence=(
                f"The cache is taken in 8 bits beside weights in {placed.weight_format.title}; an engine that keeps it "
                "in 16 holds half as many requests and reads twice as much of it."
            ),
            advice="Set the engine's cache to fp8.",
        )
    if limit.requests_low >= 1:
        return
    yield Doubt(
        kind="CacheMayNotFit",
        subject=_named(placed),
        sentence=(
            f"With the largest activation buffers seen, the weights leave no room for one request; at the usual ones "
            f"{limit.requests} fit."
        ),
        advice="Take one accelerator more or a smaller weight format, or look up the engine's own cache size.",
    )

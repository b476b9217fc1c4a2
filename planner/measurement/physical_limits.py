"""How near a model comes to what the device can do: limits from bytes and operations, and the share reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from planner import text
from planner.basis import Basis, Doubt, Quantity, weakest
from planner.documents import Frozen
from planner.errors import UnknownNameError
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.roofline import Roofline, RooflinePoint
from planner.measurement.runs import Run
from planner.measurement.statistics import summarise
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.footprint import bytes_read_per_token, matmul_parameters, table_parameters
from planner.model.weight_formats import WeightFormat, weight_format

MEMORY = "memory"
BEATEN_ABOVE = 1.05
OPERATIONS_PER_WEIGHT = 2  # a multiplication and an addition
ATTENTION_PRODUCTS = 2  # query × key, and weights × value

_KV_BYTES = {"fp32": 4, "fp16": 2}


class Reached(Frozen):
    """What a run reached of one limit, at one number of tokens."""

    phase: Literal["prefill", "decode"]
    tokens: int  # of the prompt, or in the KV cache before the first step
    against: str  # «memory», or the kernel whose rate is the limit
    rate: Quantity  # tok/s
    limit: Quantity  # tok/s
    share: Quantity
    same_threads: bool  # the limit was measured with the run's own number of threads

    @property
    def sentence(self) -> str:
        """«decode at 512 tokens runs at 71 % of what this memory can deliver»."""
        share = text.share(self.share.value)
        if self.phase == "decode":
            return f"decode at {self.tokens:,} tokens runs at {share} of what this memory can deliver"
        return f"prefill of {self.tokens:,} tokens runs at {share} of what the {self.against} product can deliver"


def decode_limit(read_bytes_s: Quantity, bytes_per_token: float, *, basis: Basis = Basis.MEASURED) -> Quantity:
    """Most tok/s of one stream: memory read bandwidth ÷ bytes one step must read (measurement.md §3).

    `basis` is how well the bytes are known.
    """
    size = f"{text.significant(bytes_per_token / 1e6)} MB a token"
    return _scaled(read_bytes_s, bytes_per_token, f"{read_bytes_s.source} ÷ {size}", basis)


def prefill_limit(
    flop_s: Quantity, shape: ModelArchitecture, prompt_tokens: int, *, last_logits_only: bool = True
) -> Quantity:
    """Most prompt tok/s: a kernel's rate ÷ operations a token of the prompt (measurement.md §3)."""
    operations = prefill_operations(shape, prompt_tokens, last_logits_only=last_logits_only) / prompt_tokens
    words = f"{text.significant(operations / 1e9)} GFLOP a token"
    return _scaled(flop_s, operations, f"{flop_s.source} ÷ {words}", Basis.MEASURED)


def prefill_operations(shape: ModelArchitecture, prompt_tokens: int, *, last_logits_only: bool = True) -> float:
    """Operations that reading a prompt needs: 2 a weight and token, and 4 × query width a pair that attends.

    A token attends to itself and what stands before it, in a sliding layer no further back than the window. The
    output layer is needed for the last token only, and graphs built here run it so; some exports do more than needed.
    """
    head = table_parameters(shape)
    weights = (matmul_parameters(shape) - head) * prompt_tokens + head * (1 if last_logits_only else prompt_tokens)
    pairs = sum(
        _attending(prompt_tokens, shape.sliding_window if shape.slides(layer) else None)
        for layer in range(shape.layers)
    )
    return OPERATIONS_PER_WEIGHT * (weights + ATTENTION_PRODUCTS * shape.query_width * pairs)


def reached(rate: Quantity, limit: Quantity) -> Quantity:
    """The share of a limit that a rate reaches; its interval takes the ends of both against each other."""
    (low, high), (limit_low, limit_high) = rate.bounds, limit.bounds
    told = rate.low is not None or limit.low is not None
    bounded = told and limit_low > 0  # a limit that may be zero bounds no share
    return Quantity(
        value=rate.value / limit.value,
        unit="share",
        basis=weakest(rate.basis, limit.basis),
        low=low / limit_high if bounded else None,
        high=high / limit_low if bounded else None,
        source=f"{rate.source} ÷ ({limit.source})",
        as_of=rate.as_of,
    )


def reached_by(run: Run, roofline: Roofline) -> tuple[Reached, ...]:
    """What a run reached of each limit that can be told: decode of the memory, prefill of its kernel and the fastest.

    Empty where the roofline is another execution provider's, or has no point of so few threads. A model of unknown
    shape has a decode limit from its file alone (estimated: the cache is not counted, every weight is), and none of
    prefill.
    """
    point = roofline.at(run.settings.threads)
    if roofline.execution_provider != run.settings.execution_provider or point is None:
        return ()
    return tuple(_reached_at(run, point))


def beats_roofline(one: Reached, subject: str = "") -> Doubt | None:
    """BeatsRoofline where surely more than the limit was reached: 5 % above it at the low end of the interval.

    A limit measured with fewer threads than the run's may be passed, and is no reason to doubt.
    """
    low = one.share.bounds[0]
    if not one.same_threads or low <= BEATEN_ABOVE:
        return None
    if one.phase == "decode":
        why = "the model lies in a cache, fewer bytes are read than are counted, or the memory was disturbed meanwhile"
    else:
        why = "fewer operations are needed than are counted, or the processor was disturbed meanwhile"
    return Doubt(
        kind="BeatsRoofline",
        sentence=f"{one.sentence[0].upper()}{one.sentence[1:]}, which cannot be: {why}.",
        advice="Measure the device's limits again while nothing else runs. If this stays, the model is too small to "
        "tell how fast larger ones run here.",
        subject=subject,
    )


def disturbed_roofline(roofline: Roofline) -> Doubt | None:
    """RooflineDisturbed where other programs worked while the limits were measured, which makes them too low."""
    cpus = roofline.foreign_cpus
    if cpus is None or cpus <= DISTURBING_CPUS:
        return None
    busy = text.number(cpus, 2)
    return Doubt(
        kind="RooflineDisturbed",
        sentence=f"While the limits of this device were measured, other programs kept {busy} "
        f"{'CPU' if busy == '1' else 'CPUs'} busy, so the limits are probably higher and the shares lower than shown.",
        advice="Close other programs and measure the limits again.",
        subject=roofline.execution_provider,
    )


def _reached_at(run: Run, point: RooflinePoint) -> Iterator[Reached]:
    summary, shape, stored = summarise(run), _shape(run), _format(run)
    same = point.threads == run.settings.threads

    def one(phase: Literal["prefill", "decode"], tokens: int, against: str, rate: Quantity, limit: Quantity) -> Reached:
        return Reached(
            phase=phase,
            tokens=tokens,
            against=against,
            rate=rate,
            limit=limit,
            share=reached(rate, limit),
            same_threads=same,
        )

    kv_bytes = _KV_BYTES.get(run.settings.kv_format)
    for tokens, rate in summary.decode:
        if shape is not None and stored is not None and kv_bytes is not None:
            limit = decode_limit(point.read_bytes_s, bytes_read_per_token(shape, stored, tokens, kv_bytes))
        elif run.model.file_bytes:
            limit = decode_limit(point.read_bytes_s, run.model.file_bytes, basis=Basis.ESTIMATED)
        else:
            continue
        yield one("decode", tokens, MEMORY, rate, limit)
    if shape is None:
        return
    fastest = point.fastest
    kernels = [run.weight_format, *([fastest.kernel] if fastest is not None else [])]
    for tokens, rate in summary.prefill:
        for kernel in dict.fromkeys(kernels):
            flop_s = point.flop_s(kernel)
            if flop_s is not None:
                yield one("prefill", tokens, kernel, rate, prefill_limit(flop_s, shape, tokens))


def _shape(run: Run) -> ModelArchitecture | None:
    """The architecture that was run, as deep as it was run; None where it is not in the catalogue."""
    if run.model.architecture is None:
        return None
    try:
        whole = architecture(run.model.architecture)
    except UnknownNameError:
        return None
    return whole if run.model.layers is None else whole.model_copy(update={"layers": run.model.layers})


def _format(run: Run) -> WeightFormat | None:
    try:
        return weight_format(run.weight_format)
    except UnknownNameError:
        return None


def _scaled(rate: Quantity, by: float, source: str, basis: Basis) -> Quantity:
    """What so many bytes or operations a token leave of a rate, in tok/s."""
    return Quantity(
        value=rate.value / by,
        unit="tok/s",
        basis=weakest(rate.basis, basis),
        low=None if rate.low is None else rate.low / by,
        high=None if rate.high is None else rate.high / by,
        source=source,
        as_of=rate.as_of,
    )


def _attending(tokens: int, window: int | None) -> int:
    """Pairs of a token and one it attends to: 1 + 2 + … + n, or no more than the window each."""
    if window is None or window >= tokens:
        return tokens * (tokens + 1) // 2
    return window * (window + 1) // 2 + (tokens - window) * window

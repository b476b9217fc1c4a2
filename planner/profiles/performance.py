"""How fast this device runs each model, from its runs and published figures; measured outranks published."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar, cast

from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.errors import UnknownNameError
from planner.measurement.energy.figures import EnergyMeter
from planner.measurement.energy.summary import summarise_energy
from planner.measurement.runs import RoundState, Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import SHALLOW_TOKENS
from planner.measurement.statistics import summarise
from planner.model.catalog import architecture
from planner.prediction.depth_slices import PRIOR, Foretold, foretell_decode, foretell_prefill, interval
from planner.prediction.slice_memory import foretell_memory
from planner.profiles.profile import DeviceProfile, PublishedFigure
from planner.profiles.sustained import retained_share

T = TypeVar("T")


class RatePoint(Frozen):
    """Throughput at one number of tokens: prompt length for prefill, context for decode (None: not stated)."""

    tokens: int | None
    tok_s: Quantity


class ModelPerformance(Frozen):
    """One model, weight format, runtime and execution provider on one device."""

    model: str
    weight_format: str
    runtime: str
    execution_provider: str
    basis: Basis
    prefill: tuple[RatePoint, ...]  # ascending by tokens; empty: unknown
    decode: tuple[RatePoint, ...]  # ascending by tokens; empty: unknown
    load_s: Quantity | None
    peak_memory_bytes: Quantity | None
    rounds: int  # measured rounds behind it; 0 for published figures
    run_id: str | None
    architecture: str | None = None  # catalogue name where known; a user's own folder has its own `model` name
    prefill_j_per_tok: Quantity | None = None  # above idle
    decode_j_per_tok: Quantity | None = None  # above idle
    prefill_gross_j_per_tok: Quantity | None = None  # with idle; told only where idle is unknown
    decode_gross_j_per_tok: Quantity | None = None
    energy_meter: EnergyMeter | None = None  # None: nothing was read or typed in
    active_w: Quantity | None = None  # what the meter reads during decode, idle included
    file_bytes: Quantity | None = None  # of the model; None: no run tells
    retained_share: Quantity | None = None  # of its speed when the device is kept busy; None: no soak tells


Key = tuple[str, str, str, str]  # model, weight format, runtime, execution provider


@dataclass(frozen=True, eq=False)
class _Same(Generic[T]):
    """A document by identity: a frozen value never changes, and comparing its thousands of numbers takes longer."""

    document: T

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.document is cast("_Same[T]", other).document


def performances(profile: DeviceProfile) -> tuple[ModelPerformance, ...]:
    """Every model this device was measured or published to run, ordered by name.

    Among runs of one model, format, runtime and execution provider the newest with a usable sample counts, whatever
    the runtime's version; it replaces published figures for the same four, and both replace what depth slices foretell.
    """
    return _known(_Same(profile))


@lru_cache(maxsize=32)
def _known(same: _Same[DeviceProfile]) -> tuple[ModelPerformance, ...]:
    """A plan asks for the same device again and again."""
    profile = same.document
    measured: dict[Key, ModelPerformance] = {}
    for run in sorted(profile.runs, key=lambda run: (run.started_at, run.run_id)):
        performance = _from_run(run)
        if performance.prefill or performance.decode:
            measured[_key(performance)] = performance
    published = [performance for performance in _published(profile.figures) if _key(performance) not in measured]
    known = {*measured, *(_key(performance) for performance in published)}
    foretold = {_key(each): each for each in _foretold(profile.slices) if _key(each) not in known}
    found = sorted([*measured.values(), *published, *foretold.values()], key=_order)
    return tuple(_with_retained(profile, each) for each in found) if profile.soaks else tuple(found)


def find_performance(
    profile: DeviceProfile, model: str, weight_format: str, *, context_tokens: int = 512
) -> ModelPerformance | None:
    """The performance to plan with, or None: complete first, then measured, then fastest decode near that context.

    Complete means that both prefill and decode are known: without either no latency can be told.
    """
    named = [each for each in performances(profile) if (each.model, each.weight_format) == (model, weight_format)]
    return to_deploy(named, context_tokens=context_tokens)


def to_deploy(candidates: Iterable[ModelPerformance], *, context_tokens: int) -> ModelPerformance | None:
    """Of several runtimes for one model and format the one to plan with, by the order of `find_performance`."""

    def merit(performance: ModelPerformance) -> tuple[bool, int, float]:
        incomplete = not (performance.prefill and performance.decode)
        return incomplete, performance.basis.rank, -_decode_near(performance, context_tokens)

    return min(candidates, key=merit, default=None)


def _with_retained(profile: DeviceProfile, known: ModelPerformance) -> ModelPerformance:
    share = retained_share(
        profile.soaks, known.model, known.weight_format, known.execution_provider, runtime=known.runtime
    )
    return known if share is None else known.model_copy(update={"retained_share": share})


def _from_run(run: Run) -> ModelPerformance:
    summary = summarise(run)
    whole = [one.energy for one in run.rounds if one.state is not RoundState.PARTIAL]
    energy = summarise_energy(run.energy, whole, run.started_at.date())
    prefill, decode = energy.of("prefill"), energy.of("decode")
    idle_unknown = energy.idle_w is None
    return ModelPerformance(
        model=run.model.name,
        architecture=run.model.architecture,
        weight_format=run.weight_format,
        runtime=run.settings.runtime,
        execution_provider=run.settings.execution_provider,
        basis=Basis.MEASURED,
        prefill=tuple(RatePoint(tokens=tokens, tok_s=tok_s) for tokens, tok_s in sorted(summary.prefill, key=_tokens)),
        decode=tuple(RatePoint(tokens=tokens, tok_s=tok_s) for tokens, tok_s in sorted(summary.decode, key=_tokens)),
        load_s=summary.load_s,
        peak_memory_bytes=summary.peak_memory_bytes,
        rounds=summary.rounds_used,
        run_id=run.run_id,
        prefill_j_per_tok=prefill.marginal_j_per_tok if prefill else None,
        decode_j_per_tok=decode.marginal_j_per_tok if decode else None,
        prefill_gross_j_per_tok=prefill.gross_j_per_tok if prefill and idle_unknown else None,
        decode_gross_j_per_tok=decode.gross_j_per_tok if decode and idle_unknown else None,
        energy_meter=run.energy.meter if run.energy else None,
        active_w=decode.active_w if decode else None,
        file_bytes=Quantity(
            value=run.model.file_bytes, unit="B", basis=Basis.MEASURED, source=f"files of run {run.run_id}"
        ),
    )


def _foretold(slices: Iterable[DepthSlices]) -> Iterator[ModelPerformance]:
    """Oldest first. An architecture that another version's catalogue named is unknown here, and so is its speed."""
    for each in sorted(slices, key=lambda each: (each.deep.started_at, each.deep.run_id)):
        with contextlib.suppress(UnknownNameError):
            yield _remembered(_Same(each))


@lru_cache(maxsize=256)
def _remembered(same: _Same[DepthSlices]) -> ModelPerformance:
    """A plan asks for the same device again and again, and a fit takes milliseconds."""
    return foretold_performance(same.document)


def foretold_performance(slices: DepthSlices) -> ModelPerformance:
    """The whole model as its depth slices foretell it, at the lengths of their grid: estimated (CONVENTION §17)."""
    deep = slices.deep
    shape = architecture(deep.model.architecture or deep.model.name)
    source = f"depth slices {slices.shallow.run_id} and {deep.run_id}"

    def rate(tokens: int, seconds: Foretold, phase: str, done: float) -> RatePoint:
        low_s, high_s = interval(seconds, PRIOR[phase])
        figure = Quantity(
            value=done / seconds.seconds,
            low=done / high_s,
            high=done / low_s,
            unit="tok/s",
            basis=Basis.ESTIMATED,
            source=source,
            as_of=deep.finished_at.date(),
        )
        return RatePoint(tokens=tokens, tok_s=figure)

    layers = shape.layers
    return ModelPerformance(
        model=shape.name,
        architecture=shape.name,
        weight_format=deep.weight_format,
        runtime=deep.settings.runtime,
        execution_provider=deep.settings.execution_provider,
        basis=Basis.ESTIMATED,
        prefill=tuple(rate(n, foretell_prefill(slices, layers, n), "prefill", n) for n in SHALLOW_TOKENS),
        decode=tuple(rate(n, foretell_decode(slices, layers, n), "decode", 1.0) for n in SHALLOW_TOKENS),
        load_s=None,
        peak_memory_bytes=foretell_memory(slices, shape, max(SHALLOW_TOKENS)),
        rounds=0,
        run_id=None,
    )


def _published(figures: Iterable[PublishedFigure]) -> Iterator[ModelPerformance]:
    groups: defaultdict[Key, list[PublishedFigure]] = defaultdict(list)
    for figure in figures:
        groups[(figure.model, figure.weight_format, figure.runtime, figure.execution_provider)].append(figure)
    for (model, weight_format, runtime, execution_provider), group in groups.items():
        prefill = [
            RatePoint(tokens=figure.prefill_tokens, tok_s=tok_s)
            for figure in group
            if (tok_s := _prefill_rate(figure)) is not None
        ]
        decode = [
            RatePoint(tokens=figure.decode_context_tokens, tok_s=figure.decode_tok_s)
            for figure in group
            if figure.decode_tok_s is not None
        ]
        memory = [figure.peak_memory_bytes for figure in group if figure.peak_memory_bytes is not None]
        yield ModelPerformance(
            model=model,
            architecture=model,
            weight_format=weight_format,
            runtime=runtime,
            execution_provider=execution_provider,
            basis=Basis.PUBLISHED,
            prefill=_one_a_length(prefill),
            decode=_one_a_length(decode),
            load_s=None,
            peak_memory_bytes=max(memory, key=lambda figure: figure.value, default=None),
            rounds=0,
            run_id=None,
        )


def _prefill_rate(figure: PublishedFigure) -> Quantity | None:
    """The published rate, or prompt tokens ÷ published TTFT: a lower bound, as TTFT holds the first token too."""
    if figure.prefill_tok_s is not None or figure.ttft_s is None or figure.prefill_tokens is None:
        return figure.prefill_tok_s
    ttft_s, tokens = figure.ttft_s, figure.prefill_tokens
    slowest, fastest = (ttft_s.high, ttft_s.low) if ttft_s.low else (None, None)  # from 0 s no rate follows
    return Quantity(
        value=tokens / ttft_s.value,
        low=None if slowest is None else tokens / slowest,
        high=None if fastest is None else tokens / fastest,
        unit="tok/s",
        basis=ttft_s.basis,
        source=f"{tokens} prompt tokens over the time to first token of {ttft_s.source}",
        as_of=ttft_s.as_of,
    )


def _one_a_length(points: Iterable[RatePoint]) -> tuple[RatePoint, ...]:
    """Ascending by tokens; where sources differ on one length the newer figure counts, at equal age the slower one."""
    best: dict[int | None, RatePoint] = {}
    for point in points:
        other = best.get(point.tokens)
        if other is None or _newer_or_slower(point) > _newer_or_slower(other):
            best[point.tokens] = point
    return tuple(sorted(best.values(), key=lambda point: -1 if point.tokens is None else point.tokens))


def _newer_or_slower(point: RatePoint) -> tuple[date, float]:
    return point.tok_s.as_of or date.min, -point.tok_s.value


def _decode_near(performance: ModelPerformance, context_tokens: int) -> float:
    """Decode rate at the listed context nearest to this one; a rate of unstated context counts as far away."""
    nearest = min(
        performance.decode,
        key=lambda point: float("inf") if point.tokens is None else abs(point.tokens - context_tokens),
        default=None,
    )
    return 0.0 if nearest is None else nearest.tok_s.value


def _tokens(point: tuple[int, Quantity]) -> int:
    return point[0]


def _key(performance: ModelPerformance) -> Key:
    """The four names, the runtime without its version: «onnxruntime 1.32.0» and «onnxruntime 1.33.0» are one."""
    family, _, version = performance.runtime.rpartition(" ")
    runtime = family if family and any(character.isdigit() for character in version) else performance.runtime
    return performance.model, performance.weight_format, runtime, performance.execution_provider


def _order(performance: ModelPerformance) -> tuple[str, str, int, str, str]:
    return (
        performance.model,
        performance.weight_format,
        performance.basis.rank,
        performance.runtime,
        performance.execution_provider,
    )

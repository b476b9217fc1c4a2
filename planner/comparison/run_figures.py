"""The figures that two runs share, each with B's ratio to A and what it says of B."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from planner.basis import Quantity
from planner.comparison.round_ratio import ratio_of_rounds
from planner.comparison.run_words import FASTER, LONGER, MORE, Scale, change_words
from planner.comparison.table import Ratio, ratio_of
from planner.documents import Frozen
from planner.measurement.energy.figures import Phase
from planner.measurement.energy.summary import summarise_energy
from planner.measurement.intervals import geometric_mean
from planner.measurement.runs import Round, RoundState, Run
from planner.measurement.statistics import decode_rates, prefill_durations, prefill_rates, summarise

PHASES: tuple[Phase, Phase] = ("prefill", "decode")

FigureName = Literal[
    "prefill",
    "decode",
    "overall_ttft",
    "overall_decode",
    "load",
    "first_run",
    "peak_memory",
    "prefill_energy",
    "decode_energy",
]


class Verdict(StrEnum):
    """What a ratio says of B."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # its interval holds 1
    UNKNOWN = "unknown"  # no interval, or not quite the same thing


class ComparedFigure(Frozen):
    """One figure that both runs have."""

    name: FigureName
    label: str  # «decode at 512 tokens»
    tokens: int | None  # of the prompt, or in the KV cache before the first step
    a: Quantity
    b: Quantity
    ratio: Ratio | None  # b / a; None where one of them is not above zero
    verdict: Verdict
    words: str  # «12 % faster (8 … 16 %)»
    caution: str = ""  # why the two are not quite the same thing


def lengths(run: Run, phase: Phase) -> frozenset[int]:
    """Numbers of tokens the run was timed at."""
    if phase == "prefill":
        return frozenset(sample.prompt_tokens for one in run.rounds for sample in one.prefill)
    return frozenset(sample.context_tokens for one in run.rounds for sample in one.decode)


def compared_figures(a: Run, b: Run) -> tuple[ComparedFigure, ...]:
    """Every figure that both have; overall means are taken over the lengths that both were timed at."""
    prompts, contexts = (lengths(a, phase) & lengths(b, phase) for phase in PHASES)
    return tuple(_figures(*(_Side(run, prompts, contexts) for run in (a, b))))


class _Side:
    """One run's figures, and what each of its rounds says; speeds at the shared lengths only."""

    def __init__(self, run: Run, prompts: frozenset[int], contexts: frozenset[int]) -> None:
        self.run = run
        self.whole = [
            each for each in run.rounds if (each.prefill or each.decode) and each.state is not RoundState.PARTIAL
        ]
        self.summary = summarise(run)
        shared = _at(run, prompts, contexts)
        self.speed = summarise(shared)
        used = [each for each in shared.rounds if each.prefill or each.decode]
        self.used_whole = [each for each in used if each.state is not RoundState.PARTIAL]
        self.prefill = prefill_rates(used)
        self.decode = decode_rates(used)
        self.energy = summarise_energy(run.energy, [each.energy for each in self.whole], run.started_at.date())


def _at(run: Run, prompts: frozenset[int], contexts: frozenset[int]) -> Run:
    """The run as if only these lengths had been timed."""
    rounds = tuple(
        one.model_copy(
            update={
                "prefill": tuple(sample for sample in one.prefill if sample.prompt_tokens in prompts),
                "decode": tuple(sample for sample in one.decode if sample.context_tokens in contexts),
            }
        )
        for one in run.rounds
    )
    return run.model_copy(update={"rounds": rounds})


def _figures(a: _Side, b: _Side) -> Iterator[ComparedFigure]:
    theirs = dict(b.speed.prefill)
    for tokens, rate in a.speed.prefill:
        ratio = ratio_of_rounds(b.prefill[tokens], a.prefill[tokens])
        yield _figure("prefill", f"prefill of {tokens:,} tokens", FASTER, (rate, theirs[tokens]), ratio, tokens=tokens)
    theirs = dict(b.speed.decode)
    for tokens, rate in a.speed.decode:
        ratio = ratio_of_rounds(b.decode[tokens], a.decode[tokens])
        yield _figure("decode", f"decode at {tokens:,} tokens", FASTER, (rate, theirs[tokens]), ratio, tokens=tokens)
    for one in _WHOLE:
        ours, other = one.figure(a), one.figure(b)
        if ours is not None and other is not None:
            yield _figure(one.name, one.label, one.scale, (ours, other), ratio_of_rounds(one.rounds(b), one.rounds(a)))
    for phase in PHASES:
        yield from _energy(a, b, phase)


def _energy(a: _Side, b: _Side, phase: Phase) -> Iterator[ComparedFigure]:
    """Joules above idle: their interval holds what the idle watts leave open, which no round shows."""
    one, other = (side.energy.of(phase) for side in (a, b))
    ours, theirs = (each.marginal_j_per_tok if each else None for each in (one, other))
    if ours is None or theirs is None:
        return
    meters = [side.run.energy.meter if side.run.energy else None for side in (a, b)]
    kinds = [(meter.kind, meter.scope) for meter in meters if meter is not None]
    caution = "" if len(set(kinds)) == 1 else "read by meters that cover different parts of the device"
    if not caution and lengths(a.run, phase) != lengths(b.run, phase):
        caution = "over different numbers of tokens"
    name: FigureName = "prefill_energy" if phase == "prefill" else "decode_energy"
    pair, ratio = (ours, theirs), ratio_of(theirs, ours)
    yield _figure(name, f"{phase} energy a token above idle", MORE, pair, ratio, caution=caution)


def _figure(
    name: FigureName,
    label: str,
    scale: Scale,
    pair: tuple[Quantity, Quantity],
    ratio: Ratio | None,
    *,
    tokens: int | None = None,
    caution: str = "",
) -> ComparedFigure:
    return ComparedFigure(
        name=name,
        label=label,
        tokens=tokens,
        a=pair[0],
        b=pair[1],
        ratio=ratio,
        verdict=Verdict.UNKNOWN if caution else _verdict(ratio, scale),
        words=change_words(ratio, scale) if ratio is not None else "no ratio: one of them is zero",
        caution=caution,
    )


def _verdict(ratio: Ratio | None, scale: Scale) -> Verdict:
    if ratio is None or ratio.low is None or ratio.high is None:
        return Verdict.UNKNOWN
    if not ratio.distinguishable:
        return Verdict.SAME
    return Verdict.BETTER if (ratio.value > 1) is scale.more_is_better else Verdict.WORSE


@dataclass(frozen=True)
class _Whole:
    """A figure of the run as a whole, and one value of it a round."""

    name: FigureName
    label: str
    scale: Scale
    figure: Callable[[_Side], Quantity | None]
    rounds: Callable[[_Side], list[float]]


_WHOLE = (
    _Whole(
        "overall_ttft",
        "overall time to first token",
        LONGER,
        lambda side: side.speed.overall_ttft_s,
        lambda side: _overall(side, prefill_durations),
    ),
    _Whole(
        "overall_decode",
        "overall decode",
        FASTER,
        lambda side: side.speed.overall_decode_tok_s,
        lambda side: _overall(side, decode_rates),
    ),
    _Whole(
        "load",
        "load",
        LONGER,
        lambda side: side.summary.load_s,
        lambda side: _known(side.run.rounds, lambda one: one.load_s),
    ),
    _Whole(
        "first_run",
        "first run",
        LONGER,
        lambda side: side.summary.first_run_s,
        lambda side: _known(side.run.rounds, lambda one: one.first_run_s),
    ),
    _Whole(
        "peak_memory",
        "peak memory",
        MORE,
        lambda side: side.summary.peak_memory_bytes,
        lambda side: _known(side.whole, lambda one: one.peak_memory_bytes),
    ),
)


def _known(rounds: Sequence[Round], take: Callable[[Round], float | None]) -> list[float]:
    return [value for each in rounds if (value := take(each)) is not None]


def _overall(side: _Side, points: Callable[[Sequence[Round]], dict[int, list[float]]]) -> list[float]:
    """The geometric mean over the lengths, one a whole round that has them all."""
    of_rounds = [[value for values in points([one]).values() for value in values] for one in side.used_whole]
    most = max(map(len, of_rounds), default=0)
    return [geometric_mean(values) for values in of_rounds if values and len(values) == most]

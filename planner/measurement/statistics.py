"""What a run says: a value and a 95 % interval for every point, with process starts as replicates (CONVENTION §10)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.measurement.intervals import geometric_mean, replicate_half_width
from planner.measurement.runs import Round, RoundState, Run
from planner.units import Unit

Points = tuple[tuple[int, Quantity], ...]
"""Number of tokens → figure, ascending by tokens."""


class RunSummary(Frozen):
    """Figures derived from a run's raw samples; empty or None where nothing was measured."""

    prefill: Points  # by prompt tokens, tok/s
    decode: Points  # by context tokens before the first step, tok/s of one stream
    ttft_s: Points  # by prompt tokens: the prefill alone, without queue or network
    overall_ttft_s: Quantity | None  # geometric mean over the prompt lengths, as MLPerf Client scores
    overall_decode_tok_s: Quantity | None  # geometric mean over the contexts
    load_s: Quantity | None
    first_run_s: Quantity | None
    peak_memory_bytes: Quantity | None  # of the rounds that ran their whole grid
    rounds_used: int  # rounds with at least one sample
    half_width_share: float | None  # the widest of all prefill and decode points; None: a point has no interval


def summarise(run: Run) -> RunSummary:
    """Derive every figure of a run from its raw samples (CONVENTION §10)."""
    used = [each for each in run.rounds if each.prefill or each.decode]
    whole = [each for each in used if each.state is not RoundState.PARTIAL]

    def quantity(values: Iterable[float | None], unit: Unit) -> Quantity | None:
        known = [value for value in values if value is not None]
        return _quantity(known, unit, run) if known else None

    def points(values: dict[int, list[float]], unit: Unit) -> Points:
        return tuple((tokens, _quantity(each, unit, run)) for tokens, each in values.items())

    return RunSummary(
        prefill=points(prefill_rates(used), "tok/s"),
        decode=points(decode_rates(used), "tok/s"),
        ttft_s=points(prefill_durations(used), "s"),
        overall_ttft_s=quantity(_overall(prefill_durations(whole)), "s"),
        overall_decode_tok_s=quantity(_overall(decode_rates(whole)), "tok/s"),
        load_s=quantity((each.load_s for each in run.rounds), "s"),
        first_run_s=quantity((each.first_run_s for each in run.rounds), "s"),
        peak_memory_bytes=quantity((each.peak_memory_bytes for each in whole), "B"),
        rounds_used=len(used),
        half_width_share=worst_half_width_share(used),
    )


def prefill_durations(rounds: Sequence[Round]) -> dict[int, list[float]]:
    """Prompt tokens → seconds, one value a round: the median of its samples."""

    def durations(one: Round) -> Iterable[tuple[int, float]]:
        return ((sample.prompt_tokens, sample.duration_s) for sample in one.prefill)

    return _round_medians(rounds, durations)


def prefill_rates(rounds: Sequence[Round]) -> dict[int, list[float]]:
    """Prompt tokens → tok/s, one value a round: tokens over the median duration."""
    durations = prefill_durations(rounds)
    return {tokens: [tokens / duration_s for duration_s in values] for tokens, values in durations.items()}


def decode_rates(rounds: Sequence[Round]) -> dict[int, list[float]]:
    """Context tokens → tok/s, one value a round: one over the median TPOT of its samples."""

    def step_times(one: Round) -> Iterable[tuple[int, float]]:
        return ((sample.context_tokens, tpot_s(sample.token_times_s)) for sample in one.decode)

    medians = _round_medians(rounds, step_times)
    return {tokens: [1 / step_s for step_s in values] for tokens, values in medians.items()}


def tpot_s(token_times_s: Sequence[float]) -> float:
    """Seconds per output token: the median step, so that one step another program held up does not decide it."""
    return statistics.median(later - earlier for earlier, later in pairwise((0.0, *token_times_s)))


def worst_half_width_share(rounds: Sequence[Round]) -> float | None:
    """The widest 95 % half-width over its mean, of all points; None where a point has fewer than two rounds."""
    points = [*prefill_rates(rounds).values(), *decode_rates(rounds).values()]
    shares = [half_width_share(values) for values in points]
    known = [share for share in shares if share is not None]
    return max(known) if known and len(known) == len(shares) else None


def half_width_share(values: Sequence[float]) -> float | None:
    """Half-width of the mean's 95 % interval over the mean; None for fewer than two values."""
    half_width = replicate_half_width(values)
    return None if half_width is None else half_width / abs(statistics.fmean(values))


def _overall(points: dict[int, list[float]]) -> list[float]:
    """The geometric mean over all lengths, one a round; a typed document may hold rounds of unlike grids."""
    return [geometric_mean(one) for one in zip(*points.values(), strict=False)] if points else []


def _round_medians(
    rounds: Sequence[Round], samples: Callable[[Round], Iterable[tuple[int, float]]]
) -> dict[int, list[float]]:
    """Tokens → the median of each round that has samples there, ascending by tokens."""
    medians: dict[int, list[float]] = {}
    for one in rounds:
        by_tokens: dict[int, list[float]] = {}
        for tokens, value in samples(one):
            by_tokens.setdefault(tokens, []).append(value)
        for tokens, values in by_tokens.items():
            medians.setdefault(tokens, []).append(statistics.median(values))
    return dict(sorted(medians.items()))


def _quantity(values: Sequence[float], unit: Unit, run: Run) -> Quantity:
    """The median of the rounds with the mean's interval, widened to hold the median and cut at zero."""
    value, half_width = statistics.median(values), replicate_half_width(values)
    interval: tuple[float | None, float | None] = (None, None)
    if half_width is not None:
        mean = statistics.fmean(values)
        interval = (max(min(mean - half_width, value), 0.0), max(mean + half_width, value))
    rounds = f"{len(values)} rounds" if len(values) > 1 else "1 round"
    return Quantity(
        value=value,
        unit=unit,
        basis=Basis.MEASURED,
        low=interval[0],
        high=interval[1],
        source=f"run {run.run_id}, {rounds}, {run.settings.runtime}",
        as_of=run.started_at.date(),
    )

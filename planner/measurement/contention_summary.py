"""What a contention measurement says: the pace of each alone and beside the other, and what that costs them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC

from planner import text
from planner.basis import Basis, Quantity
from planner.documents import Frozen
from planner.measurement.contention_record import Burst, Turn, TurnKind
from planner.measurement.contentions import Contention
from planner.measurement.intervals import half_width_95
from planner.measurement.readings import mean, spans
from planner.units import Unit

SETTLING_S = 0.5
SETTLING_SHARE = 0.125
"""At the start of a turn caches hold what the other used: that much is left out, but no more than half a second."""

FEWEST_BURSTS = 5  # a turn with fewer has no 95th percentile


_Of = Callable[[Turn], float | None]


class ContentionSummary(Frozen):
    """Every figure is the median of turns, every ratio the geometric mean of rounds; None where no round has both."""

    decode_alone_tok_s: Quantity | None
    decode_beside_tok_s: Quantity | None
    decode_kept_share: Quantity | None  # beside the load over alone
    latency_p50_alone_s: Quantity | None  # of the foreground load's bursts, from due to done
    latency_p50_beside_s: Quantity | None
    latency_p50_ratio: Quantity | None  # beside the model over alone
    latency_p95_alone_s: Quantity | None
    latency_p95_beside_s: Quantity | None
    latency_p95_ratio: Quantity | None
    load_busy_share: float | None  # of the time, the foreground load alone at work (waits for a core included)
    missed_alone: int  # bursts that were due and never began in their turn
    missed_beside: int
    others_cpus: float | None  # kept busy by other programs in the model's turns alone; None: cannot be read here
    rounds_used: int  # with all three turns


def summarise_contention(contention: Contention) -> ContentionSummary:
    """Derive every figure from the raw turns; rounds are the replicates, and their turns are compared in pairs."""
    of_kind = {kind: [turn for turn in contention.turns if turn.kind is kind] for kind in TurnKind}
    both = of_kind[TurnKind.BOTH]
    model, load = of_kind[TurnKind.MODEL], of_kind[TurnKind.FOREGROUND]
    alone = [burst for turn in load for burst in _settled_bursts(turn)]
    alone_s = sum(_settled_s(turn) for turn in load if turn.bursts)

    def figure(turns: Sequence[Turn], of: _Of, unit: Unit) -> Quantity | None:
        values = [value for turn in turns if (value := of(turn)) is not None]
        return _median(contention, values, unit) if values else None

    def ratio(apart: Sequence[Turn], of: _Of, unit: Unit) -> Quantity | None:
        pairs = _pairs(apart, both, of)
        return _geometric(contention, [beside / by_itself for by_itself, beside in pairs], unit) if pairs else None

    return ContentionSummary(
        decode_alone_tok_s=figure(model, decode_tok_s, "tok/s"),
        decode_beside_tok_s=figure(both, decode_tok_s, "tok/s"),
        decode_kept_share=ratio(model, decode_tok_s, "share"),
        latency_p50_alone_s=figure(load, latency_p50_s, "s"),
        latency_p50_beside_s=figure(both, latency_p50_s, "s"),
        latency_p50_ratio=ratio(load, latency_p50_s, "count"),
        latency_p95_alone_s=figure(load, latency_p95_s, "s"),
        latency_p95_beside_s=figure(both, latency_p95_s, "s"),
        latency_p95_ratio=ratio(load, latency_p95_s, "count"),
        load_busy_share=sum(burst.worked_s for burst in alone) / alone_s if alone_s else None,
        missed_alone=sum(turn.missed for turn in load),
        missed_beside=sum(turn.missed for turn in both),
        others_cpus=_others_cpus(contention, model),
        rounds_used=len(_whole_rounds(contention.turns)),
    )


def decode_tok_s(turn: Turn) -> float | None:
    """Steps over the time in steps, of the settled windows of a turn; None where there are none."""
    from_s = turn.begin_s + _settling_s(turn)
    mine = [one for one in turn.windows if one.at_s >= from_s and one.at_s < turn.end_s]
    return sum(one.decode_tokens for one in mine) / sum(one.decode_s for one in mine) if mine else None


def latency_p50_s(turn: Turn) -> float | None:
    """Median latency of the settled bursts of a turn."""
    latencies = [burst.latency_s for burst in _settled_bursts(turn)]
    return statistics.median(latencies) if len(latencies) >= FEWEST_BURSTS else None


def latency_p95_s(turn: Turn) -> float | None:
    """95th percentile (linear between order statistics) of the settled bursts of a turn."""
    latencies = [burst.latency_s for burst in _settled_bursts(turn)]
    return statistics.quantiles(latencies, n=20, method="inclusive")[-1] if len(latencies) >= FEWEST_BURSTS else None


def _settled_bursts(turn: Turn) -> list[Burst]:
    return [burst for burst in turn.bursts if burst.due_s >= _settling_s(turn)]


def _settled_s(turn: Turn) -> float:
    return turn.end_s - turn.begin_s - _settling_s(turn)


def _settling_s(turn: Turn) -> float:
    return min(SETTLING_S, SETTLING_SHARE * (turn.end_s - turn.begin_s))


def _others_cpus(contention: Contention, model: Sequence[Turn]) -> float | None:
    """While the foreground load sleeps, which counts as another program itself."""
    parts = [
        part
        for part in spans(contention.readings)
        if any(turn.begin_s <= part.reading.at_s - part.seconds and part.reading.at_s <= turn.end_s for turn in model)
    ]
    return mean(parts, "foreign_cpus")


def _pairs(apart: Sequence[Turn], both: Sequence[Turn], of: _Of) -> list[tuple[float, float]]:
    """Alone and beside, of the rounds that have both."""
    beside = {turn.number: of(turn) for turn in both}
    found: list[tuple[float, float]] = []
    for turn in apart:
        one, other = of(turn), beside.get(turn.number)
        if one and other:
            found.append((one, other))
    return found


def _whole_rounds(turns: Sequence[Turn]) -> set[int]:
    decoding = {turn.number for turn in turns if turn.kind is TurnKind.MODEL and decode_tok_s(turn)}
    working = {turn.number for turn in turns if turn.kind is TurnKind.FOREGROUND and latency_p50_s(turn)}
    both = [turn for turn in turns if turn.kind is TurnKind.BOTH]
    return decoding & working & {turn.number for turn in both if decode_tok_s(turn) and latency_p50_s(turn)}


def _median(contention: Contention, values: Sequence[float], unit: Unit) -> Quantity:
    """The median of turns with the mean's interval, widened to hold it and cut at zero (CONVENTION §10)."""
    value, half = statistics.median(values), half_width_95(values)
    if half is None:
        return _quantity(contention, value, None, unit, len(values))
    mean = statistics.fmean(values)
    return _quantity(contention, value, (max(min(mean - half, value), 0.0), max(mean + half, value)), unit, len(values))


def _geometric(contention: Contention, ratios: Sequence[float], unit: Unit) -> Quantity:
    """Geometric mean of the rounds' ratios; the interval is that of the mean logarithm."""
    logs = [math.log(each) for each in ratios]
    middle, half = statistics.fmean(logs), half_width_95(logs)
    ends = None if half is None else (math.exp(middle - half), math.exp(middle + half))
    return _quantity(contention, math.exp(middle), ends, unit, len(ratios))


def _quantity(
    contention: Contention, value: float, ends: tuple[float, float] | None, unit: Unit, count: int
) -> Quantity:
    low, high = (None, None) if ends is None else (min(ends[0], value), max(ends[1], value))
    turns = f"{count} {'turn' if count == 1 else 'turns'} of {text.seconds(contention.turn_s)}"
    return Quantity(
        value=value,
        unit=unit,
        basis=Basis.MEASURED,
        low=low,
        high=high,
        source=f"contention {contention.contention_id}, {turns}, {contention.settings.runtime}",
        as_of=contention.started_at.astimezone(UTC).date(),
    )

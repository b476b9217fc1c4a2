"""Which joules belong to prefill and which to decode: windows of one meter over what a child timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from planner import text
from planner.measurement.energy.counters import EDGES_IN_A_WINDOW, Unknown, Window, together
from planner.measurement.energy.figures import Phase, PhaseEnergy, RoundEnergy

EnergyBetween = Callable[[float, float], Window | Unknown]

_JOIN_SHARE = 0.05
"""Timed things of one phase are one window where no more than this share of it lies between them."""


@dataclass(frozen=True)
class Span:
    """Something the child timed, by time.perf_counter, which all processes of a machine share."""

    phase: Phase
    tokens: int
    began_s: float
    ended_s: float


def apportion(spans: Sequence[Span], energy_between: EnergyBetween) -> RoundEnergy | None:
    """Gross joules of each phase of a round; None where the round timed nothing.

    A phase whose windows are too short for the meter, or one of them unknown, is unknown as a whole (CONVENTION §3).
    """
    joined = join(spans)
    phases = [
        _phase(phase, [span for span in joined if span.phase == phase], energy_between)
        for phase in get_args(Phase)
        if any(span.phase == phase for span in joined)
    ]
    return RoundEnergy(phases=tuple(phases)) if phases else None


def join(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those of one phase made one where next to nothing lies between them.

    What lies between, drawing the next prompt, then counts as the phase's own time: it is its energy that is asked for.
    """
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.began_s):
        if span.ended_s <= span.began_s:
            continue
        last = joined[-1] if joined else None
        if last is None or last.phase != span.phase or not _close(last, span):
            joined.append(span)
        else:
            ended_s = max(last.ended_s, span.ended_s)
            joined[-1] = Span(span.phase, last.tokens + span.tokens, last.began_s, ended_s)
    return joined


def _close(before: Span, after: Span) -> bool:
    return after.began_s - before.ended_s <= _JOIN_SHARE * (after.ended_s - before.began_s)


def _phase(phase: Phase, spans: Sequence[Span], energy_between: EnergyBetween) -> PhaseEnergy:
    windows = [energy_between(span.began_s, span.ended_s) for span in spans]
    known = together([each for each in windows if isinstance(each, Window)])
    reason = next((each.reason for each in windows if isinstance(each, Unknown)), "")
    if not reason and not known.resolved:
        mean_s, needed_s = known.duration_s / len(windows), EDGES_IN_A_WINDOW * known.edges_s / len(windows)
        reason = (
            f"the meter is too coarse: windows of {text.seconds(mean_s)} where it needs {text.seconds(needed_s)} "
            "to tell them apart from what lies around them"
        )
    if not reason and known.joules <= 0:
        reason = "the meter stood still"
    return PhaseEnergy(
        phase=phase,
        tokens=sum(span.tokens for span in spans),
        duration_s=sum(span.ended_s - span.began_s for span in spans),
        gross_j=None if reason else known.joules,
        reason=reason,
    )

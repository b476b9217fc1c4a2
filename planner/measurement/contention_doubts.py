"""What is doubtful about a contention measurement, each doubt with its size and the next step."""

from __future__ import annotations

from planner import text
from planner.basis import Doubt
from planner.measurement.contention_summary import ContentionSummary, summarise_contention
from planner.measurement.contentions import Contention
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.runs import RunOutcome

TRUSTED_ROUNDS = 3
HEAVY_SHARE = 0.5
"""A foreground load that alone is at work for longer than this is no light office work on this device."""

_Found = tuple[str, str, str] | None


def contention_doubts(contention: Contention, summary: ContentionSummary | None = None) -> tuple[Doubt, ...]:
    """Every reason to trust these figures less, the weightiest first."""
    summary = summary or summarise_contention(contention)
    subject = f"{contention.model.name} {contention.weight_format}"
    found = (
        _ended_early(contention, summary),
        _too_few(contention, summary),
        _disturbed(summary),
        _saturated(summary),
        _heavy(summary),
    )
    return tuple(
        Doubt(kind=kind, sentence=sentence, advice=advice, subject=subject)
        for kind, sentence, advice in (each for each in found if each is not None)
    )


def _ended_early(contention: Contention, summary: ContentionSummary) -> _Found:
    if contention.outcome is RunOutcome.COMPLETE:
        return None
    how = "was stopped" if contention.outcome is RunOutcome.STOPPED else "failed"
    why = f": {contention.message}" if contention.outcome is RunOutcome.FAILED and contention.message else ""
    whole = f"{summary.rounds_used} of {contention.rounds_planned} rounds were whole"
    return "StoppedEarly", f"The measurement {how} when {whole}{why}.", "Measure again to the end."


def _too_few(contention: Contention, summary: ContentionSummary) -> _Found:
    if contention.outcome is not RunOutcome.COMPLETE or summary.rounds_used >= TRUSTED_ROUNDS:
        return None
    rounds = f"{summary.rounds_used} {'round' if summary.rounds_used == 1 else 'rounds'}"
    sentence = f"Only {rounds} had every turn, where {TRUSTED_ROUNDS} are the fewest that show their spread."
    return "TooFewRounds", sentence, "Measure again with more rounds."


def _disturbed(summary: ContentionSummary) -> _Found:
    others = summary.others_cpus
    if others is None or others <= DISTURBING_CPUS:
        return None
    busy = f"{text.number(others, 2)} CPUs"
    return (
        "Disturbed",
        f"Programs other than these two kept {busy} busy, more than {text.number(DISTURBING_CPUS)}.",
        "Close other programs and measure again: both are probably faster than shown, alone and together.",
    )


def _saturated(summary: ContentionSummary) -> _Found:
    if not summary.missed_beside:
        return None
    bursts = f"{summary.missed_beside:,} {'burst' if summary.missed_beside == 1 else 'bursts'}"
    return (
        "ForegroundSaturated",
        f"{bursts} of the foreground load never began beside the model, so its latency there is higher than shown.",
        "Give the model fewer threads and measure again.",
    )


def _heavy(summary: ContentionSummary) -> _Found:
    share = summary.load_busy_share
    if share is None or share <= HEAVY_SHARE:
        return None
    return (
        "HeavyForeground",
        f"The foreground load alone was at work {text.share(share)} of the time: no light work for this device.",
        "Close other programs and measure again.",
    )

"""Two runs side by side: by how much every figure of B differs from A's, how sure that is, and what may explain it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from planner.comparison.run_circumstances import Circumstance, circumstances
from planner.comparison.run_figures import PHASES, ComparedFigure, FigureName, compared_figures, lengths
from planner.comparison.run_words import sentence_of
from planner.comparison.table import Ratio
from planner.documents import Frozen
from planner.measurement.runs import RoundState, Run, RunOutcome
from planner.measurement.statistics import summarise

USUAL_TOKENS = 512
"""The length the sentence speaks of, or the shared one nearest to it."""

METHOD = (
    "Ratios are B's figure over A's, both medians over process starts. Their 95 % interval is Welch's (1947) of the "
    "mean logarithms of the starts, allowing for stopping early and for drift; of energy it combines both figures' "
    "intervals (MOVER, Zou and Donner 2008), since the idle watts are uncertain too. A ratio whose interval holds 1 "
    "counts as no difference; one from a single start is not judged. The interval speaks of these two runs: what "
    "changes from day to day, or between two devices of a kind, is not in it, and of twenty intervals one misses. "
    "On a machine that drifts more miss: measure A again after B, and compare the two A."
)


class ComparedRun(Frozen):
    """Which run stands in a column."""

    run_id: str
    started_at: datetime
    model: str
    weight_format: str
    rounds_used: int


class RunComparison(Frozen):
    """Run B against run A."""

    a: ComparedRun
    b: ComparedRun
    sentence: str
    cautions: tuple[str, ...]
    figures: tuple[ComparedFigure, ...]  # those that both have
    left_out: tuple[str, ...]  # «prefill of 2,048 tokens: only A»
    circumstances: tuple[Circumstance, ...]  # every setting and condition, alike or not
    method: str = METHOD

    @property
    def differing(self) -> tuple[Circumstance, ...]:
        """Only the settings and conditions that may explain a difference."""
        return tuple(each for each in self.circumstances if each.differs)

    def figure(self, name: FigureName, tokens: int | None = None) -> ComparedFigure | None:
        """One figure by its name and number of tokens; None where not both runs have it."""
        return next((each for each in self.figures if (each.name, each.tokens) == (name, tokens)), None)


def compare_runs(a: Run, b: Run) -> RunComparison:
    """Compare run B with run A, the baseline, over the points that both have."""
    figures, every = compared_figures(a, b), circumstances(a, b)
    return RunComparison(
        a=_column(a),
        b=_column(b),
        sentence=sentence_of(_speeds(figures), [each for each in every if each.differs]),
        cautions=tuple(_cautions(a, b)),
        figures=figures,
        left_out=tuple(_left_out(a, b)),
        circumstances=every,
    )


def _column(run: Run) -> ComparedRun:
    return ComparedRun(
        run_id=run.run_id,
        started_at=run.started_at,
        model=run.model.name,
        weight_format=run.weight_format,
        rounds_used=summarise(run).rounds_used,
    )


def _left_out(a: Run, b: Run) -> Iterator[str]:
    for phase, what in zip(PHASES, ("prefill of", "decode at"), strict=True):
        ours, theirs = lengths(a, phase), lengths(b, phase)
        for tokens in sorted(ours ^ theirs):
            yield f"{what} {tokens:,} tokens: only {'A' if tokens in ours else 'B'}"


def _cautions(a: Run, b: Run) -> Iterator[str]:
    if a.run_id == b.run_id:
        yield "This is one run beside itself."
    if a.model.name != b.model.name or a.model.layers != b.model.layers:
        yield "The two ran different models, so the ratios say more of the models than of the device."
    elif a.weight_format != b.weight_format:
        yield "The two ran different weight formats; what the answers are worth may differ as well."
    elif a.model.source != b.model.source:
        yield "One ran a synthesised graph, the other the user's own files, whose graph may do more or less work."
    for name, run in (("A", a), ("B", b)):
        if run.outcome in {RunOutcome.STOPPED, RunOutcome.FAILED}:
            how = "was stopped" if run.outcome is RunOutcome.STOPPED else "failed"
            yield f"{name} {how} before its figures were sure."
        disturbed = sum(each.state is RoundState.DISTURBED for each in run.rounds)
        if disturbed:
            rounds = f"{disturbed} of {len(run.rounds)} {'round' if len(run.rounds) == 1 else 'rounds'}"
            yield f"{rounds} of {name} were disturbed, so a difference may come from what disturbed them."


def _speeds(figures: Sequence[ComparedFigure]) -> list[tuple[str, int, Ratio]]:
    """Decode and prefill at the usual length, decode first: it decides how a chat feels."""
    told: list[tuple[str, int, Ratio]] = []
    for name, verb in (("decode", "decodes"), ("prefill", "prefills")):
        known = [
            (each.tokens, each.ratio)
            for each in figures
            if each.name == name and each.tokens is not None and each.ratio is not None
        ]
        nearest = min(known, key=lambda each: (abs(each[0] - USUAL_TOKENS), each[0]), default=None)
        if nearest is not None:
            told.append((verb, *nearest))
    return told

"""How earlier measurements and the comparison of two are shown."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.basis import Basis, Quantity
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.comparison.run_figures import ComparedFigure
from planner.comparison.runs import RunComparison
from planner.profiles.history_rows import HistoryRow
from planner.profiles.performance import RatePoint

HISTORY_COLUMNS = (
    Column("Started (UTC)"),
    Column("Id", whole=True),
    Column("Kind"),
    Column("Model"),
    Column("Prefill", numeric=True),
    Column("Decode", numeric=True),
    Column("±", numeric=True),
    Column("Rounds"),
    Column("Conditions"),
    Column("Doubts", numeric=True),
)


def show_history(title: str, rows: Sequence[HistoryRow], *, in_full: bool) -> None:
    """The table of measurements; `in_full` adds what the table has no room for."""
    if not rows:
        say(f"{title}: nothing was measured on it. «edgewise measure --out FILE» measures this machine.")
        return
    say_table(HISTORY_COLUMNS, [_history_row(row) for row in rows])
    if any(row.kind == "slices" for row in rows):
        say("\nWhat depth slices say of a whole model is estimated (≈).")
    for row in rows if in_full else ():
        say_heading(f"{row.kind} {row.run_id}")
        say_pairs(_details(row))
        for doubt in row.doubts:
            say(f"! {doubt.sentence} {doubt.advice}")


def show_comparison(comparison: RunComparison) -> None:
    """The sentence, every figure, what differs, and how to read it."""
    say(comparison.sentence)
    for caution in comparison.cautions:
        say(f"! {caution}")
    a, b = comparison.a, comparison.b
    say_heading("Figures")
    say_table(
        (Column("Figure"), Column(f"A: {a.run_id}"), Column(f"B: {b.run_id}"), Column("B to A")),
        [_figure_row(figure) for figure in comparison.figures],
    )
    for missing in comparison.left_out:
        say(f"Not compared: {missing}.")
    say_heading("What differs")
    if comparison.differing:
        say_table(
            (Column("Setting or condition"), Column("A"), Column("B")),
            [(each.label, each.a or text.UNKNOWN, each.b or text.UNKNOWN) for each in comparison.differing],
        )
    else:
        say("No setting, and no condition that was read, beyond what comes and goes.")
    say_heading("How to read this")
    say(comparison.method)


def _history_row(row: HistoryRow) -> tuple[str, ...]:
    return (
        f"{text.day(row.started_at.date())} {row.started_at:%H:%M}",
        row.run_id,
        row.kind,
        f"{row.model} {row.weight_format}\n{row.runtime}, {row.execution_provider}, {_threads(row.threads)}",
        _rate(row.prefill),
        _rate(row.decode),
        "" if row.half_width_share is None else text.share(row.half_width_share),
        _rounds(row),
        ", ".join(row.conditions.words),
        str(len(row.doubts)),
    )


def _rate(point: RatePoint | None) -> str:
    if point is None:
        return ""
    mark = "" if point.tok_s.basis is Basis.MEASURED else "≈ "
    at = "" if point.tokens is None else f"\nat {point.tokens:,}"
    return f"{mark}{text.quantity(point.tok_s, interval=False)}{at}"


def _rounds(row: HistoryRow) -> str:
    told = {"disturbed": row.disturbed, "partial": row.partial}
    parts = [str(row.rounds), *(f"{count} {what}" for what, count in told.items() if count)]
    ended = row.outcome.value.replace("_", " ")
    return f"{', '.join(parts)}\n{ended}"


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"


def _details(row: HistoryRow) -> list[tuple[str, str]]:
    figures: tuple[tuple[str, Quantity | None], ...] = (
        ("overall time to first token", row.overall_ttft_s),
        ("overall decode", row.overall_decode_tok_s),
        ("burst", row.burst_tok_s),
        ("sustained", row.sustained_tok_s),
        ("retained share", row.retained_share),
        ("decode kept beside other work", row.kept_share),
        ("prefill energy above idle", row.prefill_j_per_tok),
        ("decode energy above idle", row.decode_j_per_tok),
    )
    limits = [each.sentence for each in (row.decode_reached, row.prefill_reached) if each is not None]
    return [
        *((label, text.quantity(figure)) for label, figure in figures if figure is not None),
        *(("share of the limit", sentence) for sentence in limits),
        ("conditions", ", ".join(row.conditions.words) or text.UNKNOWN),
        *([("ended", row.message)] if row.message else []),
    ]


def _figure_row(figure: ComparedFigure) -> tuple[str, ...]:
    label = f"{figure.label}\n! {figure.caution}" if figure.caution else figure.label
    return label, text.quantity(figure.a), text.quantity(figure.b), figure.words

"""Break-even as a terminal shows it: a sentence and a row for every pair, what was left out, doubts."""

from __future__ import annotations

from planner import text
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.outlook.break_even_view import BreakEvenView, IntervalView, Pair
from planner.outlook.break_even_words import cheaper_words

COLUMNS = (
    Column("This"),
    Column("costs less than"),
    Column("where"),
    Column("at best"),
    Column("at worst"),
    Column("Cost today", numeric=True),
    Column("instead of", numeric=True),
    Column("Basis"),
)


def show_break_even(view: BreakEvenView) -> None:
    """Print all pairs; every interval, kink and jump of their curves is in the JSON."""
    if not view.pairs:
        say("There are no two alternatives to compare.")
    else:
        for pair in view.pairs:
            say(f"· {pair.sentence}")
        say_heading(f"Intervals by {view.by} ({view.axis})")
        say_table(COLUMNS, [_row(view, pair) for pair in view.pairs])
        say_heading("What this rests on")
        say_pairs(
            [("all", note) for note in view.assumptions]
            + [(pair.ours, " ".join(pair.assumptions)) for pair in view.pairs if pair.assumptions]
        )
    if view.left_out:
        say_heading("Left out")
        for words in view.left_out:
            say(f"· {words}")
    if view.doubts:
        say_heading(f"Doubts ({len(view.doubts)})")
        for doubt in view.doubts:
            say(f"· {doubt.sentence} {doubt.advice}")


def _row(view: BreakEvenView, pair: Pair) -> tuple[str, ...]:
    def where(intervals: tuple[IntervalView, ...]) -> str:
        return cheaper_words(view.by, intervals)

    no_place = pair.today is None
    return (
        pair.ours,
        pair.theirs,
        where(pair.cheaper),
        where(pair.cheaper_at_best),
        where(pair.cheaper_at_worst),
        "" if no_place else "cannot serve" if pair.ours_usd_today is None else text.money(pair.ours_usd_today),
        "" if no_place else "cannot serve" if pair.theirs_usd_today is None else text.money(pair.theirs_usd_today),
        pair.basis.value,
    )

"""What rules options out, gathered by constraint: every option named once under each constraint it fails on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from planner.placement.options import Constraint, Option
from planner.report.blocks import Cell, Column, Table, numeric, row, table
from planner.report.words import model_words

TITLES: dict[Constraint, str] = {
    "privacy": "Must not leave the device",
    "offline": "Must work offline",
    "residency": "Processed elsewhere",
    "context": "Too long for the model",
    "memory": "Too large for the device",
    "quality_floor": "Quality below the floor",
    "quality_unknown": "Quality unknown",
    "not_measured": "Speed unknown",
    "unpriced": "Price unknown",
    "capacity": "Too busy, or at its limit",
    "ttft_slo": "First token too late",
    "e2e_slo": "Last token too late",
}
NAMES_ONLY: frozenset[Constraint] = frozenset({"privacy", "offline", "quality_unknown"})
"""Constraints whose sentences differ in the option's name alone."""


def ruled_out_table(title: str, options: Sequence[Option]) -> Table | None:
    """One row per constraint, or None where every option is allowed."""
    rows: list[tuple[Cell, ...]] = []
    for constraint in get_args(Constraint):
        failing = [
            (option, violation.sentence)
            for option in options
            for violation in option.violations
            if violation.constraint == constraint
        ]
        if failing:
            rows.append(row(TITLES[constraint], str(len(failing)), _who(constraint, failing)))
    if not rows:
        return None
    columns = (Column(title="Ruled out by"), *numeric("Options"), Column(title="Which, and by how much"))
    return table(f"{title}: options ruled out", columns, rows)


def _who(constraint: Constraint, failing: Sequence[tuple[Option, str]]) -> str:
    if constraint in NAMES_ONLY:
        return ", ".join(model_words(option) for option, _ in failing) + "."
    return " ".join(sentence for _, sentence in failing)

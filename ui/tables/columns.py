"""What a column is, as data: title, unit, words, order, hints, and how an edit makes a new row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")

SortKey = float | str


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of rows of type R. Words come from planner.text; `sort` returns None for what is unknown."""

    title: str
    text: Callable[[R], str]
    unit: str = ""
    sort: Callable[[R], SortKey | None] | None = None  # None: by the words
    numeric: bool = False  # right-aligned, tabular figures
    tooltip: Callable[[R], str] | None = None  # unit · basis · source · date
    meaning: Callable[[R], str | None] | None = None  # a colour of the theme, by field name, beside the words
    edit: Callable[[R, str], R] | None = None  # what was typed → the new row, or a PlannerError
    edit_text: Callable[[R], str] | None = None  # what the editor starts with; None: the words
    choices: tuple[str, ...] = ()  # a closed list to pick from while editing
    checked: Callable[[R], bool] | None = None  # a box before the words, and whether it is ticked
    check: Callable[[R, bool], R] | None = None  # the row once somebody ticks it or takes the tick away
    hint: str = ""  # what the column means, at its head
    widest_px: int = 420  # how wide it starts at most; longer words are elided, and read in the tooltip

    @property
    def head(self) -> str:
        """Title with unit, as it stands above the column."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def key(self, row: R) -> SortKey | None:
        """What rows are ordered by; None is unknown and always comes last."""
        return self.sort(row) if self.sort is not None else self.text(row).casefold()


def ordered(rows: tuple[R, ...], column: Column[R], *, descending: bool) -> tuple[R, ...]:
    """Rows by a column: unknown last whichever way, equals in their former order."""
    known = [(key, row) for row in rows if (key := column.key(row)) is not None]
    unknown = [row for row in rows if column.key(row) is None]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return (*(row for _, row in known), *unknown)

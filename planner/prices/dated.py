"""When a price row is in force and who says so: rows are never changed, only closed and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Self, TypeVar

from pydantic import Field, model_validator

from planner.basis import Basis
from planner.documents import Frozen


class Confidence(StrEnum):
    """How well a price is known."""

    QUOTED = "quoted"  # the vendor's own page, list or price file
    SECONDARY = "secondary"  # somebody's copy of it
    ESTIMATE = "estimate"  # computed from other published figures

    @property
    def basis(self) -> Basis:
        """The basis of a figure that rests on this price."""
        return Basis.ESTIMATED if self is Confidence.ESTIMATE else Basis.PUBLISHED


class Provenance(Frozen):
    """Where a price was read, when, and how good that source is."""

    source: str = Field(min_length=1)
    source_url: str = ""
    retrieved: date
    confidence: Confidence = Confidence.QUOTED


class DatedRow(Frozen):
    """A price with the days it holds: from `effective_from` on, and no longer on `effective_to`; None: not known."""

    effective_from: date | None = None
    effective_to: date | None = None  # the first day on which it no longer holds
    introductory: bool = False  # announced to end: its `effective_to` is a promise, not a guess
    provenance: Provenance | None = None  # None: the card's own
    note: str = ""

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.effective_from is not None and self.effective_to is not None and self.effective_from >= self.effective_to:
            raise ValueError("effective_from must be before effective_to")
        return self

    def in_force(self, on: date) -> bool:
        """Whether the row holds on this day."""
        return (self.effective_from or date.min) <= on and (self.effective_to is None or on < self.effective_to)


R = TypeVar("R", bound=DatedRow)


def row_on(rows: Sequence[R], on: date) -> R | None:
    """The one row in force on this day; None where there is none."""
    return next((row for row in rows if row.in_force(on)), None)


def require_apart(rows: Sequence[DatedRow], what: str) -> None:
    """Refuse rows of one thing that hold on the same day."""
    ordered = sorted(rows, key=lambda row: row.effective_from or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.effective_to is None or (later.effective_from or date.min) < earlier.effective_to:
            raise ValueError(f"two prices of {what} hold on the same day; close the earlier with effective_to")

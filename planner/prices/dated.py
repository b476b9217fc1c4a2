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
    source_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    retrieved: date  # the day the figure stood there: of a copy, the day it was made
    confidence: Confidence = Confidence.QUOTED
    license: str = ""  # on what terms it may be passed on: «facts», «CC BY 4.0»


class DatedRow(Frozen):
    """A price with the days it holds: from `effective_from` on, and no longer on `effective_to`; None: not known."""

    effective_from: date | None = None
    effective_to: date | None = None  # the first day on which it no longer holds
    introductory: bool = False  # announced to end: its `effective_to` is a promise, not a guess
    provenance: Provenance | None = None  # None: the card's own
    free: bool = False  # charged nothing on purpose: a zero otherwise means unknown
    note: str = ""

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        start, end = self.effective_from, self.effective_to
        if start is not None and end is not None and start >= end:
            raise ValueError("effective_from must be before effective_to")
        if self.introductory and end is None:
            raise ValueError("an introductory price must say when it ends in `effective_to`")
        return self

    def in_force(self, on: date) -> bool:
        """Whether the row holds on this day."""
        return (self.effective_from or date.min) <= on and (self.effective_to is None or on < self.effective_to)

    def overlaps(self, other: DatedRow) -> bool:
        """Whether there is a day on which both hold."""
        return self._begins_before_end_of(other) and other._begins_before_end_of(self)

    def _begins_before_end_of(self, other: DatedRow) -> bool:
        return other.effective_to is None or (self.effective_from or date.min) < other.effective_to


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

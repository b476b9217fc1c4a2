"""A stated week: how the requests of a week spread over its 168 hours, and how that is known."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from planner.basis import Basis
from planner.documents import Frozen

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
HOURS_PER_WEEK = HOURS_PER_DAY * DAYS_PER_WEEK
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Weight = Annotated[float, Field(ge=0, le=1e12)]


class Week(Frozen):
    """Weights of the hours of a week, Monday 0:00 first, on the clock of the people who ask; only ratios count."""

    weights: tuple[Weight, ...] = Field(min_length=HOURS_PER_WEEK, max_length=HOURS_PER_WEEK)
    basis: Basis = Basis.ASSUMED
    source: str = ""
    as_of: date | None = None

    @field_validator("weights")
    @classmethod
    def _something_comes(cls, weights: tuple[float, ...]) -> tuple[float, ...]:
        if max(weights) <= 0:
            raise ValueError("an hour of the week must have a weight above zero")
        return weights


def hour_words(hour: int) -> str:
    """«Tuesday 10:00» of the hour of the week, counted from Monday 0:00."""
    return f"{DAYS[hour // HOURS_PER_DAY]} {hour % HOURS_PER_DAY}:00"

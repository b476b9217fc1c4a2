"""How far a plan looks ahead, what changes on the way, and what is paid once."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from planner.documents import Frozen
from planner.ranges import MOST_MONTHS, Usd, YearlyChange


class OneOff(Frozen):
    """Money spent once, or again every so many months: training, fine-tuning, evaluation, integration."""

    name: str = Field(min_length=1)
    kind: Literal["training", "fine_tuning", "distillation", "evaluation", "integration", "packaging", "other"]
    usd: Usd
    month: int = Field(default=0, ge=0, le=MOST_MONTHS)  # 0: before the first month
    repeats_every_months: int | None = Field(default=None, gt=0, le=MOST_MONTHS)
    side: Literal["edge", "datacenter", "both"] = "both"  # which choice needs it
    task_classes: tuple[str, ...] = ()  # whose work it serves; empty: every class on that side
    source: str = ""


class Horizon(Frozen):
    """The months a plan is judged over; changes are compound yearly rates, negative where prices fall."""

    years: float = Field(default=3.0, ge=1 / 12, le=MOST_MONTHS / 12)
    starts: date | None = None  # None: the day the plan speaks of
    token_price_change_per_year: YearlyChange | None = None  # beyond the dated prices; None: prices stay
    rented_price_change_per_year: YearlyChange | None = None
    tariff_change_per_year: YearlyChange | None = None
    device_price_change_per_year: YearlyChange | None = None  # of what is bought at a refresh
    one_offs: tuple[OneOff, ...] = ()

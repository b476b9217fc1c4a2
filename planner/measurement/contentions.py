"""A measurement of contention as a document keeps it, and what is told while it runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from pydantic import Field

from planner.documents import Frozen
from planner.measurement.contention_record import Turn
from planner.measurement.readings import Reading
from planner.measurement.request import Event
from planner.measurement.runs import MOST_S, Conditions, ModelIdentity, RunOutcome, RunSettings


class Contention(Frozen):
    """Both alone and together, on one machine; figures are derived (`contention_summary.summarise_contention`)."""

    format: Literal["edgewise.contention"] = "edgewise.contention"
    version: Literal[1] = 1
    contention_id: str
    started_at: datetime
    finished_at: datetime
    device: str | None  # the processor, as it names itself
    model: ModelIdentity
    weight_format: str
    settings: RunSettings
    conditions: Conditions  # at the start
    seed: int = Field(ge=0)  # of the order of turns and of the foreground load's script
    rounds_planned: int = Field(ge=1, le=1000)
    turn_s: float = Field(gt=0, le=MOST_S)
    turns: tuple[Turn, ...]
    readings: tuple[Reading, ...] = ()  # from the model's child's start; the load's child counts as another program
    outcome: RunOutcome
    message: str = ""


class ContentionProgress(Frozen):
    """A phase began, or another part of a turn is over."""

    kind: Literal["contention_progress"] = "contention_progress"
    model: str
    phase: str  # "load" | "warm-up" | "model" | "foreground" | "both"
    share: float
    eta_s: float | None


ContentionEvent = Event | ContentionProgress
OnContentionEvent = Callable[[ContentionEvent], None]

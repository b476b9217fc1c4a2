"""A soak as a document keeps it, and what is told while it runs: one model kept busy, second by second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.measurement.readings import Reading
from planner.measurement.request import Event
from planner.measurement.runs import MOST_RATE, MOST_S, Conditions, ModelIdentity, RunOutcome, RunSettings
from planner.measurement.soak_windows import SoakWindow
from planner.ranges import Tokens

SUSTAINED_S = 600.0
"""Sustained throughput is that of a soak of at least this long (measurement.md §2)."""


class Soak(Frozen):
    """One model in one format under steady work on one machine; figures are derived (`soak_summary.summarise_soak`)."""

    format: Literal["edgewise.soak"] = "edgewise.soak"
    version: Literal[1] = 1
    soak_id: str
    started_at: datetime
    finished_at: datetime
    device: str | None  # the processor, as it names itself
    model: ModelIdentity
    weight_format: str
    settings: RunSettings
    conditions: Conditions  # at the start
    planned_s: float = Field(gt=0, le=MOST_S)
    prompt_tokens: Tokens  # read anew before every answer
    answer_tokens: Tokens
    warm_up_tok_s: tuple[float, ...] = ()
    is_warm: bool | None = None  # whether the warm-up's trend had gone; None: it never ended
    windows: tuple[SoakWindow, ...]
    readings: tuple[Reading, ...] = ()  # from the child's start, as the windows' `at_s`
    outcome: RunOutcome
    message: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later.at_s < earlier.at_s for earlier, later in pairwise(self.windows)):
            raise ValueError("the windows of a soak stand in the order of time")
        return self

    @property
    def lasted_s(self) -> float:
        """From the first window's start to the last one's end."""
        if not self.windows:
            return 0.0
        last = self.windows[-1]
        return last.at_s + last.wall_s - self.windows[0].at_s


class SoakProgress(Frozen):
    """A phase began, or another window is over."""

    kind: Literal["soak_progress"] = "soak_progress"
    model: str
    phase: str  # "load" | "warm-up" | "soak"
    share: float  # of the planned time, 0..1
    eta_s: float | None
    tok_s: float | None = Field(default=None, gt=0, le=MOST_RATE)  # decode, in the newest window


class SoakSoFar(Frozen):
    """Another minute is over; what there is is safe to save."""

    kind: Literal["soak_so_far"] = "soak_so_far"
    model: str
    soak: Soak


SoakEvent = Event | SoakProgress | SoakSoFar
OnSoakEvent = Callable[[SoakEvent], None]

"""The turns of a contention measurement: who works when, and what each of the two children said of its turns."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from planner.child import Message
from planner.documents import Frozen
from planner.measurement.messages import Done, Failed
from planner.measurement.runs import MOST_S
from planner.measurement.soak_windows import SoakMessage, SoakRecord, SoakWindow

GAP_S = 0.5  # between turns: whoever still works on its last step or burst ends it

Seconds = Annotated[float, Field(ge=0, le=MOST_S)]


class TurnKind(StrEnum):
    """Who works in a turn."""

    MODEL = "model"
    FOREGROUND = "foreground"
    BOTH = "both"


class Burst(Frozen):
    """One burst of the foreground load."""

    due_s: Seconds  # after the turn's start
    waited_s: Seconds  # until it began
    worked_s: Seconds

    @property
    def latency_s(self) -> float:
        """From due to done."""
        return self.waited_s + self.worked_s


class Slot(Frozen):
    """One turn as planned; seconds after the origin."""

    number: int = Field(ge=1)  # of the round: every kind once
    kind: TurnKind
    begin_s: Seconds
    end_s: Seconds


class Turn(Frozen):
    """One turn as it was."""

    number: int = Field(ge=1)  # of the round
    kind: TurnKind
    begin_s: Seconds  # after the model's child was started
    end_s: Seconds
    windows: tuple[SoakWindow, ...] = ()  # of the model
    bursts: tuple[Burst, ...] = ()  # of the foreground load
    missed: int = Field(default=0, ge=0)  # bursts that were due and had not begun at the turn's end


def schedule(rounds: int, turn_s: float, seed: int) -> tuple[Slot, ...]:
    """Every kind once a round, in an order drawn from the seed: what drifts meanwhile favours none of them."""
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    slots: list[Slot] = []
    for number in range(1, rounds + 1):
        kinds = list(TurnKind)
        chance.shuffle(kinds)
        for kind in kinds:
            begin_s = len(slots) * (turn_s + GAP_S)
            slots.append(Slot(number=number, kind=kind, begin_s=begin_s, end_s=begin_s + turn_s))
    return tuple(slots)


class BurstsTimed(Frozen):
    """One turn of the foreground load is over; each burst is (due, waited, worked)."""

    type: Literal["bursts"]
    turn: int = Field(ge=0)
    bursts: tuple[tuple[Seconds, Seconds, Seconds], ...]
    missed: int = Field(ge=0)


class Ready(Frozen):
    """The foreground load waits for its first turn."""

    type: Literal["ready"]
    at_s: float


LoadMessage = Ready | BurstsTimed | Done | Failed

_ADAPTER: TypeAdapter[LoadMessage] = TypeAdapter(Annotated[LoadMessage, Field(discriminator="type")])


def parse_load(message: Message) -> LoadMessage | None:
    """The message in its type; None for what no foreground load says."""
    try:
        return _ADAPTER.validate_json(json.dumps(message))
    except ValidationError:
        return None


class ContentionRecord:
    """What both children said so far; `zero_s` is when the model's was started, on the performance counter."""

    def __init__(self, slots: Sequence[Slot], zero_s: float) -> None:
        self.model = SoakRecord(zero_s)
        self.load_refusal: str | None = None
        self.load_complete = False
        self.zero_s = zero_s
        self._slots = slots
        self._bursts: dict[int, BurstsTimed] = {}

    @property
    def complete(self) -> bool:
        """Whether both played all their turns."""
        return self.model.complete and self.load_complete

    def slots_of(self, kind: TurnKind) -> list[Slot]:
        """The turns of one of the two, in order: its own and the common ones."""
        return [slot for slot in self._slots if slot.kind in {kind, TurnKind.BOTH}]

    def take_model(self, message: SoakMessage) -> None:
        """Note one message of the model's child."""
        self.model.take(message)

    def take_load(self, message: LoadMessage) -> None:
        """Note one message of the foreground load."""
        match message:
            case BurstsTimed():
                self._bursts[message.turn] = message
            case Done():
                self.load_complete = True
            case Failed():
                self.load_refusal = message.error
            case Ready():
                return

    def turns(self) -> tuple[Turn, ...]:
        """Every turn of which anything was said, in order."""
        origin_s = self.model.origin_s
        if origin_s is None:
            return ()
        models, loads = self.slots_of(TurnKind.MODEL), self.slots_of(TurnKind.FOREGROUND)
        found: list[Turn] = []
        for slot in self._slots:
            windows = [one for one in self.model.windows if one.turn < len(models) and models[one.turn] == slot]
            told = self._bursts.get(loads.index(slot)) if slot in loads else None
            if not windows and told is None:
                continue
            bursts = told.bursts if told is not None else ()
            found.append(
                Turn(
                    number=slot.number,
                    kind=slot.kind,
                    begin_s=origin_s + slot.begin_s,
                    end_s=origin_s + slot.end_s,
                    windows=tuple(windows),
                    bursts=tuple(Burst(due_s=due, waited_s=wait, worked_s=work) for due, wait, work in bursts),
                    missed=told.missed if told is not None else 0,
                )
            )
        return tuple(found)

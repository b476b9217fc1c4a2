"""What a soaking child says, window by window, and the record that grows out of it whatever happens."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from planner import text
from planner.child import Message
from planner.child_ending import Ending, EndKind
from planner.documents import Frozen
from planner.measurement.messages import Done, Failed, Loaded, PhaseBegan, WarmedUp
from planner.measurement.runs import MOST_S, TICK_S
from planner.ranges import MOST_TOKENS, Tokens


class SoakWindow(Frozen):
    """About a second of work: whole steps and whole prompts, with the time spent in each."""

    turn: int = Field(ge=0)  # of the schedule; a soak has one
    at_s: float = Field(ge=0, le=MOST_S)  # when it began, after the child's start
    wall_s: float = Field(ge=TICK_S, le=MOST_S)
    decode_tokens: Tokens
    decode_s: float = Field(ge=TICK_S, le=MOST_S)
    prefill_tokens: int = Field(ge=0, le=MOST_TOKENS)
    prefill_s: float = Field(ge=0, le=MOST_S)

    @property
    def middle_s(self) -> float:
        """Its middle, after the child's start."""
        return self.at_s + self.wall_s / 2

    @property
    def decode_tok_s(self) -> float:
        """Steps over the time in steps."""
        return self.decode_tokens / self.decode_s

    @property
    def prefill_tok_s(self) -> float | None:
        """Prompt tokens over the time in prompts; None where no prompt was read."""
        return self.prefill_tokens / self.prefill_s if self.prefill_tokens and self.prefill_s > 0 else None


class OriginSet(Frozen):
    """Warm-up is over; turns count from here."""

    type: Literal["origin"]
    origin_s: float  # on the system's performance counter


class WindowTimed(Frozen):
    """One window is over."""

    type: Literal["window"]
    turn: int = Field(ge=0)
    began_s: float  # on the system's performance counter
    wall_s: float = Field(ge=TICK_S, le=MOST_S)
    decode_tokens: Tokens
    decode_s: float = Field(ge=TICK_S, le=MOST_S)
    prefill_tokens: int = Field(ge=0, le=MOST_TOKENS)
    prefill_s: float = Field(ge=0, le=MOST_S)


SoakMessage = PhaseBegan | Loaded | WarmedUp | OriginSet | WindowTimed | Done | Failed

_ADAPTER: TypeAdapter[SoakMessage] = TypeAdapter(Annotated[SoakMessage, Field(discriminator="type")])


def parse_soak(message: Message) -> SoakMessage | None:
    """The message in its type; None for what no soaking child says."""
    try:
        return _ADAPTER.validate_json(json.dumps(message))
    except ValidationError:
        return None


class SoakRecord:
    """What one child said so far; `zero_s` is when it was started, on the system's performance counter."""

    def __init__(self, zero_s: float) -> None:
        self.phase = "start"
        self.refusal: str | None = None
        self.complete = False
        self.runtime = "onnxruntime"
        self.origin_s: float | None = None  # after the child's start
        self.warm_up_tok_s: tuple[float, ...] = ()
        self.is_warm: bool | None = None
        self.windows: list[SoakWindow] = []
        self._zero_s = zero_s

    def take(self, message: SoakMessage) -> None:
        """Note one message of the child."""
        match message:
            case PhaseBegan():
                self.phase = message.phase
            case Loaded():
                self.runtime = message.runtime
            case WarmedUp():
                self.warm_up_tok_s, self.is_warm = message.tok_s, message.passed
            case OriginSet():
                self.origin_s = max(message.origin_s - self._zero_s, 0.0)
            case WindowTimed():
                self.windows.append(
                    SoakWindow(
                        turn=message.turn,
                        at_s=max(message.began_s - self._zero_s, 0.0),
                        wall_s=message.wall_s,
                        decode_tokens=message.decode_tokens,
                        decode_s=message.decode_s,
                        prefill_tokens=message.prefill_tokens,
                        prefill_s=message.prefill_s,
                    )
                )
            case Done():
                self.complete = True
            case Failed():
                self.refusal = message.error

    def failure(self, ending: Ending | None, silence_s: float) -> str:
        """Why it broke off, in a sentence: the runtime's own words, or how the child ended and during what."""
        if self.refusal is not None:
            return f"{self.phase}: {self.refusal}"
        if ending is None or ending.kind is EndKind.ENDED:
            return f"the child process ended during «{self.phase}» without finishing"
        if ending.kind is EndKind.DEADLINE:
            return f"nothing came out of «{self.phase}» for {text.seconds(silence_s)}, so the child process was ended"
        return f"{ending.sentence}, during «{self.phase}»{ending.last_words}"

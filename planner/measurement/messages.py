"""What the measuring child may say, typed on the parent's side; anything else on the pipe is noise."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from planner.child import Message
from planner.documents import Frozen


class PhaseBegan(Frozen):
    """The child starts something that may take long: «load», «first run», «prefill 512», «decode at 128»."""

    type: Literal["phase"]
    phase: str


class Loaded(Frozen):
    """The session stands."""

    type: Literal["loaded"]
    load_s: float = Field(gt=0)
    runtime: str


class FirstRun(Frozen):
    """The very first forward pass is done: a prefill of the shortest length."""

    type: Literal["first_run"]
    prompt_tokens: int = Field(gt=0)
    duration_s: float = Field(gt=0)


class PrefillTimed(Frozen):
    """One prefill from an empty KV cache was timed."""

    type: Literal["sample"]
    kind: Literal["prefill"]
    tokens: int = Field(gt=0)
    duration_s: float = Field(gt=0)
    began_s: float | None = None  # on the system's performance counter


class DecodeTimed(Frozen):
    """One series of single-token steps was timed, from `tokens` in the KV cache on."""

    type: Literal["sample"]
    kind: Literal["decode"]
    tokens: int = Field(gt=0)
    token_times_s: tuple[float, ...] = Field(min_length=1)
    began_s: float | None = None  # on the system's performance counter


class WarmedUp(Frozen):
    """Decode windows run before anything counted."""

    type: Literal["warmed_up"]
    tok_s: tuple[float, ...]
    passed: bool


class BandwidthRead(Frozen):
    """Memory read bandwidth beside the grid."""

    type: Literal["bandwidth"]
    read_bytes_s: float = Field(gt=0)


class TrialTimed(Frozen):
    """One thread count was tried."""

    type: Literal["trial"]
    threads: int = Field(gt=0)
    prefill_tok_s: float = Field(gt=0)
    decode_tok_s: float = Field(gt=0)


class MemoryRead(Frozen):
    """Peak resident memory and CPU time of the child so far."""

    type: Literal["memory"]
    peak_memory_bytes: int = Field(gt=0)
    cpu_s: float = Field(ge=0)


class Done(Frozen):
    """The whole grid was run."""

    type: Literal["done"]


class Failed(Frozen):
    """The runtime refused, and says why."""

    type: Literal["error"]
    error: str


ChildMessage = (
    PhaseBegan
    | Loaded
    | FirstRun
    | WarmedUp
    | PrefillTimed
    | DecodeTimed
    | BandwidthRead
    | TrialTimed
    | MemoryRead
    | Done
    | Failed
)

_ADAPTER: TypeAdapter[ChildMessage] = TypeAdapter(
    Annotated[
        PhaseBegan
        | Loaded
        | FirstRun
        | WarmedUp
        | BandwidthRead
        | TrialTimed
        | Annotated[PrefillTimed | DecodeTimed, Field(discriminator="kind")]
        | MemoryRead
        | Done
        | Failed,
        Field(discriminator="type"),
    ]
)


def parse(message: Message) -> ChildMessage | None:
    """The message in its type; None for what no version of this program says."""
    try:
        return _ADAPTER.validate_json(json.dumps(message))  # as JSON, so that a list may be a tuple
    except ValidationError:
        return None

"""A prediction: what a model is expected to do on a device, made before it is run, with 90 % intervals."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from planner.basis import Quantity
from planner.documents import Frozen
from planner.ranges import Tokens


class Method(StrEnum):
    """What a prediction rests on, surer first."""

    DEPTH_SLICES = "depth_slices"  # shallow slices of the exact architecture, measured on the device
    SPEC_SHEET = "spec_sheet"  # what the maker states, times what devices of its class reach


class Prediction(Frozen):
    """Every figure is estimated, with its 90 % interval where there is one; unknown ones say why."""

    prediction_id: str
    made_at: datetime
    device: str  # profile_id
    model: str  # catalogue name
    weight_format: str
    runtime: str
    execution_provider: str
    threads: int | None = Field(default=None, gt=0)
    method: Method
    slices: tuple[str, ...] = ()  # run ids of the slices it rests on
    prompt_tokens: Tokens
    context_tokens: Tokens
    decode_tok_s: Quantity
    prefill_tok_s: Quantity | None
    ttft_s: Quantity | None  # the prefill alone: no queue, no network, no load
    peak_memory_bytes: Quantity
    fits: bool | None  # whether the device's memory suffices; None: unknown
    unknown_because: str = ""
    cautions: tuple[str, ...] = ()

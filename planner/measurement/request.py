"""What to measure, and what is told while it happens: the contract between supervisor, command line and window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from planner.documents import Frozen
from planner.measurement.runs import Run

DEFAULT_MODELS = ("smollm2-135m", "qwen2.5-0.5b", "llama-3.2-1b", "llama-3.2-3b")
"""Measured where nobody names a model: small to large, the last the smallest with a good published int4 quality."""

Watts = Annotated[float, Field(ge=0, le=1e6)]


class MeasurementRequest(Frozen):
    """One model in one format; `quick` stops at a 10 % half-width or 60 s, otherwise 3 % or 10 min."""

    model: str  # catalogue name, or path: a folder holding an ONNX decoder, a .gguf file or a config.json
    weight_format: str = "int4"
    execution_provider: str = "CPUExecutionProvider"
    runtime: str | None = None  # a registered onnxruntime environment («edgewise runtimes»); None: our own
    show_nodes: bool = False  # find out where the graph's nodes ran; with other providers than the CPU's always done
    quick: bool = False
    threads: int | None = Field(default=None, gt=0)  # None: a short trial chooses
    layers: int | None = Field(default=None, gt=0)  # a depth slice: so many layers of a catalogue architecture
    ignore_memory_check: bool = False
    prompt_tokens: tuple[int, ...] = (128, 512)
    context_tokens: tuple[int, ...] = (128, 512)
    wall_active_w: Watts | None = None  # read from a wall meter while a model runs
    wall_idle_w: Watts | None = None  # and at rest
    assumed_active_w: Watts | None = None  # where nobody can read anything
    assumed_idle_w: Watts | None = None


class Preparing(Frozen):
    """Work before the first round: building or checking the model."""

    kind: Literal["preparing"] = "preparing"
    model: str
    sentence: str
    share: float | None = None  # done, where known


class RoundStarted(Frozen):
    """A child process was started for one more round."""

    kind: Literal["round_started"] = "round_started"
    model: str
    number: int
    planned: int  # rounds expected now; may shrink or grow as the interval does
    eta_s: float | None


class Progress(Frozen):
    """One sample came out of the running round."""

    kind: Literal["progress"] = "progress"
    model: str
    number: int
    planned: int
    phase: str  # "load" | "prefill 512" | "decode at 128" | …
    tok_s: float | None
    share: float  # of the whole measurement of this model, 0..1
    eta_s: float | None


class RoundFinished(Frozen):
    """A round ended; the run so far holds everything finished and is safe to save."""

    kind: Literal["round_finished"] = "round_finished"
    model: str
    number: int
    planned: int
    run_so_far: Run
    eta_s: float | None


Event = Preparing | RoundStarted | Progress | RoundFinished
OnEvent = Callable[[Event], None]

"""What was observed: a run is rounds, a round is one process start, kept raw; statistics are derived elsewhere."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.measurement.energy.figures import RoundEnergy, RunEnergy
from planner.measurement.node_placement import NodePlacement
from planner.measurement.readings import Reading
from planner.ranges import Size, Tokens

TICK_S = 1e-9  # no clock here is finer; a shorter duration was typed, not timed
MOST_S = 1e9
MOST_RATE = 1e12


class ModelSource(StrEnum):
    """Where the measured graph came from."""

    SYNTHESISED = "synthesised"  # exact architecture, random weights: speed only, never quality
    FOLDER = "folder"  # the user's own ONNX files


class ModelIdentity(Frozen):
    """Which model was run; files are named relative to the model folder and hashed."""

    name: str  # catalogue name, or the folder's name
    architecture: str | None  # catalogue name where known
    source: ModelSource
    file_bytes: Size
    layers: int | None = Field(default=None, gt=0, le=10**4)  # fewer than the architecture has: a depth slice
    sha256: dict[str, str] = Field(default_factory=dict)


class ThreadTrial(Frozen):
    """A short trial of one thread count, before the first round."""

    threads: int = Field(gt=0, le=10**6)
    prefill_tok_s: float = Field(gt=0, le=MOST_RATE)
    decode_tok_s: float = Field(gt=0, le=MOST_RATE)


class RunSettings(Frozen):
    """How the runtime was told to work."""

    runtime: str  # "onnxruntime 1.32.0"
    execution_provider: str
    threads: int = Field(gt=0, le=10**6)
    thread_trials: tuple[ThreadTrial, ...] = ()  # that chose `threads`; empty: the user's, one core, or broken off
    spinning: bool = True  # idle threads of the runtime wait actively
    memory_arena: bool = True  # the runtime keeps freed memory for itself
    kv_format: str  # "fp32" | "fp16"
    accuracy_level: int | None = None
    block_size: int | None = None
    shared_kv_buffer: bool


class Conditions(Frozen):
    """The state of the machine when the run started; None where it cannot be read here."""

    power_source: str | None
    battery_percent: float | None
    power_mode: str | None
    available_memory_bytes: Size | None
    load_average_1min: float | None


class PrefillSample(Frozen):
    """One timed prefill from an empty KV cache."""

    prompt_tokens: Tokens
    duration_s: float = Field(ge=TICK_S, le=MOST_S)
    began_s: float | None = Field(default=None, ge=0, le=MOST_S)  # after the round's start


class DecodeSample(Frozen):
    """Consecutive single-token steps; `token_times_s[i]` is when token i came out, from the first step's start."""

    context_tokens: Tokens  # in the KV cache before the first step
    token_times_s: tuple[float, ...] = Field(min_length=1)
    began_s: float | None = Field(default=None, ge=0, le=MOST_S)  # after the round's start

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later - earlier < TICK_S for earlier, later in pairwise((0.0, *self.token_times_s))):
            raise ValueError("token times must rise from zero")
        if self.token_times_s[-1] > MOST_S:
            raise ValueError(f"token times end at {MOST_S:g} s at the latest")
        return self


class RoundState(StrEnum):
    """A round is classified, never dropped in silence."""

    CLEAN = "clean"
    DISTURBED = "disturbed"  # something else moved its figures: shown, and used, with a doubt
    PARTIAL = "partial"  # stopped or failed before its grid was complete: shown, its samples used


class Round(Frozen):
    """One process start: load, then the grid of prefill and decode."""

    number: int = Field(ge=1)
    started_at: datetime
    state: RoundState
    load_s: float | None = Field(ge=0, le=MOST_S)
    first_run_s: float | None = Field(ge=0, le=MOST_S)  # the very first forward pass, told apart
    prefill: tuple[PrefillSample, ...]
    decode: tuple[DecodeSample, ...]
    peak_memory_bytes: Size | None
    foreign_cpus: float | None = Field(ge=0, le=1e6)  # CPUs kept busy by other processes during the round
    note: str = ""
    warm_up_tok_s: tuple[float, ...] = ()  # decode windows before anything counted
    is_warm: bool | None = None  # whether their trend had gone; None: no warm-up was run
    readings: tuple[Reading, ...] = ()  # the machine meanwhile, about once a second
    disturbances: tuple[str, ...] = ()  # why it is DISTURBED, a sentence each
    energy: RoundEnergy | None = None
    read_bandwidth_bytes_s: float | None = Field(default=None, gt=0, le=1e18)  # beside the grid; a diagnostic only


class RunOutcome(StrEnum):
    """Why no further round was started."""

    COMPLETE = "complete"
    STOPPED = "stopped"  # by the user
    TIME_UP = "time_up"
    FAILED = "failed"


class Run(Frozen):
    """One model in one format on one execution provider, measured on one machine."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    model: ModelIdentity
    weight_format: str
    settings: RunSettings
    conditions: Conditions
    rounds: tuple[Round, ...]
    energy: RunEnergy | None = None  # None: nobody asked the meters
    nodes: tuple[NodePlacement, ...] = ()  # where the graph's nodes ran; empty: nobody looked
    outcome: RunOutcome
    message: str = ""

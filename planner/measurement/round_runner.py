"""How one process start is played: a child with its limits, everything it says noted and told, the machine watched."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner import text
from planner.child import Child
from planner.child_ending import Ending, EndKind
from planner.device.runtimes import find_runtime
from planner.measurement.grid import Grid
from planner.measurement.memory_check import RESERVE_BYTES, available_bytes
from planner.measurement.messages import parse
from planner.measurement.prepare import PreparedModel
from planner.measurement.provider_names import spins
from planner.measurement.request import MeasurementRequest
from planner.measurement.round_record import RoundRecord
from planner.measurement.runs import RunSettings, ThreadTrial
from planner.measurement.telling import Teller

WORKER = "planner.measurement.worker"
ENVIRONMENT = {"ORT_LOAD_CONFIG_FROM_MODEL": "0"}  # a model file does not configure the runtime


@dataclass(frozen=True)
class Launch:
    """A prepared model, and how the runtime is told to run it."""

    model: PreparedModel
    execution_provider: str
    threads: int
    limit_memory: bool = True
    worker: str = WORKER
    python: Path | None = None  # the interpreter of a registered runtime; None: our own

    @property
    def memory_limit_bytes(self) -> int | None:
        """What the child may take now: all that is free, less what is left to the rest of the machine."""
        return max(available_bytes() - RESERVE_BYTES, RESERVE_BYTES) if self.limit_memory else None

    def settings(self, runtime: str, trials: Sequence[ThreadTrial]) -> RunSettings:
        """How the runtime is told to work, as a document keeps it."""
        folder = self.model.folder
        return RunSettings(
            runtime=runtime,
            execution_provider=self.execution_provider,
            threads=self.threads,
            thread_trials=tuple(trials),
            spinning=spins(self.execution_provider),
            kv_format=folder.kv_format,
            accuracy_level=folder.accuracy_level,
            block_size=folder.block_size,
            shared_kv_buffer=folder.can_share_kv_buffer,
        )

    def start(self, verb: str, **wishes: object) -> Child:
        """A child that answers `verb` about this model."""
        request: dict[str, object] = {
            "verb": verb,
            "graph": str(self.model.folder.graph_path),
            "execution_provider": self.execution_provider,
            "threads": self.threads,
            "decoder": self.model.decoder(),
            **wishes,
        }
        return Child.start(
            self.worker, request, memory_limit_bytes=self.memory_limit_bytes, env=ENVIRONMENT, python=self.python
        )


def new_id(started_at: datetime) -> str:
    """A name that sorts by time and names no machine."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def launch_for(request: MeasurementRequest, model: PreparedModel, threads: int, worker: str = WORKER) -> Launch:
    """How the request's model is run: its provider, and the runtime it names."""
    runtime = find_runtime(request.runtime) if request.runtime is not None else None
    return Launch(
        model,
        request.execution_provider,
        threads,
        limit_memory=not request.ignore_memory_check,
        worker=worker,
        python=runtime.python if runtime is not None else None,
    )


def play_round(
    launch: Launch, number: int, grid: Grid, teller: Teller, *, silence_s: float, stop: threading.Event
) -> tuple[RoundRecord, Ending | None]:
    """One child from start to end: what it said, and how it ended."""
    record = RoundRecord(number)
    with launch.start("round", seed=number, grid=grid.plain()) as child:
        record.watch(child.pid, launch.threads)
        for raw in child.messages(silence_s=silence_s, stop=stop):
            message = parse(raw)
            if message is None:
                continue
            record.take(message)
            teller.heard(message)
        record.unwatch()
    return record, child.ending


def failure(record: RoundRecord, ending: Ending | None, silence_s: float) -> str:
    """Why a round broke off, in a sentence: the runtime's own words, or how the child ended and during what."""
    if record.refusal is not None:
        return f"{record.phase}: {record.refusal}"
    if ending is None or ending.kind is EndKind.ENDED:
        return f"the child process ended during «{record.phase}» without finishing"
    if ending.kind is EndKind.DEADLINE:
        return f"nothing came out of «{record.phase}» for {text.seconds(silence_s)}, so the child process was ended"
    return f"{ending.sentence}, during «{record.phase}»{ending.last_words}"

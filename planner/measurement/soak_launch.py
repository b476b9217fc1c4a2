"""How a model is made ready for a soak: built or checked, its threads chosen as a measurement chooses them."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from datetime import datetime

from planner.device.facts import DeviceFacts
from planner.measurement.prepare import prepare
from planner.measurement.request import MeasurementRequest, OnEvent
from planner.measurement.round_runner import Launch
from planner.measurement.runs import RunSettings, ThreadTrial
from planner.measurement.thread_choice import check_threads, choose_threads, whole_cores

PROMPT_TOKENS = 256
ANSWER_TOKENS = 128
"""A short office request: a page in, a paragraph out."""

SILENCE_S = 600.0  # a child that says nothing for longer hangs


def ready(
    request: MeasurementRequest,
    facts: DeviceFacts,
    max_tokens: int,
    *,
    on_event: OnEvent,
    stop: threading.Event,
    worker: str,
) -> tuple[Launch, tuple[ThreadTrial, ...]]:
    """The model on disk and how the runtime is told to run it, with the trials that chose the threads."""
    check_threads(request, facts)
    model = prepare(request, max_tokens, on_event, stop)
    launch = Launch(
        model,
        request.execution_provider,
        whole_cores(facts),
        limit_memory=not request.ignore_memory_check,
        worker=worker,
    )
    return choose_threads(launch, request, facts, on_event, stop)


def settings_of(launch: Launch, trials: Sequence[ThreadTrial], runtime: str) -> RunSettings:
    """How the runtime was told to work."""
    folder = launch.model.folder
    return RunSettings(
        runtime=runtime,
        execution_provider=launch.execution_provider,
        threads=launch.threads,
        thread_trials=tuple(trials),
        kv_format=folder.kv_format,
        accuracy_level=folder.accuracy_level,
        block_size=folder.block_size,
        shared_kv_buffer=folder.can_share_kv_buffer,
    )


def new_id(started_at: datetime) -> str:
    """A name that sorts by time and names no machine."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"

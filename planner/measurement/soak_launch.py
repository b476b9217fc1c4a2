"""How a model is made ready for a soak: built or checked, its threads chosen as a measurement chooses them."""

from __future__ import annotations

import threading

from planner.device.facts import DeviceFacts
from planner.measurement.prepare import prepare
from planner.measurement.request import MeasurementRequest, OnEvent
from planner.measurement.round_runner import Launch, launch_for
from planner.measurement.runs import ThreadTrial
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
    launch = launch_for(request, model, whole_cores(facts), worker)
    return choose_threads(launch, request, facts, on_event, stop)

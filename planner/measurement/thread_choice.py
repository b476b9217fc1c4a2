"""How many threads a model gets: a short trial of a few counts, the quickest for a usual request taken."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Sequence
from dataclasses import replace

from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError
from planner.measurement.messages import PhaseBegan, TrialTimed, parse
from planner.measurement.request import MeasurementRequest, OnEvent, Preparing
from planner.measurement.round_runner import Launch
from planner.measurement.runs import ThreadTrial

TRIAL_PROMPT_TOKENS = 32
TRIAL_STEPS = 8
TRIAL_REPEATS = 3
USUAL_INPUT_TOKENS = 512
USUAL_OUTPUT_TOKENS = 128
TRIAL_SILENCE_S = 60.0  # a trial that says nothing for longer is given up: the rounds themselves will tell
ALIKE_SHARE = 0.03  # a gain smaller than this is not worth more threads


def whole_cores(facts: DeviceFacts) -> int:
    """The whole cores this process may use; hyper-threads of one core count once."""
    usable = facts.cpu.usable_cores.value or float(os.cpu_count() or 1)
    physical = facts.cpu.physical_cores.value
    return max(int(min(usable, physical) if physical is not None else usable), 1)


def candidates(facts: DeviceFacts) -> tuple[int, ...]:
    """Half the cores, all cores, and all hyper-threads, where they differ."""
    cores = whole_cores(facts)
    usable = max(int(facts.cpu.usable_cores.value or cores), 1)
    return tuple(sorted({math.ceil(cores / 2), cores, max(usable, cores)}))


def quickest(trials: Sequence[ThreadTrial]) -> int:
    """The fewest threads that answer a usual request (512 tokens in, 128 out) within 3 % of the shortest time."""
    times_s = {one.threads: _request_s(one) for one in trials}
    shortest_s = min(times_s.values())
    return min(threads for threads, time_s in times_s.items() if time_s <= shortest_s * (1 + ALIKE_SHARE))


def choose_threads(
    launch: Launch, request: MeasurementRequest, facts: DeviceFacts, on_event: OnEvent, stop: threading.Event
) -> tuple[Launch, tuple[ThreadTrial, ...]]:
    """The launch with the threads to use, and the trials behind them.

    The user's own number is taken as it is, and so is the only possible one. A trial that breaks off leaves all
    whole cores: the first round will say what is wrong.
    """
    if request.threads is not None:
        return replace(launch, threads=request.threads), ()
    counts = candidates(facts)
    if len(counts) == 1:
        return replace(launch, threads=counts[0]), ()
    trials = _try(launch, counts, request, on_event, stop)
    if len(trials) < len(counts):
        return replace(launch, threads=whole_cores(facts)), ()
    return replace(launch, threads=quickest(trials)), trials


def check_threads(request: MeasurementRequest, facts: DeviceFacts) -> None:
    """Refuse more threads than could run at once."""
    cores = facts.cpu.logical_cores.value or os.cpu_count()
    if request.threads is not None and cores is not None and request.threads > cores:
        raise MeasurementError(
            f"{request.threads:,} threads were asked for, and this machine has {cores:,} logical cores",
            where=request.model,
            remedy="Ask for fewer threads.",
        )


def _try(
    launch: Launch,
    counts: Sequence[int],
    request: MeasurementRequest,
    on_event: OnEvent,
    stop: threading.Event,
) -> tuple[ThreadTrial, ...]:
    trials: list[ThreadTrial] = []
    child = launch.start(
        "threads",
        thread_counts=list(counts),
        prompt_tokens=TRIAL_PROMPT_TOKENS,
        steps=TRIAL_STEPS,
        repeats=TRIAL_REPEATS,
        seed=0,
    )
    with child:
        for raw in child.messages(silence_s=TRIAL_SILENCE_S, stop=stop):
            match parse(raw):
                case PhaseBegan(phase=phase):
                    sentence = f"choosing the number of threads: trying {phase}"
                    on_event(Preparing(model=request.model, sentence=sentence, share=len(trials) / len(counts)))
                case TrialTimed() as trial:
                    trials.append(
                        ThreadTrial(
                            threads=trial.threads,
                            prefill_tok_s=trial.prefill_tok_s,
                            decode_tok_s=trial.decode_tok_s,
                        )
                    )
                case _:
                    pass
    return tuple(trials)


def _request_s(trial: ThreadTrial) -> float:
    return USUAL_INPUT_TOKENS / trial.prefill_tok_s + USUAL_OUTPUT_TOKENS / trial.decode_tok_s

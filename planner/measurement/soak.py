"""soak(): one model kept busy for minutes, every second or so of it kept, with what the machine did meanwhile."""

from __future__ import annotations

import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime

from planner.child_ending import Ending
from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError, StoppedError
from planner.measurement.conditions import read_conditions
from planner.measurement.machine_state import StateSource
from planner.measurement.readings import Reading
from planner.measurement.request import MeasurementRequest
from planner.measurement.round_runner import WORKER, Launch, new_id
from planner.measurement.runs import MOST_S, RunOutcome, ThreadTrial
from planner.measurement.sampling import Sampler
from planner.measurement.soak_cycle import Cycle
from planner.measurement.soak_launch import (
    ANSWER_TOKENS,
    PROMPT_TOKENS,
    SILENCE_S,
    ready,
)
from planner.measurement.soak_windows import SoakRecord, parse_soak
from planner.measurement.soaks import SUSTAINED_S, OnSoakEvent, Soak, SoakEvent, SoakProgress, SoakSoFar

SAVED_EVERY_S = 60.0
WINDOW_S = 1.0


def ignore(event: SoakEvent) -> None:
    """An `on_event` for callers that do not watch."""


def soak(
    request: MeasurementRequest,
    facts: DeviceFacts,
    *,
    seconds: float = SUSTAINED_S,
    on_event: OnSoakEvent = ignore,
    stop: threading.Event | None = None,
    worker: str = WORKER,
    source: StateSource | None = None,
) -> Soak:
    """Load the model once, warm it up, and have it read prompts and answer them for `seconds`.

    `stop` ends it within two seconds; stopped or failed, it keeps every window that was over. With none it is a
    MeasurementError (or a StoppedError). `on_event` is called in this thread. `source` tells the machine's state;
    None: whoever tells most about this machine.
    """
    stop = stop or threading.Event()
    if not 0 < seconds <= MOST_S:
        raise MeasurementError("a soak lasts a positive number of seconds", where=request.model)
    cycle = Cycle(PROMPT_TOKENS, ANSWER_TOKENS, WINDOW_S, turns=((0.0, seconds),))
    launch, trials = ready(request, facts, cycle.max_tokens, on_event=on_event, stop=stop, worker=worker)
    return _Soaking(request, facts, launch, trials=trials, cycle=cycle, on_event=on_event).run(stop, source)


class _Soaking:
    """One soak under way."""

    def __init__(
        self,
        request: MeasurementRequest,
        facts: DeviceFacts,
        launch: Launch,
        *,
        trials: tuple[ThreadTrial, ...],
        cycle: Cycle,
        on_event: OnSoakEvent,
    ) -> None:
        self._request = request
        self._launch = launch
        self._trials = trials
        self._cycle = cycle
        self._seconds = cycle.turns[0][1]
        self._on_event = on_event
        self._device = facts.cpu.model.value
        self._conditions = read_conditions(facts)
        self._started_at = datetime.now(UTC)
        self._id = new_id(self._started_at)
        self._record = SoakRecord(0.0)
        self._saved_s = 0.0

    def run(self, stop: threading.Event, source: StateSource | None) -> Soak:
        with self._launch.start("soak", seed=1, cycle=asdict(self._cycle)) as child:
            self._record = SoakRecord(time.perf_counter())
            with Sampler(child.pid, threads=self._launch.threads, source=source) as sampler:
                for raw in child.messages(silence_s=SILENCE_S, stop=stop):
                    message = parse_soak(raw)
                    if message is None:
                        continue
                    self._record.take(message)
                    self._tell(sampler)
        outcome, words = self._outcome(stop, child.ending)
        if not self._record.windows:
            raise self._nothing_timed(outcome, words)
        return self._soak(outcome, words, sampler.readings)

    def _outcome(self, stop: threading.Event, ending: Ending | None) -> tuple[RunOutcome, str]:
        if self._record.complete:
            return RunOutcome.COMPLETE, ""
        if stop.is_set():
            return RunOutcome.STOPPED, "stopped by the user"
        return RunOutcome.FAILED, self._record.failure(ending, SILENCE_S)

    def _tell(self, sampler: Sampler) -> None:
        windows = self._record.windows
        done_s = windows[-1].at_s + windows[-1].wall_s - windows[0].at_s if windows else 0.0
        self._on_event(
            SoakProgress(
                model=self._request.model,
                phase=self._record.phase,
                share=min(done_s / self._seconds, 1.0),
                eta_s=max(self._seconds - done_s, 0.0) if windows else None,
                tok_s=windows[-1].decode_tok_s if windows else None,
            )
        )
        if done_s - self._saved_s >= SAVED_EVERY_S:
            self._saved_s = done_s
            so_far = self._soak(RunOutcome.STOPPED, "it had not ended yet", sampler.readings)
            self._on_event(SoakSoFar(model=self._request.model, soak=so_far))

    def _soak(self, outcome: RunOutcome, message: str, readings: tuple[Reading, ...]) -> Soak:
        record = self._record
        return Soak(
            soak_id=self._id,
            started_at=self._started_at,
            finished_at=datetime.now(UTC),
            device=self._device,
            model=self._launch.model.identity,
            weight_format=self._launch.model.weight_format,
            settings=self._launch.settings(record.runtime, self._trials),
            conditions=self._conditions,
            planned_s=self._seconds,
            prompt_tokens=self._cycle.prompt_tokens,
            answer_tokens=self._cycle.answer_tokens,
            warm_up_tok_s=record.warm_up_tok_s,
            is_warm=record.is_warm,
            windows=tuple(record.windows),
            readings=readings,
            outcome=outcome,
            message=message,
        )

    def _nothing_timed(self, outcome: RunOutcome, message: str) -> MeasurementError:
        if outcome is RunOutcome.STOPPED:
            return StoppedError("stopped before anything was timed", where=self._request.model)
        return MeasurementError(
            message or "the soak ended without one window",
            where=self._request.model,
            remedy="Try a smaller model or fewer threads, or close other programs.",
        )

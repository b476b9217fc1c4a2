"""contend(): model and foreground load alone and together, turn about, so that each shows what it costs the other."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime

from planner.child import Child
from planner.child_ending import Ending, EndKind
from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError, StoppedError
from planner.measurement.conditions import read_conditions
from planner.measurement.contention_record import ContentionRecord, Slot, TurnKind, parse_load, schedule
from planner.measurement.contentions import Contention, ContentionEvent, ContentionProgress, OnContentionEvent
from planner.measurement.machine_state import StateSource
from planner.measurement.readings import Reading
from planner.measurement.request import MeasurementRequest
from planner.measurement.round_runner import WORKER, Launch, new_id
from planner.measurement.runs import MOST_S, RunOutcome
from planner.measurement.sampling import Sampler
from planner.measurement.soak_cycle import Cycle
from planner.measurement.soak_launch import ANSWER_TOKENS, PROMPT_TOKENS, SILENCE_S, ready
from planner.measurement.soak_windows import parse_soak

FOREGROUND_LOAD = "planner.measurement.foreground_load"
ROUNDS = 5
TURN_S = 4.0
LEAD_S = 3.0  # from the model's being warm to the first turn: the foreground load starts meanwhile
WINDOWS_A_TURN = 8
OVERDUE_S = 60.0  # children that are this late after the last turn hang
_LISTEN_S = 0.05


def ignore(event: ContentionEvent) -> None:
    """An `on_event` for callers that do not watch."""


def contend(
    request: MeasurementRequest,
    facts: DeviceFacts,
    *,
    rounds: int = ROUNDS,
    turn_s: float = TURN_S,
    seed: int = 1,
    on_event: OnContentionEvent = ignore,
    stop: threading.Event | None = None,
    worker: str = WORKER,
    load: str = FOREGROUND_LOAD,
    source: StateSource | None = None,
) -> Contention:
    """Every round has a turn of the model alone, one of the foreground load alone and one of both, in seeded order.

    The model decodes only: a prompt of a large model would reach beyond its turn. The load has one thread. `stop`
    ends it within two seconds; stopped or failed, it keeps the turns that were over. With none it is a
    MeasurementError (or a StoppedError). `on_event` is called in this thread. `source` tells the machine's state;
    None: whoever tells most about this machine.
    """
    stop = stop or threading.Event()
    if rounds < 1 or not 0 < turn_s <= MOST_S:
        raise MeasurementError("contention needs at least one round of a positive length", where=request.model)
    slots = schedule(rounds, turn_s, seed)
    cycle = Cycle(
        PROMPT_TOKENS,
        ANSWER_TOKENS,
        window_s=turn_s / WINDOWS_A_TURN,
        turns=tuple((slot.begin_s, slot.end_s) for slot in slots if slot.kind is not TurnKind.FOREGROUND),
        lead_s=LEAD_S,
        reads_again=False,
    )
    launch, trials = ready(request, facts, cycle.max_tokens, on_event=on_event, stop=stop, worker=worker)
    under_way = _Contending(request, launch, slots, cycle, on_event=on_event)
    started_at, conditions = datetime.now(UTC), read_conditions(facts)
    outcome, message = under_way.run(stop, load, seed, source)
    turns = under_way.record.turns()
    if not turns:
        raise _nothing_timed(request.model, outcome, message)
    return Contention(
        contention_id=new_id(started_at),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        device=facts.cpu.model.value,
        model=launch.model.identity,
        weight_format=launch.model.weight_format,
        settings=launch.settings(under_way.record.model.runtime, trials),
        conditions=conditions,
        seed=seed,
        rounds_planned=rounds,
        turn_s=turn_s,
        turns=turns,
        readings=under_way.readings,
        outcome=outcome,
        message=message,
    )


class _Contending:
    """Two children that know when whose turn is, and a parent that listens to both."""

    def __init__(
        self,
        request: MeasurementRequest,
        launch: Launch,
        slots: tuple[Slot, ...],
        cycle: Cycle,
        *,
        on_event: OnContentionEvent,
    ) -> None:
        self.record = ContentionRecord(slots, time.perf_counter())
        self._request = request
        self._launch = launch
        self._slots = slots
        self._cycle = cycle
        self._on_event = on_event
        self._share = 0.0
        self._sampler: Sampler | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What the machine did meanwhile."""
        return self._sampler.readings if self._sampler is not None else ()

    def run(self, stop: threading.Event, load: str, seed: int, source: StateSource | None) -> tuple[RunOutcome, str]:
        """Start the model, then the load once the turns are set, and hear both to their end."""
        with ExitStack() as children:
            model = children.enter_context(self._launch.start("soak", seed=1, cycle=asdict(self._cycle)))
            self.record = ContentionRecord(self._slots, time.perf_counter())
            self._sampler = children.enter_context(Sampler(model.pid, threads=self._launch.threads, source=source))
            foreground: Child | None = None
            patient_until_s = time.monotonic() + SILENCE_S
            while not self._all_ended(model, foreground):
                self._hear(model, foreground)
                if foreground is None and self.record.model.origin_s is not None:
                    foreground = children.enter_context(self._start_load(load, seed))
                    patient_until_s = time.monotonic() + LEAD_S + self._slots[-1].end_s + OVERDUE_S
                if stop.is_set():
                    return RunOutcome.STOPPED, "stopped by the user"
                if time.monotonic() > patient_until_s:
                    model.kill(EndKind.DEADLINE)
                    break
            if self.record.complete:
                return RunOutcome.COMPLETE, ""
            return RunOutcome.FAILED, self._failure(model.ending, foreground)

    def _all_ended(self, model: Child, foreground: Child | None) -> bool:
        """Both, or one of them before its last turn: what the other still says is of no use."""
        record = self.record
        if model.ending is not None and not record.model.complete:
            return True
        if foreground is not None and foreground.ending is not None and not record.load_complete:
            return True
        return model.ending is not None and foreground is not None and foreground.ending is not None

    def _start_load(self, load: str, seed: int) -> Child:
        origin_s = (self.record.model.origin_s or 0.0) + self.record.zero_s
        mine = self.record.slots_of(TurnKind.FOREGROUND)
        turns = [[origin_s + slot.begin_s, origin_s + slot.end_s] for slot in mine]
        return Child.start(load, {"seed": seed, "turns": turns})

    def _hear(self, model: Child, foreground: Child | None) -> None:
        raw = model.read(_LISTEN_S)
        said = parse_soak(raw) if raw is not None else None
        if said is not None:
            self.record.take_model(said)
            self._tell()
        raw = foreground.read(_LISTEN_S if model.ending is not None else 0.0) if foreground is not None else None
        bursts = parse_load(raw) if raw is not None else None
        if bursts is not None:
            self.record.take_load(bursts)
            self._tell()

    def _tell(self) -> None:
        turns = self.record.turns()
        total_s = self._slots[-1].end_s
        phase, eta_s = self.record.model.phase, None
        if turns:
            done_s = max(turns[-1].end_s - (self.record.model.origin_s or 0.0), 0.0)
            self._share = max(self._share, min(done_s / total_s, 1.0))
            phase, eta_s = turns[-1].kind.value, total_s * (1 - self._share)
        self._on_event(
            ContentionProgress(model=self._request.model, phase=phase, share=self._share, eta_s=eta_s),
        )

    def _failure(self, ending: Ending | None, foreground: Child | None) -> str:
        if self.record.load_refusal is not None:
            return f"the foreground load failed: {self.record.load_refusal}"
        ended = foreground.ending if foreground is not None else None
        if ended is not None and not self.record.load_complete:
            return f"the foreground load broke off: {ended.sentence}{ended.last_words}"
        return self.record.model.failure(ending, SILENCE_S)


def _nothing_timed(model: str, outcome: RunOutcome, message: str) -> MeasurementError:
    if outcome is RunOutcome.STOPPED:
        return StoppedError("stopped before anything was timed", where=model)
    return MeasurementError(
        message or "neither the model nor the foreground load had a turn",
        where=model,
        remedy="Try a smaller model or fewer threads, or close other programs.",
    )

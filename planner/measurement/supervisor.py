"""measure(): one model through as many process starts as it takes, every finished round kept whatever happens."""

from __future__ import annotations

import contextlib
import threading
import time

from planner import text
from planner.child_ending import Ending
from planner.device.facts import DeviceFacts
from planner.device.system import System
from planner.errors import MeasurementError, StoppedError
from planner.measurement.conditions import read_conditions
from planner.measurement.energy.discovery import EnergyOptions
from planner.measurement.energy.recorder import EnergyRecorder
from planner.measurement.prepare import prepare
from planner.measurement.provider_names import CPU_PROVIDER, parted
from planner.measurement.request import Event, MeasurementRequest, OnEvent
from planner.measurement.round_record import RoundRecord
from planner.measurement.round_runner import WORKER, failure, launch_for, play_round
from planner.measurement.run_writer import RunWriter
from planner.measurement.runs import Round, Run, RunOutcome
from planner.measurement.statistics import worst_half_width_share
from planner.measurement.stopping import budget_of, planned_rounds, series_of, verdict
from planner.measurement.telling import Teller
from planner.measurement.thread_choice import check_threads, choose_threads, whole_cores


def ignore(event: Event) -> None:
    """An `on_event` for callers that do not watch."""


def measure(
    request: MeasurementRequest,
    facts: DeviceFacts,
    *,
    on_event: OnEvent = ignore,
    stop: threading.Event | None = None,
    worker: str = WORKER,
) -> Run:
    """Build or check the model, then start child after child until the figures are sure or the time is used.

    `stop` ends it within two seconds: the run comes back STOPPED with what was timed. A child that crashes or hangs
    ends the run FAILED, and finished rounds are kept; with nothing timed at all it is a MeasurementError (or a
    StoppedError). `on_event` is called in this thread; `RoundFinished.run_so_far` is safe to save.
    """
    stop = stop or threading.Event()
    check_request(request, facts)
    budget = budget_of(request)
    model = prepare(request, budget.grid(request).max_tokens, on_event, stop)
    launch = launch_for(request, model, whole_cores(facts), worker)
    launch, trials = choose_threads(launch, request, facts, on_event, stop)
    if stop.is_set():
        raise StoppedError("stopped before anything was timed", where=request.model)
    with contextlib.closing(EnergyRecorder.start(System(), energy_options(request, facts))) as recorder:
        writer = RunWriter(launch, trials, read_conditions(facts), recorder)
        return _Measurement(request, writer, stop).run(Teller(request.model, on_event))


def energy_options(request: MeasurementRequest, facts: DeviceFacts) -> EnergyOptions:
    """Where the model will run and what the user says of its power."""
    return EnergyOptions(
        execution_provider=request.execution_provider,
        cpu_vendor=facts.cpu.vendor.value,
        wall_active_w=request.wall_active_w,
        wall_idle_w=request.wall_idle_w,
        assumed_active_w=request.assumed_active_w,
        assumed_idle_w=request.assumed_idle_w,
    )


def check_request(request: MeasurementRequest, facts: DeviceFacts) -> None:
    """Refuse lengths that cannot be timed, and more threads than could run at once."""
    check_threads(request, facts)
    lengths = (*request.prompt_tokens, *request.context_tokens)
    if not lengths or any(length <= 0 for length in lengths):
        raise MeasurementError("prompt and context lengths must be positive numbers of tokens", where=request.model)


class _Measurement:
    """One run under way."""

    def __init__(self, request: MeasurementRequest, writer: RunWriter, stop: threading.Event) -> None:
        self._request = request
        self._writer = writer
        self._budget = budget_of(request)
        self._stop = stop
        self._rounds: list[Round] = []
        self._began_s = time.monotonic()

    def run(self, teller: Teller) -> Run:
        """Round after round until the figures are sure, the time is used, somebody stops it, or it fails."""
        outcome: RunOutcome | None = None
        message = ""
        self._writer.measure_idle(self._stop)
        self._began_s = time.monotonic()
        while outcome is None:
            number = len(self._rounds) + 1
            grid = self._budget.grid(self._request, series_of(self._rounds, self._budget))
            teller.round_started(number, self._planned, grid)
            record, ending = play_round(
                self._writer.launch, number, grid, teller, silence_s=self._budget.phase_deadline_s, stop=self._stop
            )
            if record.complete:
                teller.round_complete()
            if record.has_samples:
                self._rounds.append(self._writer.close(record))
            outcome, message = self._judge(record, ending)
            if record.has_samples:
                planned = self._planned if outcome is None else number
                so_far = message or f"{number} of {planned} rounds run"
                teller.round_finished(self._run(outcome or RunOutcome.STOPPED, so_far), planned)
        if not self._rounds:
            raise self._nothing_timed(outcome, message)
        self._writer.measure_idle(self._stop)
        if self._request.show_nodes or parted(self._request.execution_provider)[0] != CPU_PROVIDER:
            self._writer.find_nodes(self._stop)
        return self._run(outcome, message)

    @property
    def _spent_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def _planned(self) -> int:
        return planned_rounds(self._rounds, self._budget, self._spent_s)

    def _judge(self, record: RoundRecord, ending: Ending | None) -> tuple[RunOutcome | None, str]:
        """Whether another round is to follow (None), and if not, why."""
        if self._stop.is_set():
            return RunOutcome.STOPPED, "stopped by the user"
        if not record.complete:
            return RunOutcome.FAILED, failure(record, ending, self._budget.phase_deadline_s)
        outcome = verdict(self._rounds, self._budget, self._spent_s)
        return outcome, self._time_up() if outcome is RunOutcome.TIME_UP else ""

    def _run(self, outcome: RunOutcome, message: str) -> Run:
        return self._writer.run(self._rounds, outcome, message)

    def _time_up(self) -> str:
        share = worst_half_width_share(self._rounds)
        reached = "no interval yet" if share is None else f"a 95 % half-width of {text.share(share)}"
        return f"{text.seconds(self._budget.seconds)} were used; reached {reached}"

    def _nothing_timed(self, outcome: RunOutcome, message: str) -> MeasurementError:
        if outcome is RunOutcome.STOPPED:
            return StoppedError("stopped before anything was timed", where=self._request.model)
        return MeasurementError(
            message, where=self._request.model, remedy="Try a smaller model or fewer threads, or close other programs."
        )

"""measure_slices(): the exact architecture at two small depths, started in turn, to foretell the whole model from."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from dataclasses import replace

from planner.device.facts import DeviceFacts
from planner.device.system import System
from planner.errors import MeasurementError, StoppedError
from planner.measurement.conditions import read_conditions
from planner.measurement.energy.recorder import EnergyRecorder
from planner.measurement.grid import Grid
from planner.measurement.prepare import prepare
from planner.measurement.request import MeasurementRequest, OnEvent
from planner.measurement.round_runner import WORKER, Launch, failure, launch_for, play_round
from planner.measurement.run_writer import RunWriter
from planner.measurement.runs import Round, RunOutcome, ThreadTrial
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.stopping import QUICK
from planner.measurement.supervisor import energy_options, ignore
from planner.measurement.telling import Teller
from planner.measurement.thread_choice import check_threads, choose_threads, whole_cores
from planner.model.architecture import ModelArchitecture
from planner.model.catalog import architecture
from planner.model.synthesis import expected_bytes
from planner.model.weight_formats import WeightFormat, weight_format

SHALLOW_LAYERS = 2
MOST_DEEP_SHARE = 0.5  # of the whole model's layers
MOST_DEEP_BYTES = 900 * 1000**2
LEAST_APART = 3  # layers between the two depths: closer ones say nothing of a layer

SHALLOW_TOKENS = (128, 512, 2048)  # the long prompt is affordable on few layers, and tells what attention costs
DEEP_TOKENS = (128, 512)
FEWEST_PAIRS = 4
PAIRS = 8
SECONDS = 120.0  # after which no further pair is begun


def slice_depths(shape: ModelArchitecture, stored_as: WeightFormat) -> tuple[int, int]:
    """Layers of the two slices: far apart, the deep one at most half the model and 900 MB.

    Where kinds of layers alternate, both depths hold whole turns of the pattern. Needs an architecture of a few layers.
    """
    turn = shape.global_every or 1
    shallow = turn * math.ceil(SHALLOW_LAYERS / turn)
    least = shallow + turn * math.ceil(LEAST_APART / turn)
    if least > shape.layers:
        raise MeasurementError(
            f"it has {shape.layers} layers, too few to be sliced",
            where=shape.name,
            remedy=f"Measure it whole: edgewise measure --model {shape.name}.",
        )
    deep = least
    while (
        deep + turn <= shape.layers * MOST_DEEP_SHARE
        and expected_bytes(shape, stored_as, deep + turn) <= MOST_DEEP_BYTES
    ):
        deep += turn
    return shallow, deep


def measure_slices(
    request: MeasurementRequest,
    facts: DeviceFacts,
    *,
    on_event: OnEvent = ignore,
    stop: threading.Event | None = None,
    worker: str = WORKER,
) -> DepthSlices:
    """Measure both depths of the request's catalogue model, its prompt and context lengths being fixed here.

    At least one whole pair of rounds is needed: with less it is a StoppedError, or a MeasurementError saying why.
    """
    stop = stop or threading.Event()
    check_threads(request, facts)
    shape, stored_as = architecture(request.model), weight_format(request.weight_format)
    launches, trials = _launches(
        request, facts, slice_depths(shape, stored_as), on_event=on_event, stop=stop, worker=worker
    )
    conditions = read_conditions(facts)
    with contextlib.closing(EnergyRecorder.start(System(), energy_options(request, facts))) as recorder:
        shallow, deep = (RunWriter(launch, trials, conditions, recorder) for launch in launches)
        return _Study(request.model, (shallow, deep), Teller(request.model, on_event), stop).run()


def slice_grid(*, deep: bool) -> Grid:
    """What a round of a slice times."""
    tokens = DEEP_TOKENS if deep else SHALLOW_TOKENS
    return replace(
        QUICK.grid(MeasurementRequest(model="", prompt_tokens=tokens, context_tokens=tokens)), prefill_at_most=2
    )


def _launches(
    request: MeasurementRequest,
    facts: DeviceFacts,
    depths: tuple[int, int],
    *,
    on_event: OnEvent,
    stop: threading.Event,
    worker: str,
) -> tuple[tuple[Launch, Launch], tuple[ThreadTrial, ...]]:
    """Both slices ready to start, shallow first, with the threads that suit the deep one, and the trials behind them.

    The deep one comes first: where it does not fit, nothing is built in vain.
    """

    def launch(*, deep: bool, threads: int) -> Launch:
        of_depth = request.model_copy(update={"layers": depths[1] if deep else depths[0]})
        model = prepare(of_depth, slice_grid(deep=deep).max_tokens, on_event, stop)
        return launch_for(of_depth, model, threads, worker)

    deep, trials = choose_threads(launch(deep=True, threads=whole_cores(facts)), request, facts, on_event, stop)
    return (launch(deep=False, threads=deep.threads), deep), trials


class _Study:
    """Both slices under way."""

    def __init__(self, name: str, writers: tuple[RunWriter, RunWriter], teller: Teller, stop: threading.Event) -> None:
        self._name = name
        self._writers = writers
        self._teller = teller
        self._stop = stop
        self._grids = (slice_grid(deep=False), slice_grid(deep=True))
        self._rounds: tuple[list[Round], list[Round]] = ([], [])
        self._trouble = ""

    def run(self) -> DepthSlices:
        """Pair after pair, the shallow slice first in every other one, so that drift favours neither."""
        self._writers[0].measure_idle(self._stop)
        began_s = time.monotonic()
        pairs = 0
        while pairs < PAIRS and self._pair(pairs):
            pairs += 1
            spent_s = time.monotonic() - began_s
            if pairs >= FEWEST_PAIRS and spent_s + spent_s / pairs > SECONDS:
                break
        self._writers[0].measure_idle(self._stop)
        if pairs == 0:
            if self._stop.is_set():
                raise StoppedError("stopped before both slices were timed", where=self._name)
            raise MeasurementError(self._trouble, where=self._name, remedy="Close other programs, try again.")
        outcome = RunOutcome.COMPLETE
        if self._trouble:  # a stop that came after the last pair broke nothing off
            outcome = RunOutcome.STOPPED if self._stop.is_set() else RunOutcome.FAILED
        shallow, deep = (
            writer.run(rounds[:pairs], outcome, self._trouble)
            for writer, rounds in zip(self._writers, self._rounds, strict=True)
        )
        return DepthSlices(shallow=shallow, deep=deep)

    def _pair(self, done: int) -> bool:
        """One start of each slice; False where one of them broke off."""
        order = (0, 1) if done % 2 == 0 else (1, 0)
        for place, which in enumerate(order):
            self._teller.round_started(2 * done + place + 1, 2 * PAIRS, self._grids[which])
            record, ending = play_round(
                self._writers[which].launch,
                done + 1,
                self._grids[which],
                self._teller,
                silence_s=QUICK.phase_deadline_s,
                stop=self._stop,
            )
            if not record.complete:
                self._trouble = (
                    "stopped by the user" if self._stop.is_set() else failure(record, ending, QUICK.phase_deadline_s)
                )
                return False
            self._teller.round_complete()
            self._rounds[which].append(self._writers[which].close(record))
        return True

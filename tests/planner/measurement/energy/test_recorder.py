"""One run's energy from start to end: idle on both sides, rounds, faults that never reach the measurement."""

import threading

import pytest

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.apportion import Span
from planner.measurement.energy.channels import Source, TypedWatts
from planner.measurement.energy.discovery import EnergyOptions
from planner.measurement.energy.figures import MeterKind, MeterProblem, RunEnergy
from planner.measurement.energy.recorder import SETTLE_S, EnergyRecorder
from tests.planner.measurement.energy.conftest import Drawing, a_meter

PROBLEM = MeterProblem(kind=MeterKind.RAPL, sentence="RAPL: not here.")


class Passing:
    """A stop event of a world in which waiting takes no real time; it may be set during the nth wait."""

    def __init__(self, drawing, set_at=None):
        self.waited = []
        self._drawing = drawing
        self._set_at = set_at

    def wait(self, seconds):
        self.waited.append(seconds)
        self._drawing.let(seconds)
        return len(self.waited) == self._set_at


@pytest.fixture
def drawing():
    return Drawing(10.0)


@pytest.fixture
def recorder(drawing):
    source = Source(a_meter(), [drawing], read_every_s=0.001)
    recorder = EnergyRecorder(source, [PROBLEM], clock=drawing.clock)
    yield recorder
    recorder.close()


def run_round(recorder, drawing, prefill_w=60.0, decode_w=40.0):
    began_s = drawing.now_s
    drawing.watts = prefill_w
    drawing.let(1.0)
    middle_s = drawing.now_s
    drawing.watts = decode_w
    drawing.let(2.0)
    ended_s = drawing.now_s
    return recorder.round_energy([Span("prefill", 100, began_s, middle_s), Span("decode", 20, middle_s, ended_s)])


def test_a_whole_run(recorder, drawing):
    assert recorder.needs_idle
    stop = Passing(drawing)
    assert recorder.measure_idle(5.0, stop) == pytest.approx(10.0)
    assert stop.waited == [5.0]
    prefill, decode = run_round(recorder, drawing).phases
    assert prefill.gross_j == pytest.approx(60.0, rel=0.05)
    assert decode.gross_j == pytest.approx(80.0, rel=0.05)
    drawing.watts = 12.0
    assert recorder.measure_idle(5.0, stop) == pytest.approx(12.0)
    assert stop.waited[1:] == [SETTLE_S, 5.0]  # the device comes to rest first
    energy = recorder.run_energy()
    assert (energy.idle_before_w, energy.idle_after_w) == (pytest.approx(10.0), pytest.approx(12.0))
    assert energy.idle_w == pytest.approx(11.0)
    assert energy.idle_drift_w == pytest.approx(2.0)
    assert (energy.meter, energy.problems, energy.idle_reason) == (recorder.meter, (PROBLEM,), "")


def test_a_run_that_was_stopped_has_idle_on_one_side(recorder, drawing):
    recorder.measure_idle(5.0, Passing(drawing))
    run_round(recorder, drawing)
    assert recorder.measure_idle(5.0, Passing(drawing, set_at=1)) is None
    energy = recorder.run_energy()
    assert (energy.idle_before_w, energy.idle_after_w) == (pytest.approx(10.0), None)
    assert "stopped" in energy.idle_reason


def test_before_the_end_the_document_says_what_is_missing(recorder, drawing):
    assert recorder.run_energy().idle_reason == "idle power was not measured"
    recorder.measure_idle(5.0, Passing(drawing))
    assert recorder.run_energy().idle_reason == "idle power was not measured after the last round"


def test_idle_needs_as_long_a_window_as_anything(recorder, drawing):
    assert recorder.shortest_window_s == pytest.approx(0.1)
    assert recorder.measure_idle(0.05, Passing(drawing)) is None
    assert "idle power needs 0.1 s with this meter" in recorder.run_energy().idle_reason


def test_a_meter_that_fails_becomes_a_problem(recorder, drawing):
    recorder.measure_idle(5.0, Passing(drawing))
    drawing.broken = OSError("the driver went away")
    while recorder.needs_idle:
        threading.Event().wait(0.001)
    energy = run_round(recorder, drawing)
    assert [phase.gross_j for phase in energy.phases] == [None, None]
    assert "the driver went away" in energy.phases[0].reason
    assert recorder.measure_idle(1.0, Passing(drawing)) is None
    assert recorder.problems[1].sentence == "package-0 could not be read to the end: the driver went away."
    assert RunEnergy.model_validate_json(recorder.run_energy().model_dump_json()) == recorder.run_energy()


def test_impossible_spans_are_a_problem_and_no_exception(recorder, drawing):
    drawing.let(3.0)
    assert recorder.round_energy([Span("decode", 0, drawing.now_s - 2.0, drawing.now_s - 1.0)]) is None
    assert "energy of round 1 is unknown" in recorder.problems[-1].sentence


def test_typed_watts_need_no_idle_and_are_the_same_in_both_phases(drawing):
    meter = a_meter(kind=MeterKind.WALL_METER, basis=Basis.ESTIMATED, period_s=None)
    recorder = EnergyRecorder(Source(meter, typed=TypedWatts(40.0, 8.0)), [])
    assert not recorder.needs_idle
    assert recorder.measure_idle(5.0, Passing(drawing)) is None
    assert recorder.shortest_window_s is None
    prefill, decode = run_round(recorder, drawing).phases
    assert prefill.gross_j == pytest.approx(40.0, rel=0.01)
    assert decode.gross_j == pytest.approx(80.0, rel=0.01)
    energy = recorder.run_energy()
    assert (energy.idle_before_w, energy.idle_after_w, energy.idle_reason) == (8.0, 8.0, "")
    recorder.close()


def test_typed_watts_without_rest():
    recorder = EnergyRecorder(Source(a_meter(period_s=None), typed=TypedWatts(40.0, None)), [])
    assert recorder.run_energy().idle_reason == "it was not stated"


def test_without_a_meter_the_problems_are_kept(files, drawing):
    recorder = EnergyRecorder.start(files({}), EnergyOptions(), find=lambda *_: (None, (PROBLEM,)))
    assert (recorder.meter, recorder.needs_idle, recorder.measure_idle(5.0)) == (None, False, None)
    assert run_round(recorder, drawing) is None
    assert recorder.run_energy() == RunEnergy(meter=None, problems=(PROBLEM,))
    recorder.close()


def test_a_search_that_fails_is_a_problem():
    def broken(*_):
        raise RuntimeError("a library\nwith a bad day")

    recorder = EnergyRecorder.start(System(), EnergyOptions(), find=broken)
    assert recorder.problems[0].sentence == "Looking for energy meters failed: a library with a bad day."


def test_a_machine_without_meters_measures_none(files):
    """End to end through the real finders, on a machine with no meter at all."""
    recorder = EnergyRecorder.start(files({}), EnergyOptions())
    assert recorder.meter is None
    assert recorder.run_energy().problems


def test_idle_is_known_though_the_first_figure_comes_late(drawing):
    """Asked right after the start, before the meter showed anything."""

    class Late:
        period_s = 0.01
        looks = 0

        def take(self):
            self.looks += 1
            if self.looks == 5:
                drawing.begin()
            return drawing.take() if self.looks >= 5 else ()

    recorder = EnergyRecorder(Source(a_meter(), [Late()], read_every_s=0.001), [], clock=drawing.clock)
    assert recorder.measure_idle(5.0, Passing(drawing)) == pytest.approx(10.0)
    recorder.close()

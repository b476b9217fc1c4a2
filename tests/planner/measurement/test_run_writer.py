"""A run is written whole after every round: one identity, the settings the rounds ran with, the energy of each."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import cast

import pytest

from planner.measurement.energy.apportion import Span
from planner.measurement.energy.recorder import EnergyRecorder
from planner.measurement.messages import Loaded
from planner.measurement.round_record import RoundRecord
from planner.measurement.round_runner import Launch
from planner.measurement.run_writer import IDLE_S, MOST_IDLE_S, RunWriter
from planner.measurement.runs import Conditions, RunOutcome, ThreadTrial
from tests.support.measuring import FAKE_WORKER, prepared_model

CONDITIONS = Conditions(
    power_source="ac", battery_percent=None, power_mode=None, available_memory_bytes=None, load_average_1min=0.5
)
TRIALS = (
    ThreadTrial(threads=1, prefill_tok_s=10, decode_tok_s=5),
    ThreadTrial(threads=2, prefill_tok_s=20, decode_tok_s=9),
)


class Recorder:
    """Meters nothing and notes when it was asked to."""

    def __init__(self, shortest_window_s: float | None = None) -> None:
        self.shortest_window_s = shortest_window_s
        self.asked: list[object] = []

    def measure_idle(self, seconds: float, stop: threading.Event) -> None:
        self.asked.append(seconds)

    def round_energy(self, spans: Sequence[Span]) -> None:
        self.asked.append(list(spans))

    def run_energy(self) -> None:
        self.asked.append("run")


def writer_with(recorder: Recorder) -> RunWriter:
    launch = Launch(prepared_model(), "CPUExecutionProvider", threads=2, worker=FAKE_WORKER)
    return RunWriter(launch, TRIALS, CONDITIONS, cast("EnergyRecorder", recorder))


def test_a_growing_run_keeps_its_identity_and_says_how_it_was_run() -> None:
    writer = writer_with(Recorder())
    record = RoundRecord(1)
    record.take(Loaded(type="loaded", load_s=0.5, runtime="onnxruntime 1.32.0"))
    rounds = [writer.close(record)]
    begun = writer.run(rounds, RunOutcome.STOPPED, "1 of 3 rounds run")
    ended = writer.run([*rounds, rounds[0]], RunOutcome.COMPLETE, "")
    assert (begun.run_id, begun.started_at) == (ended.run_id, ended.started_at)
    assert begun.finished_at <= ended.finished_at
    assert (len(begun.rounds), len(ended.rounds)) == (1, 2)
    assert (begun.outcome, begun.message) == (RunOutcome.STOPPED, "1 of 3 rounds run")
    settings = ended.settings
    assert (settings.runtime, settings.threads, settings.thread_trials) == ("onnxruntime 1.32.0", 2, TRIALS)
    assert (settings.kv_format, settings.block_size, settings.accuracy_level) == ("fp32", 32, 4)
    assert settings.shared_kv_buffer
    assert ended.conditions == CONDITIONS


def test_a_runtime_that_never_loaded_is_named_without_version() -> None:
    writer = writer_with(Recorder())
    assert writer.run([writer.close(RoundRecord(1))], RunOutcome.FAILED, "no").settings.runtime == "onnxruntime"


def test_two_runs_never_share_a_name() -> None:
    names = {writer_with(Recorder()).run([], RunOutcome.FAILED, "").run_id for _ in range(50)}
    assert len(names) == 50


def test_energy_is_asked_at_rest_for_each_round_and_for_the_run() -> None:
    recorder = Recorder()
    writer = writer_with(recorder)
    writer.measure_idle(threading.Event())
    writer.close(RoundRecord(1))
    writer.run([], RunOutcome.COMPLETE, "")
    assert recorder.asked == [IDLE_S, [], "run"]


@pytest.mark.parametrize(
    ("shortest_window_s", "rest_s"), [(None, IDLE_S), (0.1, IDLE_S), (10.0, 20.0), (600.0, MOST_IDLE_S)]
)
def test_rest_is_as_long_as_the_meter_needs_within_a_minute(shortest_window_s: float | None, rest_s: float) -> None:
    recorder = Recorder(shortest_window_s)
    writer_with(recorder).measure_idle(threading.Event())
    assert recorder.asked == [rest_s]

"""A measurement keeps every finished round whatever the child does, ends when told, and leaves no process behind."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace

import psutil
import pytest

from planner.child import Child
from planner.errors import MeasurementError, StoppedError
from planner.measurement import stopping, supervisor
from planner.measurement.request import Event, MeasurementRequest, Preparing, Progress, RoundFinished, RoundStarted
from planner.measurement.runs import RoundState, Run, RunOutcome
from planner.measurement.statistics import summarise
from planner.measurement.supervisor import measure
from tests.support.measuring import FAKE_WORKER, children_of_tests, machine, prepared_model

children = children_of_tests

PHASES = ["load", "first run", "warm-up", "prefill 128", "decode at 128", "prefill 512", "decode at 512"]


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "prepare", lambda *_: prepared_model())


def run_fake(
    on_event: Callable[[Event], None] = supervisor.ignore, stop: threading.Event | None = None, **request: object
) -> Run:
    values = {"model": "fake", "quick": True, **request}
    return measure(
        MeasurementRequest.model_validate(values), machine(), on_event=on_event, stop=stop, worker=FAKE_WORKER
    )


def test_a_steady_device_needs_the_fewest_rounds() -> None:
    run = run_fake()
    assert run.outcome is RunOutcome.COMPLETE
    assert [each.number for each in run.rounds] == [1, 2, 3]
    assert re.fullmatch(f"{run.started_at:%Y%m%dT%H%M%SZ}-[0-9a-f]{{6}}", run.run_id)  # names no machine
    assert run.settings.runtime == "fakeruntime 1.0"
    assert run.settings.threads == 2
    assert [trial.threads for trial in run.settings.thread_trials] == [1, 2]
    assert run.conditions.power_mode == "balanced"
    summary = summarise(run)
    assert [(tokens, figure.value) for tokens, figure in summary.decode] == [
        (128, pytest.approx(1000)),
        (512, pytest.approx(1000)),
    ]
    assert [(tokens, figure.value) for tokens, figure in summary.prefill] == [(128, 1280), (512, 5120)]
    assert summary.peak_memory_bytes is not None
    assert summary.peak_memory_bytes.value == 50_000_002
    for one in run.rounds:
        assert one.load_s == 0.01
        assert one.first_run_s == 0.1
        assert one.state in {RoundState.CLEAN, RoundState.DISTURBED}
        assert one.foreign_cpus is not None
        assert one.is_warm is True
        assert one.warm_up_tok_s == pytest.approx((1000,) * 6)
        began_s = [sample.began_s for sample in (*one.prefill, *one.decode)]
        assert all(each is not None and each >= 0 for each in began_s)


def test_a_shaky_device_gets_more_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SPREAD", "0.06")
    run = run_fake()
    assert run.outcome is RunOutcome.COMPLETE
    assert len(run.rounds) > 3
    share = summarise(run).half_width_share
    assert share is not None
    assert share <= 0.10


def test_time_that_runs_out_is_said_with_the_interval_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SPREAD", "0.5")
    monkeypatch.setattr(stopping, "QUICK", replace(stopping.QUICK, seconds=0.1))
    run = run_fake()
    assert run.outcome is RunOutcome.TIME_UP
    assert len(run.rounds) == 2  # always two, so that there is an interval
    assert "reached a 95 % half-width of" in run.message


def test_events_tell_every_round_with_a_forecast_and_a_run_that_can_be_saved() -> None:
    events: list[Event] = []
    run = run_fake(events.append)
    assert [each.number for each in events if isinstance(each, RoundStarted)] == [1, 2, 3]
    finished = [each for each in events if isinstance(each, RoundFinished)]
    assert [len(each.run_so_far.rounds) for each in finished] == [1, 2, 3]
    assert finished[0].run_so_far.outcome is RunOutcome.STOPPED  # what it is if nothing follows
    assert finished[0].run_so_far.message == "1 of 3 rounds run"
    assert finished[0].eta_s is not None
    assert finished[0].eta_s > 0
    assert finished[-1].eta_s == 0
    assert finished[-1].run_so_far.rounds == run.rounds
    assert {each.run_so_far.run_id for each in finished} == {run.run_id}
    progress = [each for each in events if isinstance(each, Progress)]
    assert [each.phase for each in progress][:3] == ["load", "first run", "first run"]
    assert {each.phase for each in progress} == set(PHASES)
    shares = [each.share for each in progress]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert all(each.eta_s is not None for each in progress if each.number > 1)


@pytest.mark.parametrize("phase", PHASES)
def test_a_crash_in_any_phase_keeps_the_finished_rounds(monkeypatch: pytest.MonkeyPatch, phase: str) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", f"abort@{phase}@2")
    run = run_fake()
    assert run.outcome is RunOutcome.FAILED
    assert "crashed (SIGABRT)" in run.message
    assert f"during «{phase}»" in run.message
    assert run.rounds[0].state is not RoundState.PARTIAL
    timed = phase in {"decode at 128", "prefill 512", "decode at 512"}  # something stood before the crash
    assert len(run.rounds) == (2 if timed else 1)
    if timed:
        assert run.rounds[1].state is RoundState.PARTIAL
        assert run.rounds[1].prefill
        assert run.rounds[1].note == f"ended during {phase}"
        assert run.rounds[1].foreign_cpus is None


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("segfault", r"crashed \(SIGSEGV\), during «prefill 128»; it last wrote «Fatal Python error"),
        ("killed", "most likely for lack of memory, during «prefill 128»"),
        ("exit", "failed with exit code 7, during «prefill 128»; it last wrote «the library gave up»"),
        ("refuse", "prefill 128: the runtime refuses this graph"),
    ],
)
def test_with_nothing_timed_it_is_an_error_that_says_why(
    monkeypatch: pytest.MonkeyPatch, fault: str, words: str
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", f"{fault}@prefill 128@1")
    with pytest.raises(MeasurementError, match=words) as caught:
        run_fake()
    assert caught.value.where == "fake"
    assert caught.value.remedy


def test_memory_that_runs_out_in_the_second_round_keeps_the_first(
    monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    monkeypatch.setattr("planner.measurement.round_runner.available_bytes", lambda: 0)  # the limit is the reserve
    monkeypatch.setenv("EDGEWISE_FAKE", "hoard@warm-up@2")
    run = run_fake()
    assert run.outcome is RunOutcome.FAILED
    assert run.message == (
        "the child process needed more than its memory limit of 0.1 GiB and was ended, during «warm-up»"
    )
    assert [each.state is RoundState.PARTIAL for each in run.rounds] == [False]
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_trial_of_threads_that_crashes_does_not_keep_the_rounds_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "segfault@2 threads@0")
    run = run_fake()
    assert run.outcome is RunOutcome.COMPLETE
    assert (run.settings.threads, run.settings.thread_trials) == (2, ())


def test_a_model_that_crashes_with_any_number_of_threads_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "abort@1 thread@0,abort@load@1")
    with pytest.raises(MeasurementError, match=r"crashed \(SIGABRT\), during «load»"):
        run_fake()


def test_a_stop_during_the_trial_of_threads_measures_nothing(
    monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "hang@2 threads@0")
    stop = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, Preparing) and "2 threads" in event.sentence:
            stop.set()

    with pytest.raises(StoppedError, match="before anything was timed"):
        run_fake(on_event, stop)
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_hang_is_ended_at_the_phases_deadline(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setattr(stopping, "QUICK", replace(stopping.QUICK, phase_deadline_s=3.0))
    monkeypatch.setenv("EDGEWISE_FAKE", "hang@decode at 512@1")
    run = run_fake()
    assert run.outcome is RunOutcome.FAILED
    assert run.message == "nothing came out of «decode at 512» for 3 s, so the child process was ended"
    assert len(run.rounds[0].prefill) >= 2
    assert not psutil.pid_exists(children[0].pid)


def test_noise_of_native_libraries_is_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_NOISE", "1")
    monkeypatch.setenv("EDGEWISE_FAKE", "hang@first run@2")
    stop = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, RoundFinished):
            stop.set()

    run = run_fake(on_event, stop)
    assert [each.state is RoundState.PARTIAL for each in run.rounds] == [False]
    assert len(run.rounds[0].decode) == 2


@pytest.mark.parametrize("phase", ["prefill 512", "decode at 512"])
def test_stop_keeps_the_part_and_ends_the_child(
    monkeypatch: pytest.MonkeyPatch, children: list[Child], phase: str
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", f"hang@{phase}@2")  # the child never answers again: only a kill helps
    stop = threading.Event()
    finished: list[RoundFinished] = []

    def on_event(event: Event) -> None:
        if isinstance(event, Progress) and (event.number, event.phase) == (2, phase):
            stop.set()
        if isinstance(event, RoundFinished):
            finished.append(event)

    run = run_fake(on_event, stop)
    assert run.outcome is RunOutcome.STOPPED
    assert run.message == "stopped by the user"
    assert [each.state is RoundState.PARTIAL for each in run.rounds] == [False, True]
    assert finished[-1].run_so_far.rounds == run.rounds
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_stop_before_anything_was_timed_says_so(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    stop = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, RoundStarted):
            stop.set()

    with pytest.raises(StoppedError, match="before anything was timed"):
        run_fake(on_event, stop)
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_an_error_of_the_watcher_leaves_no_child(children: list[Child]) -> None:
    def on_event(event: Event) -> None:
        if isinstance(event, Progress):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_fake(on_event)
    assert not any(psutil.pid_exists(child.pid) for child in children)


@pytest.mark.parametrize("lengths", [{"prompt_tokens": (), "context_tokens": ()}, {"prompt_tokens": (0,)}])
def test_lengths_that_cannot_be_timed_are_refused(lengths: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(MeasurementError, match="positive numbers of tokens"):
        run_fake(**lengths)


def test_more_threads_than_the_machine_has_are_refused_before_anything_starts() -> None:
    with pytest.raises(MeasurementError, match=r"100,000 threads were asked for"):
        run_fake(threads=100_000)

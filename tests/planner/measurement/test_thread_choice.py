"""Threads are tried where cores leave a choice, the quickest taken, the user's own number kept."""

from __future__ import annotations

import os
import threading

import psutil
import pytest

from planner.basis import unknown
from planner.child import Child
from planner.errors import MeasurementError
from planner.measurement import thread_choice
from planner.measurement.request import Event, MeasurementRequest, Preparing
from planner.measurement.round_runner import Launch
from planner.measurement.runs import ThreadTrial
from planner.measurement.thread_choice import candidates, check_threads, choose_threads, quickest, whole_cores
from tests.support.measuring import FAKE_WORKER, children_of_tests, machine, prepared_model

children = children_of_tests


def launch() -> Launch:
    return Launch(prepared_model(), "CPUExecutionProvider", threads=99, worker=FAKE_WORKER)


def request(threads: int | None = None) -> MeasurementRequest:
    return MeasurementRequest(model="fake", quick=True, threads=threads)


def trial(threads: int, prefill_tok_s: float, decode_tok_s: float) -> ThreadTrial:
    return ThreadTrial(threads=threads, prefill_tok_s=prefill_tok_s, decode_tok_s=decode_tok_s)


@pytest.mark.parametrize(
    ("usable", "physical", "cores", "tried"),
    [
        (1.0, 1, 1, (1,)),
        (2.0, 1, 1, (1, 2)),  # one core with hyper-threads
        (2.0, 2, 2, (1, 2)),
        (4.0, 2, 2, (1, 2, 4)),
        (4.0, 4, 4, (2, 4)),
        (8.0, 4, 4, (2, 4, 8)),
        (6.0, 3, 3, (2, 3, 6)),
        (16.0, 8, 8, (4, 8, 16)),
        (1.5, 8, 1, (1,)),  # a container's quota in parts of a core
        (0.5, 8, 1, (1,)),
        (3.0, 8, 3, (2, 3)),
        (6.5, 4, 4, (2, 4, 6)),
    ],
)
def test_half_the_cores_all_cores_and_all_hyper_threads_are_tried(
    usable: float, physical: int, cores: int, tried: tuple[int, ...]
) -> None:
    facts = machine(usable_cores=usable, physical_cores=physical)
    assert whole_cores(facts) == cores
    assert candidates(facts) == tried


def test_cores_that_are_not_known_are_those_the_system_counts() -> None:
    facts = machine()
    why = unknown("not readable")
    blind = facts.model_copy(update={"cpu": facts.cpu.model_copy(update={"usable_cores": why, "physical_cores": why})})
    assert whole_cores(blind) == os.cpu_count()


def test_the_quickest_for_a_usual_request_is_taken() -> None:
    # 512 tokens in and 128 out: 4.2 s, 2.1 s and 1.7 s.
    assert quickest([trial(1, 512, 40), trial(2, 1024, 80), trial(4, 2048, 88)]) == 4
    # Prefill gains, decode loses more: 1 + 3.2 s against 0.5 + 4 s.
    assert quickest([trial(4, 512, 40), trial(8, 1024, 32)]) == 4


@pytest.mark.parametrize(("gain", "taken"), [(1.00, 2), (1.02, 2), (1.029, 2), (1.04, 4), (0.8, 2)])
def test_a_gain_below_three_percent_is_not_worth_more_threads(gain: float, taken: int) -> None:
    assert quickest([trial(4, 1000 * gain, 50 * gain), trial(2, 1000, 50)]) == taken


def test_the_trial_is_told_and_its_figures_are_kept(children: list[Child]) -> None:
    events: list[Event] = []
    chosen, trials = choose_threads(launch(), request(), machine(), events.append, threading.Event())
    assert chosen.threads == 2  # the fake is twice as fast with twice the threads
    assert trials == (trial(1, 640, 500), trial(2, 1280, 1000))
    told = [event for event in events if isinstance(event, Preparing)]
    assert [each.sentence for each in told] == [
        "choosing the number of threads: trying 1 thread",
        "choosing the number of threads: trying 2 threads",
    ]
    assert [each.share for each in told] == [0.0, 0.5]
    assert len(children) == 1


def test_the_users_own_number_is_kept_untried(children: list[Child]) -> None:
    chosen, trials = choose_threads(launch(), request(threads=1), machine(), no_event, threading.Event())
    assert (chosen.threads, trials, children) == (1, (), [])


def test_a_single_core_leaves_no_choice(children: list[Child]) -> None:
    facts = machine(usable_cores=1.0, physical_cores=1)
    chosen, trials = choose_threads(launch(), request(), facts, no_event, threading.Event())
    assert (chosen.threads, trials, children) == (1, (), [])


@pytest.mark.parametrize("fault", ["segfault", "abort", "killed", "exit", "refuse", "hang", "hoard"])
@pytest.mark.parametrize("phase", ["1 thread", "2 threads"])
def test_a_trial_that_breaks_off_leaves_all_whole_cores(
    monkeypatch: pytest.MonkeyPatch, children: list[Child], fault: str, phase: str
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", f"{fault}@{phase}@0")
    monkeypatch.setattr("planner.measurement.round_runner.available_bytes", lambda: 0)  # the limit is the reserve
    monkeypatch.setattr(thread_choice, "TRIAL_SILENCE_S", 3.0)
    facts = machine(usable_cores=4.0, physical_cores=2)
    chosen, trials = choose_threads(launch(), request(), facts, no_event, threading.Event())
    assert (chosen.threads, trials) == (2, ())
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_stop_during_the_trial_ends_its_child(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "hang@2 threads@0")
    stop = threading.Event()
    choose_threads(launch(), request(), machine(), lambda _: stop.set(), stop)
    assert [psutil.pid_exists(child.pid) for child in children] == [False]


def test_more_threads_than_logical_cores_are_refused() -> None:
    check_threads(request(threads=os.cpu_count()), machine())
    check_threads(request(), machine())
    with pytest.raises(MeasurementError, match=r"100,000 threads were asked for") as caught:
        check_threads(request(threads=100_000), machine())
    assert caught.value.remedy == "Ask for fewer threads."


def no_event(event: Event) -> None:
    """Nobody watches."""

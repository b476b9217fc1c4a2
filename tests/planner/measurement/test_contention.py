"""Contention keeps every turn whatever the children do, ends when told, and leaves no process behind."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psutil
import pytest

from planner.child import Child
from planner.documents import from_json, to_json
from planner.errors import MeasurementError, StoppedError
from planner.measurement import contention as contending
from planner.measurement import soak_launch
from planner.measurement.contention import contend
from planner.measurement.contention_record import TurnKind
from planner.measurement.contentions import Contention, ContentionEvent, ContentionProgress
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import RunOutcome
from tests.support.measuring import machine, prepared_model

REQUEST = MeasurementRequest(model="fake", threads=2)


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak_launch, "prepare", lambda *_: prepared_model())


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    started: list[Child] = []
    start = Child.start

    def spy(*arguments: object, **options: object) -> Child:
        started.append(start(*arguments, **options))  # pyright: ignore[reportArgumentType]
        return started[-1]

    monkeypatch.setattr(Child, "start", spy)
    return started


def contended(
    on_event: Callable[[ContentionEvent], None] = contending.ignore, stop: threading.Event | None = None, **how: int
) -> Contention:
    return contend(
        REQUEST,
        machine(),
        rounds=how.get("rounds", 2),
        turn_s=how.get("turn_s", 4),
        on_event=on_event,
        stop=stop,
        worker="tests.support.fake_soaker",
        load="tests.support.fake_foreground",
    )


def test_every_turn_holds_only_whose_turn_it_was(children: list[Child]) -> None:
    one = contended()
    assert (one.outcome, one.message) == (RunOutcome.COMPLETE, "")
    assert len(one.turns) == 6
    for turn in one.turns:
        assert bool(turn.windows) == (turn.kind is not TurnKind.FOREGROUND)
        assert bool(turn.bursts) == (turn.kind is not TurnKind.MODEL)
        assert all(turn.begin_s - 1e-6 <= window.at_s < turn.end_s for window in turn.windows)
        assert all(0 <= burst.due_s < 4 for burst in turn.bursts)
        assert all(window.prefill_tokens == 0 for window in turn.windows)
    assert one.settings.runtime == "fakeruntime 1.0"
    assert from_json(to_json(one), Contention, where="test") == one
    assert len(children) == 2
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_events_tell_whose_turn_it_is() -> None:
    events: list[ContentionEvent] = []
    contended(events.append)
    progress = [each for each in events if isinstance(each, ContentionProgress)]
    assert {each.phase for each in progress} >= {"load", "warm-up", "model", "both"}
    assert [each.share for each in progress] == sorted(each.share for each in progress)
    assert progress[-1].share == 1.0
    assert progress[-1].eta_s == 0.0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("abort", "the foreground load broke off: the child process crashed (SIGABRT)"),
        ("refuse", "the foreground load failed: another result than before"),
    ],
)
def test_a_load_that_fails_leaves_the_turns_before(monkeypatch: pytest.MonkeyPatch, fault: str, words: str) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_LOAD", fault)
    one = contended()
    assert one.outcome is RunOutcome.FAILED
    assert words in one.message
    assert sum(bool(turn.bursts) for turn in one.turns) == 2


def test_a_model_that_fails_leaves_the_turns_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "refuse@12")
    one = contended()
    assert one.outcome is RunOutcome.FAILED
    assert one.message == "soak: the runtime refuses this graph"
    assert one.turns


def test_stop_keeps_the_turns_and_ends_both(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_LOAD", "hang")
    stop = threading.Event()

    def on_event(event: ContentionEvent) -> None:
        if isinstance(event, ContentionProgress) and event.phase == "both":
            stop.set()

    one = contended(on_event, stop)
    assert (one.outcome, one.message) == (RunOutcome.STOPPED, "stopped by the user")
    assert one.turns
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_with_nothing_timed_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "refuse@0")
    with pytest.raises(MeasurementError, match="the runtime refuses this graph"):
        contended()
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "hang@0")
    monkeypatch.setattr(contending, "SILENCE_S", 1.0)
    with pytest.raises(MeasurementError, match="nothing came out of"):
        contended()
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError, match="before anything was timed"):
        contended(stop=stop)
    with pytest.raises(MeasurementError, match="at least one round"):
        contended(rounds=0)

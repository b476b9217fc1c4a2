"""A soak keeps every window whatever the child does, ends when told, and leaves no process behind."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psutil
import pytest

from planner.child import Child
from planner.documents import from_json, to_json
from planner.errors import MeasurementError, StoppedError
from planner.measurement import soak as soaking
from planner.measurement import soak_launch
from planner.measurement.machine_state import Counters, Gauges, MachineState
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import RunOutcome
from planner.measurement.soak import soak
from planner.measurement.soaks import Soak, SoakEvent, SoakProgress, SoakSoFar
from tests.support.measuring import machine, prepared_model

FAKE = "tests.support.fake_soaker"
REQUEST = MeasurementRequest(model="fake", threads=2)


class Warm:
    """A machine of 70 °C."""

    def look(self, *, thoroughly: bool) -> MachineState:
        return MachineState(Counters(1.0), Gauges(temperature_c=70.0))


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


def soaked(
    on_event: Callable[[SoakEvent], None] = soaking.ignore, stop: threading.Event | None = None, seconds: float = 150
) -> Soak:
    return soak(REQUEST, machine(), seconds=seconds, on_event=on_event, stop=stop, worker=FAKE, source=Warm())


def test_a_soak_keeps_its_windows_with_the_machines_readings() -> None:
    one = soaked()
    assert one.outcome is RunOutcome.COMPLETE
    assert one.is_warm is True
    assert one.settings.runtime == "fakeruntime 1.0"
    assert (one.settings.threads, one.settings.thread_trials) == (2, ())
    assert one.lasted_s == pytest.approx(150, abs=0.5)
    assert {round(window.decode_tok_s, 6) for window in one.windows} == {50.0}
    assert {window.prefill_tok_s for window in one.windows} >= {None}
    prompts = [window.prefill_tok_s for window in one.windows if window.prefill_tok_s is not None]
    assert prompts[0] == pytest.approx(256 / 0.25)
    assert one.readings[0].temperature_c == 70.0
    assert one.conditions.power_mode == "balanced"
    assert from_json(to_json(one), Soak, where="test") == one


def test_events_tell_the_newest_speed_and_what_is_safe_to_save() -> None:
    events: list[SoakEvent] = []
    one = soaked(events.append)
    progress = [each for each in events if isinstance(each, SoakProgress)]
    assert list(dict.fromkeys(each.phase for each in progress)) == ["load", "warm-up", "soak"]
    assert [each.share for each in progress] == sorted(each.share for each in progress)
    assert (progress[0].eta_s, progress[-1].eta_s, progress[-1].share) == (None, 0.0, 1.0)
    assert progress[-1].tok_s == pytest.approx(50)
    saved = [each.soak for each in events if isinstance(each, SoakSoFar)]
    assert [round(each.lasted_s / 60) for each in saved] == [1, 2]
    assert {each.soak_id for each in saved} == {one.soak_id}
    assert saved[0].outcome is RunOutcome.STOPPED


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("abort", "crashed (SIGABRT), during «soak»"),
        ("refuse", "soak: the runtime refuses this graph"),
    ],
)
def test_a_child_that_fails_leaves_the_windows_before(monkeypatch: pytest.MonkeyPatch, fault: str, words: str) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", f"{fault}@5")
    one = soaked()
    assert one.outcome is RunOutcome.FAILED
    assert words in one.message
    assert len(one.windows) == 5


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setattr(soaking, "SILENCE_S", 3.0)
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "hang@3")
    one = soaked()
    assert one.outcome is RunOutcome.FAILED
    assert one.message == "nothing came out of «soak» for 3 s, so the child process was ended"
    assert len(one.windows) == 3
    assert not psutil.pid_exists(children[0].pid)


def test_stop_keeps_the_part_and_ends_the_child(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "hang@7")
    stop = threading.Event()

    def on_event(event: SoakEvent) -> None:
        if isinstance(event, SoakProgress) and event.share > 0.04:
            stop.set()

    one = soaked(on_event, stop)
    assert (one.outcome, one.message) == (RunOutcome.STOPPED, "stopped by the user")
    assert one.windows
    assert not psutil.pid_exists(children[0].pid)


def test_with_nothing_timed_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "refuse@0")
    with pytest.raises(MeasurementError, match="the runtime refuses this graph"):
        soaked()
    stop = threading.Event()
    monkeypatch.setenv("EDGEWISE_FAKE_SOAK", "hang@0")
    with pytest.raises(StoppedError, match="before anything was timed"):
        soaked(lambda _: stop.set(), stop)
    with pytest.raises(MeasurementError, match="positive number of seconds"):
        soaked(seconds=0)

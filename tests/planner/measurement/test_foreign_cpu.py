"""Foreign CPUs are the machine's busy time less ours, never below zero."""

from __future__ import annotations

import os

import psutil
import pytest

from planner.measurement.foreign_cpu import CpuClock, own_cpu_s


@pytest.mark.parametrize(
    ("busy_s", "own_s", "child_s", "foreign"),
    [(20.0, 0.0, 0.0, 2.0), (20.0, 1.0, 14.0, 0.5), (20.0, 2.0, 18.0, 0.0), (20.0, 2.0, 19.0, 0.0)],
)
def test_what_is_left_is_foreign(busy_s: float, own_s: float, child_s: float, foreign: float) -> None:
    before = CpuClock(wall_s=100.0, busy_s=1000.0, own_s=50.0)
    after = CpuClock(wall_s=110.0, busy_s=1000.0 + busy_s, own_s=50.0 + own_s)
    assert before.foreign_cpus(after, child_s) == pytest.approx(foreign)


def test_no_time_is_unknown() -> None:
    clock = CpuClock(wall_s=1.0, busy_s=1.0, own_s=1.0)
    assert clock.foreign_cpus(clock, 0.0) is None


def test_idle_waiting_and_stolen_time_are_not_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    class Times:
        def _asdict(self) -> dict[str, float]:
            return {
                "user": 5.0,
                "system": 2.0,
                "irq": 1.0,
                "idle": 100.0,
                "iowait": 50.0,
                "steal": 25.0,
                "guest": 3.0,
                "guest_nice": 1.0,
            }

    monkeypatch.setattr(psutil, "cpu_times", Times)
    assert CpuClock.now().busy_s == 8.0


def process_times(own: float, ended: float) -> os.times_result:
    return os.times_result((own, 0.5, ended, 0.25, 1.0))


def test_own_time_is_this_process_the_running_child_and_those_that_ended() -> None:
    assert own_cpu_s(lambda: 7.0, lambda: process_times(1.0, 2.0)) == pytest.approx(1.0 + 0.5 + 2.0 + 0.25 + 7.0)


def test_own_time_is_unknown_where_the_childs_is() -> None:
    assert own_cpu_s(lambda: None, lambda: process_times(1.0, 2.0)) is None


def test_a_child_that_ends_between_two_looks_is_counted_once() -> None:
    looks = iter([process_times(1.0, 0.0), process_times(1.0, 7.0), process_times(1.0, 7.0), process_times(1.0, 7.0)])
    running = iter([7.0, 0.0])
    assert own_cpu_s(lambda: next(running), lambda: next(looks)) == pytest.approx(1.0 + 0.5 + 7.0 + 0.25)

"""The sampler reads at once, again and again, and at the end; it never raises and keeps a bounded number."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import psutil
import pytest

from planner.measurement.machine_state import Counters, Gauges, MachineState
from planner.measurement.readings import Reading
from planner.measurement.sampling import MOST_READINGS, Sampler


class Script:
    """A source that answers from a script, and sets `reached` when it was asked often enough."""

    def __init__(self, looks: int, *, failing: tuple[int, ...] = ()) -> None:
        self.asked: list[bool] = []
        self.reached = threading.Event()
        self._looks = looks
        self._failing = failing

    def look(self, *, thoroughly: bool) -> MachineState:
        self.asked.append(thoroughly)
        number = len(self.asked)
        if number >= self._looks:
            self.reached.set()
        if number in self._failing:
            raise OSError("a driver went away")
        return MachineState(
            Counters(wall_s=1e9 + number, busy_s=number * 2.0, own_s=number * 1.5), Gauges(load_average_1min=0.5)
        )


def sampled(source: Script) -> tuple[Sampler, tuple[Reading, ...]]:
    sampler = Sampler(os.getpid(), source=source, every_s=0.001)
    with sampler:
        assert source.reached.wait(30)
    return sampler, sampler.readings


def test_first_and_last_looks_are_thorough() -> None:
    source = Script(4)
    _, readings = sampled(source)
    assert source.asked[0]
    assert source.asked[-1]
    assert not any(source.asked[1:-1])
    assert readings[0].own_cpus is None
    assert all(each.own_cpus == pytest.approx(1.5) for each in readings[1:])
    assert all(each.foreign_cpus == pytest.approx(0.5) for each in readings[1:])


def test_a_look_that_fails_costs_a_reading_only() -> None:
    sampler, readings = sampled(Script(6, failing=(1, 3)))
    assert sampler.missed == 2
    assert len(readings) >= 4
    assert all(each.foreign_cpus == pytest.approx(0.5) for each in readings[1:])


def test_however_long_it_runs_it_keeps_few() -> None:
    _, readings = sampled(Script(5 * MOST_READINGS))
    assert MOST_READINGS // 2 <= len(readings) <= MOST_READINGS
    assert [each.at_s for each in readings] == sorted(each.at_s for each in readings)
    assert all(each.foreign_cpus == pytest.approx(0.5) for each in readings[1:])


def test_stopping_twice_or_before_the_start_is_fine() -> None:
    idle = Sampler(os.getpid(), source=Script(1))
    assert idle.stop() == ()
    sampler, readings = sampled(Script(2))
    assert sampler.stop() == readings


def test_a_process_that_does_not_exist_is_no_error() -> None:
    pid = max(psutil.pids()) + 100_000
    sampler = Sampler(pid, every_s=0.001)
    with sampler:
        pass
    assert sampler.missed == 0
    assert len(sampler.readings) >= 2


def test_this_machine_while_a_child_runs_and_ends() -> None:
    """Real clocks: whatever else goes on here, every figure is in range and the child's end is survived."""
    work = "import sys\nfor line in sys.stdin: sum(range(10**5))"
    with (
        subprocess.Popen([sys.executable, "-c", work], stdin=subprocess.PIPE, text=True) as child,
        Sampler(child.pid, threads=1, every_s=0.6) as sampler,
    ):
        child.communicate("go\n" * 20)
        threading.Event().wait(0.7)
    assert sampler.missed == 0
    assert len(sampler.readings) >= 2
    assert all(each.available_memory_bytes for each in sampler.readings)
    if sys.platform == "linux":
        assert any(each.own_cpus is not None for each in sampler.readings)

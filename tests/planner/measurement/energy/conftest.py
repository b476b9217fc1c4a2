"""Machines made of files, recorded traces played to a sampler, and meters that follow a clock of their own."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.channels import CounterChannel, Source
from planner.measurement.energy.counters import Point
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterScope
from planner.measurement.energy.sampler import Sampler

DATA = Path(__file__).parents[3] / "data" / "energy"


@pytest.fixture
def files(tmp_path: Path) -> Callable[[Mapping[str, object]], System]:
    """A machine that has these files (absolute path → text)."""

    def write(told: Mapping[str, object]) -> System:
        for path, text in told.items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f"{text}\n", encoding="utf-8")
        return System(tmp_path)

    return write


def a_meter(**changes) -> EnergyMeter:
    told = {
        "kind": MeterKind.RAPL,
        "name": "package-0",
        "scope": MeterScope.CPU_PACKAGE,
        "provenance": "a test",
        "basis": Basis.MEASURED,
        "period_s": 0.02,
    }
    return EnergyMeter(**{**told, **changes})


class Now:
    """A clock that shows what it is told."""

    def __init__(self, at_s: float = 0.0) -> None:
        self.at_s = at_s

    def __call__(self) -> float:
        return self.at_s


class Row:
    """The row of a trace that is being read."""

    def __init__(self) -> None:
        self.now = Now()
        self.readings: Mapping[str, int] = {}


def rows(trace: str) -> list[tuple[float, dict[str, int]]]:
    """Moment and readings of each row of a trace."""
    with (DATA / trace).open(encoding="utf-8", newline="") as stream:
        return [
            (float(row["at_s"]), {name: int(value) for name, value in row.items() if name != "at_s"})
            for row in csv.DictReader(stream)
        ]


def play(trace: Sequence[tuple[float, Mapping[str, int]]], row: Row, source: Source) -> Sampler:
    """A sampler that has read the whole trace through the channels of a source that reads `row`."""
    sampler = Sampler(source, clock=row.now)
    for at_s, readings in trace:
        row.now.at_s, row.readings = at_s, readings
        sampler.read_once()
    return sampler


def play_counters(
    trace: Sequence[tuple[float, Mapping[str, int]]],
    *,
    unit_j: float,
    period_s: float,
    ranges: Mapping[str, int] | None = None,
    sign: int = 1,
) -> Sampler:
    """The trace's columns as counters of one meter."""
    row = Row()
    channels = [
        CounterChannel(
            lambda name=name: sign * row.readings[name],
            unit_j=unit_j,
            period_s=period_s,
            wraps_at=(ranges or {}).get(name),
            clock=row.now,
        )
        for name in trace[0][1]
    ]
    return play(trace, row, Source(a_meter(), channels))


class Drawing:
    """A channel of a device whose watts are set by hand: a point every 10 ms of a clock that moves when told.

    It shows 50 ms beyond the present, so that nothing in a test has to wait for real time to pass.
    """

    period_s = 0.01

    def __init__(self, watts: float) -> None:
        self.watts = watts
        self.now_s = 1000.0
        self.tick_s = 1e-4  # passes at every look at the clock, so that waiting comes to an end
        self.broken: Exception | None = None
        self._points: list[Point] = [Point(999.0, 0.0, whole=False)]
        self._taken = 0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """The first figure is shown now."""
        with self._lock:
            self._points = [Point(self.now_s, 0.0, whole=False)]

    def clock(self) -> float:
        self.now_s += self.tick_s
        return self.now_s

    def let(self, seconds: float) -> None:
        """Time passes at the present watts."""
        self.now_s += seconds
        self._draw()

    def take(self) -> Sequence[Point]:
        if self.broken is not None:
            raise self.broken
        self._draw()
        with self._lock:
            points, self._taken = self._points[self._taken :], len(self._points)
        return points

    def _draw(self) -> None:
        with self._lock:
            while self._points[-1].at_s < self.now_s + 5 * self.period_s:
                last = self._points[-1]
                self._points.append(Point(last.at_s + self.period_s, last.joules + self.watts * self.period_s))

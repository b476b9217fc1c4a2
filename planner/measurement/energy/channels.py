"""What a meter is read through: a channel for each counter or gauge, telling a point at every new figure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from planner.measurement.energy.counters import Point, Tally
from planner.measurement.energy.figures import EnergyMeter

Clock = Callable[[], float]


class MeterFaultError(Exception):
    """A meter that was readable no longer is; the recorder turns it into a problem, it never ends a measurement."""


class Channel(Protocol):
    """One row of figures; `period_s` is the shortest time in which it shows a new one, `take` gives those new."""

    @property
    def period_s(self) -> float: ...
    def take(self) -> Sequence[Point]: ...


class CounterChannel:
    """A counter of energy in units of `unit_j`; `read` answers None where it cannot be read."""

    def __init__(
        self,
        read: Callable[[], int | None],
        *,
        unit_j: float,
        period_s: float,
        wraps_at: int | None = None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.period_s = period_s
        self._read = read
        self._tally = Tally(unit_j, period_s, wraps_at)
        self._clock = clock

    def take(self) -> Sequence[Point]:
        """Read the counter; nothing while it shows the figure it showed before."""
        reading = self._read()
        if reading is None:
            raise MeterFaultError("its counter could not be read any more")
        point = self._tally.take(self._clock(), reading)
        return () if point is None else (point,)


class PowerChannel:
    """A gauge of watts, integrated by trapezoids from one new figure to the next.

    A figure that stays the same tells nothing: the gauge may be constant, or not have looked again.
    """

    def __init__(
        self, read_w: Callable[[], float | None], *, period_s: float, clock: Clock = time.perf_counter
    ) -> None:
        self.period_s = period_s
        self._read_w = read_w
        self._clock = clock
        self._watts: float | None = None
        self._last = Point(0.0, 0.0, whole=False)

    def take(self) -> Sequence[Point]:
        """Read the gauge; nothing while it shows the watts it showed before."""
        watts = self._read_w()
        if watts is None:
            raise MeterFaultError("its power could not be read any more")
        before, at_s = self._watts, self._clock()
        if before is None:
            self._watts, self._last = watts, Point(at_s, 0.0, whole=False)
            return (self._last,)
        if watts == before or at_s <= self._last.at_s:
            return ()
        joules = (before + watts) / 2 * (at_s - self._last.at_s)
        self._watts, self._last = watts, Point(at_s, self._last.joules + joules)
        return (self._last,)


class IntervalChannel:
    """Energy of one interval after another as a tool prints it; filled by the thread that listens to the tool."""

    def __init__(self, *, period_s: float) -> None:
        self.period_s = period_s
        self._lock = threading.Lock()
        self._waiting: list[Point] = []
        self._last: Point | None = None
        self._fault: str | None = None

    def add(self, ended_s: float, duration_s: float, joules: float) -> None:
        """An interval that ended at this moment. One that does not follow on the one before leaves a hole."""
        with self._lock:
            before = self._last
            if before is None:
                before = Point(ended_s - duration_s, 0.0, whole=False)
                self._waiting.append(before)
            elif ended_s <= before.at_s:
                return
            follows = ended_s - before.at_s < 2 * max(duration_s, self.period_s)
            self._last = Point(ended_s, before.joules + joules, whole=follows)
            self._waiting.append(self._last)

    def fail(self, why: str) -> None:
        """Nothing more will come."""
        with self._lock:
            self._fault = why

    def take(self) -> Sequence[Point]:
        """The points that were not taken yet."""
        with self._lock:
            points, self._waiting = self._waiting, []
            if not points and self._fault is not None:
                raise MeterFaultError(self._fault)
            return points


@dataclass(frozen=True)
class TypedWatts:
    """Watts that somebody stated: the same in every phase of every round."""

    active_w: float
    idle_w: float | None


def _nothing() -> None:
    """Most meters hold nothing open."""


@dataclass(frozen=True)
class Source:
    """A meter ready to be read: its channels, or the watts that were typed in its place."""

    meter: EnergyMeter
    channels: Sequence[Channel] = ()
    read_every_s: float = 0.1  # no shorter than the counter's own period: more looks at one figure tell nothing
    typed: TypedWatts | None = None
    close: Callable[[], None] = field(default=_nothing)

"""A thread that reads a meter at its own pace and keeps what it showed, so that any window can be asked for later."""

from __future__ import annotations

import contextlib
import threading
import time

from planner.measurement.energy.channels import Clock, Source
from planner.measurement.energy.counters import Point, Unknown, Window, beside, between

_AWAIT_S = 1.0  # for the figure after a window's end; slower meters must be asked again later


class Sampler:
    """Reads every channel of a source until it is closed or a channel fails; the trace so far stays usable."""

    def __init__(self, source: Source, *, clock: Clock = time.perf_counter) -> None:
        self.period_s = max((channel.period_s for channel in source.channels), default=source.read_every_s)
        self._source = source
        self._clock = clock
        self._traces: list[list[Point]] = [[] for _ in source.channels]
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="energy")

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    @property
    def fault(self) -> str | None:
        """Why reading ended, where it ended by itself."""
        return self._fault

    def read_once(self) -> None:
        """Read every channel, as the thread does at its pace; a fault ends all reading."""
        try:
            for channel, trace in zip(self._source.channels, self._traces, strict=True):
                points = channel.take()  # outside the lock: a driver that hangs must not hold a measurement up
                with self._lock:
                    trace.extend(points)
        except Exception as error:  # whatever a driver or a library raises must not reach the measurement
            self._fault = str(error) or type(error).__name__
            self._ended.set()

    def energy_between(self, began_s: float, ended_s: float) -> Window | Unknown:
        """Joules of all channels from one moment of time.perf_counter to another, both in the past."""
        with self._lock:
            windows = [
                between(trace, began_s, ended_s, channel.period_s)
                for channel, trace in zip(self._source.channels, self._traces, strict=True)
            ]
        known = [each for each in windows if isinstance(each, Window)]
        if len(known) == len(windows) and known:
            return beside(known)
        unknown = next((each for each in windows if isinstance(each, Unknown)), Unknown("the meter has no channel"))
        return unknown if self._fault is None else Unknown(f"{unknown.reason}; {self._fault}")

    def await_after(self, ended_s: float) -> None:
        """Wait, at most a second, until every channel has shown a figure after that moment."""
        give_up_s = self._clock() + _AWAIT_S
        while self._fault is None and self._clock() < give_up_s:
            with self._lock:
                if all(trace and trace[-1].at_s >= ended_s for trace in self._traces):
                    return
            self._ended.wait(self._source.read_every_s)

    def close(self) -> None:
        """Stop reading and give the meter back."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(_AWAIT_S + self._source.read_every_s)
        with contextlib.suppress(Exception):  # as above
            self._source.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.read_once()
            self._ended.wait(self._source.read_every_s)

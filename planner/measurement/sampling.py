"""Watching the machine while a child runs: a thread that takes a reading about every second and disturbs little."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

from planner.device.system import System
from planner.measurement.linux_state import LinuxState
from planner.measurement.machine_state import Counters, StateSource, reading
from planner.measurement.portable_state import PortableState
from planner.measurement.readings import Reading, halved

EVERY_S = 1.0
THOROUGHLY_EVERY_S = 15.0
"""Asking for power source and mode may start a tool or wake a slow driver, and neither changes often."""

MOST_READINGS = 60
"""Kept of one round: when there are more, neighbours are joined, so that an hour takes no more room than a minute."""

_ENDS_WITHIN_S = 2.0


class Sampler:
    """Takes readings from `start` to `stop`, in a daemon thread of its own; whatever goes wrong costs a reading only.

    `with Sampler(child.pid, threads=4) as sampler: …` and then `sampler.readings`. The child's CPU time counts as
    ours, also after its end. On a 2-core virtual machine under load a look took 1.5 ms of CPU time: 0.15 % of a core.
    """

    def __init__(
        self, pid: int, *, threads: int | None = None, source: StateSource | None = None, every_s: float = EVERY_S
    ) -> None:
        self._source = source
        self._pid = pid
        self._threads = threads
        self._every_s = every_s
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="machine-sampler", daemon=True)
        self._readings: tuple[Reading, ...] = ()
        self._before: Counters | None = None
        self._began_s = time.monotonic()
        self.missed = 0  # looks that failed

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What was read so far, in order of time."""
        with self._lock:
            return self._readings

    def start(self) -> Self:
        """Take the first reading and go on until `stop`."""
        self._began_s = time.monotonic()
        self._thread.start()
        return self

    def stop(self) -> tuple[Reading, ...]:
        """Take the last reading and end; gives up waiting for a tool that hangs after two seconds."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(_ENDS_WITHIN_S)
        return self.readings

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _watch(self) -> None:
        thorough_s = self._take(thoroughly=True)
        while not self._ended.wait(self._every_s):
            due = time.monotonic() - thorough_s >= THOROUGHLY_EVERY_S
            taken_s = self._take(thoroughly=due)
            thorough_s = taken_s if due else thorough_s
        self._take(thoroughly=True)

    def _take(self, *, thoroughly: bool) -> float:
        """Look once and keep the reading; returns when, on the monotonic clock."""
        now_s = time.monotonic()
        try:
            if self._source is None:
                self._source = source_here(self._pid, self._threads)
            state = self._source.look(thoroughly=thoroughly)
            taken = reading(max(state.counters.wall_s - self._began_s, 0.0), state, self._before)
        except Exception:  # a measurement is worth more than knowing what disturbed it
            self.missed += 1
            return now_s
        self._before = state.counters
        with self._lock:
            readings = (*self._readings, taken)
            self._readings = halved(readings) if len(readings) > MOST_READINGS else readings
        return now_s


def source_here(pid: int, threads: int | None = None) -> StateSource:
    """Whoever tells most about the machine we run on."""
    if sys.platform == "linux":
        return LinuxState(System(), pid, threads)
    return PortableState(System(), pid)

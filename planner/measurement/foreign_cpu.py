"""How many CPUs other programs kept busy meanwhile: the machine's busy time less our own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, cast

import psutil

DISTURBING_CPUS = 0.12
"""Above this a round is classified disturbed (measurement.md §2)."""

# Time nobody worked: idle, waiting for disks, or taken by the hypervisor. Guest time is already in user time.
_NOT_BUSY = ("idle", "iowait", "steal", "guest", "guest_nice")
_TRIES = 3


@dataclass(frozen=True)
class CpuClock:
    """Readings of one moment: wall time, the machine's busy CPU time, and this process's own."""

    wall_s: float
    busy_s: float
    own_s: float

    @classmethod
    def now(cls) -> Self:
        """Read the clocks."""
        times = cast("dict[str, float]", cast("Any", psutil.cpu_times())._asdict())
        return cls(time.monotonic(), busy_s(times), time.process_time())

    def foreign_cpus(self, later: CpuClock, child_cpu_s: float) -> float | None:
        """CPUs kept busy between the two moments by anything but us and the child; None for too short a time."""
        wall_s = later.wall_s - self.wall_s
        if wall_s <= 0:
            return None
        ours_s = later.own_s - self.own_s + child_cpu_s
        return max(later.busy_s - self.busy_s - ours_s, 0.0) / wall_s


def busy_s(times: dict[str, float]) -> float:
    """CPU seconds in which somebody worked, of the machine's CPU times by their names in psutil."""
    return sum(spent for name, spent in times.items() if name not in _NOT_BUSY)


def own_cpu_s(child_s: Callable[[], float | None], times: Callable[[], os.times_result] = os.times) -> float | None:
    """CPU seconds of this process, of its children that have ended, and of the child that still runs.

    `child_s` tells the running child's: 0 once it has ended and been waited for, for then it is among those that have
    ended; None where that cannot be told. A child that is waited for between the two looks would be missed or counted
    twice, so both are taken again until nothing ended between them.
    """
    for _ in range(_TRIES):
        before = times()
        child = child_s()
        after = times()
        if child is None:
            return None
        ended_s = after.children_user + after.children_system
        if ended_s == before.children_user + before.children_system:
            return after.user + after.system + ended_s + child
    return None

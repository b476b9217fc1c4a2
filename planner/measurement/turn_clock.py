"""How children that take turns tell the time: the system's performance counter, the same for every process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """What the time is, s, and how to let some pass."""

    now_s: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep

    def sleep_until(self, when_s: float) -> None:
        """Sleep until then; not at all where it is past."""
        while (left_s := when_s - self.now_s()) > 0:
            self.sleep(left_s)

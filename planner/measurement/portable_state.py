"""The machine at this moment as psutil tells it, where no file does (macOS, Windows)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

import psutil

from planner.device.macos import parse_power_mode
from planner.device.system import System
from planner.device.windows import parse_power_scheme
from planner.measurement.foreign_cpu import busy_s, own_cpu_s
from planner.measurement.machine_state import Counters, Gauges, MachineState

T = TypeVar("T")


class PortableState:
    """Looks at a machine through psutil.

    Unknown here: the clock (what psutil gives on macOS and Windows is the nominal one and never moves), temperature
    and throttling (macOS tells them to root only, Windows to drivers), steal, and faults that waited for a disk
    (both count those that did not, too).
    """

    def __init__(self, system: System, pid: int, *, windows: bool = os.name == "nt") -> None:
        self._system = system
        self._pid = pid
        self._windows = windows

    def look(self, *, thoroughly: bool) -> MachineState:
        """Every counter and gauge; the power mode, which a tool tells, only when asked thoroughly."""
        times = _asked(lambda: cast("dict[str, float]", cast("Any", psutil.cpu_times())._asdict()))
        swap = _asked(psutil.swap_memory)
        memory = _asked(psutil.virtual_memory)
        battery = self._system.battery() if thoroughly else None
        load = getattr(os, "getloadavg", None)
        plugged = None if battery is None else battery.plugged
        return MachineState(
            Counters(
                wall_s=time.monotonic(),
                busy_s=None if times is None else busy_s(times),
                own_s=own_cpu_s(self._child_s),
                # On Windows psutil has no such counter and gives zero.
                swapped_in_bytes=None if swap is None or self._windows else swap.sin,
            ),
            Gauges(
                available_memory_bytes=None if memory is None else memory.available,
                swap_used_bytes=None if swap is None else swap.used,
                battery_percent=None if battery is None else battery.percent,
                on_battery=None if plugged is None else not plugged,
                power_mode=self._power_mode() if thoroughly else None,
                load_average_1min=None if load is None else load()[0],
            ),
        )

    def _child_s(self) -> float | None:
        """CPU seconds of the child; once it has been waited for, POSIX adds them to this process's children."""
        try:
            times = psutil.Process(self._pid).cpu_times()
        except psutil.ZombieProcess:
            return None  # it has ended and was not yet waited for: its time is nowhere to be seen
        except psutil.NoSuchProcess:
            return None if self._windows else 0.0
        except (psutil.Error, OSError):
            return None
        return times.user + times.system

    def _power_mode(self) -> str | None:
        if self._windows:
            return parse_power_scheme(self._system.output("powercfg", "/getactivescheme"))
        return parse_power_mode(self._system.output("pmset", "-g"))


def _asked(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except (psutil.Error, OSError, RuntimeError, AttributeError):
        return None

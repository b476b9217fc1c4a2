"""The machine at this moment as Linux tells it, in a few files of /proc and /sys that cost little to read."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable

from planner.basis import Fact, unknown
from planner.device.cgroups import read_limits
from planner.device.facts import PowerSource
from planner.device.linux import parse_meminfo
from planner.device.linux_power import read_power
from planner.device.system import System
from planner.measurement.foreign_cpu import busy_s, own_cpu_s
from planner.measurement.linux_clock import Clock
from planner.measurement.linux_heat import Heat
from planner.measurement.machine_state import Counters, Gauges, MachineState

_CPU_TIMES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice")
_ALREADY_COUNTED = ("guest", "guest_nice")  # in user and nice
_NOT_ASKED: Fact[bool] = unknown("a measurement does not ask whether the machine is virtual")


class LinuxState:
    """Looks at a Linux machine; what does not change is found once, at the start."""

    def __init__(
        self,
        system: System,
        pid: int,
        threads: int | None = None,
        *,
        times: Callable[[], os.times_result] = os.times,
    ) -> None:
        self._system = system
        self._stat = f"/proc/{pid}/stat"
        self._times = times
        self._ticks_per_s = float(os.sysconf("SC_CLK_TCK")) if hasattr(os, "sysconf") else 100.0
        self._page_bytes = int(os.sysconf("SC_PAGE_SIZE")) if hasattr(os, "sysconf") else 4096
        self._memory_limited = read_limits(system).memory_bytes is not None
        self._clock = Clock(system, threads)
        self._heat = Heat(system, self._clock.cpus)

    def look(self, *, thoroughly: bool) -> MachineState:
        """Every counter and gauge; the power supply, whose driver may be slow, only when asked thoroughly."""
        times = parse_cpu_times(self._system.text("/proc/stat"), self._ticks_per_s)
        counters = Counters(
            wall_s=time.monotonic(),
            busy_s=busy_s(times) if times else None,
            steal_s=times.get("steal"),
            all_s=sum(spent for name, spent in times.items() if name not in _ALREADY_COUNTED) if times else None,
            own_s=own_cpu_s(self._child_s, self._times),
            swapped_in_bytes=self._swapped_in_bytes(),
            major_faults=_field(self._system.text(self._stat), _MAJOR_FAULTS),
        )
        return MachineState(counters, self._gauges(thoroughly=thoroughly))

    def _gauges(self, *, thoroughly: bool) -> Gauges:
        memory = parse_meminfo(self._system.text("/proc/meminfo") or "")
        swap, swap_free = memory.get("SwapTotal"), memory.get("SwapFree")
        power = read_power(self._system, _NOT_ASKED) if thoroughly else None
        source = power.source.value if power is not None else None
        return Gauges(
            frequency_mhz=self._clock.mhz(),
            temperature_c=self._heat.temperature_c(),
            headroom_c=self._heat.headroom_c(),
            throttle_count=self._heat.throttle_count(),
            throttled=self._heat.throttled(),
            available_memory_bytes=self._available_bytes(memory.get("MemAvailable")),
            swap_used_bytes=None if swap is None or swap_free is None else max(swap - swap_free, 0),
            battery_percent=power.battery_percent.value if power is not None else None,
            on_battery=None if source is None else source is PowerSource.BATTERY,
            power_mode=power.mode.value if power is not None else None,
            load_average_1min=_first_number(self._system.line("/proc/loadavg")),
        )

    def _child_s(self) -> float:
        """CPU seconds of the child while it runs or waits to be waited for, and of what it waited for itself."""
        text = self._system.text(self._stat)
        return sum(_field(text, place) or 0 for place in _OWN_TIMES) / self._ticks_per_s

    def _available_bytes(self, machine_bytes: int | None) -> int | None:
        left = read_limits(self._system).memory_left_bytes if self._memory_limited else None
        known = [size for size in (machine_bytes, left) if size is not None]
        return min(known, default=None)

    def _swapped_in_bytes(self) -> int | None:
        found = re.search(r"^pswpin (\d{1,18})$", self._system.text("/proc/vmstat") or "", re.MULTILINE | re.ASCII)
        return None if found is None else int(found[1]) * self._page_bytes


# Places after the name's closing parenthesis in /proc/PID/stat, from 0 (proc_pid_stat(5) counts from 1, from the pid).
_MAJOR_FAULTS = 9
_OWN_TIMES = (11, 12, 13, 14)  # utime, stime, and cutime, cstime of children it waited for


def parse_cpu_times(text: str | None, ticks_per_s: float) -> dict[str, float]:
    """The machine's CPU seconds by kind, of the first line of /proc/stat; empty where there is none."""
    words = (text or "").partition("\n")[0].split()
    if words[:1] != ["cpu"] or not all(word.isascii() and word.isdigit() for word in words[1:]):
        return {}
    return {name: int(ticks) / ticks_per_s for name, ticks in zip(_CPU_TIMES, words[1:], strict=False)}


def _field(stat: str | None, place: int) -> int | None:
    """One figure of /proc/PID/stat; the name before it may hold spaces and parentheses."""
    words = (stat or "").rpartition(")")[2].split()
    return int(words[place]) if len(words) > place and words[place].isdigit() else None


def _first_number(line: str | None) -> float | None:
    found = re.match(r"\d{1,9}(?:\.\d{1,9})?", line or "", re.ASCII)
    return float(found[0]) if found else None

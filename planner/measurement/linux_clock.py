"""How fast Linux says the processor's cores run now."""

from __future__ import annotations

import re

from planner.device.cpuinfo import parse_cpuinfo
from planner.device.linux_cpu import CPU_FOLDER, parse_cpu_list
from planner.device.system import System

MOST_CORES_READ = 32
"""More are not asked: each costs a file, and thirty-two tell the mean of a server's cores well enough."""

_KHZ_PER_MHZ = 1000.0
# Best first: averaged by the hardware; asked of the hardware (root only); what the driver last asked for, or on x86
# before Linux 6.16 what the hardware counted.
_FILES = ("cpuinfo_avg_freq", "cpuinfo_cur_freq", "scaling_cur_freq")


class Clock:
    """Reads the clock of the cores this process may use.

    A Raspberry Pi's firmware may run slower than the driver asked; only root sees that here, so see `throttled` too.
    Without cpufreq, /proc/cpuinfo is believed only where the processor counts its own cycles (aperfmperf): elsewhere,
    as in most virtual machines, its figure is the nominal clock and never moves.
    """

    def __init__(self, system: System, threads: int | None = None) -> None:
        self._system = system
        self.cpus = usable_cpus(system)
        self._threads = threads
        some = self.cpus[:: max(-(-len(self.cpus) // MOST_CORES_READ), 1)]
        found = (self._file(cpu) for cpu in some)
        self.asked = tuple(path for path in found if path is not None)
        flags = parse_cpuinfo(system.text("/proc/cpuinfo") or "").flags or frozenset()
        self._cpuinfo_moves = "aperfmperf" in flags and "hypervisor" not in flags

    def mhz(self) -> float | None:
        """Mean clock in MHz of the fastest cores, as many as there are threads: the others idle at any clock."""
        khz = [number for path in self.asked if (number := self._system.number(path))]
        clocks = [each / _KHZ_PER_MHZ for each in khz] or (self._told_by_cpuinfo() if self._cpuinfo_moves else [])
        fastest = sorted(clocks, reverse=True)[: self._threads]
        return sum(fastest) / len(fastest) if fastest else None

    def _file(self, cpu: int) -> str | None:
        folder = f"{CPU_FOLDER}/cpu{cpu}/cpufreq"
        return next((f"{folder}/{name}" for name in _FILES if self._system.number(f"{folder}/{name}")), None)

    def _told_by_cpuinfo(self) -> list[float]:
        text = self._system.text("/proc/cpuinfo") or ""
        found = re.findall(r"^cpu MHz\s*:\s*(\d{1,6}(?:\.\d{1,9})?)$", text, re.MULTILINE | re.ASCII)
        return [float(each) for each in found]


def usable_cpus(system: System) -> tuple[int, ...]:
    """The logical cores this process may run on."""
    allowed = re.search(r"^Cpus_allowed_list:\s*(\S+)$", system.text("/proc/self/status") or "", re.MULTILINE)
    return parse_cpu_list(allowed[1] if allowed else system.line(f"{CPU_FOLDER}/online"))

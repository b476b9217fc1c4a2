"""How hot Linux says the processor is, how far from its limit, and whether heat holds its clock down."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner.device.linux_cpu import CPU_FOLDER
from planner.device.system import System

HWMON = "/sys/class/hwmon"
THERMAL = "/sys/class/thermal"

_X86_DRIVERS = ("coretemp", "k10temp", "zenpower")
# Of an x86 driver's sensors, the ones that tell the whole package's true temperature. Tctl comes after Tdie: on some
# Ryzens it is ten or more degrees above the die, to steer fans.
_PACKAGE_LABELS = (re.compile(r"Package id \d+"), re.compile("Tdie"), re.compile("Tctl"))
# Zones of boards and phones: cpu-thermal, cpu0_thermal, cpu-0-0-thermal, CPU-therm, soc-thermal, bigcore0-thermal, …
_CPU_ZONE = re.compile(r"x86_pkg_temp|(?:cpu|soc|package|bigcore|littlecore|big-core|little-core).*", re.IGNORECASE)
_SLOWING_TRIPS = ("passive", "hot")  # at «passive» the kernel starts to lower the clock
_CPU_COOLERS = re.compile(r"(?:thermal-)?cpufreq.*|Processor")
# Bit 1: clock capped, bit 2: throttled, bit 3: soft temperature limit (github.com/raspberrypi/linux issue 2367).
_PI_FIRMWARE = "/sys/devices/platform/soc/soc:firmware/get_throttled"
_PI_HELD_DOWN = 0b1110
_MILLI = 1e-3
_COLDEST_C, _HOTTEST_C = -40.0, 150.0  # beyond, a sensor is not connected


@dataclass(frozen=True)
class Sensor:
    """One file with a temperature in thousandths of a degree, and the limit beside it."""

    path: str
    limit_c: float | None


class Heat:
    """Reads the processor's sensors and the witnesses of throttling; which ones there are is found once."""

    def __init__(self, system: System, cpus: tuple[int, ...]) -> None:
        self._system = system
        self.sensors = _x86_sensors(system) or _zone_sensors(system)
        counters = [f"{CPU_FOLDER}/cpu{cpu}/thermal_throttle" for cpu in cpus]
        self._core_counts = tuple(path for folder in counters if system.exists(path := f"{folder}/core_throttle_count"))
        self._package_counts = tuple(
            path for folder in counters if system.exists(path := f"{folder}/package_throttle_count")
        )
        self._coolers = _coolers(system)

    def temperature_c(self) -> float | None:
        """The hottest of the processor's sensors."""
        return max((each for _, each in self._temperatures()), default=None)

    def headroom_c(self) -> float | None:
        """The least distance of a sensor to its own limit, in degrees; None where no limit is told."""
        return min((limit - each for limit, each in self._temperatures() if limit is not None), default=None)

    def throttle_count(self) -> int | None:
        """Times a core, or the whole package, was slowed for heat since boot (x86).

        Every core of a package repeats the package's count, so the highest stands for it.
        """
        cores = [count for path in self._core_counts if (count := self._system.number(path)) is not None]
        packages = [count for path in self._package_counts if (count := self._system.number(path)) is not None]
        return sum(cores) + max(packages, default=0) if cores or packages else None

    def throttled(self) -> bool | None:
        """Whether the clock is held down at this moment: by a cooling device of the kernel, or by a Pi's firmware."""
        states = [state for path in self._coolers if (state := self._system.number(path)) is not None]
        firmware = _hexadecimal(self._system.line(_PI_FIRMWARE))
        if firmware is not None and firmware & _PI_HELD_DOWN:
            return True
        return any(state > 0 for state in states) if states or firmware is not None else None

    def _temperatures(self) -> list[tuple[float | None, float]]:
        found = ((sensor.limit_c, _celsius(self._system, sensor.path)) for sensor in self.sensors)
        return [(limit, each) for limit, each in found if each is not None]


def _x86_sensors(system: System) -> tuple[Sensor, ...]:
    """The package's sensor of each x86 driver; every sensor of the driver where none is labelled so."""
    found: list[Sensor] = []
    for name in system.entries(HWMON) or ():
        folder = f"{HWMON}/{name}"
        if system.line(f"{folder}/name") not in _X86_DRIVERS:
            continue
        inputs = [each for each in system.entries(folder) or () if re.fullmatch(r"temp\d+_input", each, re.ASCII)]
        labels = {each: system.line(f"{folder}/{each.replace('_input', '_label')}") or "" for each in inputs}
        for wanted in _PACKAGE_LABELS:
            chosen = [each for each in inputs if wanted.fullmatch(labels[each])]
            if chosen:
                inputs = chosen
                break
        found += [
            Sensor(f"{folder}/{each}", _limit(_celsius(system, f"{folder}/{each.replace('_input', '_crit')}")))
            for each in inputs
        ]
    return tuple(found)


def _zone_sensors(system: System) -> tuple[Sensor, ...]:
    """The thermal zones of the processor, with the lowest trip point at which it is slowed."""
    found: list[Sensor] = []
    for name in system.entries(THERMAL) or ():
        folder = f"{THERMAL}/{name}"
        if name.startswith("thermal_zone") and _CPU_ZONE.fullmatch(system.line(f"{folder}/type") or ""):
            found.append(Sensor(f"{folder}/temp", _slowing_trip(system, folder)))
    return tuple(found)


def _slowing_trip(system: System, folder: str) -> float | None:
    trips: list[float] = []
    for name in system.entries(folder) or ():
        found = re.fullmatch(r"trip_point_(\d{1,3})_type", name, re.ASCII)
        if found and system.line(f"{folder}/{name}") in _SLOWING_TRIPS:
            limit = _limit(_celsius(system, f"{folder}/trip_point_{found[1]}_temp"))
            trips += [] if limit is None else [limit]
    return min(trips, default=None)


def _coolers(system: System) -> tuple[str, ...]:
    folders = (f"{THERMAL}/{name}" for name in system.entries(THERMAL) or () if name.startswith("cooling_device"))
    return tuple(
        f"{folder}/cur_state" for folder in folders if _CPU_COOLERS.fullmatch(system.line(f"{folder}/type") or "")
    )


def _celsius(system: System, path: str) -> float | None:
    thousandths = system.number(path)
    if thousandths is None or not _COLDEST_C <= thousandths * _MILLI <= _HOTTEST_C:
        return None
    return thousandths * _MILLI


def _limit(celsius: float | None) -> float | None:
    """A trip point that nobody set reads zero or below."""
    return celsius if celsius is not None and celsius > 0 else None


def _hexadecimal(line: str | None) -> int | None:
    digits = (line or "").removeprefix("0x")
    return int(digits, 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", digits, re.ASCII) else None

"""RAPL under Linux: the energy counters of processor packages, their memory and the platform, through powercap.

Kernel: Documentation/power/powercap/powercap.rst. Only root may read them since 5.10 (CVE-2020-8694), a virtual
machine has none, and container runtimes hide them. From Haswell on Intel measures at the voltage regulators
(Hackenberg et al., IPDPS workshops 2015); AMD's figures come from a model (Schöne et al., CLUSTER 2021).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.channels import Channel, Clock, CounterChannel, Source
from planner.measurement.energy.counter_file import CounterFile
from planner.measurement.energy.counters import risen
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope

POWERCAP = "/sys/class/powercap"
READ_EVERY_S = 0.02
_PERIOD_S = 0.001  # the counters move about once a millisecond
_ZONE = re.compile(r"intel-rapl:\d+(:\d+)?", re.ASCII)  # AMD's zones bear the name too; -mmio counts a package twice
_MICRO = 1e-6
_TRIAL_S = 0.2
_SHARE_OF_THE_PACKAGES = 0.9  # what a platform counter must at least show of the packages inside it
_ON_THE_MACHINE = "In a virtual machine or container, measure on the machine itself."
_REMEDY = (
    "Start the program as root, or run «sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj» "
    "(until the next restart; every user of the machine can then watch its power)."
)


@dataclass(frozen=True)
class Zone:
    """One counter: its folder, its name (package-0, dram, psys …) and the reading after which it starts anew."""

    folder: str
    name: str
    range_uj: int | None


def find_rapl(
    system: System,
    *,
    cpu_vendor: str | None,
    with_platform: bool = True,
    wait: Callable[[float], None] = time.sleep,
    clock: Clock = time.perf_counter,
) -> Source | MeterProblem:
    """The counters to read, or why there are none. `with_platform`: psys may stand for the packages inside it."""
    zones = read_zones(system)
    if not zones:
        return _problem(f"RAPL: {_missing(system)}", _ON_THE_MACHINE)
    unreadable = [zone for zone in zones if system.number(f"{zone.folder}/energy_uj") is None]
    if unreadable:
        return _problem(f"RAPL: {unreadable[0].folder}/energy_uj is there but may not be read", _REMEDY)
    rises = _trial(system, zones, wait)
    packages = [zone for zone in zones if zone.name.startswith("package")]
    packages_uj = sum(rises[zone.folder] for zone in packages)
    platform = [zone for zone in zones if zone.name == "psys"]
    # Some machines have a platform counter that stands still, or shows less than the packages it should contain.
    if with_platform and platform and rises[platform[0].folder] > _SHARE_OF_THE_PACKAGES * packages_uj:
        return _source(system, platform[:1], MeterScope.PLATFORM, cpu_vendor, clock)
    if not packages:
        return _problem(f"RAPL: no package under {POWERCAP}, only {', '.join(zone.name for zone in zones)}", "")
    still = [zone.name for zone in packages if not rises[zone.folder]]
    if still:
        return _problem(f"RAPL: the counter of {still[0]} stands still", _ON_THE_MACHINE)
    memory = [zone for zone in zones if zone.name.startswith("dram") and rises[zone.folder]]
    scope = MeterScope.CPU_AND_MEMORY if memory else MeterScope.CPU_PACKAGE
    return _source(system, [*packages, *memory], scope, cpu_vendor, clock)


def read_zones(system: System) -> tuple[Zone, ...]:
    """Every zone that may count energy, in the order of its folder."""
    names = [name for name in system.entries(POWERCAP) or () if _ZONE.fullmatch(name)]
    folders = [f"{POWERCAP}/{name}" for name in names]
    return tuple(
        Zone(folder, system.line(f"{folder}/name") or "", system.number(f"{folder}/max_energy_range_uj"))
        for folder in folders
        if system.exists(f"{folder}/energy_uj")
    )


def _trial(system: System, zones: Sequence[Zone], wait: Callable[[float], None]) -> dict[str, int]:
    """Folder → microjoules that its counter rose in a moment; 0 for one that stands still or cannot be followed."""
    before = [system.number(f"{zone.folder}/energy_uj") for zone in zones]
    wait(_TRIAL_S)
    after = [system.number(f"{zone.folder}/energy_uj") for zone in zones]
    return {
        zone.folder: (risen(early, late, zone.range_uj) or 0) if early is not None and late is not None else 0
        for zone, early, late in zip(zones, before, after, strict=True)
    }


def _source(system: System, zones: Sequence[Zone], scope: MeterScope, cpu_vendor: str | None, clock: Clock) -> Source:
    intel = cpu_vendor == "Intel"
    how = "measured at the processor's voltage regulators" if intel else "a model inside the processor, not a sensor"
    meter = EnergyMeter(
        kind=MeterKind.RAPL,
        name=" + ".join(zone.name for zone in zones),
        scope=scope,
        provenance=f"{POWERCAP} ({', '.join(zone.folder.rpartition('/')[2] for zone in zones)}): {how}",
        basis=Basis.MEASURED if intel else Basis.ESTIMATED,
        period_s=READ_EVERY_S,
    )
    files = [CounterFile(system, f"{zone.folder}/energy_uj") for zone in zones]
    channels: list[Channel] = [
        CounterChannel(file.read, unit_j=_MICRO, period_s=_PERIOD_S, wraps_at=zone.range_uj, clock=clock)
        for file, zone in zip(files, zones, strict=True)
    ]

    def close() -> None:
        for file in files:
            file.close()

    return Source(meter, channels, READ_EVERY_S, close=close)


def _missing(system: System) -> str:
    if system.entries(POWERCAP):
        return f"{POWERCAP} holds no energy counter of a processor"
    return f"no {POWERCAP} here, as in most virtual machines, containers and on processors that are not x86"


def _problem(sentence: str, remedy: str) -> MeterProblem:
    return MeterProblem(kind=MeterKind.RAPL, sentence=f"{sentence}.", remedy=remedy)

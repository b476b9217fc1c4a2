"""What a source tells of the machine at one moment, and the reading that two such moments make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from planner.measurement.readings import Reading

SHORTEST_S = 0.5
"""Over less, counters that tick in 10 ms tell nothing of a rate."""


@dataclass(frozen=True)
class Counters:
    """What only ever rises; two moments make a rate. None where this system does not count it."""

    wall_s: float
    busy_s: float | None = None  # CPU seconds of the machine in which somebody worked
    steal_s: float | None = None  # CPU seconds the hypervisor gave to others
    all_s: float | None = None  # all CPU seconds, idle ones too
    own_s: float | None = None  # CPU seconds of this program and its child
    swapped_in_bytes: int | None = None
    major_faults: int | None = None  # of the child


@dataclass(frozen=True)
class Gauges:
    """What is so at the moment, as in `Reading`. None where this system does not tell it or it was not asked."""

    frequency_mhz: float | None = None
    temperature_c: float | None = None
    headroom_c: float | None = None
    throttle_count: int | None = None
    throttled: bool | None = None
    available_memory_bytes: int | None = None
    swap_used_bytes: int | None = None
    battery_percent: float | None = None
    on_battery: bool | None = None
    power_mode: str | None = None
    load_average_1min: float | None = None


@dataclass(frozen=True)
class MachineState:
    """One look at the machine."""

    counters: Counters
    gauges: Gauges


class StateSource(Protocol):
    """Whoever can look at this machine."""

    def look(self, *, thoroughly: bool) -> MachineState:
        """The machine now; `thoroughly` with what costs more to ask: power source, battery and mode."""
        ...


def reading(at_s: float, now: MachineState, before: Counters | None) -> Reading:
    """The reading of this moment; without a moment before, or one too short ago, it has no rates."""
    gauges, later = now.gauges, now.counters
    if before is None or later.wall_s - before.wall_s < SHORTEST_S:
        before = Counters(later.wall_s)
    wall_s = later.wall_s - before.wall_s
    busy, own = _risen(before.busy_s, later.busy_s), _risen(before.own_s, later.own_s)
    stolen, spent = _risen(before.steal_s, later.steal_s), _risen(before.all_s, later.all_s)
    swapped = _risen(before.swapped_in_bytes, later.swapped_in_bytes)
    faults = _risen(before.major_faults, later.major_faults)
    return Reading(
        at_s=at_s,
        own_cpus=None if own is None else own / wall_s,
        foreign_cpus=None if busy is None or own is None else max(busy - own, 0.0) / wall_s,
        steal_share=None if stolen is None or not spent else min(stolen / spent, 1.0),
        swapped_in_bytes_s=None if swapped is None else swapped / wall_s,
        major_faults_s=None if faults is None else faults / wall_s,
        frequency_mhz=gauges.frequency_mhz,
        temperature_c=gauges.temperature_c,
        headroom_c=gauges.headroom_c,
        throttle_count=gauges.throttle_count,
        throttled=gauges.throttled,
        available_memory_bytes=gauges.available_memory_bytes,
        swap_used_bytes=gauges.swap_used_bytes,
        battery_percent=gauges.battery_percent,
        on_battery=gauges.on_battery,
        power_mode=gauges.power_mode,
        load_average_1min=gauges.load_average_1min,
    )


def _risen(before: float | None, later: float | None) -> float | None:
    """By how much a counter rose; unknown where it was not read twice, or fell (a process ended, a counter wrapped)."""
    return None if before is None or later is None or later < before else float(later - before)

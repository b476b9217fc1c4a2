"""What the machine did while a round ran: one reading about every second, and how readings are averaged over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from planner.documents import Frozen
from planner.ranges import Size

WINDOW_S = 5.0
"""Rates are judged over windows of about this length: CPU times tick in 10 ms, so one second alone is noisy."""

T = TypeVar("T")

Cpus = Annotated[float, Field(ge=0, le=1e6)]
Rate = Annotated[float, Field(ge=0, le=1e15)]

RateName = Literal[
    "own_cpus", "foreign_cpus", "steal_share", "frequency_mhz", "temperature_c", "swapped_in_bytes_s", "major_faults_s"
]


class Reading(Frozen):
    """The machine at one moment of a round; CPU use, steal, swap-in and faults are means since the reading before.

    None is what this system does not tell, or what was not read at this moment (power is read less often).
    """

    at_s: float = Field(ge=0, le=1e9)  # after the round's start
    own_cpus: Cpus | None = None  # CPUs kept busy by this program and its child
    foreign_cpus: Cpus | None = None  # CPUs kept busy by everything else
    steal_share: float | None = Field(default=None, ge=0, le=1)  # of the machine's CPU time, taken by the hypervisor
    frequency_mhz: float | None = Field(default=None, gt=0, le=1e6)  # mean of the fastest cores, as many as threads
    temperature_c: float | None = Field(default=None, ge=-100, le=1000)  # hottest sensor of the processor
    headroom_c: float | None = Field(default=None, ge=-1000, le=1000)  # least distance to a sensor's own limit
    throttle_count: int | None = Field(default=None, ge=0, le=10**18)  # times a core was throttled since boot
    throttled: bool | None = None  # firmware or kernel holds the clock down at this moment
    available_memory_bytes: Size | None = None
    swap_used_bytes: Size | None = None
    swapped_in_bytes_s: Rate | None = None  # read back from swap by the whole machine
    major_faults_s: Rate | None = None  # pages the child had to wait for, from swap or from its files
    battery_percent: float | None = Field(default=None, ge=0, le=1000)
    on_battery: bool | None = None
    power_mode: str | None = None
    load_average_1min: float | None = Field(default=None, ge=0, le=1e9)


@dataclass(frozen=True)
class Span:
    """A reading with the seconds that its means are taken over."""

    seconds: float
    reading: Reading


def spans(readings: Iterable[Reading]) -> tuple[Span, ...]:
    """Readings with their lengths; the first has none, so it is left out."""
    found: list[Span] = []
    before: Reading | None = None
    for reading in readings:
        if before is not None and reading.at_s > before.at_s:
            found.append(Span(reading.at_s - before.at_s, reading))
        before = reading
    return tuple(found)


def windows(parts: Sequence[Span], length_s: float = WINDOW_S) -> tuple[tuple[Span, ...], ...]:
    """Consecutive spans in groups of at least `length_s`; what is left at the end joins the last group."""
    groups: list[tuple[Span, ...]] = []
    group: tuple[Span, ...] = ()
    for part in parts:
        group = (*group, part)
        if sum(one.seconds for one in group) >= length_s:
            groups.append(group)
            group = ()
    if group:
        groups[-1:] = [(*groups[-1], *group)] if groups else [group]
    return tuple(groups)


def mean(parts: Iterable[Span], name: RateName) -> float | None:
    """Mean over time of one figure, over the spans where it is known; None where it never is."""
    known = [(part.seconds, value) for part in parts if (value := _value(part.reading, name)) is not None]
    seconds = sum(length for length, _ in known)
    return sum(length * value for length, value in known) / seconds if seconds else None


def halved(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Half as many readings of twice the length: means stay means, extremes stay extremes, the first stays."""
    pairs = range(1, len(readings) - 1, 2)
    joined = (_joined(readings[index - 1].at_s, readings[index], readings[index + 1]) for index in pairs)
    left_over = readings[-1:] if len(readings) > 1 and len(readings) % 2 == 0 else ()
    return (*readings[:1], *joined, *left_over)


def _joined(began_s: float, first: Reading, second: Reading) -> Reading:
    parts = (Span(first.at_s - began_s, first), Span(second.at_s - first.at_s, second))
    either = _later(first.throttled, second.throttled)
    return Reading(
        at_s=second.at_s,
        own_cpus=mean(parts, "own_cpus"),
        foreign_cpus=mean(parts, "foreign_cpus"),
        steal_share=mean(parts, "steal_share"),
        frequency_mhz=mean(parts, "frequency_mhz"),
        temperature_c=max(_known(first.temperature_c, second.temperature_c), default=None),
        headroom_c=min(_known(first.headroom_c, second.headroom_c), default=None),
        throttle_count=_later(first.throttle_count, second.throttle_count),
        throttled=True if first.throttled else either,
        available_memory_bytes=min(_known(first.available_memory_bytes, second.available_memory_bytes), default=None),
        swap_used_bytes=_later(first.swap_used_bytes, second.swap_used_bytes),
        swapped_in_bytes_s=mean(parts, "swapped_in_bytes_s"),
        major_faults_s=mean(parts, "major_faults_s"),
        battery_percent=_later(first.battery_percent, second.battery_percent),
        on_battery=_later(first.on_battery, second.on_battery),
        power_mode=_later(first.power_mode, second.power_mode),
        load_average_1min=_later(first.load_average_1min, second.load_average_1min),
    )


def _value(reading: Reading, name: RateName) -> float | None:
    value: float | None = getattr(reading, name)
    return value


def _later(first: T | None, second: T | None) -> T | None:
    return first if second is None else second


def _known(*values: T | None) -> list[T]:
    return [value for value in values if value is not None]

"""What disturbed a round, judged from its readings: each disturbance with its kind, its size and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from planner import text
from planner.measurement.clock_course import NEAR_LIMIT_C, clock_course
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.readings import RateName, Reading, Span, mean, spans, windows
from planner.units import BYTES_PER_MIB

STEAL_SHARE = 0.02
"""A quiet host takes well under 1 % (0.1 % on the virtual machine this was written on); 2 % is felt in every token."""

SWAP_GREW_BYTES = 64 * BYTES_PER_MIB
"""Systems put some idle pages away at any time; this much within a round is memory that was wanted."""

SWAPPED_IN_BYTES_S = 1 * BYTES_PER_MIB
"""Pages read back means that somebody waited; one MiB/s is 256 waits a second."""

MAJOR_FAULTS_S = 100.0
"""At about 0.1 ms each from a fast disk, 1 % of the time."""


class DisturbanceKind(StrEnum):
    """What may disturb a round; beside each, what its size counts."""

    BACKGROUND_LOAD = "background_load"  # CPUs kept busy by other programs
    STOLEN_TIME = "stolen_time"  # share of the machine's CPU time
    CLOCK_DROP = "clock_drop"  # share of the round's opening clock
    THROTTLED = "throttled"  # events counted; 0 where only seen, not counted
    NEAR_HEAT_LIMIT = "near_heat_limit"  # degrees left
    SWAPPING = "swapping"  # bytes swapped out or read back
    PAGING = "paging"  # pages a second that the child had to wait for
    POWER_SOURCE_CHANGED = "power_source_changed"  # 1 onto battery, 0 onto mains
    POWER_MODE_CHANGED = "power_mode_changed"  # how many modes were seen


@dataclass(frozen=True)
class Disturbance:
    """One reason why a round may not show what the device can do."""

    kind: DisturbanceKind
    size: float
    sentence: str


def disturbances(readings: Sequence[Reading], *, foreign_cpus: float | None = None) -> tuple[Disturbance, ...]:
    """Everything that disturbed one round; `foreign_cpus` is the mean of the whole round where it was counted apart.

    What no reading tells disturbs nothing: an empty answer over readings without figures is no clean bill. Memory
    contention from outside a virtual machine shows in none of these (measurement.md §2).
    """
    parts = spans(readings)
    found = (
        _background_load(parts, foreign_cpus),
        _stolen_time(parts),
        _clock_drop(readings),
        _throttled(readings),
        _near_limit(readings),
        _swapping(readings, parts),
        _paging(parts),
        _power_source(readings),
        _power_mode(readings),
    )
    return tuple(each for each in found if each is not None)


def _background_load(parts: Sequence[Span], of_round: float | None) -> Disturbance | None:
    most = max((each for each in (of_round, _highest(parts, "foreign_cpus")) if each is not None), default=0.0)
    if most <= DISTURBING_CPUS:
        return None
    return Disturbance(
        DisturbanceKind.BACKGROUND_LOAD,
        most,
        f"Other programs kept up to {cpus(most)} busy, more than {text.number(DISTURBING_CPUS)}.",
    )


def _stolen_time(parts: Sequence[Span]) -> Disturbance | None:
    most = _highest(parts, "steal_share") or 0.0
    if most <= STEAL_SHARE:
        return None
    return Disturbance(
        DisturbanceKind.STOLEN_TIME,
        most,
        f"The hypervisor gave up to {text.share(most)} of the CPU time to others, more than {text.share(STEAL_SHARE)}.",
    )


def _clock_drop(readings: Sequence[Reading]) -> Disturbance | None:
    course = clock_course([readings])
    if not course.fell:
        return None
    return Disturbance(
        DisturbanceKind.CLOCK_DROP,
        course.drop_share,
        f"The clock fell from {ghz(course.opening_mhz)} to {ghz(course.slowest_mhz)} under the same load.",
    )


def _throttled(readings: Sequence[Reading]) -> Disturbance | None:
    course = clock_course([readings])
    if not course.witnessed:
        return None
    events = course.throttle_events or 0
    how = f"counted {events:,} times" if events else "reported by the system"
    return Disturbance(DisturbanceKind.THROTTLED, float(events), f"The processor was slowed down to protect it, {how}.")


def _near_limit(readings: Sequence[Reading]) -> Disturbance | None:
    left = clock_course([readings]).headroom_c
    if left is None or left > NEAR_LIMIT_C:
        return None
    where = f"came within {text.number(left, 2)} °C of" if left > 0 else "reached"
    return Disturbance(DisturbanceKind.NEAR_HEAT_LIMIT, left, f"The processor {where} the limit that its sensor names.")


def _swapping(readings: Sequence[Reading], parts: Sequence[Span]) -> Disturbance | None:
    used = [each.swap_used_bytes for each in readings if each.swap_used_bytes is not None]
    grown = used[-1] - used[0] if used else 0
    fastest = _highest(parts, "swapped_in_bytes_s") or 0.0
    if grown <= SWAP_GREW_BYTES and fastest <= SWAPPED_IN_BYTES_S:
        return None
    read_back = sum(part.seconds * (part.reading.swapped_in_bytes_s or 0.0) for part in parts)
    told = [f"{text.size(grown)} of memory were swapped out"] if grown > SWAP_GREW_BYTES else []
    told += [f"{text.size(read_back)} were read back from swap"] if fastest > SWAPPED_IN_BYTES_S else []
    return Disturbance(DisturbanceKind.SWAPPING, max(float(grown), read_back), f"{' and '.join(told)}.")


def _paging(parts: Sequence[Span]) -> Disturbance | None:
    """Faults of the second half only: in the first, a model is loaded, which reads its file this way."""
    most = _highest(parts[len(parts) // 2 :], "major_faults_s") or 0.0
    if most <= MAJOR_FAULTS_S:
        return None
    sentence = f"The model had to wait for the disk up to {text.number(most)} times a second while it ran."
    return Disturbance(DisturbanceKind.PAGING, most, sentence)


def _power_source(readings: Sequence[Reading]) -> Disturbance | None:
    seen = [each.on_battery for each in readings if each.on_battery is not None]
    later = next((each for each in seen if each != seen[0]), None)
    if later is None:
        return None
    onto = "battery" if later else "mains power"
    return Disturbance(DisturbanceKind.POWER_SOURCE_CHANGED, float(later), f"The device went onto {onto}.")


def _power_mode(readings: Sequence[Reading]) -> Disturbance | None:
    seen = list(dict.fromkeys(each.power_mode for each in readings if each.power_mode is not None))
    match seen:
        case [first, second, *_]:
            sentence = f"The power mode changed from «{first}» to «{second}»."
            return Disturbance(DisturbanceKind.POWER_MODE_CHANGED, float(len(seen)), sentence)
        case _:
            return None


def _highest(parts: Sequence[Span], name: RateName) -> float | None:
    """The highest mean of any window, so that one noisy second does not count; None where it is never known."""
    means = [value for window in windows(parts) if (value := mean(window, name)) is not None]
    return max(means, default=None)


def cpus(count: float) -> str:
    """«1 CPU», «0.4 CPUs»."""
    words = text.number(count, 2)
    return f"{words} {'CPU' if words == '1' else 'CPUs'}"


def ghz(frequency_mhz: float | None) -> str:
    """«2.4 GHz»."""
    return text.UNKNOWN if frequency_mhz is None else f"{text.number(frequency_mhz / 1000)} GHz"

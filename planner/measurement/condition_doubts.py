"""What is doubtful about a run because of the state the machine was in meanwhile, with the next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import text
from planner.device.facts import PowerSource
from planner.measurement.clock_course import MOVED_SHARE, ClockCourse, clock_course
from planner.measurement.disturbances import (
    STEAL_SHARE,
    Disturbance,
    DisturbanceKind,
    cpus,
    disturbances,
    ghz,
)
from planner.measurement.foreign_cpu import DISTURBING_CPUS
from planner.measurement.readings import Reading
from planner.measurement.runs import Conditions

Found = tuple[str, str, str]
"""Kind, sentence, advice, as in `planner.basis.Doubt`."""


@dataclass(frozen=True)
class _Seen:
    """A run's readings with what disturbed each of its rounds."""

    rounds: tuple[tuple[Reading, ...], ...]
    disturbed: tuple[dict[DisturbanceKind, Disturbance], ...]

    def worst(self, kind: DisturbanceKind) -> float:
        """The largest size of one kind over all rounds; 0 where it never happened."""
        return max((each[kind].size for each in self.disturbed if kind in each), default=0.0)

    def where(self, kind: DisturbanceKind) -> str:
        """«In 2 of 5 rounds»."""
        count = sum(kind in each for each in self.disturbed)
        return f"In {count} of {len(self.rounds)} {'round' if len(self.rounds) == 1 else 'rounds'}"


def condition_doubts(
    rounds_readings: Sequence[Sequence[Reading]],
    conditions: Conditions,
    *,
    foreign_cpus: Sequence[float | None] = (),
) -> tuple[Found, ...]:
    """Every reason to trust a run less that its readings show, round by round in order; none where none were taken.

    `foreign_cpus` are the rounds' own means, where they were counted apart from the readings.
    """
    rounds = tuple(tuple(each) for each in rounds_readings)
    means = (*foreign_cpus, *(None for _ in rounds[len(foreign_cpus) :]))
    judged = (disturbances(each, foreign_cpus=cpus_) for each, cpus_ in zip(rounds, means, strict=False))
    seen = _Seen(rounds, tuple({one.kind: one for one in found} for found in judged))
    course = clock_course(rounds)
    every = (
        _disturbed(seen),
        _throttled(course),
        _unsteady(course),
        _battery(rounds, conditions),
        _power_mode(rounds),
        _memory(seen),
    )
    return tuple(each for each in every if each is not None)


def _disturbed(seen: _Seen) -> Found | None:
    load, stolen = seen.worst(DisturbanceKind.BACKGROUND_LOAD), seen.worst(DisturbanceKind.STOLEN_TIME)
    told: list[str] = []
    advice: list[str] = []
    if load:
        more = f"busy, more than {text.number(DISTURBING_CPUS)}"
        told.append(f"{seen.where(DisturbanceKind.BACKGROUND_LOAD)} other programs kept up to {cpus(load)} {more}.")
        advice.append("Close other programs and measure again: the device is probably faster than shown.")
    if stolen:
        share = f"up to {text.share(stolen)} of the CPU time to others, more than {text.share(STEAL_SHARE)}"
        told.append(f"{seen.where(DisturbanceKind.STOLEN_TIME)} the hypervisor gave {share}.")
        advice.append("Measure at a quieter hour, or on a host of your own.")
    return ("Disturbed", " ".join(told), " ".join(advice)) if told else None


def _throttled(course: ClockCourse) -> Found | None:
    """Heat: where something said that it slowed the processor down, or the clock fell while it got hot."""
    if not (course.witnessed or (course.fell and course.heat_fits)):
        return None
    told: list[str] = []
    if course.throttle_events:
        told.append(f"The processor slowed itself down {course.throttle_events:,} times to protect itself.")
    elif course.throttled:
        told.append("The system held the processor's clock down, for heat or for want of power.")
    if course.fell:
        told.append(f"The clock fell from {ghz(course.opening_mhz)} to {ghz(course.slowest_mhz)}{_warming(course)}.")
    elif course.hottest_c is not None:
        told.append(f"The hottest reading was {text.number(course.hottest_c)} °C.")
    advice = "Clear the vents, check the power supply and measure again from cold."
    return (
        "ThermalThrottling",
        " ".join(told),
        f"{advice} For long answers the later, slower rounds are the truer ones.",
    )


def _warming(course: ClockCourse) -> str:
    if course.opening_c is None or course.slowest_c is None:
        return ""
    return f" while it went from {text.number(course.opening_c)} to {text.number(course.slowest_c)} °C"


def _unsteady(course: ClockCourse) -> Found | None:
    """A clock that moved, and nothing that points to heat."""
    if course.spread_share <= MOVED_SHARE or course.witnessed or (course.fell and course.heat_fits):
        return None
    return (
        "UnsteadyClock",
        f"Under the same load the clock moved between {ghz(course.slowest_mhz)} and {ghz(course.fastest_mhz)}.",
        "Set the power mode to its fastest, close other programs and measure again.",
    )


def _battery(rounds: Sequence[Sequence[Reading]], conditions: Conditions) -> Found | None:
    """A change midway; a run that was on battery throughout is doubted by its conditions."""
    told = [(number, each.on_battery) for number, one in enumerate(rounds, 1) for each in one]
    known = [(number, on) for number, on in told if on is not None]
    began = conditions.power_source == PowerSource.BATTERY if conditions.power_source is not None else None
    if began is None:
        began = known[0][1] if known else None
    number = next((number for number, on in known if on != began), None)
    if number is None:
        return None
    if began:
        sentence = f"The device went from battery onto mains power during round {number}."
        return "PowerSourceChanged", sentence, "Measure again with one power source throughout."
    sentence = f"The device went onto battery during round {number}."
    return "OnBattery", sentence, "Plug it in and measure again; measure on battery too if it is used so."


def _power_mode(rounds: Sequence[Sequence[Reading]]) -> Found | None:
    modes = (each.power_mode for one in rounds for each in one)
    seen = list(dict.fromkeys(mode for mode in modes if mode is not None))
    match seen:
        case [first, second, *_]:
            sentence = f"The power mode changed from «{first}» to «{second}» during the measurement."
            return "PowerModeChanged", sentence, "Choose one power mode and measure again."
        case _:
            return None


def _memory(seen: _Seen) -> Found | None:
    swapped, paged = seen.worst(DisturbanceKind.SWAPPING), seen.worst(DisturbanceKind.PAGING)
    told: list[str] = []
    if swapped:
        told.append(f"{seen.where(DisturbanceKind.SWAPPING)} up to {text.size(swapped)} were moved to or from swap.")
    if paged:
        waits = f"waited for the disk up to {text.number(paged)} times a second"
        told.append(f"{seen.where(DisturbanceKind.PAGING)} the model {waits}.")
    if not told:
        return None
    return "MemoryPressure", " ".join(told), "Close other programs, or choose a smaller model or weight format."

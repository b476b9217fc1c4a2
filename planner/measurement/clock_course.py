"""How the processor's clock went over the rounds of a run, and whether heat held it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.measurement.readings import Reading, Span, mean, spans, windows

BUSY_CPUS = 0.5
"""Below this the child is starting or waiting, and a processor with nothing to do lowers its clock."""

BUSY_SHARE = 0.8
"""Clocks are compared between moments of like load only: with one busy core, most processors clock higher."""

MOVED_SHARE = 0.10
"""Governors and turbo move a steady load's clock by a few percent; a tenth is more, and the speed goes with it."""

WARMER_C = 5.0
"""A rise of this much, with the clock falling meanwhile, points to heat (sensors are good to 1 or 2 degrees)."""

NEAR_LIMIT_C = 5.0
"""This near to a sensor's own limit, processors begin to slow down."""


@dataclass(frozen=True)
class ClockCourse:
    """Clock and temperature while the model ran: at first, and in the slowest window after it."""

    opening_mhz: float | None
    slowest_mhz: float | None
    fastest_mhz: float | None
    opening_c: float | None
    slowest_c: float | None
    hottest_c: float | None
    headroom_c: float | None  # the least
    throttle_events: int | None  # counted by the processor, over all rounds
    throttled: bool  # some reading saw the clock held down

    @property
    def drop_share(self) -> float:
        """By what share of its opening clock the processor slowed down; 0 where it did not or nothing is known."""
        if self.opening_mhz is None or self.slowest_mhz is None:
            return 0.0
        return max(1 - self.slowest_mhz / self.opening_mhz, 0.0)

    @property
    def spread_share(self) -> float:
        """By what share the slowest window was below the fastest; 0 where nothing is known."""
        if self.fastest_mhz is None or self.slowest_mhz is None:
            return 0.0
        return 1 - self.slowest_mhz / self.fastest_mhz

    @property
    def fell(self) -> bool:
        """Whether the clock fell by more than a steady load's does."""
        return self.drop_share > MOVED_SHARE

    @property
    def witnessed(self) -> bool:
        """Whether processor, kernel or firmware said that they slowed it down."""
        return self.throttled or bool(self.throttle_events)

    @property
    def heat_fits(self) -> bool:
        """Whether it was warmer when slowest than at first, or near a limit at some time."""
        warmer = self.opening_c is not None and self.slowest_c is not None
        near = self.headroom_c is not None and self.headroom_c <= NEAR_LIMIT_C
        return near or (warmer and (self.slowest_c or 0.0) - (self.opening_c or 0.0) >= WARMER_C)


def clock_course(rounds: Sequence[Sequence[Reading]]) -> ClockCourse:
    """The course over rounds in order; what no reading tells is None, and windows never span two rounds."""
    busy = [window for parts in _busy(rounds) for window in windows(parts)]
    known = [(clock, window) for window in busy if (clock := mean(window, "frequency_mhz")) is not None]
    everything = [reading for readings in rounds for reading in readings]
    headrooms = [each.headroom_c for each in everything if each.headroom_c is not None]
    temperatures = [each.temperature_c for each in everything if each.temperature_c is not None]
    slowest = min(known, key=lambda each: each[0], default=None)
    return ClockCourse(
        opening_mhz=known[0][0] if known else None,
        slowest_mhz=slowest[0] if slowest else None,
        fastest_mhz=max((clock for clock, _ in known), default=None),
        opening_c=mean(known[0][1], "temperature_c") if known else None,
        slowest_c=mean(slowest[1], "temperature_c") if slowest else None,
        hottest_c=max(temperatures, default=None),
        headroom_c=min(headrooms, default=None),
        throttle_events=_throttle_events(rounds),
        throttled=any(each.throttled for each in everything),
    )


def _busy(rounds: Sequence[Sequence[Reading]]) -> list[list[Span]]:
    """The spans of each round in which the child ran as hard as it ever did."""
    parts = [spans(readings) for readings in rounds]
    hardest = max((part.reading.own_cpus or 0.0 for each in parts for part in each), default=0.0)
    least = max(BUSY_CPUS, BUSY_SHARE * hardest)
    return [[part for part in each if (part.reading.own_cpus or 0.0) >= least] for each in parts]


def _throttle_events(rounds: Sequence[Sequence[Reading]]) -> int | None:
    """How far the counters rose within rounds; between rounds the model did not run."""
    counts = [[each.throttle_count for each in readings if each.throttle_count is not None] for readings in rounds]
    risen = [max(known[-1] - known[0], 0) for known in counts if known]
    return sum(risen) if risen else None

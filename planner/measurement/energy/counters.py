"""How a counter that only rises, wraps around or starts anew becomes joules between two moments."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

PLAUSIBLE_W = 3_000.0
"""More than anything behind one counter draws: a rise beyond it is a counter that was reset, not energy."""

EDGES_IN_A_WINDOW = 5.0
"""A window is at least this many times the two figures its ends fall between, so about ten periods of the counter.

Between two figures the energy is shared out evenly. Where the power steps by ΔP inside such a gap that is wrong by at
most ΔP · gap / 4, so here by at most a twentieth of the step times the window, whatever the meter.
"""


@dataclass(frozen=True)
class Unknown:
    """A figure nobody can give, and why."""

    reason: str


@dataclass(frozen=True)
class Point:
    """Joules since the trace began, at the moment the meter showed a new figure."""

    at_s: float  # time.perf_counter
    joules: float
    whole: bool = True  # False: what passed since the point before is not known


@dataclass(frozen=True)
class Window:
    """Energy between two moments, and how long the gaps are that the moments fall into."""

    joules: float
    duration_s: float
    edges_s: float  # both gaps together

    @property
    def resolved(self) -> bool:
        """Whether the meter is fine enough for a window this short."""
        return self.duration_s >= EDGES_IN_A_WINDOW * self.edges_s


def risen(earlier: int, later: int, wraps_at: int | None) -> int | None:
    """How far a counter rose between two readings: over its range if it fell; None where it has no known range."""
    if later >= earlier:
        return later - earlier
    return later - earlier + wraps_at if wraps_at is not None and earlier <= wraps_at else None


class Tally:
    """Readings of one counter, made into the points of a trace."""

    def __init__(self, unit_j: float, period_s: float, wraps_at: int | None = None) -> None:
        self._unit_j = unit_j
        self._period_s = period_s
        self._wraps_at = wraps_at
        self._reading: int | None = None
        self._last = Point(0.0, 0.0)

    def take(self, at_s: float, reading: int) -> Point | None:
        """The new point; None while the counter stands still, since its own next figure is yet to come."""
        before = self._reading
        if reading == before or (before is not None and at_s <= self._last.at_s):
            return None
        self._reading = reading
        if before is None:
            self._last = Point(at_s, 0.0, whole=False)
            return self._last
        self._last = self._next(at_s, risen(before, reading, self._wraps_at))
        return self._last

    def _next(self, at_s: float, units: int | None) -> Point:
        # A late reading shows a whole period's energy soon after the reading before.
        most_j = PLAUSIBLE_W * max(at_s - self._last.at_s, self._period_s)
        if units is None or units * self._unit_j > most_j:
            return Point(at_s, self._last.joules, whole=False)  # the counter was reset, or went back
        if self._wraps_at is not None and (units + self._wraps_at) * self._unit_j <= most_j:
            return Point(at_s, self._last.joules, whole=False)  # a whole range may have passed unseen
        return Point(at_s, self._last.joules + units * self._unit_j)


def between(points: Sequence[Point], began_s: float, ended_s: float, period_s: float) -> Window | Unknown:
    """Energy from one moment to the other by linear interpolation; a gap counts as no shorter than the period."""
    if ended_s <= began_s:
        return Unknown("the window has no length")
    first, last = bisect_right(points, began_s, key=_when) - 1, bisect_left(points, ended_s, key=_when)
    if first < 0:
        return Unknown("it began before the meter was read")
    if last >= len(points):
        return Unknown("the meter showed no new figure after its end")
    if not all(point.whole for point in points[first + 1 : last + 1]):
        return Unknown("the meter was reset, or not read for too long, meanwhile")
    edges = ((points[first], points[first + 1]), (points[last - 1], points[last]))
    joules = _at(*edges[1], ended_s) - _at(*edges[0], began_s)
    gaps_s = sum(max(after.at_s - before.at_s, period_s) for before, after in edges)
    return Window(joules, ended_s - began_s, gaps_s)


def together(windows: Sequence[Window]) -> Window:
    """Windows of one meter after each other: energy, time and edges add up."""
    return Window(
        joules=sum(each.joules for each in windows),
        duration_s=sum(each.duration_s for each in windows),
        edges_s=sum(each.edges_s for each in windows),
    )


def beside(windows: Sequence[Window]) -> Window:
    """The same window on meters beside each other: energy adds up, the coarsest meter decides the edges."""
    return Window(
        joules=sum(each.joules for each in windows),
        duration_s=windows[0].duration_s,
        edges_s=max(each.edges_s for each in windows),
    )


def _at(before: Point, after: Point, moment_s: float) -> float:
    share = (moment_s - before.at_s) / (after.at_s - before.at_s)
    return before.joules + share * (after.joules - before.joules)


def _when(point: Point) -> float:
    return point.at_s

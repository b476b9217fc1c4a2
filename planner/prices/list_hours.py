"""Hours of the day that price data set apart, in UTC: cut where a window begins or ends, joined where prices agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar

from planner.prices.offers import DailyHours

Window = tuple[time, time]  # from, until; over midnight where the end is earlier
T = TypeVar("T")


def in_utc(moment: time) -> time:
    """A time of day without offset; one that states none is UTC already."""
    if moment.tzinfo is None:
        return moment
    return datetime.combine(date(2026, 1, 1), moment).astimezone(UTC).time()


def hours_apart(windows: Sequence[Window]) -> list[DailyHours | None]:
    """The hours inside some window, in the order of the day; first None for all others, where there are others."""
    cuts = sorted({moment for window in windows for moment in window})
    around = [DailyHours(start=start, end=end) for start, end in zip(cuts, cuts[1:] + cuts[:1], strict=True)]
    apart: list[DailyHours | None] = [each for each in around if _inside(windows, each.start)]
    return apart if around and len(apart) == len(around) else [None, *apart]


def outside(windows: Sequence[Window]) -> time:
    """A moment inside no window; there is one unless `hours_apart` knows no other hours."""
    moments = [time(12), *(end for _, end in windows)]
    return next(moment for moment in moments if not _inside(windows, moment))


def merged(atoms: Sequence[tuple[DailyHours, T]]) -> list[tuple[DailyHours, T]]:
    """Neighbouring hours with the same price as one, over midnight too."""
    joined: list[tuple[DailyHours, T]] = []
    for hours, found in atoms:
        if joined and joined[-1][1] == found and joined[-1][0].end == hours.start:
            joined[-1] = (DailyHours(start=joined[-1][0].start, end=hours.end), found)
        else:
            joined.append((hours, found))
    if len(joined) > 1 and joined[0][1] == joined[-1][1] and joined[-1][0].end == joined[0][0].start:
        first, last = joined[0], joined.pop()
        joined[0] = (DailyHours(start=last[0].start, end=first[0].end), first[1])
    return joined


def _inside(windows: Sequence[Window], moment: time) -> bool:
    return any(DailyHours(start=start, end=end).hold(moment) for start, end in windows)

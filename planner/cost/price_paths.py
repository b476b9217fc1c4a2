"""What a price will be month by month: the dated rows that are known, and a yearly change beyond the last of them."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from planner.basis import Quantity
from planner.cost.cash_flow import Flows, growth_path, refresh_path
from planner.errors import PriceError
from planner.prices.dated import DatedRow
from planner.prices.offers import Quote


@dataclass(frozen=True)
class DatedPath:
    """Prices averaged over the days of each month, and what is known of their end."""

    usd: Flows  # one row a price, one column for each of months 1 …
    known_until_month: int  # months after the start in which the last known price begins; a change sets in there
    ended: date | None  # from this day on no price is known, and the last one is carried on


def month_starts(starts: date, months: int) -> tuple[date, ...]:
    """The first day of months 1 … `months`, and the day after the last; a day a month lacks is its last one."""
    return tuple(_months_later(starts, count) for count in range(months + 1))


def dated_path(prices_on: Callable[[date], Flows | None], changes: Iterable[date], starts: Sequence[date]) -> DatedPath:
    """The prices of each month; where they change within a month, by days.

    `prices_on` tells the prices of a day as a column, `changes` are the days on which they may change, `starts` comes
    from `month_starts`. Days without a price carry on the last one known; the first day must have one.
    """
    first, end = starts[0], starts[-1]
    days = [first, *sorted({day for day in changes if first < day < end}), end]
    ordinals = np.array([day.toordinal() for day in starts])
    lengths = np.diff(ordinals)
    usd: Flows | None = None
    prices: Flows | None = None
    known_from, ended = first, None
    for since, until in pairwise(days):
        found = prices_on(since)
        if found is None:
            ended = ended or since
        else:
            prices, known_from, ended = found, since, None
        if prices is None:
            raise PriceError(
                f"no price is known on {since.isoformat()}, the first day of the horizon",
                remedy="Start the horizon on a day whose prices are known.",
            )
        inside = np.minimum(ordinals[1:], until.toordinal()) - np.maximum(ordinals[:-1], since.toordinal())
        part = prices * (np.maximum(inside, 0) / lengths)
        usd = part if usd is None else usd + part
    assert usd is not None
    known_until = int(np.searchsorted(ordinals, known_from.toordinal(), side="left"))
    return DatedPath(usd=usd, known_until_month=known_until, ended=ended)


def change_days(rows: Iterable[DatedRow]) -> tuple[date, ...]:
    """Every day on which one of these rows begins or ends."""
    return tuple(day for row in rows for day in (row.effective_from, row.effective_to) if day is not None)


def introductory_ends(rows: Iterable[DatedRow], starts: Sequence[date]) -> tuple[date, ...]:
    """The days inside the months of `starts` on which a price that was announced to end does."""
    ends = {row.effective_to for row in rows if row.introductory and row.effective_to is not None}
    return tuple(sorted(day for day in ends if starts[0] < day < starts[-1]))


def quote_days(quotes: Iterable[Quote]) -> tuple[date, ...]:
    """Every day on which one of these quotes begins or ends."""
    return tuple(day for quote in quotes for day in (quote.date, quote.valid_until) if day is not None)


def ends_of(change: Quantity | None) -> tuple[float, float, float]:
    """A yearly change as low end, value and high end; no change where none is stated."""
    if change is None:
        return 0.0, 0.0, 0.0
    low, high = change.bounds
    return low, change.value, high


def compound(change: Quantity | None, months: int, after: int = 0) -> Flows:
    """Multiples of today's price in months 1 … `months`, one row each for low end, value and high end."""
    return np.stack([growth_path(end, months, after) for end in ends_of(change)])


def at_refresh(change: Quantity | None, life_months: int, months: int) -> Flows:
    """The same for a price that is paid only when a device is bought: it stays until the next refresh."""
    return np.stack([refresh_path(end, life_months, months) for end in ends_of(change)])


def is_single_point(change: Quantity | None) -> bool:
    """Whether a change is assumed without saying how sure it is (economics.md §6)."""
    return change is not None and change.bounds == (change.value, change.value) and change.value != 0


def _months_later(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

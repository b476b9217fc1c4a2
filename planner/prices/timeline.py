"""Two accounts of one price joined into one timeline: the past as it was held, from a day on what was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

from planner.prices.dated import DatedRow, Provenance, row_on
from planner.prices.kinds.instance import InstancePrice
from planner.prices.kinds.provisioned import UnitPrice
from planner.prices.offers import TokenPrice

R = TypeVar("R", bound=DatedRow)

Days = tuple[date | None, date | None]


def way_of(row: DatedRow) -> tuple[object, ...]:
    """What tells apart the prices of one offer that hold on the same day."""
    match row:
        case TokenPrice():
            return row.variant, row.hours
        case InstancePrice():
            return row.option, row.commitment, row.block_days
        case UnitPrice():
            return (row.term_months,)
        case _:
            return ()


def same_terms(one: DatedRow, other: DatedRow) -> bool:
    """Whether two rows charge the same, whoever says so and whenever they hold."""
    told = {"effective_from": None, "effective_to": None, "introductory": False, "provenance": None, "note": ""}
    return one.model_copy(update=told) == other.model_copy(update=told)


def joined(
    held: Sequence[R], read: Sequence[R], day: date, *, tells_history: bool, held_by: Provenance
) -> tuple[R, ...]:
    """The rows held, with what was read in force from `day` on; no row is lost, the earlier is closed.

    A source that tells history also corrects the past where it names a day, and its silence about the future counts.
    Any other knows one price, of today: what is announced for later days stays. What it does not speak of stays in any
    case. Rows that stay get `held_by` as their provenance where they had none.
    """
    rows: list[R] = []
    for group in dict.fromkeys(_group(row) for row in (*held, *read)):
        ours = [row for row in held if _group(row) == group]
        theirs = [row for row in read if _group(row) == group]
        if not ours or not theirs:
            rows += theirs or [_stamped(row, held_by) for row in ours]
        elif {way_of(row) for row in ours} == {way_of(row) for row in theirs}:
            for way in dict.fromkeys(way_of(row) for row in ours):
                mine = [row for row in ours if way_of(row) == way]
                new = [row for row in theirs if way_of(row) == way]
                rows += _one_way(mine, new, day, tells_history=tells_history, held_by=held_by)
        else:  # the hours of the day differ, and rows of unlike hours must not meet
            rows += [_stamped(row, held_by) for row in _clipped(ours, None, day)] + _clipped(theirs, day, None)
    return tuple(rows)


def clipped(row: R, start: date | None, end: date | None) -> R | None:
    """The part of a row inside these days; None where there is none."""
    begin = max(filter(None, (row.effective_from, start)), default=None)
    stop = min(filter(None, (row.effective_to, end)), default=None)
    if begin is not None and stop is not None and begin >= stop:
        return None
    return _over(row, (begin, stop))


def _group(row: DatedRow) -> tuple[object, ...]:
    """Rows that are judged together: a variant with all its hours."""
    return (row.variant,) if isinstance(row, TokenPrice) else way_of(row)


def _clipped(rows: Sequence[R], start: date | None, end: date | None) -> list[R]:
    return [part for row in rows if (part := clipped(row, start, end)) is not None]


def _one_way(ours: Sequence[R], theirs: Sequence[R], day: date, *, tells_history: bool, held_by: Provenance) -> list[R]:
    pieces: list[R] = []
    for days in _spans((*ours, *theirs), day):
        probe = _inside(days)
        old, new = row_on(ours, probe), row_on(theirs, probe)
        if old is not None and new is not None and same_terms(old, new):
            chosen = _over(old, days).model_copy(update={"provenance": new.provenance})  # confirmed
        elif _takes_new(old, new, probe, day, tells_history=tells_history) and new is not None:
            chosen = _over(new, days)
        elif old is not None and (probe < day or not tells_history):
            chosen = _over(_stamped(old, held_by), days)
        else:
            continue
        last = pieces[-1] if pieces else None
        if last is not None and last.effective_to == chosen.effective_from and same_terms(last, chosen):
            pieces[-1] = chosen.model_copy(update={"effective_from": last.effective_from})
        else:
            pieces.append(chosen)
    return pieces


def _takes_new(old: DatedRow | None, new: DatedRow | None, probe: date, day: date, *, tells_history: bool) -> bool:
    if new is None or (probe < day and not tells_history):
        return False
    if old is None:
        return True
    if probe < day:
        return new.effective_from is not None
    return tells_history or old.effective_from is None or old.effective_from <= day


def _spans(rows: Sequence[DatedRow], day: date) -> Iterator[Days]:
    """Stretches of days in which nothing begins or ends."""
    cuts = {day, *(each for row in rows for each in (row.effective_from, row.effective_to) if each is not None)}
    yield from pairwise([None, *sorted(cuts), None])


def _inside(days: Days) -> date:
    start, end = days
    if start is not None:
        return start
    return date.min if end is None or end == date.min else end - timedelta(days=1)


def _over(row: R, days: Days) -> R:
    """The row over other days; a promise to end holds only for the day it named."""
    start, end = days
    return row.model_copy(
        update={
            "effective_from": start,
            "effective_to": end,
            "introductory": row.introductory and end is not None and end == row.effective_to,
        }
    )


def _stamped(row: R, held_by: Provenance) -> R:
    return row if row.provenance is not None else row.model_copy(update={"provenance": held_by})

"""economics.md §3: what may wait moves inside its window so that the busiest hour is least, and none of it is lost."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.placement.deferred_work import Deferrable, move
from planner.workload.flattening import Flattened, Waiting, flattened

SIZE = 168
ALWAYS = (True,) * SIZE
SHARES = st.one_of(st.just(0.0), st.floats(1e-3, 5.0))

Case = tuple[tuple[float, ...], tuple[bool, ...], tuple[Waiting, ...]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Like days of any hours, one or two kinds of work that may wait, and machines that may be given back."""
    load = tuple(draw(st.lists(SHARES, min_size=24, max_size=24)) * 7)
    days = st.lists(SHARES, min_size=24, max_size=24)
    waiting = tuple(
        Waiting(tuple(draw(days) * 5 + [0.0] * 48), draw(st.floats(0, 168))) for _ in range(draw(st.integers(1, 2)))
    )
    opened = draw(st.lists(st.booleans(), min_size=24, max_size=24)) * 7
    is_open = tuple(opened[h] or load[h] > 0 or any(each.work[h] > 0 for each in waiting) for h in range(SIZE))
    return load, is_open, waiting


def forced(case: Case, level: float) -> float:
    """Work that the earliest deadline first cannot keep below this level."""
    load, is_open, waiting = case
    works = [Deferrable(str(number), each.work, each.window_h) for number, each in enumerate(waiting)]
    return math.fsum(each.forced for each in move(load, is_open, level, works))


@settings(max_examples=40, deadline=None)
@given(cases())
def test_work_is_conserved_and_no_hour_is_above_the_level(case: Case) -> None:
    load, is_open, waiting = case
    found = flattened(*case)
    coming = [math.fsum(each.work[hour] for each in waiting) for hour in range(SIZE)]
    assert math.fsum(found.done) == pytest.approx(math.fsum(load) + math.fsum(coming), rel=1e-9)
    assert max(found.done) <= found.level
    assert all(done >= asked for done, asked in zip(found.done, load, strict=True))
    assert all(opened or done == asked for opened, done, asked in zip(is_open, found.done, load, strict=True))
    assert found.level <= max(asked + work for asked, work in zip(load, coming, strict=True)) * (1 + 1e-12)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_no_lower_level_keeps_every_window(case: Case) -> None:
    """By the work of each class moved one after the other: at the level all fits, a little below it does not."""
    load, _, waiting = case
    level, work = flattened(*case).level, math.fsum(math.fsum(each.work) for each in waiting)
    assume(work > 0)
    assert forced(case, level * (1 + 1e-9)) <= 1e-9 * max(1.0, work)
    lower = level * (1 - 1e-4)
    room = math.fsum(max(0.0, lower - asked) for asked, opened in zip(load, case[1], strict=True) if opened)
    assert lower < max(load) or room < work or forced(case, lower) > 0


@settings(max_examples=20, deadline=None)
@given(cases(), st.floats(0, 24))
def test_a_longer_window_never_raises_the_busiest_hour(case: Case, more_h: float) -> None:
    """Nor any other measure of unevenness: the busiest hours together do no more, however many are counted."""
    load, is_open, waiting = case
    longer = tuple(Waiting(each.work, each.window_h + more_h) for each in waiting)
    before, after = flattened(*case), flattened(load, is_open, longer)
    assert after.level <= before.level * (1 + 1e-12)
    for count in (1, 10, 50, 100):
        assert busiest(after, count) <= busiest(before, count) * (1 + 1e-9)


def busiest(found: Flattened, count: int) -> float:
    return math.fsum(sorted(found.done, reverse=True)[:count])


@pytest.mark.parametrize("window_h", [0.0, 1.0, 1.9])
def test_work_that_must_be_done_in_its_hour_stays_there(window_h: float) -> None:
    """CONVENTION §23: an hour's first request has waited an hour at its end."""
    load = tuple(1.0 if hour % 24 == 9 else 0.0 for hour in range(SIZE))
    found = flattened(load, ALWAYS, (Waiting(load, window_h),))
    assert found.done == tuple(2 * each for each in load)
    assert not any(found.takes_later_work)


def test_worked_example() -> None:
    """An hour of 1 beside 3 that may wait three hours, 1 beside nothing after it: a level of 5/3, full in all three."""
    load = (1.0, 1.0, *(0.0,) * 166)
    found = flattened(load, ALWAYS, (Waiting((3.0, *(0.0,) * 167), 3.0),))
    assert found.level == pytest.approx(5 / 3)
    assert found.done[:4] == pytest.approx((5 / 3, 5 / 3, 5 / 3, 0.0))
    assert found.takes_later_work[:4] == (False, True, True, False)

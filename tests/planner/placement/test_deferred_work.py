"""economics.md §3: deferrable work moves inside its window, earliest deadline first, and none is lost."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from planner.placement.deferred_work import Deferrable, Moved, move

SIZE = 168
ALWAYS = [True] * SIZE
SHARES = st.one_of(st.just(0.0), st.floats(1e-6, 1.5))


def week(**hours: float) -> tuple[float, ...]:
    """Work by hour: `h10=0.5`."""
    values = [0.0] * SIZE
    for name, work in hours.items():
        values[int(name[1:])] = work
    return tuple(values)


def flat(load: float) -> list[float]:
    return [load] * SIZE


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[float], list[bool], float, list[Deferrable]]:
    loads = draw(st.lists(st.floats(0, 1.2), min_size=24, max_size=24)) * 7
    hours = st.dictionaries(st.integers(0, SIZE - 1), SHARES, max_size=20)
    work = [
        Deferrable(name, week(**{f"h{hour}": share for hour, share in draw(hours).items()}), draw(st.floats(0, 168)))
        for name in "ab"[: draw(st.integers(1, 2))]
    ]
    opened = draw(st.lists(st.booleans(), min_size=24, max_size=24)) * 7
    is_open = [opened[hour] or any(each.work[hour] > 0 for each in work) for hour in range(SIZE)]
    return loads, is_open, draw(st.floats(0.05, 1.0)), work


@settings(max_examples=40)
@given(cases())
def test_work_is_conserved_and_done_in_open_hours_only(
    case: tuple[list[float], list[bool], float, list[Deferrable]],
) -> None:
    loads, is_open, limit, work = case
    for asked, moved in zip(work, move(loads, is_open, limit, work), strict=True):
        assert math.fsum(moved.done) == pytest.approx(math.fsum(asked.work), rel=1e-9)
        assert min(moved.done) >= 0
        assert all(is_open[hour] or not done for hour, done in enumerate(moved.done))
        assert 0 <= moved.forced <= math.fsum(asked.work) * (1 + 1e-9)
        assert moved.moved <= math.fsum(asked.work) * (1 + 1e-9)


@settings(max_examples=40)
@given(cases())
def test_no_work_before_it_comes_and_none_after_its_window(
    case: tuple[list[float], list[bool], float, list[Deferrable]],
) -> None:
    """Counted from any hour on: what is done up to an hour never exceeds what came, nor falls behind what was due."""
    loads, is_open, limit, work = case
    for asked, moved in zip(work, move(loads, is_open, limit, work), strict=True):
        within = max(0, math.floor(asked.window_h) - 1)
        assert moved.longest_h <= within
        total = math.fsum(asked.work)
        for hour in range(0, SIZE, 17):
            for span in (1, 5, 24, 100):
                came = math.fsum(asked.work[(hour + at) % SIZE] for at in range(span))
                # done later than it came, but within the window: it can only come out of these hours
                later = math.fsum(moved.done[(hour + at) % SIZE] for at in range(min(SIZE, span + within)))
                assert later >= came - 1e-9 * total
                earlier = math.fsum(asked.work[(hour + at) % SIZE] for at in range(-within, span))
                done = math.fsum(moved.done[(hour + at) % SIZE] for at in range(span))
                assert done <= earlier + 1e-9 * total or span + within >= SIZE


@settings(max_examples=40)
@given(cases())
def test_no_hour_is_filled_above_the_limit_but_by_what_could_wait_no_longer(
    case: tuple[list[float], list[bool], float, list[Deferrable]],
) -> None:
    loads, is_open, limit, work = case
    total = math.fsum(math.fsum(each.work) for each in work)
    room = math.fsum(max(0.0, limit - load) for load, opened in zip(loads, is_open, strict=True) if opened)
    moved = move(loads, is_open, limit, work)
    above = math.fsum(
        max(0.0, done - max(0.0, limit - load))
        for load, done in zip(loads, (math.fsum(e.done[h] for e in moved) for h in range(SIZE)), strict=True)
    )
    if total <= room:
        assert above == pytest.approx(math.fsum(each.forced for each in moved), abs=1e-9 * max(1.0, total))


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[list[float], list[bool], list[Deferrable]]:
    """A cycle of eight hours in tenths, so that many cases are just feasible."""
    tenths = st.lists(st.integers(0, 5), min_size=8, max_size=8)
    work = [
        Deferrable(name, tuple(each / 10 for each in draw(tenths)), float(draw(st.integers(0, 8))))
        for name in "ab"[: draw(st.integers(1, 2))]
    ]
    opened = draw(st.lists(st.booleans(), min_size=8, max_size=8).filter(any))
    is_open = [opened[hour] or any(each.work[hour] > 0 for each in work) for hour in range(8)]
    return [each / 10 for each in draw(tenths)], is_open, work


@settings(max_examples=40)
@given(small_cases())
def test_where_any_schedule_keeps_every_window_below_the_limit_this_one_does(
    case: tuple[list[float], list[bool], list[Deferrable]],
) -> None:
    """Against a linear program over every hour each hour's work may be done in."""
    loads, is_open, work = case
    limit = 0.5
    ways = [
        (number, came, (came + wait) % 8)
        for number, each in enumerate(work)
        for came in range(8)
        for wait in range(max(1, int(each.window_h)))
        if is_open[(came + wait) % 8]
    ]
    demands = [(number, came) for number in range(len(work)) for came in range(8)]
    found = linprog(
        [0.0] * len(ways),
        A_ub=[[float(way[2] == hour) for way in ways] for hour in range(8)],
        b_ub=[max(0.0, limit - load) + 1e-9 for load in loads],
        A_eq=[[float(way[:2] == demand) for way in ways] for demand in demands],
        b_eq=[work[number].work[came] for number, came in demands],
    )
    forced = math.fsum(each.forced for each in move(loads, is_open, limit, work))
    room = math.fsum(max(0.0, limit - load) for load, opened in zip(loads, is_open, strict=True) if opened)
    too_much = math.fsum(math.fsum(each.work) for each in work) > room + 1e-9
    assert (found.status == 0) == (forced < 1e-6 and not too_much)


def test_work_waits_for_the_next_hour_with_room() -> None:
    loads = flat(0.0)
    loads[10] = loads[11] = 0.3
    (moved,) = move(loads, ALWAYS, 0.3, [Deferrable("a", week(h10=0.2), 4)])
    assert moved == Moved("a", week(h12=0.2), 0.2, 0.0, 2)


def test_a_window_that_ends_first_goes_first_and_what_finds_no_room_runs_in_its_last_hour() -> None:
    loads = flat(0.3)
    loads[12], loads[100] = 0.2, 0.0
    late, soon = Deferrable("late", week(h10=0.1), 24), Deferrable("soon", week(h11=0.1), 2)
    first, second = move(loads, ALWAYS, 0.3, [late, soon])
    assert second.done == pytest.approx(week(h12=0.1))
    assert (second.forced, second.longest_h) == (pytest.approx(0, abs=1e-12), 1)
    assert first.done == pytest.approx(week(h33=0.1))
    assert (first.forced, first.longest_h) == (pytest.approx(0.1), 23)


def test_work_with_no_hour_to_spare_runs_where_it_comes() -> None:
    loads = flat(0.9)
    (moved,) = move(loads, ALWAYS, 0.95, [Deferrable("a", week(h5=0.4), 1.9)])
    assert moved.done == week(h5=0.4)
    assert moved.forced == pytest.approx(0.35)


def test_a_week_goes_on_into_the_next() -> None:
    loads = flat(0.0)
    loads[167] = 0.5
    (moved,) = move(loads, ALWAYS, 0.5, [Deferrable("a", week(h167=0.25), 3)])
    assert moved.done == week(h0=0.25)
    assert moved.longest_h == 1


def test_a_closed_hour_ends_the_window_before_it() -> None:
    loads = flat(0.0)
    loads[10] = 0.5
    is_open = [hour in {10, 11, 40} for hour in range(SIZE)]
    loads[11] = 0.4
    (moved,) = move(loads, is_open, 0.5, [Deferrable("a", week(h10=0.3), 24)])
    assert moved.done == pytest.approx(week(h11=0.3))
    assert moved.forced == pytest.approx(0.2)


def test_where_a_whole_week_has_too_little_room_it_is_filled_evenly() -> None:
    is_open = [hour < 4 for hour in range(SIZE)]
    loads = [0.4, 0.1, 0.2, 0.3] + [0.0] * 164
    (moved,) = move(loads, is_open, 0.3, [Deferrable("a", week(h0=0.6), 168)])
    assert moved.done[:4] == pytest.approx((0.0, 0.3, 0.2, 0.1))

"""Counters that wrap, start anew or are read late, and windows that are too short for them (measurement.md §2)."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.measurement.energy.counters import (
    EDGES_IN_A_WINDOW,
    Point,
    Tally,
    Unknown,
    Window,
    beside,
    between,
    risen,
    together,
)

RANGE_UJ = 262143328850
MICRO = 1e-6


def tally(wraps_at=RANGE_UJ, period_s=0.001):
    return Tally(MICRO, period_s, wraps_at)


@pytest.mark.parametrize(
    ("earlier", "later", "wraps_at", "rise"),
    [
        (10, 25, None, 15),
        (10, 25, 100, 15),
        (90, 5, 100, 15),
        (90, 5, None, None),
        (200, 5, 100, None),  # it stood beyond its own range: not the counter it says it is
    ],
)
def test_how_far_a_counter_rose(earlier, later, wraps_at, rise):
    assert risen(earlier, later, wraps_at) == rise


@given(
    start=st.integers(0, RANGE_UJ - 1),
    steps=st.lists(st.tuples(st.integers(20, 400), st.integers(1, 500)), min_size=1, max_size=60),
)
def test_no_wrap_is_lost_or_invented(start, steps):
    """Readings 20 to 400 ms apart at up to 500 W, from anywhere in the range."""
    counter, total_uj, at_s, true_uj = tally(), start, 0.0, 0
    counter.take(at_s, start)
    points = []
    for gap_ms, watts in steps:
        at_s += gap_ms / 1000
        true_uj += watts * gap_ms * 1000
        total_uj = (start + true_uj) % RANGE_UJ
        points.append(counter.take(at_s, total_uj))
    assert all(point.whole for point in points)
    assert points[-1].joules == pytest.approx(true_uj * MICRO)


def test_a_counter_of_32_bits_wraps_again_and_again():
    counter, unit_j = Tally(61e-6, 0.001, 2**32), 61e-6
    counter.take(0.0, 0)
    true_units, at_s, last = 0, 0.0, None
    for _ in range(3000):  # 1,500 s at 500 W, almost three ranges
        at_s += 0.5
        true_units += round(250 / unit_j)
        last = counter.take(at_s, true_units % 2**32)
    assert true_units > 2.8 * 2**32
    assert last.joules == pytest.approx(true_units * unit_j)


def test_a_reset_is_a_hole_and_not_energy():
    """After a suspend RAPL may begin at zero; taken for a wrap that would be 262 kJ in a tenth of a second."""
    counter = tally()
    counter.take(0.0, 5_000_000)
    assert counter.take(0.1, 6_000_000) == Point(0.1, 1.0)
    assert counter.take(0.2, 1_000) == Point(0.2, 1.0, whole=False)
    assert counter.take(0.3, 2_001_000) == Point(0.3, 3.0)


def test_a_counter_without_a_range_that_goes_back_is_a_hole():
    counter = tally(wraps_at=None)
    counter.take(0.0, 5_000_000)
    assert not counter.take(1.0, 4_000_000).whole


def test_a_pause_in_which_a_whole_range_could_pass_is_a_hole():
    """262 kJ at 3 kW take 87 s; before that one wrap at most can have happened."""
    short, long = tally(), tally()
    for counter in (short, long):
        counter.take(0.0, 0)
    assert short.take(80.0, 4_000_000_000).whole
    assert not long.take(100.0, 4_000_000_000).whole


def test_a_counter_that_stands_still_has_nothing_to_tell():
    counter = tally()
    assert counter.take(0.0, 7) == Point(0.0, 0.0, whole=False)
    assert counter.take(0.1, 7) is None
    assert counter.take(0.1, 9) == Point(0.1, 2 * MICRO)
    assert counter.take(0.1, 12) is None  # no time passed


def test_a_late_reading_shows_a_whole_period_and_is_no_reset():
    """A board at 700 W that renews its figure every 100 ms, read 1 ms before and after it does."""
    counter = Tally(1e-3, 0.1, None)
    counter.take(0.0, 0)
    counter.take(0.199, 70_000)
    assert counter.take(0.201, 140_000).whole


LINE = tuple(Point(float(second), 10.0 * second, whole=second > 0) for second in range(11))


@given(st.floats(0, 10), st.floats(0, 10))
def test_constant_power_is_exact_between_any_two_moments(one, other):
    began_s, ended_s = sorted((one, other))
    window = between(LINE, began_s, ended_s, 0.1)
    if began_s == ended_s:
        assert window == Unknown("the window has no length")
        return
    assert window.joules == pytest.approx(10 * (ended_s - began_s), abs=1e-9)
    assert window.edges_s == 2.0


@pytest.mark.parametrize(("began_s", "ended_s"), [(-0.5, 3.0), (3.0, 10.5), (-2, -1), (11, 12)])
def test_nothing_is_said_of_what_was_not_seen(began_s, ended_s):
    assert isinstance(between(LINE, began_s, ended_s, 0.1), Unknown)
    assert isinstance(between((), began_s, ended_s, 0.1), Unknown)


@pytest.mark.parametrize(
    ("began_s", "ended_s", "is_known"),
    [(0.5, 3.5, True), (0.5, 4.0, True), (3.2, 4.5, False), (3.2, 6.0, False), (4.5, 8.0, False), (5.0, 8.0, True)],
)
def test_a_window_over_a_hole_is_unknown(began_s, ended_s, is_known):
    points = tuple(Point(point.at_s, point.joules, whole=point.at_s not in {0.0, 5.0}) for point in LINE)
    assert isinstance(between(points, began_s, ended_s, 0.1), Window) is is_known


def test_a_gap_counts_as_no_shorter_than_the_meters_own_period():
    assert between(LINE, 2.0, 4.0, period_s=3.0).edges_s == 6.0


@given(
    gap_s=st.floats(0.001, 1.0),
    phase=st.floats(0, 1),
    length_in_gaps=st.floats(1.0, 40.0),
    idle_w=st.floats(0, 50),
    busy_w=st.floats(0, 500),
)
def test_a_resolved_window_is_wrong_by_at_most_a_twentieth_of_the_step(gap_s, phase, length_in_gaps, idle_w, busy_w):
    """The promise of EDGES_IN_A_WINDOW, for any phase of the counter against what is timed."""
    began_s = (3 + phase) * gap_s
    ended_s = began_s + length_in_gaps * gap_s

    def joules(at_s):
        busy_s = min(max(at_s - began_s, 0.0), ended_s - began_s)
        return idle_w * (at_s - busy_s) + busy_w * busy_s

    points = [Point(index * gap_s, joules(index * gap_s), whole=index > 0) for index in range(60)]
    window = between(points, began_s, ended_s, gap_s)
    wrong_j = abs(window.joules - busy_w * (ended_s - began_s))
    assert window.resolved == (length_in_gaps * gap_s >= EDGES_IN_A_WINDOW * window.edges_s)
    if window.resolved:
        assert wrong_j <= abs(busy_w - idle_w) * (ended_s - began_s) / 20 + 1e-6


def test_windows_after_and_beside_each_other():
    one, other = Window(3.0, 2.0, 0.1), Window(5.0, 2.0, 0.4)
    assert together([one, other]) == Window(8.0, 4.0, 0.5)
    assert beside([one, other]) == Window(8.0, 2.0, 0.4)


@given(st.lists(st.floats(0.01, 1), min_size=12, max_size=30), st.data())
def test_parts_of_a_window_add_up(gaps, data):
    moments = list(itertools.accumulate(gaps))
    points = [Point(at_s, at_s**2, whole=index > 0) for index, at_s in enumerate(moments)]
    cuts = sorted(data.draw(st.lists(st.floats(moments[0], moments[-1]), min_size=3, max_size=3, unique=True)))
    whole = between(points, cuts[0], cuts[2], 0.01)
    parts = [between(points, early, late, 0.01) for early, late in itertools.pairwise(cuts)]
    assert sum(part.joules for part in parts) == pytest.approx(whole.joules, abs=1e-9)

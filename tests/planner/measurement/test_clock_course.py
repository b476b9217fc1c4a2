"""The clock's course compares like loads only, over windows, within and across rounds."""

from __future__ import annotations

import pytest

from planner.measurement.clock_course import clock_course
from planner.measurement.readings import Reading
from tests.support.machine_readings import quiet


def slower(first_mhz: float, last_mhz: float, first_c: float = 60.0, last_c: float = 60.0) -> tuple[Reading, ...]:
    """A round whose clock and temperature change halfway."""
    return quiet(
        20,
        lambda second: {
            "frequency_mhz": first_mhz if second <= 10 else last_mhz,
            "temperature_c": first_c if second <= 10 else last_c,
        },
    )


def test_a_steady_round() -> None:
    course = clock_course([quiet()])
    assert (course.opening_mhz, course.slowest_mhz, course.hottest_c) == (3400.0, 3400.0, 62.0)
    assert (course.drop_share, course.spread_share, course.fell, course.witnessed) == (0.0, 0.0, False, False)
    assert course.heat_fits is False


def test_a_fall_within_a_round() -> None:
    course = clock_course([slower(3400.0, 2720.0, 60.0, 92.0)])
    assert course.drop_share == pytest.approx(0.2)
    assert (course.opening_c, course.slowest_c, course.hottest_c) == (60.0, 92.0, 92.0)
    assert course.fell
    assert course.heat_fits


def test_a_fall_from_the_first_round_to_the_last() -> None:
    course = clock_course([slower(3400.0, 3400.0), slower(3200.0, 3200.0), slower(2900.0, 2900.0, 88.0, 88.0)])
    assert course.drop_share == pytest.approx(1 - 2900 / 3400)
    assert course.slowest_c == 88.0


def test_a_rise_is_a_spread_and_no_fall() -> None:
    course = clock_course([slower(2400.0, 3400.0)])
    assert course.drop_share == 0.0
    assert course.spread_share == pytest.approx(1 - 2400 / 3400)


def test_starting_and_waiting_are_not_compared_with_work() -> None:
    """One busy core while loading clocks higher, and none busy lower, than four that compute."""
    loading = quiet(20, lambda second: {"own_cpus": 1.0, "frequency_mhz": 4700.0} if 0 < second <= 10 else {})
    waiting = quiet(20, lambda second: {"own_cpus": 0.02, "frequency_mhz": 800.0} if second > 10 else {})
    for course in (clock_course([loading]), clock_course([waiting])):
        assert (course.opening_mhz, course.slowest_mhz, course.spread_share) == (3400.0, 3400.0, 0.0)


def test_one_slow_second_is_no_fall() -> None:
    course = clock_course([quiet(20, lambda second: {"frequency_mhz": 2700.0} if second == 12 else {})])
    assert not course.fell


def test_throttle_events_count_within_rounds_only() -> None:
    rounds = [
        quiet(10, lambda second: {"throttle_count": 31}),
        quiet(10, lambda second: {"throttle_count": 40 + second}),
    ]
    assert clock_course(rounds).throttle_events == 10
    assert clock_course([quiet(10, lambda second: {"throttle_count": None})]).throttle_events is None


def test_nothing_known_is_no_fall_and_no_heat() -> None:
    for rounds in ([], [()], [(Reading(at_s=0.0), Reading(at_s=1.0, own_cpus=2.0))]):
        course = clock_course(rounds)
        assert (course.opening_mhz, course.hottest_c, course.throttle_events) == (None, None, None)
        assert (course.fell, course.witnessed, course.heat_fits) == (False, False, False)

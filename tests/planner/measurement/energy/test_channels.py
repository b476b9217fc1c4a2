"""Gauges of power, tools that print intervals, and counters that can no longer be read."""

import pytest

from planner.measurement.energy.channels import CounterChannel, IntervalChannel, MeterFaultError, PowerChannel
from planner.measurement.energy.counters import Point


def test_a_counter_that_cannot_be_read_any_more_says_so():
    readings = iter((5, None))
    channel = CounterChannel(lambda: next(readings), unit_j=1.0, period_s=0.1, clock=lambda: 1.0)
    assert channel.take() == (Point(1.0, 0.0, whole=False),)
    with pytest.raises(MeterFaultError):
        channel.take()


def test_power_is_integrated_from_one_new_figure_to_the_next():
    told = iter(((0.0, 10.0), (1.0, 10.0), (2.0, 20.0), (3.0, 20.0), (4.0, 10.0)))
    at_s = 0.0

    def read():
        nonlocal at_s
        at_s, watts = next(told)
        return watts

    channel = PowerChannel(read, period_s=1.0, clock=lambda: at_s)
    points = [point for _ in range(5) for point in channel.take()]
    # A figure that did not change is not evidence of constant power, so it makes no point.
    assert points == [Point(0.0, 0.0, whole=False), Point(2.0, 30.0), Point(4.0, 60.0)]


def test_a_gauge_that_cannot_be_read_any_more_says_so():
    with pytest.raises(MeterFaultError):
        PowerChannel(lambda: None, period_s=1.0).take()


def test_intervals_follow_on_each_other():
    channel = IntervalChannel(period_s=0.1)
    channel.add(10.0, 0.1, 2.0)
    channel.add(10.1, 0.1, 3.0)
    assert [(point.at_s, point.joules, point.whole) for point in channel.take()] == [
        (pytest.approx(9.9), 0.0, False),
        (10.0, 2.0, True),
        (10.1, 5.0, True),
    ]
    assert channel.take() == []


def test_an_interval_that_is_missing_is_a_hole():
    channel = IntervalChannel(period_s=0.1)
    for ended_s in (10.0, 10.1, 10.5):
        channel.add(ended_s, 0.1, 1.0)
    channel.add(10.4, 0.1, 1.0)  # out of order: dropped
    assert [point.whole for point in channel.take()] == [False, True, True, False]


def test_a_tool_that_ended_is_a_fault_once_its_points_are_taken():
    channel = IntervalChannel(period_s=0.1)
    channel.add(10.0, 0.1, 1.0)
    channel.fail("powermetrics ended")
    assert len(channel.take()) == 2
    with pytest.raises(MeterFaultError, match="powermetrics ended"):
        channel.take()

"""Two looks make a reading; what was not counted twice, or over too short a time, stays unknown (CONVENTION §3)."""

from __future__ import annotations

import dataclasses

import pytest

from planner.measurement.machine_state import Counters, Gauges, MachineState, reading

BEFORE = Counters(
    wall_s=100.0, busy_s=50.0, steal_s=1.0, all_s=400.0, own_s=20.0, swapped_in_bytes=4096, major_faults=7
)
LATER = Counters(
    wall_s=110.0, busy_s=70.0, steal_s=1.8, all_s=440.0, own_s=35.0, swapped_in_bytes=45_056, major_faults=27
)


def test_rates_are_what_rose_over_the_time_between() -> None:
    made = reading(10.0, MachineState(LATER, Gauges(temperature_c=61.0)), BEFORE)
    assert made.own_cpus == pytest.approx(1.5)
    assert made.foreign_cpus == pytest.approx(0.5)
    assert made.steal_share == pytest.approx(0.02)
    assert made.swapped_in_bytes_s == pytest.approx(4096)
    assert made.major_faults_s == pytest.approx(2.0)
    assert made.temperature_c == 61.0


@pytest.mark.parametrize("before", [None, dataclasses.replace(BEFORE, wall_s=109.6)])
def test_without_a_time_between_there_are_no_rates(before: Counters | None) -> None:
    made = reading(0.0, MachineState(LATER, Gauges(load_average_1min=0.5)), before)
    assert (made.own_cpus, made.foreign_cpus, made.steal_share, made.major_faults_s) == (None, None, None, None)
    assert made.load_average_1min == 0.5


def test_what_one_look_could_not_count_is_unknown() -> None:
    made = reading(10.0, MachineState(dataclasses.replace(LATER, own_s=None, major_faults=None), Gauges()), BEFORE)
    assert (made.own_cpus, made.foreign_cpus, made.major_faults_s) == (None, None, None)
    assert made.steal_share == pytest.approx(0.02)


def test_a_counter_that_fell_is_unknown_and_not_negative() -> None:
    made = reading(10.0, MachineState(dataclasses.replace(LATER, own_s=3.0, all_s=1.0), Gauges()), BEFORE)
    assert (made.foreign_cpus, made.steal_share) == (None, None)


def test_foreign_cpus_are_never_below_zero() -> None:
    assert reading(10.0, MachineState(dataclasses.replace(LATER, own_s=45.0), Gauges()), BEFORE).foreign_cpus == 0.0

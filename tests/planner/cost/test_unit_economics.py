"""economics.md §4: cost(V) = min over n of n·F + V·v + overflow·p with whole units, against brute force."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.token_load import load_blocks
from planner.cost.unit_economics import UnitEconomics

economics = st.builds(
    UnitEconomics,
    fixed_usd_per_unit_month=st.floats(1, 10_000),
    volume_per_unit=st.floats(0.05, 10),
    least_units=st.integers(1, 20),
    step_units=st.integers(1, 5),
    spare_units=st.integers(0, 2),
    variable_usd_per_volume=st.floats(0, 100),
    overflow_usd_per_volume=st.one_of(st.none(), st.floats(100, 20_000)),
    blocks=st.floats(1, 20).map(load_blocks),
)
volumes = st.floats(0.01, 20)


@given(economics, volumes)
def test_the_chosen_number_costs_least_of_all_numbers_that_are_sold(units: UnitEconomics, volume: float) -> None:
    best = units.units_for(volume)
    counts = [units.least_units + step * units.step_units for step in range(500)]
    if units.overflow_usd_per_volume is None:
        counts = [count for count in counts if count * units.volume_per_unit >= volume * (1 - 1e-9)]
    brute = min(units.usd_per_month(volume, count + units.spare_units) for count in counts)
    assert units.usd_per_month(volume, best) == pytest.approx(brute, rel=1e-9)
    assert (best - units.spare_units - units.least_units) % units.step_units == 0


@given(economics, volumes, st.floats(1, 3))
def test_more_is_never_cheaper_in_total(units: UnitEconomics, volume: float, factor: float) -> None:
    assert units.usd_per_month(volume * factor) >= units.usd_per_month(volume) * (1 - 1e-9)


@given(economics, volumes, st.integers(1, 60))
def test_overflow_is_never_negative_and_never_all_of_it(units: UnitEconomics, volume: float, count: int) -> None:
    spilled = units.overflow_volume(volume, count + units.spare_units)
    assert 0 <= spilled <= volume
    assert units.overflow_volume(volume, count + units.spare_units + 1) <= spilled


@given(economics, volumes, st.floats(0.5, 20))
def test_linear_in_money(units: UnitEconomics, volume: float, factor: float) -> None:
    dearer = UnitEconomics(
        units.fixed_usd_per_unit_month * factor,
        units.volume_per_unit,
        units.least_units,
        units.step_units,
        units.spare_units,
        units.variable_usd_per_volume * factor,
        None if units.overflow_usd_per_volume is None else units.overflow_usd_per_volume * factor,
        units.blocks,
    )
    assert dearer.usd_per_month(volume) == pytest.approx(factor * units.usd_per_month(volume), rel=1e-9)


def test_nothing_to_carry_buys_nothing() -> None:
    assert UnitEconomics(100, 1, 15, 5, 1, 0, None, load_blocks(2)).units_for(0) == 0


def test_a_volume_that_fills_units_to_the_last_digit_needs_no_further_one() -> None:
    units = UnitEconomics(100, 0.1, 1, 1, 0, 0, None, load_blocks(2))
    assert [units.units_for(volume) for volume in (0.1, 0.3, 0.30001, 1.0)] == [1, 3, 4, 10]


def test_least_and_step() -> None:
    units = UnitEconomics(1, 1, 15, 5, 2, 0, None, load_blocks(1))
    assert [units.units_for(volume) for volume in (1, 15, 15.1, 20, 21)] == [17, 17, 22, 22, 27]


def test_kinks_are_where_overflow_grows_faster() -> None:
    units = UnitEconomics(1, 1, 1, 1, 0, 0, 50.0, load_blocks(3))
    for kink in units.kinks(4):
        below, at, above = (units.overflow_volume(kink + step, 4) for step in (-1e-3, 0, 1e-3))
        assert above - at > at - below
    assert units.overflow_volume(units.kinks(4)[0], 4) == pytest.approx(0, abs=1e-9)

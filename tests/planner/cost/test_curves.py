"""Exact curves against the same costs computed point by point (economics.md §4)."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.curves import Curve, added, line, lower_envelope, overflow, steps
from planner.cost.token_load import load_blocks
from planner.cost.unit_curves import price_curve, volume_curve
from planner.cost.unit_economics import UnitEconomics

small = st.fractions(min_value=0, max_value=50, max_denominator=8)
positive = st.fractions(min_value=Fraction(1, 8), max_value=50, max_denominator=8)


def curves() -> st.SearchStrategy[Curve]:
    return st.one_of(
        st.builds(line, small, small),
        st.builds(lambda start, slope: line(start, slope, at_zero=0), small, small),
        st.builds(overflow, small, small),
        st.builds(lambda each, width: steps(each, width, 40), small, positive),
        st.builds(lambda start, slope, end: line(start, slope).until(end, "limit"), small, small, positive),
    )


def test_a_jump_is_paid_beyond_its_place() -> None:
    stairs = steps(10, 3, 5)
    assert [stairs.at(x) for x in (0, 1, 3, Fraction(301, 100), 6, 15)] == [0, 10, 10, 20, 20, 50]
    assert stairs.at(Fraction(151, 10)) is None
    assert stairs.beyond == "range"


def test_nothing_overflows_what_is_free() -> None:
    curve = overflow(4, Fraction(1, 2))
    assert [curve.at(x) for x in (0, 4, 6)] == [0, 0, 1]
    assert curve.places == (0, 4)


def test_another_measure_moves_places_and_keeps_costs() -> None:
    curve = steps(10, 3, 5).stretched(7)
    assert curve.at(21) == 10
    assert curve.at(22) == 20


@given(st.lists(curves(), min_size=1, max_size=4), small)
def test_a_sum_is_the_sum_of_the_values(terms: list[Curve], x: Fraction) -> None:
    total = added(*terms)
    values = [curve.at(x) for curve in terms]
    assert total.at(x) == (None if None in values else sum(value for value in values if value is not None))


@given(st.lists(curves(), min_size=1, max_size=5), small)
def test_an_envelope_is_the_least_of_the_values_and_names_whose_it_is(terms: list[Curve], x: Fraction) -> None:
    named = {str(number): curve for number, curve in enumerate(terms)}
    envelope = lower_envelope(list(named.items()))
    unknown_from = min(
        (curve.end for curve in terms if curve.beyond == "range" and curve.end is not None), default=None
    )
    if unknown_from is not None and x > unknown_from:
        return
    values = [value for curve in terms if (value := curve.at(x)) is not None]
    assert envelope.curve.at(x) == min(values, default=None)
    for stretch in envelope.lowest:
        if x > stretch.start and (stretch.end is None or x <= stretch.end):
            assert named[stretch.label].at(x) == min(values)


@given(st.lists(curves(), min_size=1, max_size=5))
def test_the_stretches_of_an_envelope_adjoin(terms: list[Curve]) -> None:
    envelope = lower_envelope([(str(number), curve) for number, curve in enumerate(terms)])
    assert envelope.lowest[0].start == 0
    assert envelope.lowest[-1].end == envelope.curve.end
    for before, after in zip(envelope.lowest, envelope.lowest[1:], strict=False):
        assert before.end == after.start
        assert before.label != after.label


def economics(
    *,
    fixed: float,
    per_unit: float,
    variable: float,
    price: float | None,
    least: int,
    step: int,
    spare: int,
    peak: float,
) -> UnitEconomics:
    return UnitEconomics(
        fixed_usd_per_unit_month=fixed,
        volume_per_unit=per_unit,
        least_units=least,
        step_units=step,
        spare_units=spare,
        variable_usd_per_volume=variable,
        overflow_usd_per_volume=price,
        blocks=load_blocks(peak),
    )


whole_units = st.builds(
    economics,
    fixed=st.floats(0.01, 5000),
    per_unit=st.floats(0.05, 10),
    variable=st.floats(0, 100),
    price=st.one_of(st.none(), st.floats(0, 10_000)),
    least=st.integers(1, 8),
    step=st.integers(1, 5),
    spare=st.integers(0, 2),
    peak=st.floats(1, 6),
)


@given(whole_units, st.floats(0, 3))
def test_a_volume_curve_costs_what_the_capacity_costs(units: UnitEconomics, volume: float) -> None:
    """cost(V) = min_n [n·F + …] by walking n equals the cost with every count tried."""
    usd = volume_curve(units).at(volume)
    if usd is None:
        assert volume > 64 * units.step_units * units.volume_per_unit * 0.5
        return
    assert float(usd) == pytest.approx(units.usd_per_month(volume), rel=1e-6, abs=1e-9)


@given(whole_units, st.floats(0.01, 3))
def test_no_other_count_of_units_costs_less_than_the_curve(units: UnitEconomics, volume: float) -> None:
    usd = volume_curve(units).at(volume)
    if usd is None or units.overflow_usd_per_volume is None:
        return
    tried = [
        units.usd_per_month(volume, units.least_units + units.spare_units + number * units.step_units)
        for number in range(40)
    ]
    assert float(usd) <= min(tried) * (1 + 1e-6) + 1e-9


@given(whole_units, st.floats(0, 3), st.floats(0, 5))
def test_a_price_curve_costs_what_the_capacity_costs_at_that_price(
    units: UnitEconomics, price: float, volume: float
) -> None:
    if units.overflow_usd_per_volume is None:
        return

    def at(multiple: float) -> UnitEconomics:
        return UnitEconomics(
            **{**vars(units), "overflow_usd_per_volume": (units.overflow_usd_per_volume or 0.0) * multiple}
        )

    usd = price_curve(at(0), at(1), volume).at(price)
    assert usd is not None
    assert float(usd) == pytest.approx(at(price).usd_per_month(volume), rel=1e-6, abs=1e-9)


def test_a_flat_load_is_the_formula_of_the_textbook() -> None:
    """economics.md §4: cost(V) = min_n [n·F + p·max(0, V − n·K)] with F = 100, p = 3, K = 50."""
    units = economics(fixed=100, per_unit=50, variable=0, price=3, least=1, step=1, spare=0, peak=1.0)
    curve = volume_curve(units)
    for volume in (0.5, 49, 50, 60, 83, 84, 120, 149.5, 151):
        by_hand = min(100 * n + 3 * max(0.0, volume - 50 * n) for n in range(1, 20))
        assert float(curve.at(volume) or math.nan) == pytest.approx(by_hand)
    assert curve.at(0) == 0
    kink, met = curve.places[1:3]
    assert float(kink) == pytest.approx(50)
    assert float(met) == pytest.approx(50 + 100 / 3)

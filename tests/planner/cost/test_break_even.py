"""Break-even as a set of intervals against dense sampling and against month-by-month simulation (economics.md §4)."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.break_even import (
    cheaper_where,
    commitment_break_even,
    payback_closed_form,
    payback_month,
    utilization_break_even,
)
from planner.cost.cash_flow import discounted
from planner.cost.curves import Curve, line, overflow, steps
from planner.cost.token_load import load_blocks
from planner.cost.unit_curves import volume_curve
from planner.cost.unit_economics import UnitEconomics

small = st.fractions(min_value=0, max_value=50, max_denominator=8)
positive = st.fractions(min_value=Fraction(1, 8), max_value=50, max_denominator=8)
curves = st.one_of(
    st.builds(line, small, small),
    st.builds(lambda start, slope: line(start, slope, at_zero=0), small, small),
    st.builds(overflow, small, small),
    st.builds(lambda each, width: steps(each, width, 40), small, positive),
    st.builds(lambda start, slope, end: line(start, slope).until(end, "limit"), small, small, positive),
    st.builds(lambda start, slope, end: line(start, slope).until(end, "limit", closed=False), small, small, positive),
)


def capacity(fixed: float, per_unit: float, price: float | None = None) -> UnitEconomics:
    return UnitEconomics(
        fixed_usd_per_unit_month=fixed,
        volume_per_unit=per_unit,
        least_units=1,
        step_units=1,
        spare_units=0,
        variable_usd_per_volume=0.0,
        overflow_usd_per_volume=price,
        blocks=load_blocks(1.0),
    )


@given(curves, curves, st.lists(small, min_size=20, max_size=20))
def test_who_is_cheaper_agrees_with_the_intervals(ours: Curve, theirs: Curve, places: list[Fraction]) -> None:
    found = cheaper_where(ours, theirs)
    ends = [end for each in (*found.cheaper, *found.equal) for end in (each.low, each.high) if end is not None]
    for x in [*places, *ends]:
        if found.until is not None and x > found.until:
            continue
        a, b = ours.at(x), theirs.at(x)
        assert found.holds(x) == (a is not None and (b is None or a < b))
        assert any(each.holds(x) for each in found.equal) == (a is not None and a == b)


@given(curves, curves)
def test_the_other_way_round_is_the_complement(ours: Curve, theirs: Curve) -> None:
    one, other = cheaper_where(ours, theirs), cheaper_where(theirs, ours)
    assert [(each.low, each.high) for each in one.equal] == [(each.low, each.high) for each in other.equal]
    for each in one.cheaper:
        inside = each.low + 1 if each.high is None else (each.low + each.high) / 2
        assert not other.holds(inside)


@given(curves, curves)
def test_intervals_are_apart_and_in_order(ours: Curve, theirs: Curve) -> None:
    found = cheaper_where(ours, theirs).cheaper
    for before, after in pairwise(found):
        assert before.high is not None
        assert before.high < after.low or (before.high == after.low and not (before.high_closed and after.low_closed))


def test_whole_machines_make_several_intervals() -> None:
    """economics.md §4: integer instances make break-even a set of intervals.

    A machine at $100 carries 50, the metered price is $2.4: one machine pays from 41⅔ to 50, two from 83⅓ to 100,
    three and more from 125 on, where each is paid for when the one before is full.
    """
    found = cheaper_where(steps(100, 50, 40), line(0, Fraction(12, 5)))
    assert [(each.low, each.high) for each in found.cheaper[:2]] == [
        (Fraction(125, 3), Fraction(50)),
        (Fraction(250, 3), Fraction(100)),
    ]
    first = found.cheaper[0]
    assert (first.low_closed, first.high_closed, first.low_why, first.high_why) == (False, True, "crossing", "jump")
    assert found.cheaper[-1].high_why == "range"
    assert found.word == ""
    assert not found.holds(51)


def test_where_too_much_overflows_one_crossing_is_left() -> None:
    """cost(V) = min_n [nF + p·max(0, V − nK)]: the API takes what is too much, so a machine ahead stays ahead."""
    found = cheaper_where(volume_curve(capacity(100, 50, 2.4)), line(0, 2.4))
    assert len(found.cheaper) == 1
    assert float(found.cheaper[0].low) == pytest.approx(100 / 2.4, rel=1e-9)


def test_never_is_a_word() -> None:
    found = cheaper_where(line(10, 2, at_zero=0), line(0, 1))
    assert found.word == "never"
    assert [(each.low, each.high) for each in found.equal] == [(0, 0)]


def test_always_is_a_word_although_nothing_costs_nothing_on_both_sides() -> None:
    assert cheaper_where(line(0, 1), line(0, 2)).word == "always"


def test_a_tie_is_neither_cheaper_nor_dearer() -> None:
    found = cheaper_where(line(3, 2), line(3, 2))
    assert found.word == "never"
    assert [(each.low, each.high) for each in found.equal] == [(0, None)]


def test_a_device_that_is_full_ends_its_interval() -> None:
    found = cheaper_where(line(0, 1).until(9, "limit"), line(0, 2))
    assert [(each.low, each.high, each.high_closed, each.high_why) for each in found.cheaper] == [
        (0, 9, True, "ours ends")
    ]


def test_a_queue_that_never_clears_at_its_limit_leaves_the_limit_out() -> None:
    found = cheaper_where(line(0, 1).until(9, "limit", closed=False), line(0, 2))
    assert [(each.high, each.high_closed) for each in found.cheaper] == [(9, False)]


@given(st.floats(1, 1000), st.floats(0.1, 20), st.floats(0, 200), st.floats(0.01, 100), st.floats(1, 4))
def test_a_dearer_api_never_shrinks_the_others_interval(
    fixed: float, per_unit: float, volume: float, price: float, rise: float
) -> None:
    """economics.md §7: raising an API's price never raises its share."""
    machine = volume_curve(capacity(fixed, per_unit))
    before, after = (cheaper_where(machine, line(0, usd)) for usd in (price, price * rise))
    if before.until is not None and volume <= before.until:
        assert after.holds(volume) or not before.holds(volume)


@given(curves, curves, st.integers(1, 1000))
def test_all_money_times_k_leaves_the_intervals_as_they_are(ours: Curve, theirs: Curve, k: int) -> None:
    def times(curve: Curve) -> Curve:
        pieces = tuple(replace(each, intercept=each.intercept * k, slope=each.slope * k) for each in curve.pieces)
        return replace(curve, at_zero=curve.at_zero * k, pieces=pieces)

    assert cheaper_where(times(ours), times(theirs)) == cheaper_where(ours, theirs)


def test_utilization_at_which_a_machine_costs_what_metered_tokens_cost() -> None:
    found = utilization_break_even(fixed_usd=300, variable_usd_when_full=100, metered_usd_when_full=700)
    assert [(each.low, each.high) for each in found.cheaper] == [(Fraction(1, 2), Fraction(1))]


def test_a_machine_that_would_have_to_be_more_than_full_never_pays() -> None:
    assert utilization_break_even(600, 100, 650).word == "never"
    assert utilization_break_even(600, 100, 90).word == "never"


def test_a_promise_pays_from_the_share_of_hours_its_discount_leaves() -> None:
    """A commitment at 63 % of the on-demand price breaks even at 63 % of the hours."""
    found = commitment_break_even(0.63, 1.0)
    assert float(found.cheaper[0].low) == pytest.approx(0.63)


@given(st.floats(1, 1e5), st.floats(0.1, 1e4), st.floats(0, 0.5), st.floats(-0.03, 0.05))
def test_payback_in_closed_form_is_that_of_the_simulation(
    capex: float, saved: float, rate: float, growth: float
) -> None:
    found = payback_closed_form(capex, saved, rate, growth)
    flows = np.concatenate([[0.0], saved * (1 + growth) ** np.arange(2400)])
    worth = np.cumsum(discounted(flows, rate))
    covered = np.flatnonzero(worth >= capex)
    if found.month is None:
        assert not covered.size or covered[0] > 1200
    elif covered.size:
        month = int(found.month)
        assert worth[month] >= capex * (1 - 1e-6)
        assert worth[month - 1] < capex * (1 + 1e-6)
    else:
        assert worth[-1] == pytest.approx(capex, rel=1e-6)


@given(st.floats(1, 1e5), st.floats(1, 1e4), st.floats(0, 1e4), st.floats(0, 0.3), st.floats(-0.3, 1.0))
def test_payback_with_growing_work_is_that_of_the_simulation(
    capex: float, saved: float, fixed: float, rate: float, growth: float
) -> None:
    found = payback_month(capex, saved, fixed_usd_per_month=fixed, rate_per_year=rate, growth_per_year=growth)
    so_far = -capex
    for month in range(1, 600):
        flow = saved * (1 + growth) ** ((month - 1) / 12) - fixed
        before, so_far = so_far, so_far + flow * (1 + rate) ** (-month / 12)
        if found.month == month:
            assert so_far >= -1e-6 * capex
            return
        assert so_far < 1e-6 * capex, (month, before)
    assert found.month is None or found.month >= 600


def test_a_tiny_rate_is_almost_none() -> None:
    """1 − ρ must not be lost to rounding: 12,001 months without interest are 12,001 months, and far too many."""
    assert payback_closed_form(12_001, 1, 1e-15).month is None
    assert payback_closed_form(1_000, 1, 1e-15).month == 1000
    assert payback_closed_form(999.5, 1, 1e-13).month == 1000


def test_what_saves_nothing_is_never_paid_back() -> None:
    found = payback_month(1000, 50, fixed_usd_per_month=50, rate_per_year=0.1)
    assert found.month is None
    assert found.reason.startswith("never")
    assert payback_closed_form(0, 10, 0.1).month == 0
    assert payback_closed_form(0, -10, 0.1).month is None


def test_savings_worth_less_than_the_capital_never_pay_it_back() -> None:
    """s/r_m is all that even savings are worth; a capital above that is never covered."""
    monthly = 1.12 ** (1 / 12) - 1
    assert payback_closed_form(100 / monthly * 1.001, 100, 0.12).month is None
    long = payback_closed_form(100 / monthly * 0.99, 100, 0.12).month
    assert long == math.ceil(math.log(100) / math.log(1 + monthly))

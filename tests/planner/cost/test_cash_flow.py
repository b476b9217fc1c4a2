"""Monthly flows against closed forms (economics.md §2, horizon): geometric series, capital recovery, additivity."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.capital import annual_capital_usd, capital_recovery_factor
from planner.cost.cash_flow import (
    Flows,
    discount_factors,
    growth_path,
    monthly_rate,
    months_of,
    present_value,
    purchases,
    refresh_path,
    salvage,
)

RATES = st.floats(0.0, 1.0)
CHANGES = st.floats(-0.9, 3.0)
MONTHS = st.integers(1, 120)


def paid(monthly: Flows) -> Flows:
    return np.concatenate([[0.0], monthly])


def test_twelve_months_of_the_monthly_rate_are_the_yearly_one() -> None:
    assert (1 + monthly_rate(0.1)) ** 12 == pytest.approx(1.1)
    assert monthly_rate(0.0) == 0.0


@given(RATES, MONTHS)
def test_a_level_payment_is_worth_its_annuity(rate: float, months: int) -> None:
    """Σ (1 + r_m)^−t over n months = (1 − (1 + r_m)^−n)/r_m."""
    r = monthly_rate(rate)
    annuity = -math.expm1(-months * math.log1p(r)) / r if r else months
    assert present_value(paid(np.full(months, 7.0)), rate) == pytest.approx(7.0 * annuity)


@given(RATES, CHANGES, MONTHS)
def test_a_growing_payment_is_worth_its_geometric_series(rate: float, growth: float, months: int) -> None:
    """Σ q^(t−1)/(1 + r_m)^t with q = 1 + g_m is (1 − (q/(1 + r_m))^n)/(r_m − g_m)."""
    r, g = monthly_rate(rate), monthly_rate(growth)
    ratio = (1 + g) / (1 + r)
    series = months / (1 + r) if abs(r - g) < 1e-9 else (1 - ratio**months) / (r - g)
    assert present_value(paid(growth_path(growth, months)), rate) == pytest.approx(series, rel=1e-6)


@given(RATES, st.integers(1, 10))
def test_the_capital_recovery_factor_paid_monthly_recovers_the_price(rate: float, years: int) -> None:
    """A year's CRF as twelve equal months, each CRF·r_m/r, is worth the price."""
    monthly = capital_recovery_factor(rate, years) * (monthly_rate(rate) / rate if rate > 1e-9 else 1 / 12)
    assert present_value(paid(np.full(12 * years, 1000.0 * monthly)), rate) == pytest.approx(1000.0, rel=1e-6)


@given(rate=st.floats(0.001, 1.0), life=st.integers(1, 5), lives=st.integers(1, 2), resale=st.floats(0, 1200))
def test_bought_again_and_again_costs_what_the_annual_capital_does(
    rate: float, life: int, lives: int, resale: float
) -> None:
    """Purchase, refresh and resale over whole lives = annual capital × annuity of the years."""
    months = 12 * life * lives
    cash = purchases(1200, 12 * life, months) + salvage(1200, resale, 12 * life, months)
    annuity = -math.expm1(-life * lives * math.log1p(rate)) / rate
    assert present_value(cash, rate) == pytest.approx(annual_capital_usd(1200, resale, rate, life) * annuity)


def test_what_is_not_worn_out_at_the_end_counts_with_its_straight_line_value() -> None:
    # $1,200 falling to $240 in four years has lost half of the difference after two.
    assert salvage(1200, 240, 48, 24)[24] == pytest.approx(-(1200 + 240) / 2)
    assert purchases(1200, 48, 24)[0] == 1200
    # The second device, bought at month 48, is one year old at month 60.
    assert salvage(1200, 240, 48, 60)[60] == pytest.approx(-((1200 - 240) * 3 / 4 + 240))
    assert salvage(1200, 240, 48, 60)[48] == pytest.approx(-240)


@given(st.integers(1, 60), MONTHS, CHANGES)
def test_a_device_is_bought_once_a_life_at_the_price_of_that_month(life: int, months: int, change: float) -> None:
    flows = purchases(100, life, months, change)
    assert np.count_nonzero(flows) == math.ceil(months / life)
    assert flows[0] == 100
    for month in range(0, months, life):
        assert flows[month] == pytest.approx(100 * (1 + change) ** (month / 12))
    assert flows[months] == 0  # at the end nobody buys


@given(st.integers(1, 60), MONTHS, st.floats(0, 100))
def test_no_more_comes_back_than_was_paid(life: int, months: int, resale: float) -> None:
    assert -salvage(100, resale, life, months).sum() <= purchases(100, life, months).sum() * (1 + 1e-12)


@given(CHANGES, CHANGES, RATES, MONTHS)
def test_worth_adds_up(one: float, other: float, rate: float, months: int) -> None:
    a, b = paid(growth_path(one, months)), paid(growth_path(other, months))
    assert present_value(a + b, rate) == pytest.approx(present_value(a, rate) + present_value(b, rate))


def test_without_a_rate_worth_is_the_sum() -> None:
    flows = np.arange(13.0)
    assert present_value(flows, 0.0) == flows.sum()
    assert discount_factors(0.0, 3).tolist() == [1.0] * 4


def test_a_path_starts_at_one_and_reaches_the_yearly_change_after_a_year() -> None:
    path = growth_path(0.4, 25)
    assert path[0] == 1.0
    assert path[[12, 24]] == pytest.approx([1.4, 1.96])
    assert growth_path(-0.3, 24, after=12)[[0, 11, 12, 23]] == pytest.approx([1, 1, 1, 0.7 ** (11 / 12)])


def test_a_device_s_price_stays_until_it_is_replaced() -> None:
    assert refresh_path(-0.5, 12, 25)[[0, 11, 12, 23, 24]] == pytest.approx([1, 1, 0.5, 0.5, 0.25])


def test_a_horizon_has_whole_months_and_at_least_one() -> None:
    assert [months_of(years) for years in (1 / 12, 0.25, 3, 10, 0.01)] == [1, 3, 36, 120, 1]

"""prices.md §2 (instances): billed steps and minimum, the price of each day, quotes before list prices."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.cost.rented import (
    MonthPrice,
    billed_hours_per_month,
    billed_s,
    committed_row,
    month_price,
    quote_for,
    rows_of,
)
from planner.prices.kinds.instance import Billing, PurchaseOption
from planner.prices.offers import Quote
from tests.support.capacities import DAY, MACHINE, RAISED, cards, machine_offer

CARD = cards()[0]


@pytest.mark.parametrize(
    ("run_s", "granularity_s", "minimum_s", "billed"),
    [
        (0, 1, 60, 0),
        (10, 1, 60, 60),  # EC2: «one second increments, with a minimum of 60 seconds»
        (61.2, 1, 60, 62),
        (3_601, 3_600, 0, 7_200),  # by the hour
        (3_600, 3_600, 0, 3_600),
    ],
)
def test_billed_seconds(run_s: float, granularity_s: int, minimum_s: int, billed: int) -> None:
    assert billed_s(run_s, granularity_s, minimum_s) == billed


@given(st.floats(0, 1e6), st.integers(1, 7_200), st.integers(0, 7_200))
def test_never_less_than_ran_and_less_than_a_step_or_the_minimum_more(
    run_s: float, granularity_s: int, minimum_s: int
) -> None:
    billed = billed_s(run_s, granularity_s, minimum_s)
    assert billed >= run_s - 1e-3
    assert billed == 0 or billed <= max(minimum_s, run_s + granularity_s + 1e-6)


def test_each_active_day_starts_the_machine_anew() -> None:
    hourly = Billing(granularity_s=3_600, minimum_s=0)
    assert billed_hours_per_month("active", hourly, 21, 8.5) == 21 * 9
    assert billed_hours_per_month("active", Billing(granularity_s=1, minimum_s=86_400), 21, 8) == 21 * 24
    assert billed_hours_per_month("always", hourly, 21, 8.5) == 730


def test_active_hours_never_cost_more_than_all() -> None:
    assert billed_hours_per_month("active", Billing(granularity_s=86_400), 31, 8) == 730
    assert billed_hours_per_month("active", Billing(), 31, 24) == 730


def test_a_price_change_inside_the_month_counts_by_days() -> None:
    rows = rows_of(machine_offer(), PurchaseOption.ON_DEMAND)
    before = month_price(CARD, rows, DAY)
    assert isinstance(before, MonthPrice)
    assert before.usd_per_h.value == 55.04
    assert before.usd_per_h.basis is Basis.PUBLISHED
    inside = month_price(CARD, rows, RAISED - timedelta(days=10))
    assert isinstance(inside, MonthPrice)
    month_days = 730 / 24
    assert inside.usd_per_h.value == pytest.approx((10 * 55.04 + (month_days - 10) * 60) / month_days)
    assert [days for _, days in inside.rows] == [10, pytest.approx(month_days - 10)]


def test_monthly_prices_equal_a_daily_simulation() -> None:
    rows = rows_of(machine_offer(), PurchaseOption.ON_DEMAND)
    for shift in range(0, 60, 7):
        start = date(2026, 12, 1) + timedelta(days=shift)
        found = month_price(CARD, rows, start)
        assert isinstance(found, MonthPrice)
        hours = [60.0 if start + timedelta(hours=hour) >= RAISED else 55.04 for hour in range(730)]
        assert found.usd_per_h.value == pytest.approx(sum(hours) / 730)


def test_a_day_without_a_price_is_a_reason_and_never_zero() -> None:
    rows = rows_of(machine_offer(), PurchaseOption.ON_DEMAND)[:1]
    assert month_price(CARD, rows, RAISED - timedelta(days=3)) == f"no price in force on {RAISED.isoformat()}"
    assert month_price(CARD, (), DAY) == "the rate card lists no such price"


def test_a_quote_goes_before_the_list_from_its_day_on() -> None:
    quote = Quote(
        sku=MACHINE,
        author="Kim",
        date=date(2026, 11, 1),
        reason="offer 4711",
        usd_per_h=Decimal("41.5"),
        option="on_demand",
        valid_until=date(2027, 2, 1),
    )
    offer = machine_offer()
    assert quote_for(CARD, offer, PurchaseOption.ON_DEMAND, (quote,), date(2026, 10, 31)) is None
    assert quote_for(CARD, offer, PurchaseOption.SPOT, (quote,), DAY) is None
    assert quote_for(CARD, offer, PurchaseOption.ON_DEMAND, (quote,), date(2027, 2, 1)) is None
    held = quote_for(CARD, offer, PurchaseOption.ON_DEMAND, (quote,), DAY)
    found = month_price(CARD, rows_of(machine_offer(), PurchaseOption.ON_DEMAND), DAY, held)
    assert isinstance(found, MonthPrice)
    assert found.usd_per_h.value == 41.5
    assert "Kim" in found.usd_per_h.source


def test_the_commitment_of_the_asked_term() -> None:
    for term, usd in ((12, "38.00"), (36, "30.24")):
        row = committed_row(machine_offer(), term, DAY)
        assert row is not None
        assert row.usd_per_h == Decimal(usd)
    assert committed_row(machine_offer(), 24, DAY) is None


def test_a_quote_prices_a_machine_the_card_has_no_such_price_of() -> None:
    quote = Quote(sku=MACHINE, author="Kim", date=DAY, reason="mail", usd_per_h=Decimal(20), option="on_demand")
    found = month_price(CARD, (), DAY, quote)
    assert isinstance(found, MonthPrice)
    assert (found.usd_per_h.value, found.rows) == (20, ())

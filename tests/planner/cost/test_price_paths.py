"""Dated prices month by month, days prorated, and yearly changes beyond the last of them (prices.md §2, §3)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.cost.cash_flow import Flows
from planner.cost.price_paths import (
    at_refresh,
    change_days,
    compound,
    dated_path,
    is_single_point,
    month_starts,
)
from planner.errors import PriceError
from planner.prices.dated import DatedRow

START = date(2026, 11, 23)


def change(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit="share", basis=Basis.ASSUMED, low=low, high=high)


def column(usd: float) -> Flows:
    return np.array([[usd]])


def test_months_begin_on_the_same_day_or_the_last_one_there_is() -> None:
    assert month_starts(date(2027, 1, 31), 3) == (
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    )
    assert month_starts(START, 12)[-1] == date(2027, 11, 23)


def test_a_price_without_a_date_stays() -> None:
    path = dated_path(lambda day: column(3.0), (), month_starts(START, 3))
    assert path.usd.tolist() == [[3.0, 3.0, 3.0]]
    assert (path.known_until_month, path.ended) == (0, None)


def test_a_change_within_a_month_counts_by_days() -> None:
    # Month 2 runs from 23 Dec to 23 Jan, 31 days; ten of them at the old price.
    turn = date(2027, 1, 2)
    path = dated_path(lambda day: column(1.0 if day < turn else 2.0), (turn,), month_starts(START, 3))
    assert path.usd[0] == pytest.approx([1.0, (10 + 2 * 21) / 31, 2.0])
    assert path.known_until_month == 2


def test_a_change_on_the_first_day_of_a_month_takes_the_whole_month() -> None:
    turn = date(2026, 12, 23)
    path = dated_path(lambda day: column(1.0 if day < turn else 2.0), (turn,), month_starts(START, 3))
    assert path.usd[0].tolist() == [1.0, 2.0, 2.0]
    assert path.known_until_month == 1


def test_days_without_a_price_carry_on_the_last_one_and_say_since_when() -> None:
    end = date(2027, 1, 23)
    path = dated_path(lambda day: column(5.0) if day < end else None, (end,), month_starts(START, 4))
    assert path.usd[0].tolist() == [5.0] * 4
    assert path.ended == end


def test_without_any_price_the_horizon_is_refused() -> None:
    with pytest.raises(PriceError, match="2026-11-23"):
        dated_path(lambda day: None, (), month_starts(START, 1))


def test_changes_outside_the_horizon_change_nothing() -> None:
    asked: list[date] = []

    def price(day: date) -> Flows:
        asked.append(day)
        return column(1.0)

    dated_path(price, (START, START - timedelta(days=1), date(2027, 2, 23)), month_starts(START, 3))
    assert asked == [START]


@given(
    st.lists(st.tuples(st.integers(1, 1200), st.floats(0.01, 100)), max_size=6, unique_by=lambda row: row[0]),
    st.integers(1, 36),
)
def test_months_add_up_to_the_days(rows: list[tuple[int, float]], months: int) -> None:
    """The months' prices, weighted by their days, are the mean of every day's price."""
    turns = {START + timedelta(days=days): usd for days, usd in rows}

    def usd_on(day: date) -> float:
        return next((turns[turn] for turn in sorted(turns, reverse=True) if turn <= day), 1.0)

    starts = month_starts(START, months)
    path = dated_path(lambda day: column(usd_on(day)), turns, starts)
    lengths = np.diff([day.toordinal() for day in starts])
    every = [usd_on(START + timedelta(days=number)) for number in range((starts[-1] - START).days)]
    assert float(path.usd[0] @ lengths) == pytest.approx(sum(every))


def test_rows_change_when_they_begin_and_end() -> None:
    rows = [DatedRow(effective_to=date(2027, 1, 1)), DatedRow(effective_from=date(2027, 1, 1))]
    assert set(change_days(rows)) == {date(2027, 1, 1)}


def test_a_change_carries_its_interval() -> None:
    path = compound(change(-0.3, -0.5, 0.1), 25)
    assert path[:, 0].tolist() == [1.0] * 3
    assert path[:, 12] == pytest.approx([0.5, 0.7, 1.1])
    assert path[:, 24] == pytest.approx([0.25, 0.49, 1.21])
    assert compound(None, 12).tolist() == np.ones((3, 12)).tolist()


def test_a_change_begins_after_the_last_known_price() -> None:
    assert compound(change(-0.5), 19, after=6)[1, [5, 6, 18]] == pytest.approx([1.0, 1.0, 0.5])


def test_device_prices_change_at_a_refresh() -> None:
    assert at_refresh(change(-0.5), 12, 14)[1].tolist() == pytest.approx([1.0] * 12 + [0.5] * 2)


def test_a_change_without_an_interval_is_a_single_point() -> None:
    assert is_single_point(change(-0.3))
    assert is_single_point(change(-0.3, -0.3, -0.3))
    assert not is_single_point(change(-0.3, -0.5, 0.0))
    assert not is_single_point(change(0.0))
    assert not is_single_point(None)

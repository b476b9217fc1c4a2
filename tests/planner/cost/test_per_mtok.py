"""Dollars per million tokens of a machine paid by the hour (economics.md §2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.cost.per_mtok import CONVENTIONS, all_on_output, input_and_output_apart, usd_per_mtok
from tests.support.engine import quantity

HOUR, FULL = quantity(3.6, "USD/h", 3.0, 4.5), quantity(4.0, "USD/h")
PREFILL, DECODE = quantity(10_000, "tok/s", 8000, 12_500), quantity(1000, "tok/s")


def test_an_hour_s_price_over_the_tokens_it_yields() -> None:
    assert usd_per_mtok(HOUR, DECODE, 0.5).value == pytest.approx(3.6 * 1e6 / (3600 * 1000 * 0.5))
    assert usd_per_mtok(HOUR, DECODE, 1.0).value == pytest.approx(277.78 * 3.6 / 1000, rel=1e-4)


def test_the_cheapest_case_has_the_low_price_with_the_high_rate() -> None:
    low, high = usd_per_mtok(HOUR, PREFILL, 1.0).bounds
    assert low == pytest.approx(3.0 * 1e6 / (3600 * 12_500))
    assert high == pytest.approx(4.5 * 1e6 / (3600 * 8000))


def test_input_and_output_apart_stand_beside_themselves_at_100_percent() -> None:
    found = input_and_output_apart(HOUR, FULL, PREFILL, DECODE, 0.25)
    assert found.usd_per_mtok_in is not None
    assert found.usd_per_mtok_in_at_full_utilization is not None
    assert found.usd_per_mtok_in.value == pytest.approx(3.6e6 / (3600 * 10_000 * 0.25))
    assert found.usd_per_mtok_out_at_full_utilization.value == pytest.approx(4.0e6 / (3600 * 1000))
    assert (found.utilization, found.convention) == (0.25, "apart")
    assert found.convention in CONVENTIONS


def test_all_on_output_leaves_input_without_a_price() -> None:
    found = all_on_output(HOUR, FULL, DECODE, 0.5)
    assert found.usd_per_mtok_in is None
    assert found.usd_per_mtok_out.value == pytest.approx(2.0)


def test_a_rate_that_may_be_zero_is_slow_and_not_endless() -> None:
    assert usd_per_mtok(HOUR, quantity(1000, "tok/s", 0, 2000), 1.0).bounds[1] == pytest.approx(4.5e6 / (3600 * 100))


@pytest.mark.parametrize("used", [0.0, -0.1, 1.1])
def test_no_price_without_use(used: float) -> None:
    with pytest.raises(ValueError, match="utilization"):
        usd_per_mtok(HOUR, DECODE, used)


@given(used=st.floats(0.01, 1))
def test_the_figure_at_100_percent_is_the_least(used: float) -> None:
    assert usd_per_mtok(HOUR, DECODE, used).value >= usd_per_mtok(HOUR, DECODE, 1.0).value - 1e-12

"""Dollars per Mtok of a served model: `$/M out = 10^6·n·$/GPU-h/(3600·output tok/s·U)` (service.md, §Cost)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.cost.served_tokens import served_tokens


def usd_per_h(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, low=low, high=high, unit="USD/h", basis=Basis.PUBLISHED)


def tok_s(value: float, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, low=low, high=high, unit="tok/s", basis=Basis.ESTIMATED)


def test_by_hand() -> None:
    """Two accelerators at $2.50/h, 2,000 tok/s, half used: 5/(3600·2000·0.5)·10^6 = $1.389/M."""
    cost = served_tokens(
        usd_per_h(2.5), 2, tok_s(2000), prefill_share=0.25, input_tokens=1024, output_tokens=256, utilization=0.5
    )
    assert cost.usd_per_mtok_out.value == pytest.approx(1.388889, rel=1e-6)
    assert cost.usd_per_mtok_out_by_time.value == pytest.approx(0.75 * 1.388889, rel=1e-6)
    assert cost.usd_per_mtok_in_by_time.value == pytest.approx(0.25 * 1.388889 / 4, rel=1e-6)
    assert cost.usd_per_mtok_out.basis is Basis.ESTIMATED  # the weaker of price and throughput (CONVENTION §4)


def test_the_cheapest_case_takes_the_low_price_with_the_high_throughput() -> None:
    cost = served_tokens(
        usd_per_h(3, 2, 6),
        1,
        tok_s(1000, 800, 1500),
        prefill_share=0.1,
        input_tokens=100,
        output_tokens=100,
        utilization=1.0,
    )
    assert cost.usd_per_mtok_out.bounds == pytest.approx((2 / 5.4, 6 / 2.88))


@given(
    share=st.floats(0, 0.99),
    input_tokens=st.floats(1, 1e5),
    output_tokens=st.floats(1, 1e4),
    utilization=st.floats(0.01, 1),
    count=st.integers(1, 8),
)
def test_both_conventions_are_the_same_bill(
    share: float, input_tokens: float, output_tokens: float, utilization: float, count: int
) -> None:
    cost = served_tokens(
        usd_per_h(3),
        count,
        tok_s(1234),
        prefill_share=share,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        utilization=utilization,
    )
    split = cost.usd_per_mtok_in_by_time.value * input_tokens + cost.usd_per_mtok_out_by_time.value * output_tokens
    assert split == pytest.approx(cost.usd_per_mtok_out.value * output_tokens)


def test_half_the_utilization_costs_twice() -> None:
    full, half = (
        served_tokens(
            usd_per_h(3), 1, tok_s(100), prefill_share=0.2, input_tokens=10, output_tokens=10, utilization=used
        )
        for used in (1.0, 0.5)
    )
    assert half.usd_per_mtok_out.value == pytest.approx(2 * full.usd_per_mtok_out.value)


def test_a_share_of_time_is_one() -> None:
    with pytest.raises(ValueError, match="share of time"):
        served_tokens(
            usd_per_h(3), 1, tok_s(100), prefill_share=1.0, input_tokens=10, output_tokens=10, utilization=1.0
        )

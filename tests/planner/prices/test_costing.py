"""A costing is the sum of its rows to the last digit, or has no total at all (prices.md §3, CONVENTION §3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.documents import from_json, to_json
from planner.prices.costing import Costing, CostingRow, CostingStatus, sum_exactly

amounts = st.lists(st.decimals(0, 10**12, places=12, allow_nan=False), max_size=8)


def _row(usd: Decimal) -> CostingRow:
    return CostingRow(
        sku="acme/mini",
        what="input",
        quantity=Decimal(1),
        unit="token",
        unit_price_usd=usd,
        billed_usd=usd,
        effective_usd=usd,
        source="test",
    )


@given(amounts)
def test_a_priced_usage_is_the_sum_of_its_rows_and_survives_a_file(usd: list[Decimal]) -> None:
    total = sum_exactly(usd)
    rows = tuple(_row(each) for each in usd)
    costing = Costing(billed_usd=total, effective_usd=total, status=CostingStatus.PRICED, rows=rows)
    assert from_json(to_json(costing), Costing, where="test") == costing
    with pytest.raises(ValidationError, match="not the sum of its rows"):
        Costing(billed_usd=total, effective_usd=total + Decimal("1e-12"), status=CostingStatus.PRICED, rows=rows)


def test_sums_keep_every_digit() -> None:
    """The ambient context has 28 digits; 10^12 dollars with 10^-24 need 37."""
    assert sum_exactly([Decimal(10**12), Decimal("1e-24")]) == Decimal("1000000000000.000000000000000000000001")


def test_what_has_no_price_has_no_total() -> None:
    with pytest.raises(ValidationError, match="no total"):
        Costing(billed_usd=Decimal(0), effective_usd=None, status=CostingStatus.UNPRICED, missing=("a price",))
    with pytest.raises(ValidationError, match="nothing missing"):
        Costing(billed_usd=Decimal(0), effective_usd=Decimal(0), status=CostingStatus.PRICED, missing=("a price",))
    unpriced = Costing(billed_usd=None, effective_usd=None, status=CostingStatus.UNPRICED, missing=("a price",))
    assert unpriced.billed_usd is None

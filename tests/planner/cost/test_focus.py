"""FOCUS 1.2 columns: nulls where the specification allows them, costs from prices, cells that start no formula."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from planner.cost.focus import Charge, columns, focus_text

# Mandatory in FOCUS 1.2 (specification/columns, feature level «Mandatory»), and never null.
MANDATORY = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
)


def _charge(**more: object) -> Charge:
    plain: dict[str, object] = {
        "provider": "Test Cloud",
        "service": "Compute",
        "category": "Compute",
        "sku": "h100.8x",
        "description": "one machine",
        "billed_usd": 10.0,
        "effective_usd": 10.0,
        "on": date(2026, 11, 23),
    }
    return Charge(**(plain | more))  # pyright: ignore[reportArgumentType]


def _rows(*charges: Charge) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(focus_text(charges).lstrip("\ufeff"), newline="")))


def test_mandatory_columns_are_there_and_filled() -> None:
    (row,) = _rows(_charge())
    assert set(MANDATORY) <= set(columns())
    assert all(row[name] for name in MANDATORY)
    assert [name for name in columns() if name.startswith("x_")] == ["x_Basis", "x_Role", "x_Source", "x_TaskClasses"]


def test_a_charge_period_is_a_month_of_730_hours() -> None:
    (row,) = _rows(_charge())
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2026-11-23T00:00:00Z", "2026-12-23T10:00:00Z")


def test_costs_are_prices_times_quantity_where_prices_are_known() -> None:
    (row,) = _rows(_charge(quantity=2.0, unit="Hours", list_usd=6.0, contracted_usd=5.0))
    assert (row["ListCost"], row["ContractedCost"]) == ("12.0", "10.0")
    (bare,) = _rows(_charge())
    assert (bare["ListUnitPrice"], bare["ListCost"], bare["ContractedCost"]) == ("", "10.0", "10.0")


def test_numbers_have_every_digit_and_no_exponent() -> None:
    (row,) = _rows(_charge(effective_usd=1.25e-9))
    assert row["EffectiveCost"] == "0.00000000125"


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_starts_a_formula(start: str) -> None:
    (row,) = _rows(_charge(description=f'{start}HYPERLINK("http://x")', provider=f"{start}1"))
    assert row["ChargeDescription"].startswith(f"'{start}")
    assert row["ProviderName"] == f"'{start}1"


def test_lines_end_as_rfc_4180_says_and_quotes_survive() -> None:
    text = focus_text([_charge(description='a "quoted", comma\nand line')])
    assert text.count("\r\n") == 2
    (row,) = _rows(_charge(description='a "quoted", comma\nand line'))
    assert row["ChargeDescription"] == 'a "quoted", comma\nand line'

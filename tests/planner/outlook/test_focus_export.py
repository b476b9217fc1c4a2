"""FOCUS 1.2 of a plan's month: billed sums to cash, effective to amortised cost, alternatives apart from the plan."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from planner.capacities import Capacity
from planner.cost.capacity import capacity_month
from planner.outlook.focus_export import focus_csv
from planner.placement.options import Side
from planner.planning import plan
from planner.prices.offers import Quote, TokenPrice, TokenRates
from planner.scenario import Scenario
from tests.support.capacities import DAY, capacities, capacity_scenario, reserved

Row = dict[str, str]


def _rows(scenario: Scenario) -> list[Row]:
    text = focus_csv(scenario).lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _sum(rows: list[Row], column: str) -> float:
    return sum(float(row[column]) for row in rows)


ALL = _rows(capacity_scenario())


def test_the_chosen_rows_sum_to_the_plans_bill_of_the_data_center() -> None:
    chosen = [row for row in ALL if row["x_Role"] == "chosen"]
    options = [each.chosen for each in plan(capacity_scenario()).placements if each.chosen]
    paid = sum(
        each.cost.usd_per_month.value
        for each in options
        if each.side is Side.DATACENTER and each.cost and each.cost.usd_per_month
    )
    assert paid > 0
    assert _sum(chosen, "EffectiveCost") == pytest.approx(paid)
    assert _sum(chosen, "BilledCost") == pytest.approx(paid)
    assert {row["PricingUnit"] for row in chosen} == {"1000000 Tokens"}


@pytest.mark.parametrize("capacity", capacities(), ids=lambda each: each.name)
def test_each_capacitys_rows_sum_to_its_cash_and_its_cost(capacity: Capacity) -> None:
    scenario = capacity_scenario()
    month = capacity_month(scenario, capacity, DAY)  # what runs again until it is accepted included
    rows = [row for row in ALL if row["ResourceId"] == capacity.name]
    assert all(row["x_Role"] == "alternative" for row in rows)
    assert month.effective_usd_per_month is not None
    assert month.billed is not None
    assert _sum(rows, "EffectiveCost") == pytest.approx(month.effective_usd_per_month.value)
    cash = month.billed.upfront_usd + month.billed.recurring_usd_per_month
    assert _sum(rows, "BilledCost") == pytest.approx(cash)


def test_a_promise_shows_its_purchase_what_it_covers_and_what_is_lost() -> None:
    rows = [row for row in ALL if row["ResourceId"] == "three-years"]
    purchases = [row for row in rows if row["ChargeCategory"] == "Purchase"]
    assert {row["ChargeFrequency"] for row in purchases} == {"One-Time", "Recurring"}
    assert all(Decimal(row["EffectiveCost"]) == 0 for row in purchases)
    used, unused = (
        next(row for row in rows if row["CommitmentDiscountStatus"] == status) for status in ("Used", "Unused")
    )
    for row in (used, unused):
        assert Decimal(row["BilledCost"]) == 0
        assert row["PricingCategory"] == "Committed"
        assert row["CommitmentDiscountCategory"] == "Spend"
    assert (used["ListUnitPrice"], unused["PricingQuantity"], unused["ListUnitPrice"]) == ("55.04", "", "")
    hours = float(used["CommitmentDiscountQuantity"]) + float(unused["CommitmentDiscountQuantity"])
    promised = capacity_month(
        capacity_scenario(), next(each for each in capacities() if each.name == "three-years"), DAY
    )
    assert promised.units is not None
    assert hours == pytest.approx(promised.units * 730)


@pytest.mark.parametrize("row", ALL, ids=[f"{at}-{row['ResourceId']}" for at, row in enumerate(ALL)])
def test_nulls_and_products_are_as_the_specification_wants(row: Row) -> None:
    """contractedcost.md, listcost.md: price × quantity; commitmentdiscountstatus.md: with Usage only."""
    for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
        if row[price] and row["PricingQuantity"]:
            assert float(row[price]) * float(row["PricingQuantity"]) == pytest.approx(float(row[cost]))
    assert row["PricingCategory"] in {"Standard", "Dynamic", "Committed", "Other"}
    assert bool(row["CommitmentDiscountStatus"]) is (
        bool(row["CommitmentDiscountId"]) and row["ChargeCategory"] == "Usage"
    )
    assert row["ChargeCategory"] != "Purchase" or row["ChargeFrequency"] != "Usage-Based"
    assert float(row["BilledCost"]) >= 0


def test_spot_is_dynamic_and_blocks_reserve() -> None:
    by_name = {row["ResourceId"]: row for row in ALL if row["ChargeCategory"] == "Usage"}
    assert by_name["spot"]["PricingCategory"] == "Dynamic"
    assert by_name["blocks"]["CapacityReservationStatus"] in {"Used", "Unused"}
    assert by_name["blocks"]["CommitmentDiscountId"] == ""


def test_a_quote_is_the_contracted_price_beside_the_list() -> None:
    scenario = capacity_scenario(reserved())
    rates = TokenRates(input_usd_per_mtok=Decimal("0.30"), output_usd_per_mtok=Decimal("1.20"))
    quote = Quote(sku="acme/mini", author="Kim", date=DAY, reason="volume", price=TokenPrice(rates=rates))
    prices = scenario.prices.model_copy(update={"quotes": (quote,)})
    rows = _rows(scenario.model_copy(update={"prices": prices}))
    output = next(row for row in rows if row["x_Role"] == "chosen" and "output" in row["ChargeDescription"])
    assert (output["ListUnitPrice"], output["ContractedUnitPrice"]) == ("1.6", "1.2")
    assert float(output["ListCost"]) > float(output["ContractedCost"])


def test_a_capacity_without_a_price_is_left_out() -> None:
    rows = _rows(capacity_scenario(reserved(term_months=36)))
    assert {row["x_Role"] for row in rows} == {"chosen"}

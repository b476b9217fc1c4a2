"""The Plan page's tables and bars tell the plan's own figures, in the words every other place has for them."""

from __future__ import annotations

import math
from functools import cache
from typing import TypeVar

import pytest

from planner import text
from planner.basis import Quantity
from planner.outlook.break_even import break_even
from planner.outlook.horizon import horizon_of
from planner.placement.options import Option
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import sample
from planner.scenario import Scenario
from ui.pages.horizon_rows import PART_COLUMNS, YEAR_COLUMNS, part_rows, year_rows
from ui.pages.hosted_rows import HOSTED_COLUMNS, hosted_rows
from ui.pages.load_rows import LOAD_COLUMNS, load_rows
from ui.pages.option_rows import option_rows
from ui.pages.option_words import monthly
from ui.pages.plan_rows import PLACEMENT_COLUMNS, placed_classes
from ui.pages.plan_words import cost_bars, key_figures
from ui.tables.columns import Column

EACH = pytest.mark.parametrize("name", ["office-assistant", "support-center"])
CLOSE = 1e-9  # a sum against its parts

R = TypeVar("R")


@cache
def planned(name: str) -> tuple[Scenario, Plan]:
    scenario = sample(name)
    return scenario, plan(scenario)


def cells(columns: tuple[Column[R], ...], row: R) -> dict[str, str]:
    return {column.title: column.text(row) for column in columns}


def cost_of(option: Option | None) -> Quantity:
    assert option is not None
    assert option.cost is not None
    assert option.cost.true_usd_per_month is not None
    return option.cost.true_usd_per_month


@EACH
def test_every_class_stands_with_the_plan_s_cost_and_times(name: str) -> None:
    scenario, result = planned(name)
    rows = placed_classes(result, scenario)
    assert [row.placement for row in rows] == list(result.placements)
    for row in rows:
        chosen, shown = row.placement.chosen, cells(PLACEMENT_COLUMNS, row)
        assert chosen is not None
        assert chosen.service is not None
        assert shown["Cost"] == text.money(cost_of(chosen).value)
        assert shown["TTFT p95 / SLO"].startswith(f"{text.number(chosen.service.ttft_p95_s.value)} / ")
        assert shown["E2E p95 / SLO"].startswith(f"{text.number(chosen.service.e2e_p95_s.value)} / ")
        assert shown["Why here"] == row.placement.reason
        regret, extra = row.placement.regret_usd_per_year, row.placement.runner_up_extra_usd_per_month
        if regret is not None:
            assert shown["Other side adds"] == f"+{text.money(regret)}"
        if extra is not None:
            assert shown["Runner-up adds"].removeprefix("+") == text.money(extra)


@EACH
def test_the_bars_add_up_to_the_totals_above_them(name: str) -> None:
    _, result = planned(name)
    totals = result.totals
    figures = {figure.caption.split(",", 1)[0].split(" · ", 1)[0]: figure.value for figure in key_figures(result)}
    base, ours = cost_bars(result)
    for bar, total, label in (
        (ours, totals.plan_usd_per_month, "this plan"),
        (base, totals.base_usd_per_month, "base case"),
    ):
        assert bar.words == figures[label] == text.quantity(total, interval=False)
        assert math.fsum(part.value for part in bar.parts) == pytest.approx(total.value, rel=CLOSE)
        assert all(part.words == text.money(part.value) for part in bar.parts)
    assert figures["saving"] == text.money_per_month(totals.saving_usd_per_month.value)


@EACH
def test_fleets_and_capacities_stand_with_the_plan_s_months(name: str) -> None:
    scenario, result = planned(name)
    for row in load_rows(result, scenario):
        assert row.load in result.fleet_loads
        assert cells(LOAD_COLUMNS, row)["Fixed cost"] == text.money(row.load.fixed_usd_per_month.value)
    hosted = hosted_rows(result)
    assert tuple(row.load for row in hosted) == result.capacity_loads
    for row in hosted:
        month = row.load.month
        assert month.effective_usd_per_month is not None
        shown = cells(HOSTED_COLUMNS, row)
        assert text.money(month.effective_usd_per_month.value) in shown.values()
        assert f"{month.units:,} × {month.unit}" in shown.values()


@EACH
def test_the_chosen_option_costs_what_its_class_does(name: str) -> None:
    _, result = planned(name)
    for placement in result.placements:
        (taken,) = [row for row in option_rows(placement) if row.taken]
        assert monthly(taken.option) == cost_of(placement.chosen)


@EACH
def test_the_years_are_the_look_ahead_s(name: str) -> None:
    scenario, result = planned(name)
    view = horizon_of(scenario, result)
    years = [each for each in view.years if each.year or each.plan_billed_usd or each.base_billed_usd]
    *rows, every = year_rows(view)
    assert len(rows) == len(years)
    for row, year in zip(rows, years, strict=True):
        shown = cells(YEAR_COLUMNS, row)
        assert shown["Plan, billed"] == text.money(year.plan_billed_usd)
        assert shown["Base case, billed"] == text.money(year.base_billed_usd)
        assert shown["Saving"] == text.money(year.saving_usd)
        assert shown["Saving so far, NPV"] == text.money(year.discounted_cumulative_saving_usd)
    shown = cells(YEAR_COLUMNS, every)
    assert shown["Plan, billed"] == text.money(view.plan.total_usd.value)
    assert shown["Plan, NPV"] == text.money(view.plan.npv_usd.value)
    *parts, whole = part_rows(every)
    assert cells(PART_COLUMNS, whole)["Plan, billed"] == text.money(view.plan.total_usd.value)
    assert math.fsum(row.plan[0] for row in parts if row.plan) == pytest.approx(view.plan.total_usd.value, rel=CLOSE)


@EACH
def test_break_even_weighs_what_the_key_figures_save(name: str) -> None:
    scenario, result = planned(name)
    pair = break_even(scenario, "volume", plan=result, only_the_plan=True).pairs[0]
    assert pair.ours_usd_today is not None
    assert pair.theirs_usd_today is not None
    saved = pair.theirs_usd_today - pair.ours_usd_today
    (figure,) = [each for each in key_figures(result) if each.caption.startswith("saving")]
    assert text.money_per_month(saved) == figure.value

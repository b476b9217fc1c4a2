"""Capacity on the Plan page: devices, bought capacity, and the week of each, as the plan has them."""

from functools import cache

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner import text
from planner.placement.plan import Plan
from planner.planning import plan
from planner.scenario import Scenario
from tests.support.capacities import answering, owned, shared_scenario
from tests.support.planned_sample import plan_of_small, small
from tests.support.window import nameless_controls
from ui.appearance import Appearance
from ui.pages.load_tab import LoadTab
from ui.pages.plan_rows import PLACEMENT_COLUMNS, placed_classes
from ui.pages.plan_words import cost_bars


@cache
def scenario() -> Scenario:
    return shared_scenario(answering(owned(price_usd="6000"), spare=1))


@cache
def made() -> Plan:
    return plan(scenario())


@pytest.fixture
def tab(qtbot: QtBot, qapp: QApplication) -> LoadTab:
    tab = LoadTab(Appearance(qapp))
    qtbot.addWidget(tab)
    tab.show_plan(made(), scenario())
    return tab


def test_a_bought_capacity_says_units_spares_and_how_busy_they_are(tab: LoadTab) -> None:
    (load,) = made().capacity_loads
    month = load.month
    assert month.units is not None
    assert month.utilization is not None
    heads, line = tab.hosted.grid()
    said = dict(zip(heads, line, strict=True))
    assert said["Units"] == f"{month.units} × {month.unit}"
    assert said["Spare"] == str(month.spare_units) == "1"
    assert said["Busy (of paid hours)"] == text.share(month.utilization.value)
    assert said["Idle (per month)"] == text.money(month.idle_usd_per_month)
    group = tab.fills.groups[-1]
    assert group.title == f"{month.units} × {load.title}, 1 of them spare"
    (check,) = (each for each in made().week_checks if each.target == load.capacity)
    assert group.fills[1].share == pytest.approx(check.worst_share / check.limit)
    assert group.fills[0].share == month.utilization.value
    assert group.fills[0].meaning == "datacenter"


def test_the_table_of_classes_shows_how_busy_the_shared_capacity_is(tab: LoadTab) -> None:
    at = [column.title for column in PLACEMENT_COLUMNS].index("Utilization")
    (load,) = made().capacity_loads
    on_it = [row for row in placed_classes(made(), scenario()) if row.capacity is not None]
    assert {row.task_class.name for row in on_it} == set(load.task_classes)
    assert load.month.utilization is not None
    for row in on_it:
        assert PLACEMENT_COLUMNS[at].text(row) == text.share(load.month.utilization.value)


def test_what_capacity_costs_is_a_part_of_the_bar(tab: LoadTab) -> None:
    totals = made().totals
    base, mine = cost_bars(made())
    assert sum(part.value for part in mine.parts) == pytest.approx(totals.plan_usd_per_month.value)
    assert sum(part.value for part in base.parts) == pytest.approx(totals.base_usd_per_month.value)
    assert any(part.name == "rented and owned capacity" for part in mine.parts)


def test_the_week_of_every_target_is_drawn_against_its_limit(tab: LoadTab) -> None:
    checks = made().week_checks
    assert checks
    assert tab.target.count() == len(checks)
    for at, check in enumerate(checks):
        tab.target.setCurrentIndex(at)
        tab.target.activated.emit(at)
        week = tab.week.week
        assert week is not None
        assert week.hours == tuple(100 * each for each in check.busy)
        assert week.limit == pytest.approx(100 * check.limit)
        assert week.before == (() if check.asked == check.busy else tuple(100 * each for each in check.asked))
        assert tab.week_words.text() == check.sentence
        assert text.share(check.worst_share) in tab.week.title.text()


def test_the_target_that_is_shown_stays_through_another_plan(tab: LoadTab) -> None:
    last = len(made().week_checks) - 1
    tab.target.setCurrentIndex(last)
    shown = tab.target.currentData()
    tab.show_plan(made().model_copy(update={"week_checks": made().week_checks[::-1]}), scenario())
    assert tab.target.currentData() == shown
    assert tab.week.week is not None
    assert tab.week.week.name == made().week_checks[last].title


def test_a_plan_without_checked_hours_says_so(tab: LoadTab) -> None:
    tab.show_plan(made().model_copy(update={"week_checks": ()}), scenario())
    assert tab.week.isHidden()
    assert tab.week_words.text().startswith("No target")


def test_classes_that_share_a_device_show_what_they_wait_for_each_other(tab: LoadTab) -> None:
    plan = plan_of_small()
    tab.show_plan(plan, small())
    waits = [(load, wait) for load in plan.fleet_loads for wait in load.shared]
    assert waits
    heads, *lines = tab.together.grid()
    assert heads[3:6] == ["Wait p95 (s)", "TTFT p95 / SLO (s)", "E2E p95 / SLO (s)"]
    for line, (load, wait) in zip(lines, waits, strict=True):
        bound = "none" if wait.e2e_slo_s is None else text.number(wait.e2e_slo_s)
        assert line[1] == load.title
        assert line[5] == f"{text.number(wait.e2e_p95_s.value)} / {bound}"
        bounds = (wait.ttft_slo_s, wait.e2e_slo_s)
        assert line[6] == ("no SLO" if bounds == (None, None) else "✓ kept" if wait.keeps_slo else "▲ missed")


def test_a_queue_that_never_clears_has_no_percentile(tab: LoadTab) -> None:
    (load,) = plan_of_small().fleet_loads
    stuck = load.shared[0].model_copy(update={"wait_p95_s": None, "keeps_slo": False})
    loads = (load.model_copy(update={"shared": (stuck,)}),)
    tab.show_plan(plan_of_small().model_copy(update={"fleet_loads": loads}), small())
    (line,) = tab.together.grid()[1:]
    assert line[3] == "never clears"
    assert line[4].startswith("unknown / ")
    assert line[6] == "▲ never clears"
    assert not tab.together.isHidden()


def test_tables_are_models_and_every_control_has_a_name(tab: LoadTab) -> None:
    for table in (tab.loads, tab.hosted, tab.together):
        QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, tab)
    assert list(nameless_controls(tab)) == []

"""The Plan page on the bundled sample says what the plan says."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from planner import text
from planner.errors import PlannerError
from planner.outlook.explanation import Explanation
from planner.placement.options import Side, Sureness
from planner.placement.plan import Plan
from planner.scenario import Scenario
from tests.support.planned_sample import planned, sample
from tests.support.window import WindowDriver, fake_verbs, nameless_controls
from ui.bound_outlook_verbs import OUTLOOK_VERBS
from ui.pages import PAGES
from ui.pages.plan import PlanPage
from ui.pages.typed import changed
from ui.pages.workload_edits import with_class
from ui.verbs import Verbs

PLAN_AND_REPORT = tuple(entry for entry in PAGES if entry.title in {"Plan", "Report"})


def unexplained(scenario: Scenario, plan: Plan, task_class: str, left: Callable[[], bool]) -> Iterator[Explanation]:
    """What is solved has tests of its own."""
    raise PlannerError("nothing is solved here", remedy="Look at the plan.")


def verbs_of(planner: Callable[[Scenario], Plan]) -> Verbs:
    """The sample, its plan made once."""
    outlook = dataclasses.replace(OUTLOOK_VERBS, explain=unexplained)
    return fake_verbs(default_sample=sample, plan=planner, outlook=outlook)


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    return WindowDriver(qtbot, tmp_path, verbs_of(planned), pages=PLAN_AND_REPORT).start()


@pytest.fixture
def page(driver: WindowDriver) -> PlanPage:
    page = driver.open("Plan")
    assert isinstance(page, PlanPage)
    return page


def plan_of(driver: WindowDriver) -> Plan:
    assert driver.session.plan is not None
    return driver.session.plan


def test_the_first_thing_said_is_the_decision(driver: WindowDriver, page: PlanPage) -> None:
    assert page.heading.text() == plan_of(driver).sentence
    assert page.heading.text().startswith("Run 8 of 11 classes on 400 × Copilot+ laptop")


def test_key_figures_are_the_plans_totals_with_their_provenance(driver: WindowDriver, page: PlanPage) -> None:
    totals = plan_of(driver).totals
    local = sum(each.chosen is not None and each.chosen.side is Side.EDGE for each in plan_of(driver).placements)
    shown = {one.text() for one in page.figures.findChildren(QLabel) if one.isVisible()}
    assert text.quantity(totals.plan_usd_per_month, interval=False) in shown
    assert text.quantity(totals.base_usd_per_month, interval=False) in shown
    assert f"{local} of 11" in shown
    assert totals.base_case in " ".join(one.toolTip() for one in page.figures.findChildren(QWidget))


def test_bars_are_the_parts_of_both_totals(driver: WindowDriver, page: PlanPage) -> None:
    totals = plan_of(driver).totals
    base, mine = page.chart.bars
    assert sum(part.value for part in base.parts) == pytest.approx(totals.base_usd_per_month.value)
    assert sum(part.value for part in mine.parts) == pytest.approx(totals.plan_usd_per_month.value)
    meanings = {part.name: part.meaning for part in mine.parts}
    assert meanings["data center"] == "datacenter"
    assert meanings["devices"] == "edge"
    assert ["This plan", "data center", mine.parts[0].words] in [list(line) for line in page.chart.grid]


def test_every_class_stands_in_the_table_with_its_side_and_bounds(driver: WindowDriver, page: PlanPage) -> None:
    QAbstractItemModelTester(page.classes.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    lines = {line[0]: line for line in page.classes.grid()[1:]}
    assert len(lines) == 11
    assert lines["Code completion"][1] == "data center · Groq"
    heads = page.classes.grid()[0]
    assert heads[3:7] == ["Cost (per month)", "TTFT p95 / SLO (s)", "E2E p95 / SLO (s)", "Utilization"]
    assert lines["Code completion"][4].endswith(" / 0.8")
    assert lines["Mail summary"][1].startswith("device · Copilot+ laptop")
    assert lines["Meeting notes"][4].endswith(" / none")


def test_sureness_is_counted_in_words_with_icons(driver: WindowDriver, page: PlanPage) -> None:
    clear = sum(each.sureness is Sureness.CLEAR for each in plan_of(driver).placements)
    assert f"✓ {clear} clear" in page.sureness.text()


def test_details_give_every_part_of_the_cost_with_its_arithmetic(driver: WindowDriver, page: PlanPage) -> None:
    for number, row in enumerate(page.classes.rows):
        page.classes.select(number)
        shown = " ".join(page.why.details.as_text().split())
        assert row.placement.reason in shown
        assert row.placement.flips in shown
        assert row.chosen is not None
        assert row.chosen.cost is not None
        for part in (*row.chosen.cost.parts, *row.chosen.cost.quality_parts):
            assert part.how in shown
        for doubt in row.placement.doubts:
            assert doubt.sentence in shown
            assert doubt.advice in shown


def test_why_not_there_is_what_the_plan_solved(driver: WindowDriver, page: PlanPage) -> None:
    heads, *lines = page.classes.grid()
    at = heads.index("Other side adds (per year)")
    for number, (row, line) in enumerate(zip(page.classes.rows, lines, strict=True)):
        page.classes.select(number)
        assert row.placement.other_side
        assert row.placement.other_side in " ".join(page.why.details.as_text().split())
        regret = row.placement.regret_usd_per_year
        assert line[at] == ("forbidden" if regret is None else f"+{text.money(regret)}")


def test_every_option_says_what_rules_it_out_and_feasible_ones_come_first_by_cost(
    driver: WindowDriver, page: PlanPage
) -> None:
    page.classes.select(next(at for at, row in enumerate(page.classes.rows) if row.task_class.name == "document-rag"))
    rows = page.options.table.rows
    placement = next(each for each in plan_of(driver).placements if each.task_class == "document-rag")
    assert {row.option.option_id for row in rows} == {option.option_id for option in placement.options}
    feasible = [row.option.feasible for row in rows]
    assert feasible == sorted(feasible, reverse=True)
    assert rows[0].taken
    ruled_out = rows[-1]
    assert ruled_out.option.violations[0].sentence in ruled_out.verdict
    page.options.table.select(len(rows) - 1)
    assert ruled_out.option.violations[0].sentence in page.options.verdict.text()


def test_a_class_without_an_option_stands_on_top_with_a_caution(driver: WindowDriver, page: PlanPage) -> None:
    scenario = driver.session.scenario
    old = next(each for each in scenario.workload.task_classes if each.name == "agentic-research")
    workload = with_class(scenario.workload, old, changed(old, may_leave_device=False))
    driver.session.replace(scenario.model_copy(update={"workload": workload}), "Keep it here")
    driver.until_planned()
    top = page.classes.rows[0]
    assert top.task_class.name == "agentic-research"
    assert page.classes.grid()[1][0] == "▲ Agentic research"
    assert "▲ 1 without a feasible option" in page.sureness.text()
    page.classes.select(0)
    assert top.placement.reason in " ".join(page.why.details.as_text().split())


def test_capacity_and_doubts_are_the_plans(driver: WindowDriver, page: PlanPage) -> None:
    (load,) = plan_of(driver).fleet_loads
    line = page.capacity.loads.grid()[1]
    assert line[0] == load.title
    assert line[1] == "400"
    assert line[3].endswith("/ 30 %")
    (group,) = page.capacity.fills.groups
    assert load.memory_bytes is not None
    assert load.memory_limit_bytes is not None
    assert [fill.share for fill in group.fills] == [
        pytest.approx(load.utilization / 0.3),
        load.peak_utilization,
        load.memory_bytes.value / load.memory_limit_bytes,
    ]
    shown = " ".join(page.doubts.as_text().split())
    assert plan_of(driver).doubts
    for doubt in plan_of(driver).doubts:
        assert doubt.sentence in shown
        assert doubt.advice in shown


def test_a_scenario_that_cannot_be_planned_says_why_and_hides_the_old_figures(qtbot: QtBot, tmp_path: Path) -> None:
    def refuse(scenario: Scenario) -> Plan:
        if scenario.title == "Broken":
            raise PlannerError("its parts do not fit", remedy="Mend them.")
        return planned(scenario)

    driver = WindowDriver(qtbot, tmp_path, verbs_of(refuse), pages=PLAN_AND_REPORT).start()
    page = driver.open("Plan")
    assert isinstance(page, PlanPage)
    session = driver.session
    session.replace(session.scenario.model_copy(update={"title": "Broken"}), "Break it")
    driver.until(lambda: session.plan_error is not None)
    assert page.heading.text() == "There is no plan: its parts do not fit. Mend them."
    assert not page.classes.isVisible()
    session.undo()
    driver.until_planned()
    assert page.classes.isVisible()


def test_the_primary_button_opens_the_report(driver: WindowDriver, page: PlanPage) -> None:
    page.act()
    assert driver.settings.page == "Report"


def test_every_control_has_a_name(page: PlanPage) -> None:
    assert list(nameless_controls(page)) == []

"""Horizon and break-even on the Plan page: the engine's figures, computed only while seen, the newest one shown."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from planner import text
from planner.errors import PlannerError
from planner.horizon import Horizon, OneOff
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import BreakEvenView, By
from planner.outlook.explanation import Explanation
from planner.outlook.horizon import horizon_of
from planner.outlook.horizon_view import HorizonView
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import default_sample
from planner.scenario import Scenario
from tests.support.capacities import cards, rented
from tests.support.window import WindowDriver, fake_verbs, nameless_controls
from ui.bound_outlook_verbs import OUTLOOK_VERBS
from ui.pages import PAGES
from ui.pages.break_even_rows import interval_rows
from ui.pages.plan import BREAK_EVEN, DOUBTS, HORIZON, PlanPage

PLAN_ONLY = tuple(entry for entry in PAGES if entry.title == "Plan")
ONE_OFFS = (
    OneOff(name="Integration", kind="integration", usd=Decimal(200), side="edge", task_classes=("mail-summary",)),
    OneOff(name="Training", kind="training", usd=Decimal(10**7), side="datacenter", task_classes=("code-completion",)),
)


class Counting:
    """The real verbs, counted; held back while `hold` is cleared, refusing where `refusal` is set."""

    def __init__(self) -> None:
        self.horizons: list[Scenario] = []
        self.asked: list[tuple[By, str | None]] = []
        self.hold = threading.Event()
        self.hold.set()
        self.refusal: PlannerError | None = None

    def horizon(self, scenario: Scenario, plan: Plan) -> HorizonView:
        self.horizons.append(scenario)
        self.hold.wait(5)
        if self.refusal is not None:
            raise self.refusal
        return OUTLOOK_VERBS.horizon(scenario, plan)

    def break_even(self, scenario: Scenario, plan: Plan, by: By, task_class: str | None) -> BreakEvenView:
        self.asked.append((by, task_class))
        return OUTLOOK_VERBS.break_even(scenario, plan, by, task_class)


@cache
def sample_with_one_offs() -> Scenario:
    sample = default_sample()
    return sample.model_copy(update={"horizon": Horizon(one_offs=ONE_OFFS)})


@cache
def plan_of_sample() -> Plan:
    return plan(sample_with_one_offs())


def planned(scenario: Scenario) -> Plan:
    """The real plan; that of the sample is made once for all tests."""
    return plan_of_sample() if scenario is sample_with_one_offs() else plan(scenario)


def unexplained(scenario: Scenario, plan: Plan, task_class: str, left: Callable[[], bool]) -> Iterator[Explanation]:
    """What is solved has tests of its own."""
    raise PlannerError("nothing is solved here", remedy="Look at the plan.")


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path, counting: Counting) -> WindowDriver:
    outlook = dataclasses.replace(
        OUTLOOK_VERBS, horizon=counting.horizon, break_even=counting.break_even, explain=unexplained
    )
    verbs = fake_verbs(default_sample=sample_with_one_offs, plan=planned, outlook=outlook)
    return WindowDriver(qtbot, tmp_path, verbs, pages=PLAN_ONLY).start()


@pytest.fixture
def page(driver: WindowDriver) -> PlanPage:
    page = driver.open("Plan")
    assert isinstance(page, PlanPage)
    return page


def look_ahead(driver: WindowDriver, page: PlanPage) -> HorizonView:
    """Open the tab, wait, and compute the same beside it."""
    page.tabs.setCurrentIndex(HORIZON)
    driver.until(lambda: not page.horizon.computing)
    assert driver.session.plan is not None
    return horizon_of(driver.session.scenario, driver.session.plan)


def weigh(driver: WindowDriver, page: PlanPage, by: By, task_class: str = "") -> BreakEvenView:
    """Open the tab, choose, wait, and compute the same beside it."""
    tab = page.break_even
    page.tabs.setCurrentIndex(BREAK_EVEN)
    tab.by.setCurrentIndex(tab.by.findData(by))
    tab.task_class.setCurrentIndex(tab.task_class.findData(task_class))
    tab.by.activated.emit(tab.by.currentIndex())
    driver.until(lambda: not tab.computing)
    assert driver.session.plan is not None
    wanted = break_even(driver.session.scenario, by, task_class=task_class or None, plan=driver.session.plan)
    assert tab.view == wanted
    return wanted


def test_nothing_is_computed_before_somebody_looks(driver: WindowDriver, page: PlanPage, counting: Counting) -> None:
    assert not counting.horizons
    assert not counting.asked
    look_ahead(driver, page)
    assert len(counting.horizons) == 1
    page.tabs.setCurrentIndex(DOUBTS)
    page.tabs.setCurrentIndex(HORIZON)
    assert len(counting.horizons) == 1, "the same plan is not asked again"


def test_the_horizon_says_the_engines_sentence_and_draws_both_choices(driver: WindowDriver, page: PlanPage) -> None:
    view = look_ahead(driver, page)
    assert page.horizon.sentence.text() == view.sentence
    plan, base = page.horizon.chart.shown.curves
    assert [each.to_y for each in plan.stretches] == list(view.chart.plan_usd[1:])
    assert [each.to_y for each in base.stretches] == list(view.chart.base_usd[1:])
    (point,) = page.horizon.chart.shown.points
    assert view.chart.crossing_month
    assert (point.x, point.words) == (view.chart.crossing_month, f"paid back in month {view.chart.crossing_month}")
    assert point.y == view.chart.crossing_usd


def test_years_add_up_to_all_and_so_do_the_kinds_of_a_year(driver: WindowDriver, page: PlanPage) -> None:
    view = look_ahead(driver, page)
    *years, every = page.horizon.table.rows
    assert every.title == "all"
    for stream in (view.plan, view.base):
        assert sum(row.billed(stream) for row in years) == pytest.approx(every.billed(stream)) == stream.total_usd.value
        assert sum(row.worth(stream) for row in years) == pytest.approx(every.worth(stream)) == stream.npv_usd.value
    for number in range(len(page.horizon.table.rows)):
        page.horizon.table.select(number)
        *parts, total = page.horizon.parts.rows
        for of in ("plan", "base"):
            kinds = [getattr(part, of) for part in parts if getattr(part, of) is not None]
            assert sum(kind[0] for kind in kinds) == pytest.approx(getattr(total, of)[0])
            assert sum(kind[1] for kind in kinds) == pytest.approx(getattr(total, of)[1])
    assert page.horizon.table.grid()[-1][1] == text.money(view.plan.total_usd.value)


def test_a_one_off_names_the_month_inference_passes_it_or_never(driver: WindowDriver, page: PlanPage) -> None:
    view = look_ahead(driver, page)
    passes = {line[0]: line[4] for line in page.horizon.one_offs.grid()[1:]}
    first, second = view.one_offs
    assert first.passes.month is not None
    assert passes["Integration"] == f"month {text.significant(first.passes.month)}"
    assert second.passes.month is None or second.passes.month > view.months
    assert passes["Training"] == (second.passes.reason if second.passes.month is None else passes["Training"])


def test_another_number_of_years_is_an_edit_that_can_be_undone(driver: WindowDriver, page: PlanPage) -> None:
    look_ahead(driver, page)
    years = page.horizon.years
    assert years.currentData() == 3.0
    years.setCurrentIndex(years.findData(5.0))
    years.activated.emit(years.currentIndex())
    driver.until_planned()
    driver.until(lambda: page.horizon.sentence.text().startswith("Over 5 years"))
    assert driver.session.scenario.horizon.years == 5
    assert driver.session.scenario.horizon.one_offs == ONE_OFFS
    assert driver.session.history.undo_words == "Look ahead 5 years"
    driver.session.undo()
    driver.until(lambda: page.horizon.sentence.text().startswith("Over 3 years"))
    assert years.currentData() == 3.0


def test_a_horizon_of_no_whole_years_stays_what_it_is(driver: WindowDriver, page: PlanPage) -> None:
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"horizon": Horizon(years=1.5)}), "Half years")
    driver.until_planned()
    look_ahead(driver, page)
    assert page.horizon.years.currentText() == "18 months"


def test_an_edit_while_nobody_looks_is_computed_at_the_next_look(
    driver: WindowDriver, page: PlanPage, counting: Counting
) -> None:
    look_ahead(driver, page)
    page.tabs.setCurrentIndex(DOUBTS)
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"horizon": Horizon(years=2)}), "Two years")
    driver.until_planned()
    assert len(counting.horizons) == 1
    look_ahead(driver, page)
    assert len(counting.horizons) == 2
    assert page.horizon.sentence.text().startswith("Over 2 years")


def test_of_two_questions_the_newest_is_answered(driver: WindowDriver, page: PlanPage, counting: Counting) -> None:
    counting.hold.clear()
    page.tabs.setCurrentIndex(HORIZON)
    assert page.horizon.state.text() == "Computing …"
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"horizon": Horizon(years=7)}), "Seven years")
    driver.until_planned()
    counting.hold.set()
    driver.until(lambda: not page.horizon.computing)
    assert page.horizon.sentence.text().startswith("Over 7 years")


def test_a_refusal_stands_in_the_place_of_the_chart_and_goes_again(
    driver: WindowDriver, page: PlanPage, counting: Counting
) -> None:
    counting.refusal = PlannerError("the months cannot be told", remedy="Date the prices.")
    page.tabs.setCurrentIndex(HORIZON)
    driver.until(lambda: not page.horizon.computing)
    assert page.horizon.problem.text() == "✕ the months cannot be told. Date the prices."
    assert page.horizon.problem.isVisible()
    assert not page.horizon.chart.isVisible()
    counting.refusal = None
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"horizon": Horizon(years=2)}), "Two years")
    driver.until_planned()
    driver.until(page.horizon.chart.isVisible)
    assert not page.horizon.problem.isVisible()


@pytest.mark.parametrize("by", ["volume", "seats", "months", "tariff", "price"])
def test_break_even_draws_every_corner_of_the_engines_curves(driver: WindowDriver, page: PlanPage, by: By) -> None:
    pair = weigh(driver, page, by).pairs[0]
    tab = page.break_even
    assert tab.sentence.text() == pair.sentence
    for curve, drawn in zip(pair.curves, tab.chart.shown.curves, strict=True):
        assert drawn.name == curve.title
        assert [(each.from_x, each.from_y, each.to_x, each.to_y) for each in drawn.stretches] == [
            (each.from_x, each.from_usd, each.to_x, each.to_usd) for each in curve.segments
        ]
    assert tab.chart.shown.today == pair.today
    assert len(tab.chart.shown.bands) == len(pair.cheaper)


def test_intervals_cover_the_axis_and_agree_with_the_curves(driver: WindowDriver, page: PlanPage) -> None:
    view = weigh(driver, page, "price", "chat")
    pair = view.pairs[0]
    rows = page.break_even.table.rows
    assert rows == interval_rows(view, pair)
    assert [row.cheaper for row in rows] == [pair.theirs, pair.ours]
    assert rows[0].high == rows[1].low == pair.cheaper[0].low
    assert rows[1].high is None
    ours, theirs = page.break_even.chart.shown.curves
    at_zero = ours.just_beyond(0.0)
    assert rows[0].most_usd == at_zero
    at_end = ours.stretches[-1].to_y, theirs.stretches[-1].to_y
    assert rows[1].most_usd == pytest.approx(at_end[1] - at_end[0])
    assert "…" in rows[1].ends


def test_a_class_is_asked_about_alone(driver: WindowDriver, page: PlanPage, counting: Counting) -> None:
    weigh(driver, page, "volume", "mail-summary")
    assert counting.asked[-1] == ("volume", "mail-summary")
    assert not page.break_even.pair.isVisible(), "there is nothing to choose from"


def test_what_cannot_be_compared_says_why(driver: WindowDriver, page: PlanPage) -> None:
    view = weigh(driver, page, "utilization")
    assert not view.pairs
    assert page.break_even.sentence.text() == view.sentence
    assert not page.break_even.chart.isVisible()
    shown = page.break_even.notes.as_text()
    for words in view.left_out:
        assert words in shown


def test_never_is_a_word_and_whole_machines_are_jumps(driver: WindowDriver, page: PlanPage) -> None:
    capacity = {"rate_cards": cards(), "capacities": (rented(),)}
    driver.session.replace(driver.session.scenario.model_copy(update=capacity), "Rent")
    driver.until_planned()
    view = weigh(driver, page, "volume")
    tab = page.break_even
    at = next(number for number, each in enumerate(view.pairs) if each.ours.startswith("Rented"))
    tab.pair.setCurrentIndex(at)
    tab.pair.activated.emit(at)
    assert view.pairs[at].word == "never"
    assert "never costs less" in tab.sentence.text()
    assert "never costs less" in tab.chart.title.text()
    assert not tab.chart.shown.bands
    assert [row.cheaper for row in tab.table.rows] == [view.pairs[at].theirs]
    machines = tab.chart.shown.curves[0]
    assert len(machines.stretches) > 1
    for before, after in zip(machines.stretches, machines.stretches[1:], strict=False):
        assert after.from_y > before.to_y
    assert "never" in tab.bounds.text()


def test_tables_are_models_and_every_control_has_a_name(driver: WindowDriver, page: PlanPage) -> None:
    look_ahead(driver, page)
    weigh(driver, page, "volume")
    for table in (page.horizon.table, page.horizon.parts, page.horizon.one_offs, page.break_even.table):
        QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    assert list(nameless_controls(page)) == []

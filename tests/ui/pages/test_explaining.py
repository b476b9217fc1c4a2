"""Solved explanations on the Plan page: asked while seen, kept by class, the newest wins, refusals are said."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from planner import text
from planner.errors import PlannerError
from planner.outlook.explanation import Explanation
from planner.placement.overruns import Overrun
from planner.placement.plan import Plan
from planner.scenario import Scenario
from tests.support.planned_sample import explanations_of, small
from tests.support.window import WindowDriver, fake_verbs, nameless_controls
from ui.bound_outlook_verbs import OUTLOOK_VERBS
from ui.pages import PAGES
from ui.pages.explained_tab import HELD_UP
from ui.pages.explaining import REST_MS
from ui.pages.plan import DOUBTS, OPTIONS, SURE, WHY, PlanPage

MAIL, TRIAGE = "mail-summary", "ticket-triage"
PLAN_ONLY = tuple(entry for entry in PAGES if entry.title == "Plan")


class Asking:
    """The real explanations of the small scenario, counted; refusing if told to.

    While `hold` is cleared nothing is answered, while `hold_flips` is, all but flip points.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ended: list[str] = []  # read to their end
        self.hold, self.hold_flips = threading.Event(), threading.Event()
        self.hold.set()
        self.hold_flips.set()
        self.refusal: PlannerError | None = None
        self.changes: dict[str, object] = {}

    def __call__(
        self, scenario: Scenario, plan: Plan, task_class: str, left: Callable[[], bool]
    ) -> Iterator[Explanation]:
        self.asked.append(task_class)
        self.hold.wait(5)
        if self.refusal is not None:
            raise self.refusal
        first, *others = (each.model_copy(update=self.changes) for each in explanations_of(task_class))
        yield first
        self.hold_flips.wait(5)
        yield from others
        self.ended.append(task_class)


def explained(task_class: str) -> Explanation:
    return explanations_of(task_class)[-1]


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path, asking: Asking) -> WindowDriver:
    outlook = dataclasses.replace(OUTLOOK_VERBS, explain=asking)
    verbs = fake_verbs(default_sample=small, outlook=outlook)
    return WindowDriver(qtbot, tmp_path, verbs, pages=PLAN_ONLY).start()


@pytest.fixture
def page(driver: WindowDriver) -> PlanPage:
    page = driver.open("Plan")
    assert isinstance(page, PlanPage)
    return page


def select(driver: WindowDriver, page: PlanPage, name: str) -> Explanation:
    """Select a class, wait for its explanation, and compute the same beside it."""
    page.classes.select(place_of(page, name))
    driver.until(lambda: not page.explainer.computing)
    assert page.explainer.of(name) == explained(name)
    return explained(name)


def place_of(page: PlanPage, name: str) -> int:
    return next(at for at, row in enumerate(page.classes.rows) if row.task_class.name == name)


def test_every_option_shows_what_the_whole_plan_would_cost_more(driver: WindowDriver, page: PlanPage) -> None:
    page.tabs.setCurrentIndex(OPTIONS)
    wanted = {line.option_id: line for line in select(driver, page, MAIL).options}
    heads, *lines = page.options.table.grid()
    at = heads.index("Whole plan (per month)")
    for row, line in zip(page.options.table.rows, lines, strict=True):
        extra = wanted[row.option.option_id].extra_usd_per_month
        assert line[at] == ("–" if extra is None else f"+{text.money(extra)}")
    assert lines[0][at] == "+$0"


def test_until_it_is_solved_that_is_said_and_the_plans_own_figures_stand(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    driver.until(lambda: not page.explainer.computing)
    asking.hold.clear()
    page.tabs.setCurrentIndex(OPTIONS)
    page.classes.select(place_of(page, TRIAGE))
    assert page.options.state.isVisible()
    assert page.options.state.text().endswith("…")
    heads, *lines = page.options.table.grid()
    assert lines[0][heads.index("Whole plan (per month)")] == "…"
    assert lines[0][heads.index("Cost (per month)")].startswith("$")
    asking.hold.set()
    driver.until(lambda: not page.explainer.computing)
    assert not page.options.state.isVisible()


def test_a_class_is_solved_once_and_only_while_somebody_looks(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    driver.until(lambda: not page.explainer.computing)
    assert asking.asked == [MAIL]
    page.tabs.setCurrentIndex(DOUBTS)
    page.classes.select(place_of(page, TRIAGE))
    assert asking.asked == [MAIL]
    page.tabs.setCurrentIndex(WHY)
    driver.until(lambda: not page.explainer.computing)
    select(driver, page, MAIL)
    select(driver, page, TRIAGE)
    assert asking.asked == [MAIL, TRIAGE]


def test_another_classs_figures_are_never_shown_for_this_one(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    page.tabs.setCurrentIndex(OPTIONS)
    select(driver, page, MAIL)
    asking.hold.clear()
    page.classes.select(place_of(page, TRIAGE))
    assert all(row.line is None for row in page.options.table.rows)
    page.classes.select(place_of(page, MAIL))
    assert all(row.line is not None for row in page.options.table.rows), "known before"
    assert asking.asked == [MAIL], "a class that is only passed by is not asked about"
    assert {row.line.option_id for row in page.options.table.rows if row.line} == {
        line.option_id for line in explained(MAIL).options
    }


def test_an_answer_to_a_plan_that_is_gone_is_dropped(driver: WindowDriver, page: PlanPage, asking: Asking) -> None:
    driver.until(lambda: not page.explainer.computing)
    asking.hold.clear()
    page.classes.select(place_of(page, TRIAGE))
    driver.until(lambda: asking.asked[-1] == TRIAGE)
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"title": "Edited"}), "Edit")
    driver.until_planned()
    assert page.explainer.of(TRIAGE) is None
    asking.hold.set()
    driver.until(lambda: not page.explainer.computing)
    assert asking.asked[-2:] == [TRIAGE, TRIAGE], "asked again of the new plan"
    assert page.explainer.of(TRIAGE) is not None


def test_a_refusal_is_said_and_the_plans_own_figures_stand(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    driver.until(lambda: not page.explainer.computing)
    asking.refusal = PlannerError("it cannot be solved", remedy="Try less.")
    page.tabs.setCurrentIndex(OPTIONS)
    page.classes.select(place_of(page, TRIAGE))
    driver.until(lambda: not page.explainer.computing)
    assert page.options.problem.isVisible()
    assert page.options.problem.text() == "✕ it cannot be solved. Try less."
    assert page.options.table.rows
    asking.refusal = None
    select(driver, page, MAIL)
    assert not page.options.problem.isVisible()


def test_what_takes_long_comes_after_what_does_not(driver: WindowDriver, page: PlanPage, asking: Asking) -> None:
    driver.until(lambda: not page.explainer.computing)
    asking.hold_flips.clear()
    page.classes.select(place_of(page, TRIAGE))
    driver.until(lambda: page.explainer.of(TRIAGE) is not None)
    assert all(row.line is not None for row in page.options.table.rows)
    assert page.why.state.isVisible()
    assert page.why.closing.isHidden()
    assert not page.why.flips.rows
    asking.hold_flips.set()
    driver.until(lambda: not page.explainer.computing)
    assert page.why.state.isHidden()
    assert page.why.closing.text() == explained(TRIAGE).closing
    assert page.why.flips.rows


def test_another_class_does_not_wait_for_the_flip_points_of_the_one_before(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    driver.until(lambda: page.explainer.of(MAIL) is not None)
    asking.hold_flips.clear()
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"title": "Edited"}), "Edit")
    driver.until_planned()
    driver.until(lambda: page.explainer.of(MAIL) is not None)
    page.classes.select(place_of(page, TRIAGE))
    driver.until(lambda: page.explainer.of(TRIAGE) is not None)
    asking.hold_flips.set()
    driver.until(lambda: not page.explainer.computing)
    assert page.explainer.of(TRIAGE) == explained(TRIAGE)
    assert asking.ended[-1] == TRIAGE
    assert asking.ended.count(MAIL) <= 1, "the one that was left is not read to its end"


def test_a_page_that_is_left_solves_no_more_and_goes_on_when_it_is_seen(
    driver: WindowDriver, page: PlanPage, asking: Asking
) -> None:
    driver.until(lambda: not page.explainer.computing)
    asking.hold_flips.clear()
    page.classes.select(place_of(page, TRIAGE))
    driver.until(lambda: page.explainer.of(TRIAGE) is not None)
    page.hide()
    asking.hold_flips.set()
    assert not page.explainer.computing
    page.show()
    driver.until(lambda: page.explainer.of(TRIAGE) == explained(TRIAGE))
    assert asking.asked == [MAIL, TRIAGE, TRIAGE]


def test_nothing_is_solved_while_something_is_measured(
    driver: WindowDriver, page: PlanPage, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.until(lambda: not page.explainer.computing)
    measuring = driver.session.measuring
    monkeypatch.setattr(type(measuring), "running", property(lambda _: True))
    measuring.started.emit()
    page.classes.select(place_of(page, TRIAGE))
    assert page.why.state.text() == HELD_UP
    assert page.why.state.isVisible()
    driver.qtbot.wait(3 * REST_MS)
    assert asking.asked == [MAIL]
    monkeypatch.undo()
    measuring.ended.emit()
    driver.until(lambda: page.explainer.of(TRIAGE) == explained(TRIAGE))


def test_the_next_best_plans_are_ranked_with_what_they_cost_more(driver: WindowDriver, page: PlanPage) -> None:
    page.tabs.setCurrentIndex(SURE)
    plans = select(driver, page, MAIL).next_plans
    assert plans
    assert [row.plan for row in page.sure.next.rows] == list(plans)
    heads, *lines = page.sure.next.grid()
    assert heads[:3] == ["Rank", "Costs more (per month)", "Moves (classes)"]
    for number, (line, plan) in enumerate(zip(lines, plans, strict=True), 2):
        assert line[0] == str(number)
        assert line[1] == f"+{text.money(plan.extra_usd_per_month)}"
        for change in plan.changes:
            assert f"{change.title}: {change.option}" in line[3]


def test_the_proof_and_the_price_of_every_limit_are_the_plans(driver: WindowDriver, page: PlanPage) -> None:
    plan = driver.session.plan
    assert plan is not None
    assert plan.optimality is not None
    assert page.proof.text() == page.sure.proof.text() == plan.optimality.sentence
    assert "gap" in page.proof.text()
    assert page.sure.limits.rows == plan.shadow_prices
    assert plan.shadow_prices
    for line, price in zip(page.sure.limits.grid()[1:], plan.shadow_prices, strict=True):
        assert line[:2] == [price.resource, price.by]


def test_ranges_of_nearly_the_same_cost_are_those_solved(driver: WindowDriver, page: PlanPage) -> None:
    page.tabs.setCurrentIndex(SURE)
    near = select(driver, page, TRIAGE).near_optimal
    heads, own, *lines = page.sure.near.grid()
    at = heads.index("Requests on devices")
    assert own[at] == text.share(near.requests)
    assert [line[0] for line in lines] == ["at most 1 % more", "at most 3 % more", "at most 5 % more"]
    for line, each in zip(lines, near.ranges, strict=True):
        assert line[1] == text.money(each.usd_per_month_at_most)
        assert line[at].startswith(text.share(each.least_requests))
        assert line[at].endswith(text.share(each.most_requests))


def test_every_limit_says_over_which_range_it_changes_nothing(driver: WindowDriver, page: PlanPage) -> None:
    page.tabs.setCurrentIndex(SURE)
    solved = select(driver, page, MAIL)
    assert page.sure.ranges.rows == solved.shadow_ranges
    assert solved.shadow_ranges
    for line, each in zip(page.sure.ranges.grid()[1:], solved.shadow_ranges, strict=True):
        assert line[:3] == [each.resource, text.in_unit(each.used, each.unit), text.in_unit(each.limit, each.unit)]


def test_limits_that_no_choice_keeps_are_said(driver: WindowDriver, page: PlanPage, asking: Asking) -> None:
    page.tabs.setCurrentIndex(SURE)
    driver.until(lambda: not page.explainer.computing)
    assert page.sure.overruns.isHidden()
    asking.changes = {
        "overruns": (
            Overrun(
                resource="the memory of Testbook",
                unit="B",
                needed=9e9,
                limit=8e9,
                classes=(MAIL,),
                sentence="The memory of Testbook: 9 GB are needed.",
            ),
        )
    }
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"title": "Edited"}), "Edit")
    driver.until_planned()
    driver.until(lambda: not page.explainer.computing)
    assert page.sure.overruns.isVisible()
    assert page.sure.overruns.text() == "▲ The memory of Testbook: 9 GB are needed."


def test_the_closing_sentence_and_every_flip_point_are_those_solved(driver: WindowDriver, page: PlanPage) -> None:
    solved = select(driver, page, MAIL)
    assert page.why.closing.text() == solved.closing
    assert page.why.closing.isVisible()
    points = [point for each in solved.flip_points for point in (each.down, each.up) if point is not None]
    assert {row.flip.name for row in page.why.flips.rows} == {each.name for each in solved.flip_points}
    assert [row.point for row in page.why.flips.rows if row.point] == sorted(
        points, key=lambda point: max(point.factor, 1 / point.factor)
    )


def test_what_would_allow_the_other_side_is_said_of_a_class_that_is_forbidden_there(
    driver: WindowDriver, page: PlanPage
) -> None:
    solved = select(driver, page, TRIAGE)
    assert solved.easings
    shown = " ".join(page.why.details.as_text().split())
    assert all(each.sentence in shown for each in solved.easings)
    assert not select(driver, page, MAIL).easings
    assert "What would allow it" not in page.why.details.as_text()


def test_a_plan_of_before_proofs_says_so(driver: WindowDriver, page: PlanPage) -> None:
    plan = driver.session.plan
    assert plan is not None
    page.sure.show_plan(plan.model_copy(update={"optimality": None, "shadow_prices": ()}))
    assert "before plans were proven" in page.sure.proof.text()
    assert page.sure.limits.isHidden()
    assert not page.sure.no_limits.isHidden()


def test_tables_are_models_and_every_control_has_a_name(driver: WindowDriver, page: PlanPage) -> None:
    for place in (OPTIONS, SURE):
        page.tabs.setCurrentIndex(place)
        select(driver, page, MAIL)
    for table in (
        page.why.flips,
        page.options.table,
        page.sure.near,
        page.sure.limits,
        page.sure.ranges,
        page.sure.next,
    ):
        QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page)
    assert list(nameless_controls(page)) == []

"""The Workload page edits the scenario as a user would, and refuses beside the field."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from planner.basis import Basis
from planner.workload.files import load_workload
from planner.workload.presets import preset
from planner.workload.task_classes import QualityFloor, TaskClass, Workload
from tests.support.planned_sample import planned, sample
from tests.support.window import FakeAsker, WindowDriver, fake_verbs, nameless_controls, only
from ui.pages.workload import WorkloadPage


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    return WindowDriver(
        qtbot, tmp_path, fake_verbs(default_sample=sample, plan=planned), pages=only("Workload")
    ).start()


@pytest.fixture
def page(driver: WindowDriver) -> WorkloadPage:
    page = driver.open("Workload")
    assert isinstance(page, WorkloadPage)
    page.asker = FakeAsker()
    return page


def workload(driver: WindowDriver) -> Workload:
    return driver.session.scenario.workload


def named(driver: WindowDriver, name: str) -> TaskClass:
    return next(each for each in workload(driver).task_classes if each.name == name)


def column(page: WorkloadPage, title: str) -> int:
    return next(at for at, each in enumerate(page.classes.model.columns) if each.title == title)


def type_into(driver: WindowDriver, page: WorkloadPage, row: int, title: str, words: str) -> None:
    """As a user: open the cell's editor, type, press Enter."""
    place = column(page, title)
    page.classes.view.setFocus()
    page.classes.select(row, place)
    page.classes.view.edit(page.classes.model.index(row, place))
    (editor,) = page.classes.view.viewport().findChildren(QLineEdit)
    editor.selectAll()
    driver.qtbot.keyClick(editor, Qt.Key.Key_Delete)
    editor.insert(words)  # as pasting does; QTest cannot click characters outside ASCII
    driver.qtbot.keyClick(editor, Qt.Key.Key_Return)
    driver.until(lambda: not page.classes.view.viewport().findChildren(QLineEdit))


def test_the_sentence_counts_classes_requests_and_tokens(page: WorkloadPage) -> None:
    assert page.heading.text() == (
        "11 task classes, 66,500 requests a day, 360 Mtok a day; 1 must not leave the device, 1 must work offline."
    )


def test_an_edit_makes_a_new_scenario_and_a_new_plan(driver: WindowDriver, page: WorkloadPage) -> None:
    before = driver.session.plan
    type_into(driver, page, 0, "Requests a day", "24,000")
    assert named(driver, "mail-summary").requests_per_day == 24000
    driver.until_planned()
    assert driver.session.plan is not before
    assert page.classes.grid()[1][1] == "24,000"
    assert driver.session.history.undo_words == "Change Mail summary"


@pytest.mark.parametrize(
    ("title", "words", "said"),
    [
        ("Requests a day", "-5", "must be 0 or more, not −5"),
        ("In", "1.5", "must be a whole number"),
        ("Cached", "120", "must be 100 or less"),
        ("TTFT p95", "soon", "is not a duration"),
        ("Class", "  ", "cannot be empty"),
        ("Quality floors", "iefval 55", "Known: ifeval"),
        ("Growth", "-100", "must be −99.9 or more"),
    ],
)
def test_bad_input_is_refused_beside_the_field_and_the_old_value_stays(
    driver: WindowDriver, page: WorkloadPage, title: str, words: str, said: str
) -> None:
    before = driver.session.scenario
    type_into(driver, page, 0, title, words)
    driver.until(page.classes.problem.isVisible)
    assert page.classes.problem.text().startswith(f"✕ {title}: ")
    assert said in page.classes.problem.text()
    assert driver.session.scenario is before


def test_bounds_shares_and_floors_are_typed_as_they_are_shown(driver: WindowDriver, page: WorkloadPage) -> None:
    type_into(driver, page, 0, "E2E p95", "")
    type_into(driver, page, 0, "TTFT p95", "800 ms")
    type_into(driver, page, 0, "Cached", "12.5 %")
    type_into(driver, page, 0, "Quality floors", "mmlu ≥ 46, ifeval 55.5")
    edited = named(driver, "mail-summary")
    assert edited.slo.e2e_p95_s is None
    assert edited.slo.ttft_p95_s == pytest.approx(0.8)
    assert edited.cached_share == 0.125
    assert edited.quality_floors == (
        QualityFloor(scale="mmlu", minimum=46),
        QualityFloor(scale="ifeval", minimum=55.5),
    )


def test_a_class_is_copied_deleted_and_brought_back(driver: WindowDriver, page: WorkloadPage) -> None:
    page.classes.select(1)
    driver.button("Duplicate the selected class").click()
    assert [each.name for each in workload(driver).task_classes][1:3] == ["chat", "chat-2"]
    assert page.classes.selected is not None
    assert page.classes.selected.title == "Chat 2"
    driver.button("Delete the selected class").click()
    assert len(workload(driver).task_classes) == 11
    assert "Deleted Chat 2" in driver.message
    driver.button("Undo").click()
    assert named(driver, "chat-2").input_tokens == named(driver, "chat").input_tokens


def test_the_last_class_cannot_be_deleted(driver: WindowDriver, page: WorkloadPage) -> None:
    for _ in range(11):
        driver.button("Delete the selected class").click()
    assert len(workload(driver).task_classes) == 1
    assert "at least one class" in driver.message


def test_classes_are_added_blank_or_from_a_preset(driver: WindowDriver, page: WorkloadPage) -> None:
    menu = page.add.menu()
    blank, *presets = menu.actions()
    blank.trigger()
    assert named(driver, "new-class").requests_per_day == 0
    submenu = next(each for each in presets if each.text() == f"From {preset('office-assistant').title}").menu()
    assert submenu is not None
    next(action for action in submenu.actions() if action.text() == "Chat").trigger()
    assert named(driver, "chat-2").title == "Chat 2"
    driver.until_planned()


def test_a_fleet_with_a_device_for_every_seat_follows_the_seats(driver: WindowDriver, page: WorkloadPage) -> None:
    page.seats.line.setText("500")
    page.seats.line.editingFinished.emit()
    assert workload(driver).seats == 500
    assert driver.session.scenario.fleets[0].count == 500


def test_a_refused_field_says_why_and_shows_the_old_value(driver: WindowDriver, page: WorkloadPage) -> None:
    before = driver.session.scenario
    page.days.line.setText("32")
    page.days.line.editingFinished.emit()
    assert page.days.problem.text() == "✕ must be 31 or less, not 32."
    assert page.days.problem.isVisible()
    assert page.days.text == "21"
    assert driver.session.scenario is before
    page.days.line.setText("20")
    page.days.line.editingFinished.emit()
    assert not page.days.problem.isVisible()
    assert workload(driver).active_days_per_month == 20


def test_an_own_evaluation_reaches_the_plan(driver: WindowDriver, page: WorkloadPage) -> None:
    page.classes.select(0)
    editor = page.editor
    model = editor.model.currentText()
    editor.accepted.line.setText("45")
    editor.of.line.setText("40")
    editor.add.click()
    assert "45 accepted of 40 cannot be" in editor.problem.text()
    editor.of.line.setText("50")
    editor.add.click()
    driver.until_planned()
    (row,) = named(driver, "mail-summary").acceptances
    assert (row.accepted, row.of) == (45, 50)
    assert editor.evaluations.grid()[1][:3] == [model, "45", "50"]
    plan = driver.session.plan
    assert plan is not None
    measured = [
        option
        for option in plan.placements[0].options
        if option.cost is not None and option.cost.acceptance.basis is Basis.MEASURED
    ]
    assert [f"{option.model} {option.weight_format}" for option in measured] == [model]
    editor.remove.click()
    assert named(driver, "mail-summary").acceptances == ()


def test_review_failure_and_notes_are_edited_in_the_details(driver: WindowDriver, page: WorkloadPage) -> None:
    page.classes.select(0)
    page.editor.failure.line.setText("0.75")
    page.editor.failure.line.editingFinished.emit()
    assert str(named(driver, "mail-summary").failure_usd) == "0.75"
    page.editor.review.line.setText("cheap")
    page.editor.review.line.editingFinished.emit()
    assert "“cheap” is not a number" in page.editor.review.problem.text()
    page.editor.notes.setFocus()
    page.editor.notes.setPlainText("From the mail log of May")
    page.classes.view.setFocus()
    assert named(driver, "mail-summary").notes == "From the mail log of May"


def test_the_workload_is_saved_and_opened_again(driver: WindowDriver, page: WorkloadPage, tmp_path: Path) -> None:
    type_into(driver, page, 0, "Out", "130")
    saved = workload(driver)
    assert isinstance(page.asker, FakeAsker)
    page.asker.answer = tmp_path / "mine"
    driver.button("Save the workload to a file").click()
    assert load_workload(tmp_path / "mine.toml") == saved
    driver.session.undo()
    page.asker.answer = tmp_path / "mine.toml"
    driver.button("Open a workload file").click()
    driver.until(lambda: workload(driver) == saved)


def test_the_picture_shows_most_tokens_on_top_in_the_colour_of_their_side(page: WorkloadPage) -> None:
    values = [bar.parts[0].value for bar in page.chart.bars]
    assert values == sorted(values, reverse=True)
    assert page.chart.bars[0].label == "Agentic research"
    assert page.chart.bars[0].parts[0].meaning == "datacenter"
    assert page.chart.title.text().startswith("Agentic research is ")
    assert len(page.chart.grid) == 12


def test_every_control_has_a_name(page: WorkloadPage) -> None:
    assert list(nameless_controls(page)) == []

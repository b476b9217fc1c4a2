"""Everything that can be measured from the Device page, as the user asks for it and sees it happen."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.support import scenarios
from tests.support.window import (
    FakeMeasure,
    FakeSoak,
    WindowDriver,
    fake_device_verbs,
    fake_verbs,
    nameless_controls,
    only,
)
from ui.device_verbs import SliceForecast
from ui.dialogs.measure import MeasureChoice, MeasureDialog
from ui.dialogs.predict import PredictDialog
from ui.dialogs.soak import SoakDialog
from ui.pages.device import SUSTAINED, DevicePage


@pytest.fixture
def soak() -> FakeSoak:
    return FakeSoak()


@pytest.fixture
def measure() -> FakeMeasure:
    return FakeMeasure()


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path, soak: FakeSoak, measure: FakeMeasure) -> WindowDriver:
    verbs = fake_verbs(measure=measure, device=fake_device_verbs(soak=soak))
    return WindowDriver(qtbot, tmp_path, verbs, pages=only("Device")).start()


@pytest.fixture
def page(driver: WindowDriver) -> DevicePage:
    opened = driver.open("Device")
    assert isinstance(opened, DevicePage)
    driver.until(lambda: driver.session.facts is not None)
    return opened


def figures(page: DevicePage) -> list[str]:
    return [label.text() for label in page.figures.findChildren(QLabel)]


def choose(page: DevicePage, words: str) -> None:
    menu = page.measure_button.menu()
    assert menu is not None
    (action,) = [action for action in menu.actions() if action.text().startswith(words)]
    action.trigger()


def ended(driver: WindowDriver) -> None:
    driver.until(lambda: not driver.session.measuring.running)


def test_limits_of_a_machine_that_is_not_planned_for_are_shown_and_change_no_plan(
    driver: WindowDriver, page: DevicePage
) -> None:
    before = driver.session.scenario
    choose(page, "Physical limits only, about 8 s")
    ended(driver)
    assert driver.session.scenario is before
    assert page.shown is not None
    assert page.shown.roofline == scenarios.roofline()
    assert page.shown.facts.machine.value == "Measured machine"
    assert "48 GB/s" in figures(page)


def test_a_soak_is_asked_for_seen_and_kept(driver: WindowDriver, page: DevicePage, soak: FakeSoak) -> None:
    soak.hold.clear()
    choose(page, "Soak one model")
    (dialog,) = page.measure_button.findChildren(SoakDialog)
    assert list(nameless_controls(dialog)) == []
    assert dialog.minutes.value() == 10
    dialog.minutes.setValue(3)
    assert "say nothing of what is sustained" in dialog.note.text()
    dialog.minutes.setValue(10)
    dialog.accept()
    driver.until(lambda: "8:00 left" in page.measuring.progress.words.text())
    assert page.measuring.course is not None
    assert page.measuring.course.isVisible()
    assert page.measuring.decode is not None
    assert not page.measuring.decode.isVisible()
    driver.until(lambda: page.measuring.course is not None and len(page.measuring.course.grid) == 1 + 2)
    driver.button("Stop measuring").click()
    ended(driver)
    assert soak.seconds == [600.0]
    assert page.shown is not None
    assert [one.soak_id for one in page.shown.soaks] == [f"soak-{dialog.models.currentData()}"]
    page.tabs.setCurrentIndex(SUSTAINED)
    driver.until(lambda: not page.sustained.is_empty)


def test_the_time_of_predictions_is_said_before_they_start(driver: WindowDriver, page: DevicePage) -> None:
    choose(page, "Predict models")
    (dialog,) = page.measure_button.findChildren(PredictDialog)
    assert list(nameless_controls(dialog)) == []
    assert "limits of this device are measured first" in dialog.note.text()
    dialog.reject()
    choose(page, "Physical limits only")
    ended(driver)
    choose(page, "Predict models")
    dialog = page.measure_button.findChildren(PredictDialog)[-1]
    assert dialog.note.text().startswith("4 models, about ")
    for row in range(dialog.models.count()):
        if not dialog.models.item(row).text().startswith("llama-3.2-3b"):
            dialog.models.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.note.text().startswith("1 model, about ")
    dialog.accept()
    ended(driver)
    driver.until_planned()
    driver.until(lambda: not page.reading)
    assert page.heading.text().startswith("Measured machine")
    assert "as predicted from depth slices" in page.heading.text()
    assert [row.basis_words for row in page.table.rows] == ["predicted"]


def test_models_of_the_scenario_are_offered_where_it_names_some(qtbot: QtBot) -> None:
    def forecast(wanted: tuple[tuple[str, str], ...]) -> tuple[SliceForecast, ...]:
        return tuple(
            SliceForecast(model, stored_as, None if model == "huge" else 63.0, "too large" if model == "huge" else None)
            for model, stored_as in wanted
        )

    dialog = PredictDialog((("a", "int4"),), (("b", "int4"), ("huge", "int4")), forecast, limits_known=True)
    qtbot.addWidget(dialog)
    assert dialog.every.isChecked()
    assert [request.model for request in dialog.job.requests] == ["b"], "what cannot be sliced is not asked for"
    assert "huge int4 · too large" in [dialog.models.item(row).text() for row in range(2)]
    assert dialog.note.text() == "1 model, about 60 s in all."
    dialog.chosen.setChecked(True)
    assert [request.model for request in dialog.job.requests] == ["a"]


def test_live_dots_stand_for_decode_and_prefill_of_every_round(
    driver: WindowDriver, page: DevicePage, measure: FakeMeasure
) -> None:
    measure.hold.clear()
    page.measure_button.click()
    driver.until(lambda: page.measuring.decode is not None and len(page.measuring.decode.grid) == 2)
    assert page.measuring.decode is not None
    assert page.measuring.decode.grid[1][:3] == ("1", "at 128", "41 tok/s")
    page.measuring.stop()
    ended(driver)
    assert not page.measuring.isVisible()


def test_watts_of_a_wall_meter_reach_the_request_and_not_read_is_none(qtbot: QtBot) -> None:
    dialog = MeasureDialog(MeasureChoice(("smollm2-135m",)), ("int4",), lambda _: ())
    qtbot.addWidget(dialog)
    assert (dialog.choice.wall_active_w, dialog.choice.wall_idle_w) == (None, None)
    dialog.wall_active.setValue(28.5)
    dialog.wall_idle.setValue(6.0)
    choice = MeasureChoice(("smollm2-135m",), "int4", True, dialog.choice.wall_active_w, dialog.choice.wall_idle_w)
    (request,) = choice.requests()
    assert (request.wall_active_w, request.wall_idle_w) == (28.5, 6.0)

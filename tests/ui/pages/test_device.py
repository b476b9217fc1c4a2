"""The Device page: what it says of a machine, and how a measurement started there ends in a new plan."""

import dataclasses
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from planner.errors import MeasurementError
from planner.measurement.request import DEFAULT_MODELS
from planner.profiles.files import save_profile
from tests.support import scenarios
from tests.support.window import FakeMeasure, PauseWatch, WindowDriver, fake_verbs, nameless_controls, only
from ui.dialogs.measure import MeasureDialog
from ui.pages.device import MACHINE, DevicePage


@pytest.fixture
def measure() -> FakeMeasure:
    return FakeMeasure()


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path, measure: FakeMeasure) -> WindowDriver:
    return WindowDriver(qtbot, tmp_path, fake_verbs(measure=measure), pages=only("Device")).start()


@pytest.fixture
def page(driver: WindowDriver) -> DevicePage:
    opened = driver.open("Device")
    assert isinstance(opened, DevicePage)
    driver.until(lambda: driver.session.facts is not None)
    opened.asker = driver.asker
    driver.until(lambda: not opened.reading)
    return opened


def test_the_sentence_speaks_of_the_device_with_its_basis(page: DevicePage) -> None:
    assert page.heading.text() == "Testbook decodes llama-3.2-1b int4 at 30 tok/s, as published."


def test_the_table_lists_every_model_with_basis_and_the_details_its_source(page: DevicePage) -> None:
    assert [(row.performance.model, row.performance.basis.value) for row in page.table.rows] == [
        ("llama-3.2-1b", "published"),
        ("qwen2.5-0.5b", "published"),
    ]
    page.table.select(0)
    assert "a data sheet" in page.details.as_text()
    assert [line[1] for line in page.chart.grid[1:]] == ["60 tok/s published", "30 tok/s published"], "fastest first"


def test_every_fact_is_listed_and_unknown_ones_say_why(page: DevicePage) -> None:
    page.tabs.setCurrentIndex(MACHINE)
    lines = {(row.group, row.label): (row.value, row.source_or_reason) for row in page.facts.rows}
    assert lines["Memory", "Read bandwidth"] == ("unknown", "not measured")


def test_measuring_replaces_the_samples_device_and_plans_again(
    driver: WindowDriver, page: DevicePage, measure: FakeMeasure
) -> None:
    plan_before = driver.session.plan
    page.measure_button.click()
    assert page.measuring.progress.isVisible()
    assert not page.measure_button.isEnabled()
    driver.until(lambda: not driver.session.measuring.running)
    driver.until_planned()
    driver.until(lambda: not page.reading)
    assert tuple(request.model for request in measure.requests) == DEFAULT_MODELS
    (fleet,) = driver.session.scenario.fleets
    assert fleet.profile.facts.machine.value == "Measured machine"
    assert len(fleet.profile.runs) == len(DEFAULT_MODELS)
    assert fleet.count == driver.session.scenario.workload.seats
    assert driver.session.plan != plan_before
    assert driver.window.strip.buttons[0].text().startswith("✓")
    assert page.heading.text().startswith("Measured machine (Test CPU 8000, 16 GiB) decodes llama-3.2-1b int4 at ")
    assert page.heading.text().endswith("as measured here, 61 % of what its memory can deliver.")
    assert not page.measuring.progress.isVisible()
    driver.window.undo()
    assert driver.session.scenario.fleets[0].profile.profile_id == "testbook"


def test_details_of_a_measured_model_show_rounds_conditions_and_doubts(driver: WindowDriver, page: DevicePage) -> None:
    driver.session.use_profile(scenarios.profile("mine", measured=True))
    assert page.heading.text() == "Reading Mine …"
    driver.until(lambda: not page.reading)
    place = page.table.model.row_of(("smollm2-135m", "int4", "onnxruntime 1.30.0", "CPUExecutionProvider"))
    assert place is not None
    page.table.select(place)
    shown = page.details.as_text()
    assert "4 rounds" in shown
    assert "● round 1" in shown
    assert "balanced" in shown
    assert "Doubts" in shown


def test_progress_tells_round_and_time_left_and_stop_keeps_finished_rounds(
    driver: WindowDriver, page: DevicePage, measure: FakeMeasure
) -> None:
    measure.hold.clear()
    page.measure_button.click()
    driver.until(lambda: "0:08 left" in page.measuring.progress.words.text())
    assert (
        page.measuring.progress.words.text() == "smollm2-135m (1 of 4) · round 1 of about 3 · decode at 128 · 0:08 left"
    )
    driver.button("Stop measuring").click()
    assert "finished rounds are kept" in page.measuring.progress.words.text()
    driver.until(lambda: not driver.session.measuring.running)
    (run,) = driver.session.scenario.fleets[0].profile.runs
    assert len(run.rounds) == 1
    assert len(measure.requests) == 1, "the models after the stop are not begun"


def test_the_window_stays_alive_while_a_measurement_blocks_its_thread(driver: WindowDriver, page: DevicePage) -> None:
    release = threading.Event()
    quick = FakeMeasure()

    def slow(request, facts, *, on_event, stop):
        release.wait(5)
        return quick(request, facts, on_event=on_event, stop=stop)

    driver.session._bound = dataclasses.replace(driver.session.verbs(), measure=slow)  # the verbs are frozen
    page.measure_button.click()
    driver.qtbot.wait(50)
    watch = PauseWatch()
    driver.open("Device")
    driver.qtbot.wait(300)
    longest_s = watch.longest_s
    release.set()
    driver.until(lambda: not driver.session.measuring.running)
    assert longest_s < 0.1


def test_a_measurement_that_fails_is_a_message_and_changes_nothing(driver: WindowDriver, page: DevicePage) -> None:
    def broken(request, facts, *, on_event, stop):
        raise MeasurementError("the child ended", where=request.model, remedy="Try a smaller model.")

    driver.session._bound = dataclasses.replace(driver.session.verbs(), measure=broken)
    before = driver.session.scenario
    page.measure_button.click()
    driver.until(lambda: bool(driver.message))
    assert driver.message == "smollm2-135m: the child ended. Try a smaller model."
    assert driver.session.scenario is before
    assert page.measure_button.isEnabled()


def test_a_defect_while_measuring_is_a_message_too(driver: WindowDriver, page: DevicePage) -> None:
    def defect(request, facts, *, on_event, stop):
        raise ZeroDivisionError("oops")

    driver.session._bound = dataclasses.replace(driver.session.verbs(), measure=defect)
    page.measure_button.click()
    driver.until(lambda: bool(driver.message))
    assert "a defect in Edgewise stopped measuring" in driver.message


def test_models_that_do_not_fit_are_listed_with_the_reason_and_not_measured(qtbot: QtBot, tmp_path: Path) -> None:
    measure = FakeMeasure()
    small = fake_verbs(measure=measure, probe=lambda: scenarios.facts("Small machine", available_gib=0.6))
    driver = WindowDriver(qtbot, tmp_path, small, pages=only("Device")).start()
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    driver.until(lambda: driver.session.facts is not None)
    page.measure_button.ask_choice()
    (dialog,) = page.measure_button.findChildren(MeasureDialog)
    assert list(nameless_controls(dialog)) == []
    texts = [dialog.models.item(row).text() for row in range(dialog.models.count())]
    assert any("Llama 3.2 1B" in words and "614 MiB is free" in words for words in texts)
    assert "llama-3.2-1b" not in dialog.choice.models
    assert "smollm2-135m" in dialog.choice.models
    dialog.full.setChecked(True)
    dialog.accept()
    driver.until(lambda: not driver.session.measuring.running)
    assert {request.quick for request in measure.requests} == {False}
    assert "llama-3.2-1b" not in {request.model for request in measure.requests}


def test_a_reference_device_can_be_looked_at_and_then_planned_for(driver: WindowDriver, page: DevicePage) -> None:
    chooser = page.findChild(QComboBox)
    assert chooser is not None
    index = chooser.findData("reference-two")
    chooser.setCurrentIndex(index)
    chooser.activated.emit(index)
    driver.until(lambda: not page.reading)
    assert page.heading.text().startswith("Reference Two decodes")
    assert driver.session.scenario.fleets[0].profile.profile_id == "testbook"
    driver.button("Plan for this device").click()
    assert driver.session.scenario.fleets[0].profile.profile_id == "reference-two"
    assert not page.use_button.isVisible()


def test_a_profile_file_can_be_opened_and_a_bad_one_is_a_message(
    driver: WindowDriver, page: DevicePage, tmp_path: Path
) -> None:
    driver.asker.answer = tmp_path / "mine.json"
    save_profile(driver.asker.answer, scenarios.profile("from-file"))
    page.ask_profile()
    assert page.shown is not None
    assert page.shown.profile_id == "from-file"
    driver.asker.answer.write_text("{}")
    page.ask_profile()
    assert str(driver.asker.answer) in driver.message


def test_every_control_of_the_page_has_a_name(driver: WindowDriver, page: DevicePage) -> None:
    assert list(nameless_controls(driver.window)) == []


def test_a_model_folder_dropped_on_the_window_is_measured(
    driver: WindowDriver, measure: FakeMeasure, tmp_path: Path
) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    where = QPointF(10, 10)
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    driver.window.dropEvent(event)
    driver.until(lambda: bool(measure.requests) and not driver.session.measuring.running)
    assert [request.model for request in measure.requests] == [str(folder)]
    assert driver.settings.page == "Device"

"""Below the models: history, two runs, what is sustained, how good predictions were, and the raw data."""

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from planner.errors import DocumentError
from planner.prediction.accuracy import AccuracyLog, judged, scores, with_prediction, with_run
from planner.prediction.predict import predict_from_slices
from planner.profiles.assembly import with_roofline, with_slices, with_soak
from planner.profiles.assembly import with_run as with_profile_run
from planner.profiles.profile import DeviceProfile
from tests.support import scenarios
from tests.support.window import WindowDriver, fake_device_verbs, fake_verbs, nameless_controls, only
from ui.device_verbs import AccuracyFigures
from ui.pages.device import ACCURACY, HISTORY, RUNS, SUSTAINED, DevicePage


def full_profile() -> DeviceProfile:
    """Two runs of one model, one of another, slices of a third, a soak and limits."""
    profile = scenarios.profile("mine", measured=True)
    later = scenarios.run("smollm2-135m", decode_tok_s=50.0, run_id="later")
    later = later.model_copy(update={"started_at": later.started_at + timedelta(days=1)})
    for run in (later, scenarios.run("qwen2.5-0.5b")):
        profile = with_profile_run(profile, run)
    profile = with_roofline(profile, scenarios.roofline())
    return with_soak(with_slices(profile, scenarios.slices("llama-3.2-3b")), scenarios.soak())


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    return WindowDriver(qtbot, tmp_path, pages=only("Device")).start()


@pytest.fixture
def page(driver: WindowDriver) -> DevicePage:
    driver.session.use_profile(full_profile())
    opened = driver.open("Device")
    assert isinstance(opened, DevicePage)
    driver.until(lambda: bool(opened.history.table.rows) and not opened.reading)
    opened.history.asker = driver.asker
    return opened


def select(page: DevicePage, *ids: str) -> None:
    table = page.history.table
    table.view.clearSelection()
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for run_id in ids:
        place = next(number for number, row in enumerate(table.rows) if row.run_id == run_id)
        table.view.selectionModel().select(table.model.index(place, 0), flags)


def column(page: DevicePage, title: str) -> list[str]:
    heads, *lines = page.history.table.grid()
    return [line[heads.index(title)] for line in lines]


def test_predicted_measured_and_published_models_stand_in_one_table_with_their_share_of_the_limit(
    page: DevicePage,
) -> None:
    rows = {row.category: row for row in page.table.rows}
    assert rows["smollm2-135m int4"].basis_words == "measured"
    assert rows["llama-3.2-3b int4"].basis_words == "predicted"
    assert rows["llama-3.2-1b int4"].basis_words == "published"
    heads, *lines = page.table.grid()
    shares = [line[heads.index("Of limit")] for line in lines]
    assert all(share.endswith("%") for share in shares)
    assert {line[heads.index("J/token")] for line in lines} == {"unknown"}, "a word, never a zero"
    assert rows["llama-3.2-3b int4"].ttft_s is not None, "foretold with the prefill"
    finding = page.chart.title.text()
    assert "● measured, ○ predicted or published, | what the memory could deliver" in finding
    assert any("memory allows" in line[1] for line in page.chart.grid)
    assert "of what its memory can deliver" in page.heading.text()


def test_details_tell_rounds_limits_energy_and_threads_apart(page: DevicePage) -> None:
    place = page.table.model.row_of(("smollm2-135m", "int4", "onnxruntime 1.30.0", "CPUExecutionProvider"))
    assert place is not None
    page.table.select(place)
    shown = page.details.as_text()
    for words in ("From start to steady", "first run", "Limits reached", "what this memory can deliver", "Energy"):
        assert words in shown
    assert "no meter was asked" in shown
    assert "told by the user, or the only choice" in shown
    assert len(page.decode_rounds.grid) == 1 + 4 * 2, "four rounds at two contexts"
    assert len(page.prefill_rounds.grid) == 1 + 4 * 2


def test_the_history_has_every_kind_of_measurement_newest_first(page: DevicePage) -> None:
    assert sorted(column(page, "What")) == ["depth slices", "run", "run", "run", "soak"]
    assert page.history.table.rows[0].run_id == "later"
    assert page.tabs.tabText(HISTORY) == "History (5)"
    assert all("on mains" in words for words in column(page, "Conditions"))
    page.history.table.select(0)
    assert "When it began" in page.history.details.as_text()


def test_every_new_table_is_a_sound_model(page: DevicePage, driver: WindowDriver) -> None:
    page.tabs.setCurrentIndex(RUNS)
    page.tabs.setCurrentIndex(SUSTAINED)
    driver.until(lambda: bool(page.sustained.minutes.rows))
    tables = (page.history.table, page.runs.figures, page.runs.circumstances, page.sustained.minutes)
    for table in (*tables, page.accuracy.judged, page.accuracy.scores):
        QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for number in range(len(table.model.columns)):
            table.model.sort(number)
    assert all(table.rows for table in tables)


def test_two_selected_runs_are_compared_the_earlier_as_baseline(page: DevicePage, driver: WindowDriver) -> None:
    select(page, "later")
    assert not page.history.compare_button.isEnabled()
    select(page, "later", "run-smollm2-135m")
    driver.button("Compare the two selected").click()
    assert page.tabs.currentIndex() == RUNS
    assert [chooser.currentData() for chooser in page.runs.choosers] == ["run-smollm2-135m", "later"]
    assert page.runs.sentence.text().startswith("B decodes 67 % faster")
    verdicts = {row.label: row.verdict.value for row in page.runs.figures.rows}
    assert verdicts["decode at 512 tokens"] == "better"
    select(page, "later", "soak-llama-3.2-1b")
    assert not page.history.compare_button.isEnabled(), "a soak has no rounds to compare"


def test_the_comparison_starts_with_the_two_newest_runs_of_one_model(page: DevicePage) -> None:
    page.tabs.setCurrentIndex(RUNS)
    assert [chooser.currentData() for chooser in page.runs.choosers] == ["run-smollm2-135m", "later"]


def test_raw_data_leaves_as_csv_and_json(page: DevicePage, driver: WindowDriver, tmp_path: Path) -> None:
    driver.asker.answer = tmp_path / "raw.csv"
    page.history.export_everything()
    assert driver.message.startswith("Saved raw.csv, raw-readings.csv, raw-windows.csv")
    samples = (tmp_path / "raw.csv").read_text(encoding="utf-8")
    assert "run-qwen2.5-0.5b" in samples
    assert "llama-3.2-3b-6" in samples, "depth slices too"
    driver.asker.answer = tmp_path / "one.json"
    select(page, "later")
    page.history.export_selected()
    told = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert [run["run_id"] for run in told["runs"]] == ["later"]
    driver.asker.answer = tmp_path / "no" / "such" / "folder.csv"
    (tmp_path / "no").write_text("")
    page.history.export_everything()
    assert "folder" in driver.message


def test_a_soak_is_drawn_with_burst_and_last_third_and_says_why_nothing_is_sustained(
    page: DevicePage, driver: WindowDriver
) -> None:
    page.tabs.setCurrentIndex(SUSTAINED)
    driver.until(lambda: not page.sustained.is_empty)
    assert "sustained throughput takes 10 min" in page.sustained.sentence.text()
    words = [line[0] for line in page.sustained.chart.grid]
    assert any(word.startswith("burst ") for word in words)
    assert any(word.startswith("final third ") for word in words)
    assert page.sustained.clock.isVisible()
    assert "4 GHz" in page.sustained.clock.grid[1][2]
    assert "StoppedEarly" not in page.sustained.details.as_text(), "sentences, not kinds"
    assert "was stopped after" in page.sustained.details.as_text()


def accuracy_figures(profile: DeviceProfile) -> AccuracyFigures:
    told = predict_from_slices(
        profile.slices[0], profile.facts, device=profile.profile_id, prompt_tokens=512, context_tokens=512
    )
    measured = scenarios.run("llama-3.2-3b", decode_tok_s=16.0)
    measured = measured.model_copy(update={"started_at": told.made_at + timedelta(hours=1)})
    log = with_run(with_prediction(AccuracyLog(), told), profile.profile_id, measured)
    found = judged(log)
    return AccuracyFigures(judged=found, scores=scores(found), waiting=2)


def test_accuracy_shows_scores_and_every_figure(qtbot: QtBot, tmp_path: Path) -> None:
    figures = accuracy_figures(full_profile())
    assert figures.judged
    verbs = fake_verbs(device=fake_device_verbs(accuracy=lambda device: figures))
    driver = WindowDriver(qtbot, tmp_path, verbs, pages=only("Device")).start()
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    page.tabs.setCurrentIndex(ACCURACY)
    driver.until(lambda: not page.accuracy.is_empty)
    assert len(page.accuracy.judged.rows) == len(figures.judged)
    assert page.accuracy.caption.text().startswith("2 predictions wait")
    assert {row.phase for row in page.accuracy.scores.rows} >= {"decode", "prefill"}


def test_a_damaged_accuracy_log_is_told_in_its_place_and_in_the_bar(qtbot: QtBot, tmp_path: Path) -> None:
    def damaged(device: str) -> AccuracyFigures:
        raise DocumentError("this is not JSON", where="accuracy.json", remedy="Move it away.")

    verbs = fake_verbs(device=fake_device_verbs(accuracy=damaged))
    driver = WindowDriver(qtbot, tmp_path, verbs, pages=only("Device")).start()
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    page.tabs.setCurrentIndex(ACCURACY)
    driver.until(lambda: bool(driver.message))
    assert driver.message == "accuracy.json: this is not JSON. Move it away."
    assert "accuracy.json" in page.accuracy.empty_words


def test_empty_tabs_say_what_is_missing_and_offer_the_one_thing_that_fills_them(driver: WindowDriver) -> None:
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    for place, tab in ((HISTORY, page.history), (RUNS, page.runs), (SUSTAINED, page.sustained)):
        page.tabs.setCurrentIndex(place)
        assert tab.is_empty
        assert tab.empty_words
        assert tab.fill_button.isVisible()
    page.tabs.setCurrentIndex(ACCURACY)
    driver.until(lambda: bool(page.accuracy.empty_words))
    assert page.accuracy.fill_button.text() == "Predict models …"
    assert list(nameless_controls(driver.window)) == []


def test_another_device_fills_the_tab_that_is_shown_anew(page: DevicePage, driver: WindowDriver) -> None:
    assert len(page.history.table.rows) == 5
    page.show_device("reference-two")
    driver.until(lambda: page.history.is_empty)
    assert page.tabs.tabText(HISTORY) == "History (0)"


def test_a_slow_answer_for_a_device_no_longer_shown_is_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    verbs = fake_verbs()
    real, asked = verbs.device.history, list[str]()

    def history(profile: DeviceProfile):
        asked.append(profile.profile_id)
        return real(profile)

    verbs = dataclasses.replace(verbs, device=dataclasses.replace(verbs.device, history=history))
    driver = WindowDriver(qtbot, tmp_path, verbs, pages=only("Device")).start()
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    first, second = full_profile(), full_profile().model_copy(update={"profile_id": "second"})
    page.history.show_profile(first)
    page.history.show_profile(second.model_copy(update={"runs": second.runs[:1], "slices": (), "soaks": ()}))
    driver.until(lambda: len(page.history.table.rows) == 1)
    assert asked == ["mine", "second"]

"""The real window, offscreen, on the real engine: the sample, a real measurement, the report, reopening; and Stop."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from planner.measurement.request import RoundFinished
from planner.placement.options import Side
from planner.plan_files import reopen_plan
from planner.scenario_files import load_scenario
from tests.support.window import FakeAsker, PauseWatch, WindowDriver, nameless_controls
from ui.bound_verbs import VERBS
from ui.dialogs.measure import MeasureChoice
from ui.pages.device import DevicePage
from ui.pages.report import ReportPage

MODEL = "smollm2-135m"
MEASURED_MS = 240_000
FROZEN_S = 2.0  # far beyond what a loaded test machine takes a busy thread away for; the benchmark has the real figure

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True)


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """As in the program, no worker thread ever destroys a Qt object."""
    gc.disable()
    yield
    gc.collect(1)


def test_from_the_sample_to_a_measured_plan_and_its_report(qtbot: QtBot, tmp_path: Path) -> None:
    driver = WindowDriver(qtbot, tmp_path, VERBS).start()
    session = driver.session
    assert session.scenario.is_sample
    assert session.plan is not None
    assert session.plan.totals.unplaced == ()

    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    page.measure_button.choice = MeasureChoice(models=(MODEL,))
    watch = PauseWatch()
    page.measure_button.measure()
    driver.until(lambda: session.measuring.running)
    assert driver.button("Stop measuring").isVisible()
    qtbot.waitUntil(lambda: not session.measuring.running, timeout=MEASURED_MS)
    driver.until_planned()
    assert watch.longest_s < FROZEN_S

    (fleet,) = session.scenario.fleets
    assert [run.model.name for run in fleet.profile.runs] == [MODEL]
    assert fleet.profile.runs[0].rounds
    assert fleet.count == session.scenario.workload.seats
    assert session.real_parts.device
    edge = {option.model for each in session.plan.placements for option in each.options if option.side is Side.EDGE}
    assert edge == {MODEL}

    for title in ("Workload", "Prices", "Plan", "Compare", "Report"):
        driver.open(title)
    assert list(nameless_controls(driver.window)) == []

    report = driver.window.page("Report")
    assert isinstance(report, ReportPage)
    report.asker, report.folder, report.show_folder = FakeAsker(), tmp_path / "out", lambda folder: None
    report.act()
    driver.until(lambda: (tmp_path / "out" / "plan.json").exists() and (tmp_path / "out" / "report.html").exists())
    assert reopen_plan(tmp_path / "out" / "plan.json").plan == session.plan
    assert session.plan.sentence in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")

    saved = tmp_path / "mine.edgewise.json"
    session.save_as(saved)
    driver.until(lambda: saved.exists() and not session.dirty)
    assert load_scenario(saved) == session.scenario


def test_stop_keeps_what_was_finished_and_ends_the_child(qtbot: QtBot, tmp_path: Path) -> None:
    driver = WindowDriver(qtbot, tmp_path, VERBS).start()
    session = driver.session
    page = driver.open("Device")
    assert isinstance(page, DevicePage)
    page.measure_button.choice = MeasureChoice(models=(MODEL,), quick=False)
    page.measure_button.measure()
    finished: list[object] = []
    session.measuring.happened.connect(
        lambda event: finished.append(event) if isinstance(event, RoundFinished) else None
    )
    qtbot.waitUntil(lambda: bool(finished), timeout=MEASURED_MS)
    page.measuring.stop()
    driver.until(lambda: not session.measuring.running)
    driver.until_planned()
    (run,) = session.scenario.fleets[0].profile.runs
    assert run.outcome == "stopped"
    assert run.rounds

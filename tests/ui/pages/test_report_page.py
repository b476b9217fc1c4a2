"""The Report page shows and writes the same report."""

from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.placement.plan import Plan
from planner.plan_files import reopen_plan
from planner.scenario import Scenario
from tests.support.planned_sample import plan_of_sample, planned, sample
from tests.support.window import FakeAsker, WindowDriver, fake_verbs, nameless_controls, only
from ui.appearance import ThemeChoice
from ui.bound_verbs import VERBS
from ui.pages.report import ReportPage
from ui.pages.report_preview import headings, preview
from ui.theme import DARK, LIGHT, THEMES, Theme


@cache
def report_of_sample() -> str:
    return VERBS.report_html(plan_of_sample(), sample())


def told(plan: Plan, scenario: Scenario) -> str:
    """The real report; that of the sample is made once for all tests."""
    return report_of_sample() if scenario is sample() else VERBS.report_html(plan, scenario)


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    verbs = fake_verbs(default_sample=sample, plan=planned, report_html=told)
    return WindowDriver(qtbot, tmp_path, verbs, pages=only("Report")).start()


@pytest.fixture
def page(driver: WindowDriver, tmp_path: Path) -> ReportPage:
    page = driver.open("Report")
    assert isinstance(page, ReportPage)
    page.asker = FakeAsker()
    page.show_folder = lambda folder: None
    page.folder = tmp_path / "out"
    page.changed()
    driver.until(lambda: page.sections.count() > 0)
    return page


def html_of(driver: WindowDriver) -> str:
    plan = driver.session.plan
    assert plan is not None
    return driver.session.exports.report_html(plan, driver.session.scenario)


def test_the_preview_shows_what_the_file_will_say(driver: WindowDriver, page: ReportPage) -> None:
    plan = driver.session.plan
    assert plan is not None
    shown = " ".join(page.preview.toPlainText().split())
    assert plan.sentence in shown
    for placement in plan.placements:
        assert placement.reason in shown
    assert "<svg" not in shown
    assert "{" not in shown, "no stylesheet leaks into the text"


def test_every_section_of_the_file_is_listed_and_leads_there(driver: WindowDriver, page: ReportPage) -> None:
    titles = [heading.title for heading in headings(html_of(driver))]
    assert titles[0] == "Decision"
    assert [page.sections.item(row).text() for row in range(page.sections.count())] == titles
    before = page.preview.verticalScrollBar().value()
    page.sections.setCurrentRow(len(titles) - 1)
    assert page.preview.verticalScrollBar().value() > before


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_charts_are_drawn_in_the_colours_of_the_window(qapp: QApplication, theme: Theme) -> None:
    document = preview(report_of_sample(), theme)
    image = document.resource(QTextDocument.ResourceType.ImageResource, QUrl("chart:1"))
    assert isinstance(image, QImage)
    seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert theme.color("datacenter").name() in seen
    assert theme.color("edge").name() in seen


def test_the_preview_follows_the_plan_and_the_theme(driver: WindowDriver, page: ReportPage) -> None:
    driver.window.choose_theme(ThemeChoice.DARK)
    driver.until(lambda: DARK.datacenter.lower() in page.preview.toHtml().lower())
    scenario = driver.session.scenario
    driver.session.replace(scenario.model_copy(update={"title": "Another plan"}), "Rename")
    driver.until(lambda: "Another plan" in page.preview.toPlainText())
    assert page.heading.text() == "Report of “Another plan”"
    driver.window.choose_theme(ThemeChoice.LIGHT)
    driver.until(lambda: LIGHT.datacenter.lower() in page.preview.toHtml().lower())


def test_names_are_shown_before_files_are_written_and_the_folder_after(
    driver: WindowDriver, page: ReportPage, tmp_path: Path
) -> None:
    opened: list[Path] = []
    page.show_folder = opened.append
    folder = tmp_path / "out"
    assert page.files.text() == f"Writes report.html and plan.json to {folder}."
    page.act()
    assert (folder / "report.html").read_text(encoding="utf-8") == html_of(driver)
    assert reopen_plan(folder / "plan.json").scenario == driver.session.scenario
    assert opened == [folder]
    assert "Wrote report.html and plan.json" in driver.message
    assert page.files.text().endswith("; replaces report.html and plan.json there.")


def test_only_what_is_ticked_is_written(driver: WindowDriver, page: ReportPage, tmp_path: Path) -> None:
    html, plan = page.formats["report.html"], page.formats["plan.json"]
    html.setChecked(False)
    page.act()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["plan.json"]
    plan.setChecked(False)
    assert not page.export.isEnabled()
    assert page.files.text() == "Choose at least one format."
    html.setChecked(True)
    page.act()
    assert (tmp_path / "out" / "report.html").exists()


def test_a_folder_is_chosen(driver: WindowDriver, page: ReportPage, tmp_path: Path) -> None:
    assert isinstance(page.asker, FakeAsker)
    page.asker.answer = tmp_path / "elsewhere"
    driver.button("Choose the folder to write to").click()
    assert str(tmp_path / "elsewhere") in page.files.text()
    page.asker.answer = None
    driver.button("Choose the folder to write to").click()
    assert str(tmp_path / "elsewhere") in page.files.text(), "thinking better of it changes nothing"


def test_a_folder_that_cannot_be_written_is_a_message(driver: WindowDriver, page: ReportPage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    page.folder = tmp_path / "file"
    page.act()
    assert "cannot be written" in driver.message
    assert (tmp_path / "file").read_text() == "in the way"


def test_every_control_has_a_name(page: ReportPage) -> None:
    assert list(nameless_controls(page)) == []

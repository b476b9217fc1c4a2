"""The Compare page: whose devices stand side by side, what differs, and where each figure comes from."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from planner.profiles.files import save_profile
from tests.support import scenarios
from tests.support.window import WindowDriver, nameless_controls, only
from ui.pages.compare import ComparePage


@pytest.fixture
def driver(qtbot: QtBot, tmp_path: Path) -> WindowDriver:
    return WindowDriver(qtbot, tmp_path, pages=only("Compare")).start()


@pytest.fixture
def page(driver: WindowDriver) -> ComparePage:
    opened = driver.open("Compare")
    assert isinstance(opened, ComparePage)
    opened.asker = driver.asker
    return opened


def cells(page: ComparePage, label: str) -> list[str]:
    assert page.table is not None
    lines = page.table.grid()
    return next(line[2:] for line in lines if label in line[1])


def test_the_scenarios_device_is_the_baseline_against_the_next_known_one(page: ComparePage) -> None:
    assert [profile.profile_id for profile in page.compared] == ["testbook", "reference-one"]
    assert page.heading.text() == "Reference One decodes llama-3.2-1b int4 at ×0.667 of Testbook."
    assert cells(page, "llama-3.2-1b int4 decode") == ["30 tok/s", "20 tok/s  (×0.667)"]


def test_up_to_four_devices_and_the_order_of_the_columns_is_the_users(page: ComparePage) -> None:
    page.choose(0, "reference-two")
    page.choose(2, "testbook")
    assert [profile.profile_id for profile in page.compared] == ["reference-two", "reference-one", "testbook"]
    assert cells(page, "llama-3.2-1b int4 decode") == ["90 tok/s", "20 tok/s  (×0.222)", "30 tok/s  (×0.333)"]


def test_only_differences_hides_what_is_the_same(page: ComparePage) -> None:
    assert page.table is not None
    labels = {row.label for row in page.table.rows}
    assert "physical cores" not in labels
    page.only_differences.setChecked(False)
    assert "physical cores" in {row.label for row in page.table.rows}


def test_the_details_of_a_row_give_basis_and_source_of_every_cell(page: ComparePage) -> None:
    assert page.table is not None
    number = next(n for n, row in enumerate(page.table.rows) if "decode" in row.label)
    page.table.select(number)
    assert "a data sheet" in page.details.as_text()
    assert "Ratios are to the first column" in page.details.as_text()


def test_the_chart_overlays_what_two_devices_share_and_says_who_is_who(page: ComparePage) -> None:
    assert {line[1] for line in page.chart.grid[1:]} == {"A", "B"}
    assert page.chart.title.text().endswith("; A Testbook, B Reference One")


def test_without_a_shared_model_there_is_no_chart(page: ComparePage, driver: WindowDriver) -> None:
    lonely = scenarios.profile("lonely").model_copy(update={"figures": ()})
    driver.session.use_profile(lonely)
    assert page.compared[0].profile_id == "lonely"
    assert not page.chart.isVisible()


def test_the_same_device_twice_asks_for_a_second_one(page: ComparePage) -> None:
    page.choose(1, "testbook")
    assert page.heading.text() == "Choose a second device to compare with."
    assert not page.chart.isVisible()


def test_a_profile_file_takes_the_first_free_place(page: ComparePage, driver: WindowDriver, tmp_path: Path) -> None:
    driver.asker.answer = tmp_path / "mine.json"
    save_profile(driver.asker.answer, scenarios.profile("from-file"))
    page.ask_profile()
    assert [profile.profile_id for profile in page.compared] == ["testbook", "reference-one", "from-file"]


def test_a_measured_device_becomes_the_baseline_without_being_asked_for(
    page: ComparePage, driver: WindowDriver
) -> None:
    driver.session.use_profile(scenarios.profile("mine", measured=True))
    assert page.compared[0].profile_id == "mine"


def test_every_control_of_the_page_has_a_name(page: ComparePage, driver: WindowDriver) -> None:
    assert list(nameless_controls(driver.window)) == []

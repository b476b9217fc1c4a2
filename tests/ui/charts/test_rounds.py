"""Rounds as dots: every one is shown, its state by shape, and the table says the same."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance
from ui.charts.rounds import Dot, RoundsChart

DOTS = (
    Dot(1, "at 128", 33.0, "clean"),
    Dot(1, "at 512", 31.0, "clean"),
    Dot(2, "at 128", 28.0, "disturbed"),
    Dot(2, "at 512", 26.0, "partial"),
)


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> RoundsChart:
    made = RoundsChart("Decode", Appearance(qapp))
    qtbot.addWidget(made)
    made.resize(420, 260)
    made.show()
    made.show_dots("Decode by round", DOTS)
    return made


def items(chart: RoundsChart, kind: str) -> list:
    return [item for item in chart.plot.getPlotItem().items if type(item).__name__ == kind]


def test_the_table_has_every_round_with_its_state(chart: RoundsChart) -> None:
    assert chart.grid == [
        ("Round", "Of", "Rate", "State"),
        ("1", "at 128", "33 tok/s", "clean"),
        ("1", "at 512", "31 tok/s", "clean"),
        ("2", "at 128", "28 tok/s", "disturbed"),
        ("2", "at 512", "26 tok/s", "partial"),
    ]
    assert chart.plot.accessibleName() == "Decode: Decode by round"


def test_disturbed_and_partial_rounds_differ_in_shape_not_only_in_colour(chart: RoundsChart) -> None:
    first, second = items(chart, "ScatterPlotItem")
    assert [point.symbol() for point in first.points()] == ["o", "d"]
    surface = chart.appearance.theme.color("surface")
    assert [point.brush().color() == surface for point in second.points()] == [False, True]


def test_the_scale_starts_at_zero_and_names_of_series_stay_apart_and_inside(chart: RoundsChart) -> None:
    (_, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert bottom == 0
    labels = items(chart, "TextItem")
    heights = sorted(label.pos().y() for label in labels)
    assert (heights[1] - heights[0]) / (top - bottom) * chart.plot.getViewBox().height() >= 12
    assert all(label.pos().x() < right for label in labels)


def test_no_rounds_yet_is_no_error(chart: RoundsChart) -> None:
    chart.show_dots("Nothing yet", ())
    assert chart.plot.accessibleDescription() == "no figures yet"

"""What changes over minutes: line, fit, levels and moments, each in the table too."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance
from ui.charts.course import CourseChart, Level, Line, Moment

POINTS = ((0.5, 31.0), (60.5, 30.0), (120.5, 24.0))


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> CourseChart:
    made = CourseChart("Throughput", Appearance(qapp))
    qtbot.addWidget(made)
    made.show()
    made.show_course(
        "It slows down",
        "tok/s",
        (Line("measured", POINTS), Line("fitted", POINTS[:2], "caution", dashed=True)),
        (Level("burst 31 tok/s", 0.0, 30.0, 31.0, 30.5, 31.5),),
        (Moment("knee 61 s", 61.0),),
        lasts_s=600.0,
    )
    return made


def test_levels_and_moments_are_spoken_and_every_point_is_in_the_table(chart: CourseChart) -> None:
    assert chart.plot.accessibleDescription() == "burst 31 tok/s; knee 61 s; 5 points"
    assert chart.grid[:4] == [
        ("What", "After", "Value"),
        ("burst 31 tok/s", "0 s", "until 30 s"),
        ("knee 61 s", "61 s", ""),
        ("measured", "0.5 s", "31 tok/s"),
    ]
    assert len(chart.grid) == 1 + 1 + 1 + 5


def test_the_axis_holds_the_planned_time_and_starts_at_zero(chart: CourseChart) -> None:
    (left, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert (left, bottom) == (0, 0)
    assert right >= 10, "minutes"
    assert top > 31.5


def test_a_temperature_needs_no_zero_and_no_points_are_no_error(qtbot: QtBot, qapp: QApplication) -> None:
    chart = CourseChart("Temperature", Appearance(qapp), from_zero=False)
    qtbot.addWidget(chart)
    chart.show_course("Warm", "°C", (Line("warm", ((0.0, 60.0), (10.0, 70.0))),))
    _, (bottom, _) = chart.plot.getViewBox().viewRange()
    assert bottom > 50
    chart.show_course("Unknown", "°C", (Line("warm", ()),))
    assert chart.plot.accessibleDescription() == "no points yet"

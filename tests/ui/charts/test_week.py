"""Load by the hour of the week: every hour in the table, what exceeds the line marked, zero at the bottom."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance
from ui.charts.week import Week, WeekChart, hour_words

HOURS = tuple(12.0 if hour == 34 else 4.0 if hour % 24 in range(8, 18) else 0.0 for hour in range(168))
CALM = Week("400 × Laptop", "% of the hour", HOURS, 30.0, "30 % allowed")
TIGHT = Week("400 × Laptop", "% of the hour", HOURS, 10.0, "10 % allowed")


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> WeekChart:
    made = WeekChart("Load of the week", Appearance(qapp))
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def test_hours_are_named_by_day_and_clock() -> None:
    assert hour_words(0) == "Monday 0:00–1:00"
    assert hour_words(167) == "Sunday 23:00–24:00"


def test_every_hour_stands_in_the_table(chart: WeekChart) -> None:
    chart.show_week("Calm", CALM)
    heads, *lines = chart.grid
    assert heads == (
        "Hour (% of the hour)",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    )
    assert len(lines) == 24
    assert lines[10] == ("10:00–11:00", "4", "12", "4", "4", "4", "4", "4")


def test_a_reader_hears_the_busiest_hour_the_line_and_how_often_it_is_passed(chart: WeekChart) -> None:
    chart.show_week("Tight", TIGHT)
    assert chart.plot.accessibleDescription() == (
        "400 × Laptop: at most 12 % of the hour, Tuesday 10:00–11:00; 10 % allowed; above it: 1 of 168 hours"
    )


def test_the_height_starts_at_zero_and_holds_the_line(chart: WeekChart) -> None:
    chart.show_week("Calm", CALM)
    (left, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert (left, right, bottom) == (0, 168, 0)
    assert top > 30


def test_what_exceeds_the_line_is_drawn_in_the_colour_of_errors(chart: WeekChart) -> None:
    def colours() -> list[str]:
        return [item.opts["pen"].color().name() for item in chart.plot.getPlotItem().listDataItems()]

    error = chart.appearance.theme.color("error").name()
    chart.show_week("Calm", CALM)
    assert error not in colours()
    chart.show_week("Tight", TIGHT)
    assert error in colours()


def test_the_line_is_dashed_and_named(chart: WeekChart) -> None:
    chart.show_week("Calm", CALM)
    assert chart.plot.getPlotItem().listDataItems()[-1].opts["pen"].style() == Qt.PenStyle.DashLine
    assert "30 % allowed" in [getattr(item, "toPlainText", str)() for item in chart.plot.getPlotItem().items]


def test_hovering_reads_the_hour(chart: WeekChart) -> None:
    chart.show_week("Calm", CALM)
    assert chart.words_at(34) == "Tuesday 10:00–11:00\n12 % of the hour"
    assert not chart.words_at(168)


def test_an_unknown_line_is_not_drawn(chart: WeekChart) -> None:
    chart.show_week("Unknown", Week("Server", "% of the hour", HOURS, None, "the limit is unknown"))
    styles = {item.opts["pen"].style() for item in chart.plot.getPlotItem().listDataItems()}
    assert styles == {Qt.PenStyle.SolidLine}
    assert "the limit is unknown" in chart.plot.accessibleDescription()


def test_a_week_of_other_than_168_hours_is_refused(chart: WeekChart) -> None:
    with pytest.raises(ValueError, match="168"):
        chart.show_week("Short", Week("Laptop", "%", (1.0,), None, ""))

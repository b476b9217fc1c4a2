"""Cost curves: kinks and jumps are drawn where they are, names stand at the ends, the table says the same."""

import math
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance, ThemeChoice
from ui.charts.curve_picture import Band, Curve, CurvesPicture, Point, Stretch
from ui.charts.curves import CurvesChart

STEPS = Curve("two machines", (Stretch(0, 100, 10, 100), Stretch(10, 200, 20, 200)), "datacenter", dashed=True)
KINK = Curve("a device", (Stretch(0, 0, 5, 50), Stretch(5, 50, 15, 170)), "edge", end_words="it is full")
SHOWN = CurvesPicture(
    "requests a day",
    "USD a month",
    (KINK, STEPS),
    bands=(Band(0, 9, "a device costs less"),),
    points=(Point(9, 98, "meets here"),),
    today=4.0,
)


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> CurvesChart:
    made = CurvesChart("Break-even", Appearance(qapp, ThemeChoice.LIGHT))
    qtbot.addWidget(made)
    made.resize(900, 340)
    made.show()
    made.show_curves("A device costs less up to 9", SHOWN)
    QApplication.processEvents()
    return made


def drawn(chart: CurvesChart, kind: str) -> list:
    return [item for item in chart.plot.getPlotItem().items if type(item).__name__ == kind]


def corners(item: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(item.xData, item.yData, strict=True)]


def test_a_kink_is_a_corner_and_a_jump_is_a_gap_with_a_dotted_line(chart: CurvesChart) -> None:
    kink, steps, jump = drawn(chart, "PlotDataItem")[:3]
    assert corners(kink) == [(0, 0), (5, 50), (15, 170)]
    assert [x for x, _ in corners(steps) if not math.isnan(x)] == [0, 10, 10, 20]
    assert sum(math.isnan(x) for x, _ in corners(steps)) == 1, "the jump is not drawn as a part of the cost"
    assert corners(jump)[:2] == [(10, 100), (10, 200)]


def test_at_a_jump_the_cost_is_the_one_before_it(chart: CurvesChart) -> None:
    assert (STEPS.at(10), STEPS.just_beyond(10)) == (100, 200)
    assert (KINK.at(16), KINK.just_beyond(15)) == (None, None)
    assert chart.values_at(16) == "16\na device: cannot serve\ntwo machines: $200.00"


def test_the_scale_starts_at_zero_and_names_stand_apart_inside_the_picture(chart: CurvesChart) -> None:
    (left, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert (left, bottom) == (0, 0)
    assert top > 200
    labels = {item.toPlainText(): item for item in drawn(chart, "TextItem")}
    first, second = labels["two machines"].pos(), labels["a device"].pos()
    assert 20 < first.x() < right
    assert abs(first.y() - second.y()) / (top - bottom) * chart.plot.getViewBox().height() >= 12


def test_names_of_equal_costs_keep_apart_at_the_bottom_too(chart: CurvesChart) -> None:
    flat = tuple(Curve(name, (Stretch(0, 0, 10, usd),)) for name, usd in (("one", 0.0), ("two", 0.1), ("three", 100.0)))
    chart.show_curves("Flat", CurvesPicture("x", "USD", flat))
    QApplication.processEvents()
    _, (bottom, top) = chart.plot.getViewBox().viewRange()
    places = sorted(item.pos().y() for item in drawn(chart, "TextItem"))
    assert places[0] > bottom
    assert (places[1] - places[0]) / (top - bottom) * chart.plot.getViewBox().height() >= 12


def test_money_that_comes_back_lowers_the_scale_below_zero(chart: CurvesChart) -> None:
    chart.show_curves("Back", CurvesPicture("x", "USD", (Curve("sold", (Stretch(0, 10, 5, -40),)),)))
    _, (bottom, top) = chart.plot.getViewBox().viewRange()
    assert bottom == -40
    assert top > 10


def test_the_table_and_the_reader_say_curves_bands_points_and_today(chart: CurvesChart) -> None:
    assert ("two machines", "10", "$200.00", "20", "$200.00") in chart.grid
    assert ("a device costs less", "0", "", "9", "") in chart.grid
    assert ("meets here", "9", "$98.00", "", "") in chart.grid
    assert ("today", "4", "", "", "") in chart.grid
    spoken = chart.plot.accessibleDescription()
    assert "a device costs less between 0 and 9" in spoken
    assert "today 4" in spoken


def test_hovering_reads_every_curve_at_that_place(chart: CurvesChart) -> None:
    box = chart.plot.getViewBox()
    chart.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(5, 100)))
    assert chart.plot.toolTip().splitlines()[1:] == ["a device: $50.00", "two machines: $100.00"]
    chart.plot.scene().sigMouseMoved.emit(QPointF(-10, -10))
    assert not chart.plot.toolTip()


def test_nothing_to_draw_is_no_error(chart: CurvesChart) -> None:
    chart.show_curves("Nothing", CurvesPicture("x", "USD", ()))
    assert chart.plot.accessibleDescription() == "nothing to draw"

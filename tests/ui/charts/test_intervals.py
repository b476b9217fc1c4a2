"""The chart of rates with their intervals: what is drawn, what a reader hears, and its twin as a table."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.errors import WriteError
from ui.appearance import Appearance, ThemeChoice
from ui.charts.intervals import IntervalsChart, Limit, Mark, Series

MARKS = (
    Mark("small", 40.0, 38.0, 42.0, solid=True, words="40 tok/s measured", provenance="tok/s · measured"),
    Mark("large", 8.0, None, None, solid=False, words="8 tok/s published", provenance="tok/s · published"),
)


@pytest.fixture
def appearance(qapp: QApplication) -> Appearance:
    return Appearance(qapp, ThemeChoice.LIGHT)


@pytest.fixture
def chart(qtbot: QtBot, appearance: Appearance) -> IntervalsChart:
    made = IntervalsChart("Decode", appearance)
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    made.show_series("Small is five times as fast", "tok/s", (Series("one", MARKS),))
    return made


def test_a_reader_hears_the_finding_and_every_value(chart: IntervalsChart) -> None:
    assert chart.plot.accessibleName() == "Decode: Small is five times as fast"
    assert chart.plot.accessibleDescription() == "small: 40 tok/s measured; large: 8 tok/s published"


def test_the_table_says_the_same_and_can_take_the_plots_place(chart: IntervalsChart) -> None:
    assert chart.grid == [
        ("Category", "Value", "Where from"),
        ("small", "40 tok/s measured", "tok/s · measured"),
        ("large", "8 tok/s published", "tok/s · published"),
    ]
    chart.show_as_table(on=True)
    assert chart.shows_table
    chart.show_as_table(on=False)
    assert not chart.shows_table


def test_the_scale_starts_at_zero_and_holds_every_interval(chart: IntervalsChart) -> None:
    (low, high), _ = chart.plot.getViewBox().viewRange()
    assert low == 0
    assert high > 42


def test_measured_is_solid_and_published_is_hollow(chart: IntervalsChart) -> None:
    dots = next(item for item in chart.plot.getPlotItem().items if type(item).__name__ == "ScatterPlotItem")
    fills = [point.brush().color().name() for point in dots.points()]
    assert fills == ["#0072b2", "#ffffff"]
    assert dots.points()[0].data() == "small\n40 tok/s measured\ntok/s · measured"


def test_another_theme_redraws_it(chart: IntervalsChart, appearance: Appearance) -> None:
    appearance.choose(ThemeChoice.DARK)
    dots = next(item for item in chart.plot.getPlotItem().items if type(item).__name__ == "ScatterPlotItem")
    assert dots.points()[0].brush().color() == appearance.theme.color("edge")
    assert chart.plot.backgroundBrush().color() == appearance.theme.color("surface")


@pytest.mark.parametrize("suffix", ["png", "svg", "csv"])
def test_it_is_saved_as_picture_vectors_and_data(chart: IntervalsChart, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"decode.{suffix}"
    chart.ask_path = lambda _suffix: path
    chart.save(suffix)
    match suffix:
        case "png":
            image = QImage(str(path))
            assert image.width() > 1_000
            colours = {
                image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
            }
            assert "#0072b2" in colours, "the dots are on the picture"
        case "svg":
            root = ElementTree.parse(path).getroot()
            assert root.tag.endswith("svg")
            words = "".join(root.itertext())
            assert "Small is five times as fast" in words
            assert "40 tok/s measured" in words
            assert "#0072b2" in path.read_text(encoding="utf-8")
        case _:
            assert "small,40 tok/s measured" in path.read_text(encoding="utf-8-sig")


def test_a_place_that_cannot_be_written_is_told(chart: IntervalsChart, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    chart.ask_path = lambda _suffix: tmp_path / "file" / "decode.svg"
    with qtbot.waitSignal(chart.failed) as heard:
        chart.save("svg")
    assert heard.args is not None
    assert isinstance(heard.args[0], WriteError)


def test_data_and_picture_go_to_the_clipboard(chart: IntervalsChart) -> None:
    chart.copy_data()
    assert QGuiApplication.clipboard().text().startswith("Category\tValue")
    chart.copy_picture()
    assert not QGuiApplication.clipboard().image().isNull()


def test_two_series_are_told_apart_by_shape_and_name(chart: IntervalsChart) -> None:
    chart.show_series("Two", "tok/s", (Series("A", MARKS), Series("B", MARKS)))
    shapes = [
        item.opts["symbol"] for item in chart.plot.getPlotItem().items if type(item).__name__ == "ScatterPlotItem"
    ]
    assert len(set(shapes)) == 2
    assert chart.grid[0] == ("Category", "Series", "Value", "Where from")


def test_no_figures_is_no_error(chart: IntervalsChart) -> None:
    chart.show_series("Nothing is known", "tok/s", (Series("one", ()),))
    assert chart.plot.accessibleDescription() == "no figures"


def limit(category: str, value: float) -> Limit:
    return Limit(category, value, f"memory allows {value:g}", "tok/s · measured")


def words_of(chart: IntervalsChart) -> list[str]:
    return [item.toPlainText() for item in chart.plot.getPlotItem().items if type(item).__name__ == "TextItem"]


def test_a_limit_is_a_tick_with_words_and_a_line_of_the_table(chart: IntervalsChart) -> None:
    chart.show_series("Two", "tok/s", (Series("one", MARKS),), (limit("large", 10.0),))
    ticks = [
        item
        for item in chart.plot.getPlotItem().items
        if type(item).__name__ == "PlotDataItem" and list(item.xData) == [10.0, 10.0]
    ]
    assert len(ticks) == 1
    assert "8 tok/s published · memory allows 10" in words_of(chart)
    assert chart.grid[-1] == ("large", "memory allows 10", "tok/s · measured")
    assert "large: memory allows 10" in chart.plot.accessibleDescription()


def test_a_limit_far_off_the_scale_is_told_and_does_not_crowd_the_rest(chart: IntervalsChart) -> None:
    chart.show_series("Two", "tok/s", (Series("one", MARKS),), (limit("small", 400.0),))
    (_, right), _ = chart.plot.getViewBox().viewRange()
    assert right < 400
    assert "40 tok/s measured · memory allows 400 →" in words_of(chart)


@pytest.mark.parametrize("width", [560, 700, 1400])
def test_the_words_of_every_line_end_inside_the_plot(chart: IntervalsChart, width: int, qtbot: QtBot) -> None:
    chart.resize(width, 300)
    qtbot.wait(20)
    chart.show_series("Two", "tok/s", (Series("one", MARKS),), (limit("small", 44.0), limit("large", 10.0)))
    chart.grab()  # pyqtgraph places its items when they are painted
    scene = chart.plot.getViewBox()
    edge = scene.mapRectToScene(scene.boundingRect()).right()
    for item in chart.plot.getPlotItem().items:
        if type(item).__name__ == "TextItem":
            assert item.mapRectToScene(item.boundingRect()).right() <= edge + 1

"""Bars against what is allowed: the limit is always in the picture, unknown has no bar, the table says the same."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance, ThemeChoice
from ui.charts.engine import pg
from ui.charts.fills import Fill, FillGroup, FillsChart

FULL = Fill("memory", 0.5, "8 GiB of 16 GiB")
OVER = Fill("mean hour", 1.4, "42 % of active hours, 30 % allowed")
UNKNOWN = Fill("busiest hour", None, "unknown: nobody measured it")
LAPTOP = FillGroup("400 × Laptop", (OVER, FULL))
SERVER = FillGroup("1 × Server", (UNKNOWN,))


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> FillsChart:
    made = FillsChart("Capacity used", Appearance(qapp, ThemeChoice.LIGHT))
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.show_fills("The laptops' hours exceed what is allowed", (LAPTOP, SERVER))
    QApplication.processEvents()
    return made


def bars(chart: FillsChart) -> list[tuple[float, float]]:
    """Where each drawn stretch begins and how long it is, in percent of the limit."""
    items = [item for item in chart.plot.getPlotItem().items if isinstance(item, pg.BarGraphItem)]
    return [(item.opts["x0"][0], item.opts["width"][0]) for item in items]


def test_what_exceeds_the_limit_is_a_stretch_of_its_own_and_unknown_has_none(chart: FillsChart) -> None:
    assert bars(chart) == [(0.0, 100.0), (100.0, pytest.approx(40.0)), (0.0, 50.0)]


def test_the_scale_starts_at_zero_and_holds_the_limit_and_the_longest_words(chart: FillsChart) -> None:
    (left, right), _ = chart.plot.getViewBox().viewRange()
    assert left == 0
    assert right > 140
    chart.show_fills("Little is used", (FillGroup("Laptop", (Fill("memory", 0.01, "160 MiB of 16 GiB"),)),))
    (left, right), _ = chart.plot.getViewBox().viewRange()
    assert left == 0
    assert right >= 100


def test_the_table_says_shares_and_amounts(chart: FillsChart) -> None:
    assert [list(line) for line in chart.grid] == [
        ["Of", "What", "% of what is allowed", "Amount"],
        ["400 × Laptop", "mean hour", "140 %", "42 % of active hours, 30 % allowed"],
        ["400 × Laptop", "memory", "50 %", "8 GiB of 16 GiB"],
        ["1 × Server", "busiest hour", "unknown", "unknown: nobody measured it"],
    ]


def test_a_reader_hears_every_amount(chart: FillsChart) -> None:
    heard = chart.plot.accessibleDescription()
    assert heard == (
        "400 × Laptop: mean hour 42 % of active hours, 30 % allowed, memory 8 GiB of 16 GiB; "
        "1 × Server: busiest hour unknown: nobody measured it"
    )


def test_nothing_to_draw_is_no_error(chart: FillsChart) -> None:
    chart.show_fills("The plan uses no device", ())
    assert not bars(chart)
    assert chart.plot.accessibleDescription() == "nothing to draw"

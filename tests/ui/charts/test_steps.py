"""Prices over the calendar: steps, gaps where nobody knows, the user's own dashed, and all of it in the table."""

import math
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.appearance import Appearance
from ui.charts.steps import Step, StepLine, StepsChart

TODAY = date(2026, 11, 23)
FELL, CAME_BACK = date(2025, 6, 1), date(2026, 10, 5)
LISTED = StepLine("on demand", (Step(None, FELL, 98.32, "$98.32/h"), Step(FELL, None, 55.04, "$55.04/h")))
GAP = StepLine("block", (Step(None, FELL, 39.0, "$39/h"), Step(CAME_BACK, None, 41.5, "$41.5/h")))
OWN = StepLine("on demand, quoted", (Step(TODAY, None, 40.0, "$40/h"),), dashed=True)


@pytest.fixture
def chart(qtbot: QtBot, qapp: QApplication) -> StepsChart:
    made = StepsChart("Price over time", Appearance(qapp))
    qtbot.addWidget(made)
    made.show()
    return made


def lines(chart: StepsChart) -> list[Any]:
    """The drawn lines, without the dotted one that marks the day."""
    return list(chart.plot.getPlotItem().listDataItems())[1:]


def test_every_step_is_told_with_its_days(chart: StepsChart) -> None:
    chart.show_steps("It fell", "USD/h", (LISTED, OWN), TODAY)
    assert chart.grid == [
        ("Price", "From", "Until", "Amount"),
        ("on demand", "not stated", "1 Jun 2025", "$98.32/h"),
        ("on demand", "1 Jun 2025", "", "$55.04/h"),
        ("on demand, quoted", "23 Nov 2026", "", "$40/h"),
    ]
    assert "on demand from 1 Jun 2025: $55.04/h" in chart.plot.accessibleDescription()


def test_dollars_start_at_zero_in_dollars_and_the_axis_holds_every_day(chart: StepsChart) -> None:
    cheap = StepLine("input", (Step(None, None, 0.0005, "$0.0005/Mtok"),))
    chart.show_steps("One price", "USD/Mtok", (cheap,), TODAY)
    (left, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert bottom == 0
    assert top > 0.0005
    assert left < TODAY.toordinal() < right
    assert chart.plot.getAxis("left").autoSIPrefixScale == 1.0, "no thousandths of a dollar"


def test_a_time_without_a_known_price_is_a_gap_and_a_change_is_a_step(chart: StepsChart) -> None:
    chart.show_steps("It fell", "USD/h", (LISTED, GAP), TODAY)
    stepped, broken = (item.getOriginalDataset() for item in lines(chart))
    assert [value for value in stepped[1] if not math.isnan(value)] == [98.32, 98.32, 55.04, 55.04]
    assert not any(math.isnan(value) for value in stepped[1])
    assert sum(math.isnan(value) for value in broken[1]) == 1


def test_the_users_own_price_is_dashed(chart: StepsChart) -> None:
    chart.show_steps("Yours", "USD/h", (LISTED, OWN), TODAY)
    styles = [item.opts["pen"].style() for item in lines(chart)]
    assert styles == [Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine]


def test_no_price_is_no_error(chart: StepsChart) -> None:
    chart.show_steps("No price of it is public", "USD/h", (), TODAY)
    assert chart.plot.accessibleDescription() == "no price is known"

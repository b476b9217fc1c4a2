"""What the coming months cost: plan against base case until they cross, by year and kind, and what is paid once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QLabel

from planner import text
from planner.outlook.horizon_view import CapacityOutlook, HorizonView, OneOffOutlook
from planner.outlook.horizon_words import crossing_words, span
from planner.placement.plan import Plan
from planner.units import MONTHS_PER_YEAR
from ui.appearance import Appearance
from ui.charts.curve_picture import Curve, CurvesPicture, Point, Stretch
from ui.charts.curves import CurvesChart
from ui.pages import typed
from ui.pages.horizon_rows import (
    CAPACITY_OUTLOOK_COLUMNS,
    ONE_OFF_COLUMNS,
    PART_COLUMNS,
    YEAR_COLUMNS,
    PartRow,
    YearRow,
    part_rows,
    year_rows,
)
from ui.pages.outlook_tab import OutlookTab
from ui.pages.plan_words import doubt_sections
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.details import Details
from ui.widgets.labels import label

R = TypeVar("R")

MOST_YEARS = 10
MOST_ROWS = 12
DOUBTS_PX = 150
NOTHING = "No class is placed, so there is no cost to look ahead to."
X_AXIS = "months from the start"
Y_AXIS = "USD so far, today's worth"


class HorizonTab(OutlookTab[HorizonView]):
    """The number of years is the one thing edited here, and makes a new scenario."""

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "looking ahead")
        self.years = QComboBox()
        self.years.setAccessibleName("How far the plan looks ahead")
        self.years.activated.connect(self._choose_years)
        caption = label("Look ahead", "caption")
        caption.setBuddy(self.years)
        self.controls.addWidget(caption)
        self.controls.addWidget(self.years)
        self.controls.addStretch(1)
        self.sentence = label("", name="What the horizon says", wrap=True)
        self.worth = label("", "caption", name="At today's worth", wrap=True)
        self.chart = CurvesChart("Cumulative cost", appearance)
        self.table: Table[YearRow] = Table("Cost by year", YEAR_COLUMNS, appearance, key=lambda row: row.title)
        self.table.row_selected.connect(self._show_parts)
        self.parts_title = label("", "section", wrap=True)
        self.parts: Table[PartRow] = Table("Cost by kind", PART_COLUMNS, appearance, key=lambda row: row.kind)
        self.parts.view.horizontalHeader().setStretchLastSection(False)  # figures stay beside each other
        self.once_title = label("Paid once", "section")
        self.one_offs: Table[OneOffOutlook] = Table(
            "One-offs", ONE_OFF_COLUMNS, appearance, key=lambda row: (row.name, row.side)
        )
        self.capacity_title = label("With the work of the base case on a capacity instead", "section", wrap=True)
        self.capacities: Table[CapacityOutlook] = Table(
            "Capacity over the horizon", CAPACITY_OUTLOOK_COLUMNS, appearance, key=lambda row: row.capacity
        )
        self.doubts = Details("Doubts about the horizon")
        self.doubts.setMinimumHeight(appearance.pixels(DOUBTS_PX))
        for part in (self.chart, self.table, self.parts, self.one_offs, self.capacities):
            part.failed.connect(self.failed)
        for widget in (
            self.sentence,
            self.worth,
            self.chart,
            self.table,
            self.parts_title,
            self.parts,
            self.once_title,
            self.one_offs,
            self.capacity_title,
            self.capacities,
            self.doubts,
        ):
            self.content.addWidget(widget)

    def work(self, plan: Plan) -> Callable[[], HorizonView]:
        """The look ahead of this plan."""
        scenario, verbs = self.session.scenario, self.session.verbs()
        self._fill_years(scenario.horizon.years)
        return lambda: verbs.outlook.horizon(scenario, plan)

    def show_answer(self, answer: HorizonView) -> None:
        """Sentence, chart, years, one-offs, capacities, doubts."""
        placed = bool(answer.plan.lines)
        self.sentence.setText(answer.sentence if placed else NOTHING)
        self.worth.setText(_worth(answer))
        self.chart.show_curves(_finding(answer), picture(answer))
        for part in (self.worth, self.chart, self.table, self.parts_title, self.parts):
            part.setVisible(placed)
        self.table.set_rows(year_rows(answer))
        self.table.fit_columns()
        self.table.set_height_rows(MOST_ROWS)
        _show_rows(self.once_title, self.one_offs, answer.one_offs)
        _show_rows(self.capacity_title, self.capacities, answer.capacities)
        doubts = doubt_sections(answer.doubts)
        self.doubts.setVisible(bool(doubts))
        self.doubts.show_sections(doubts)

    def _show_parts(self, row: YearRow | None) -> None:
        if row is None:
            self.parts.set_rows(())
            return
        when = span(row.view.months) if row.order is None else f"year {row.title}" if row.order else row.title
        self.parts_title.setText(f"The cost of {when} by kind" if row.order != 0 else f"The cost {when} by kind")
        self.parts.set_rows(part_rows(row))
        self.parts.set_height_rows(MOST_ROWS)

    def _fill_years(self, years: float) -> None:
        offered = sorted({*(float(each) for each in range(1, MOST_YEARS + 1)), years})
        with QSignalBlocker(self.years):
            self.years.clear()
            for each in offered:
                self.years.addItem(span(round(each * MONTHS_PER_YEAR)), each)
            self.years.setCurrentIndex(offered.index(years))

    def _choose_years(self) -> None:
        years, scenario = float(self.years.currentData()), self.session.scenario
        if years != scenario.horizon.years:
            horizon = typed.changed(scenario.horizon, years=years)
            words = f"Look ahead {span(round(years * MONTHS_PER_YEAR))}"
            self.session.replace(scenario.model_copy(update={"horizon": horizon}), words)


def _show_rows(title: QLabel, table: Table[R], rows: tuple[R, ...]) -> None:
    """A table without rows and its title take no room."""
    title.setVisible(bool(rows))
    table.setVisible(bool(rows))
    table.set_rows(rows)
    table.set_height_rows(MOST_ROWS)


def picture(view: HorizonView) -> CurvesPicture:
    """Both choices month by month, straight between the ends of months, the crossing marked."""
    chart = view.chart
    crossing = chart.crossing_month
    marked = crossing is not None and crossing > 0 and chart.crossing_usd is not None
    points = (
        (Point(float(crossing), chart.crossing_usd, f"paid back in month {crossing}"),)
        if marked and crossing is not None and chart.crossing_usd is not None
        else ()
    )
    return CurvesPicture(
        X_AXIS,
        Y_AXIS,
        (
            Curve("This plan", _stretches(chart.plan_usd), "accent"),
            Curve("Base case", _stretches(chart.base_usd), "datacenter", dashed=True),
        ),
        x_words=lambda month: f"month {text.number(month)}" if month else "the start",
        points=points,
    )


def _stretches(usd: tuple[float, ...]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(float(month), before, float(month + 1), after) for month, (before, after) in enumerate(pairwise(usd))
    )


def _finding(view: HorizonView) -> str:
    saving = view.saving_npv_usd.value
    over = f"Over {span(view.months)}"
    if saving == 0:
        return f"{over} the plan costs what the base case does"
    amount = text.money(abs(saving))
    if saving < 0:
        return f"{over} the plan costs {amount} more than the base case at today's worth"
    return f"{over} the plan saves {amount} at today's worth{_crossing(view)}"


def _crossing(view: HorizonView) -> str:
    month = view.chart.crossing_month
    return f", paid back in month {month}" if month else ""


def _worth(view: HorizonView) -> str:
    """The totals with their intervals, and when the extra money is back."""
    told = [
        f"this plan {text.based(view.plan.npv_usd)}",
        f"base case {text.based(view.base.npv_usd)}",
        f"saving {text.based(view.saving_npv_usd)}",
        f"discounted at {text.quantity(view.discount_rate_per_year)} a year",
    ]
    words = f"At today's worth: {'; '.join(told)}. Base case: {view.base_case}."
    if view.extra_up_front_usd > 0:
        words += (
            f" The extra {text.money(view.extra_up_front_usd)} up front is paid back: {crossing_words(view.payback)};"
            f" at the ends of the inputs earliest {crossing_words(view.payback_earliest)},"
            f" latest {crossing_words(view.payback_latest)}."
        )
    return words

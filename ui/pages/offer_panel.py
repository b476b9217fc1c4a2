"""The selected offer in full: details beside its price over time, and every dated row below."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from planner.basis import Doubt
from planner.prices.history import HistoryRow
from ui.appearance import Appearance
from ui.charts.steps import StepsChart
from ui.pages.offer_columns import OfferRow
from ui.pages.offer_details import HISTORY_COLUMNS, chart_finding, chart_unit, offer_sections, price_lines
from ui.pages.page import FIELD_GAP
from ui.session import Session
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.details import Details
from ui.widgets.labels import label

HISTORY_SHOWN = 8
DETAILS_PX = 260


@dataclass(frozen=True)
class _Past:
    """What was looked up of the selected offer."""

    row: OfferRow
    history: tuple[HistoryRow, ...]
    doubts: tuple[Doubt, ...]


class OfferPanel(QWidget):
    """Shows one offer; what takes looking up arrives a moment later."""

    failed = Signal(object)  # PlannerError

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self._session = session
        self._row: OfferRow | None = None
        self._looking: NewestTask[_Past] = NewestTask("looking up an offer", self)
        self._looking.answered.connect(self._show_past)
        self._looking.failed.connect(self.failed)
        self.details = Details("Details of the offer")
        self.details.setMinimumHeight(appearance.pixels(DETAILS_PX))
        self.chart = StepsChart("Price over time", appearance)
        drawn = QWidget()
        right = QVBoxLayout(drawn)
        right.setContentsMargins(FIELD_GAP, 0, 0, 0)
        right.addWidget(self.chart)
        right.addStretch(1)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.addWidget(self.details)
        beside.addWidget(drawn)
        beside.setSizes([500, 500])
        self.history: Table[HistoryRow] = Table(
            "History of the offer's prices",
            HISTORY_COLUMNS,
            appearance,
            key=lambda row: (row.way, row.standing, row.effective_from, row.source),
        )
        for part in (self.chart, self.history):
            part.failed.connect(self.failed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(beside)
        column.addWidget(label("Every price on record", "section"))
        column.addWidget(self.history)

    @property
    def looking(self) -> bool:
        """Whether the past of the offer is still being looked up."""
        return self._looking.running

    def show_offer(self, row: OfferRow | None) -> None:
        """Show this offer, or nothing."""
        before, self._row = self._row, row
        self.setVisible(row is not None)
        if row is None:
            self.details.clear_sections()
            return
        if before is None or before.key != row.key:
            self.details.show_sections(offer_sections(row, ()))
        scenario, verbs = self._session.scenario, self._session.verbs()
        self._looking.want(
            lambda: _Past(row, verbs.prices.history(scenario, row.shelved), verbs.prices.doubts(scenario, row.shelved))
        )

    def _show_past(self, past: _Past) -> None:
        if self._row is None or self._row.key != past.row.key:
            return
        self.details.show_sections(offer_sections(past.row, past.doubts))
        lines = price_lines(past.row, past.history)
        self.chart.setVisible(bool(lines))
        self.chart.show_steps(chart_finding(lines), chart_unit(past.history), lines, self._session.scenario.as_of)
        self.history.set_rows(past.history)
        self.history.fit_columns()
        self.history.set_height_rows(HISTORY_SHOWN)

"""Capacity weighed against prices by the token: what a month of each costs under this workload, and how busy it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from planner.cost.capacity_figures import CapacityCost
from planner.errors import PlannerError
from planner.scenario import Scenario
from ui.appearance import Appearance
from ui.charts.bars import BarsChart
from ui.messages import Action, note
from ui.pages.capacity_columns import (
    CAPACITY_COLUMNS,
    CapacityRow,
    capacity_bars,
    capacity_finding,
    capacity_rows,
    capacity_sections,
)
from ui.pages.device_tab import DeviceTab
from ui.pages.page import FIELD_GAP
from ui.session import Session
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.details import Details
from ui.widgets.labels import label

MOST_ROWS = 10
DETAILS_PX = 300
NOTHING_YET = (
    "No machine or unit is weighed yet. Choose one among the offers and press «Weigh this machine …»: you state the "
    "model and how fast it runs there, and its month is costed under your workload."
)
Costed = tuple[Scenario, tuple[CapacityCost, ...]]


class CapacityTab(DeviceTab):
    """Costs are computed off the window's thread, for the scenario as it stands."""

    told = Signal(object)  # Message

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Show machines to rent")
        self._costing: NewestTask[Costed] = NewestTask("costing capacity", self)
        self._costing.answered.connect(self._take_costs)
        self._costing.failed.connect(self.failed)
        self.chart = BarsChart("Cost of a month by capacity", appearance)
        self.table: Table[CapacityRow] = Table(
            "Capacities", CAPACITY_COLUMNS, appearance, key=lambda row: row.capacity.name
        )
        self.table.row_selected.connect(self._show_details)
        for part in (self.chart, self.table):
            part.failed.connect(self.failed)
        self.remove_button = QPushButton("Remove")
        self.remove_button.setAccessibleName("Remove the selected capacity")
        self.remove_button.clicked.connect(self.remove)
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        self._caption = label("", "caption", wrap=True, name="What these figures are")
        line.addWidget(self._caption, 1)
        line.addWidget(self.remove_button)
        self.details = Details("Details of the capacity")
        self.details.setMinimumHeight(appearance.pixels(DETAILS_PX))
        self.content.addWidget(self.chart)
        self.content.addWidget(self.table)
        self.content.addLayout(line)
        self.content.addWidget(self.details)
        self.content.addStretch(1)

    @property
    def costing(self) -> bool:
        """Whether costs are still being computed."""
        return self._costing.running

    def refresh(self) -> None:
        """Cost every capacity of the scenario."""
        scenario = self.session.scenario
        if not scenario.capacities:
            self.show_empty(NOTHING_YET)
            return
        verbs = self.session.verbs()
        self._costing.want(lambda: (scenario, verbs.prices.capacity_costs(scenario)))

    def remove(self) -> None:
        """Weigh the selected capacity no longer."""
        row = self.table.selected
        if row is None:
            return
        try:
            scenario = self.session.verbs().prices.without_capacity(self.session.scenario, row.capacity.name)
        except PlannerError as error:
            self.failed.emit(error)
            return
        self.session.replace(scenario, f"Remove {row.capacity.title}")
        self.told.emit(note(f"{row.capacity.title} is weighed no longer.", Action("Undo", self.session.undo)))

    def _take_costs(self, costed: Costed) -> None:
        scenario, costs = costed
        if not self.session.scenario.capacities:
            return
        self.show_content()
        rows = capacity_rows(scenario.capacities, costs)
        bars = capacity_bars(rows)
        self.chart.setVisible(bool(bars))
        self.chart.show_bars(capacity_finding(rows), "USD a month", bars)
        self.table.set_rows(rows)
        self.table.fit_columns()
        self.table.set_height_rows(MOST_ROWS)
        self._caption.setText(
            "Whole units for your busiest hour. Hatched: paid for hours in which nothing is served. Figures at 100 % "
            "say what a seller's example assumes."
        )

    def _show_details(self, row: CapacityRow | None) -> None:
        self.remove_button.setEnabled(row is not None)
        if row is None:
            self.details.clear_sections()
        else:
            self.details.show_sections(capacity_sections(row))

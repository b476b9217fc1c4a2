"""What the plan asks of every target against what that allows: hours, memory, load by the hour of the week."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.placement.plan import Plan
from planner.scenario import Scenario
from ui.appearance import Appearance
from ui.charts.fills import FillsChart
from ui.pages.load_rows import LOAD_COLUMNS, LoadRow, load_fills, load_finding, load_rows
from ui.pages.page import FIELD_GAP
from ui.tables.table_view import Table

MOST_ROWS = 10


class LoadTab(QWidget):
    """Everything here is the plan's own; nothing is computed."""

    failed = Signal(object)  # PlannerError of saving or exporting

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.fills = FillsChart("Capacity used", appearance)
        self.loads: Table[LoadRow] = Table(
            "Load of the fleets", LOAD_COLUMNS, appearance, key=lambda row: row.load.profile_id
        )
        for part in (self.fills, self.loads):
            part.failed.connect(self.failed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(2 * FIELD_GAP)
        column.addWidget(self.fills)
        column.addWidget(self.loads)
        column.addStretch(1)

    def show_plan(self, plan: Plan, scenario: Scenario) -> None:
        """Every fleet, those left idle too."""
        rows = load_rows(plan, scenario)
        groups = load_fills(rows)
        self.fills.setVisible(bool(groups))
        self.fills.show_fills(load_finding(groups), groups)
        self.loads.set_rows(rows)
        self.loads.set_height_rows(MOST_ROWS)

"""What the plan asks of every target against what that allows: hours, memory, load by the hour of the week."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from planner.placement.plan import Plan
from planner.placement.week import WeekCheck
from planner.scenario import Scenario
from ui.appearance import Appearance
from ui.charts.fills import FillsChart
from ui.charts.week import WeekChart
from ui.pages.hosted_rows import HOSTED_COLUMNS, HostedRow, hosted_fills, hosted_rows
from ui.pages.load_rows import LOAD_COLUMNS, LoadRow, load_fills, load_finding, load_rows
from ui.pages.page import FIELD_GAP
from ui.pages.together_rows import TOGETHER_COLUMNS, TogetherRow, together_rows
from ui.pages.week_words import finding, picture
from ui.tables.table_view import Table
from ui.widgets.labels import label

MOST_ROWS = 10
NO_WEEK = "No target of this plan is held against the hours of the week."


class LoadTab(QWidget):
    """Everything here is the plan's own; nothing is computed."""

    failed = Signal(object)  # PlannerError of saving or exporting

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._checks: tuple[WeekCheck, ...] = ()
        self.fills = FillsChart("Capacity used", appearance)
        self.loads: Table[LoadRow] = Table(
            "Load of the fleets", LOAD_COLUMNS, appearance, key=lambda row: row.load.profile_id
        )
        self.hosted: Table[HostedRow] = Table(
            "Load of rented and owned capacity", HOSTED_COLUMNS, appearance, key=lambda row: row.load.capacity
        )
        self.together_title = label("Together on one device, in its busiest hour", "section", wrap=True)
        self.together: Table[TogetherRow] = Table(
            "Classes that share a device", TOGETHER_COLUMNS, appearance, key=lambda row: (row.fleet, row.title)
        )
        self.target = QComboBox()
        self.target.setAccessibleName("Whose week is shown")
        self.target.activated.connect(self._show_week)
        self.target_caption = label("Week of", "caption")
        self.target_caption.setBuddy(self.target)
        self.week = WeekChart("Load by the hour of the week", appearance)
        self.week_words = label("", "caption", name="What the hours of the week say", wrap=True)
        for part in (self.fills, self.loads, self.hosted, self.together, self.week):
            part.failed.connect(self.failed)
        choice = QHBoxLayout()
        choice.setSpacing(FIELD_GAP)
        choice.addWidget(self.target_caption)
        choice.addWidget(self.target)
        choice.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(2 * FIELD_GAP)
        column.addWidget(self.fills)
        column.addWidget(self.loads)
        column.addWidget(self.hosted)
        column.addLayout(choice)
        column.addWidget(self.week)
        column.addWidget(self.week_words)
        column.addWidget(self.together_title)
        column.addWidget(self.together)
        column.addStretch(1)

    def show_plan(self, plan: Plan, scenario: Scenario) -> None:
        """Every fleet, those left idle too; every capacity in use; the week of each."""
        rows, hosted = load_rows(plan, scenario), hosted_rows(plan)
        groups = (*load_fills(rows), *hosted_fills(hosted, plan.week_checks))
        self.fills.setVisible(bool(groups))
        self.fills.show_fills(load_finding(groups), groups)
        self.loads.set_rows(rows)
        self.loads.set_height_rows(MOST_ROWS)
        self.loads.setVisible(bool(rows))
        self.hosted.set_rows(hosted)
        self.hosted.set_height_rows(MOST_ROWS)
        self.hosted.setVisible(bool(hosted))
        together = together_rows(plan)
        self.together.set_rows(together)
        self.together.set_height_rows(MOST_ROWS)
        for part in (self.together_title, self.together):
            part.setVisible(bool(together))
        self._fill_targets(plan.week_checks)
        self._show_week()

    def _fill_targets(self, checks: tuple[WeekCheck, ...]) -> None:
        """Offer every target; the one that was shown stays."""
        self._checks = checks
        shown = self.target.currentData()
        with QSignalBlocker(self.target):
            self.target.clear()
            for check in checks:
                self.target.addItem(check.title, check.target)
            self.target.setCurrentIndex(max(self.target.findData(shown), 0) if checks else -1)
        for part in (self.target, self.target_caption):
            part.setVisible(len(checks) > 1)

    def _show_week(self) -> None:
        at = self.target.currentIndex()
        check = self._checks[at] if 0 <= at < len(self._checks) else None
        self.week.setVisible(check is not None)
        self.week_words.setText(NO_WEEK if check is None else check.sentence)
        if check is not None:
            self.week.show_week(finding(check), picture(check))

"""What the scenario assumes because nobody measured it, and what the organisation decided."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from planner import text
from planner.errors import PlannerError
from planner.scenario import UnknownQuality
from ui.appearance import Appearance
from ui.messages import refusal
from ui.pages import typed
from ui.pages.figure_rows import FigureRow, applied, assumption_rows, figure_columns
from ui.pages.page import FIELD_GAP
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.field import Field
from ui.widgets.labels import label

FIGURES_SHOWN = 24
UNKNOWN_QUALITY_WORDS = {
    UnknownQuality.FORBID: "forbids the option",
    UnknownQuality.FLAG: "is flagged only",
}


class AssumptionsTab(QWidget):
    """Figures with basis and source to edit, then two decisions."""

    told = Signal(object)  # Message

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self.session = session
        self.assumptions: Table[FigureRow] = Table(
            "Assumptions", figure_columns(with_owner=False), appearance, key=lambda row: row.key
        )
        self.assumptions.edited.connect(self._figure_edited)
        self.assumptions.failed.connect(self._refuse)
        self.cap = Field(
            "Share of active hours a device may be busy, %",
            hint="Classes beyond it leave the device; more than 0, at most 100",
        )
        self.cap.committed.connect(self._cap_typed)
        self.unknown_quality = QComboBox()
        self.unknown_quality.setAccessibleName("A quality that nobody published")
        self.unknown_quality.addItems(list(UNKNOWN_QUALITY_WORDS.values()))
        self.unknown_quality.activated.connect(self._unknown_quality_chosen)
        choice = QVBoxLayout()
        choice.setSpacing(4)
        choice.addWidget(label("A quality that nobody published, under a floor", "caption"))
        choice.addWidget(self.unknown_quality)
        choice.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(3 * FIELD_GAP)
        line.addWidget(self.cap)
        line.addLayout(choice)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.assumptions)
        column.addLayout(line)
        column.addStretch(1)

    def refresh(self) -> None:
        """Show what the scenario says."""
        scenario = self.session.scenario
        self.assumptions.set_rows(assumption_rows(scenario))
        self.assumptions.set_height_rows(FIGURES_SHOWN)
        self.cap.show_value(typed.in_percent(scenario.policy.device_contention_cap))
        self.unknown_quality.setCurrentText(UNKNOWN_QUALITY_WORDS[scenario.policy.unknown_quality])

    def _figure_edited(self, _old: FigureRow, new: FigureRow) -> None:
        try:
            scenario = applied(self.session.scenario, new)
        except PlannerError as error:
            self._refuse(error)
            return
        self.session.replace(scenario, f"Change {new.kind.title.lower()}")

    def _cap_typed(self, words: str) -> None:
        try:
            share = typed.percent(words)
            if share <= 0:
                raise PlannerError(f"must be more than 0 %, not {text.share(share)}")
        except PlannerError as error:
            self.cap.refuse(error)
            return
        self._use_policy("Change the contention cap", device_contention_cap=share)
        self.refresh()

    def _unknown_quality_chosen(self, place: int) -> None:
        self._use_policy("Change what an unknown quality does", unknown_quality=list(UNKNOWN_QUALITY_WORDS)[place])

    def _use_policy(self, words: str, **updates: object) -> None:
        scenario = self.session.scenario
        policy = typed.changed(scenario.policy, **updates)
        self.session.replace(scenario.model_copy(update={"policy": policy}), words)

    def _refuse(self, error: PlannerError) -> None:
        self.told.emit(refusal(error))

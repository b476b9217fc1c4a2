"""What the device costs its owner, figure by figure, and which part of its price local inference carries."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.scenario import HardwarePolicy
from ui.appearance import Appearance
from ui.messages import refusal
from ui.pages import typed
from ui.pages.figure_rows import FigureRow, applied, figure_columns, ownership_rows
from ui.pages.hardware_rows import HARDWARE_COLUMNS, POLICY_WORDS, HardwareRow, hardware_rows
from ui.pages.page import FIELD_GAP, SECTION_GAP
from ui.session import Session
from ui.tables.table_view import Table
from ui.widgets.labels import label

FIGURES_SHOWN, CLASSES_SHOWN = 24, 12


class DeviceCostTab(QWidget):
    """Ownership figures to edit, then the hardware policy with all three views side by side."""

    told = Signal(object)  # Message

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self.session = session
        self.ownership: Table[FigureRow] = Table(
            "What the device costs its owner", figure_columns(with_owner=True), appearance, key=lambda row: row.key
        )
        self.ownership.edited.connect(self._figure_edited)
        self._policies = QButtonGroup(self)
        self.policies: dict[HardwarePolicy, QRadioButton] = {}
        choice = QVBoxLayout()
        choice.setSpacing(0)
        for policy, words in POLICY_WORDS.items():
            button = QRadioButton(words)
            button.setAccessibleName(words)
            button.toggled.connect(partial(self._choose_policy, policy))
            self._policies.addButton(button)
            self.policies[policy] = button
            choice.addWidget(button)
        self.hardware: Table[HardwareRow] = Table(
            "Hardware by policy", HARDWARE_COLUMNS, appearance, key=lambda row: row.title
        )
        self.no_hardware = label("No class runs on a device in this plan, so no hardware is charged.", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.ownership)
        column.addSpacing(SECTION_GAP - FIELD_GAP)
        column.addWidget(label("Hardware that local inference pays for", "section"))
        column.addLayout(choice)
        column.addWidget(self.hardware)
        column.addWidget(self.no_hardware)
        column.addStretch(1)
        for table in (self.ownership, self.hardware):
            table.failed.connect(self._refuse)

    def refresh(self) -> None:
        """Show what the scenario says."""
        scenario = self.session.scenario
        self.ownership.set_rows(ownership_rows(scenario))
        self.ownership.set_height_rows(FIGURES_SHOWN)
        for policy, button in self.policies.items():
            with QSignalBlocker(button):
                button.setChecked(policy is scenario.policy.hardware)
        if self.session.plan_is_current:
            rows = hardware_rows(self.session.plan)
            self.hardware.set_rows(rows)
            self.hardware.set_height_rows(CLASSES_SHOWN)
            self.hardware.setVisible(bool(rows))
            self.no_hardware.setVisible(not rows)

    def _figure_edited(self, _old: FigureRow, new: FigureRow) -> None:
        try:
            scenario = applied(self.session.scenario, new)
        except PlannerError as error:
            self._refuse(error)
            return
        self.session.replace(scenario, f"Change {new.kind.title.lower()}")

    def _choose_policy(self, policy: HardwarePolicy, on: bool) -> None:
        if on:
            scenario = self.session.scenario
            changed = typed.changed(scenario.policy, hardware=policy)
            self.session.replace(scenario.model_copy(update={"policy": changed}), "Change the hardware policy")

    def _refuse(self, error: PlannerError) -> None:
        self.told.emit(refusal(error))

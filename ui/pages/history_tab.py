"""Everything that was ever measured on the device shown, two runs to compare, and the raw data for other programs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton

from planner.profiles.history_rows import HistoryRow
from planner.profiles.profile import DeviceProfile
from ui.appearance import Appearance
from ui.dialogs.files import FileAsker
from ui.files import file_name
from ui.pages.device_tab import DeviceTab
from ui.pages.history_columns import HISTORY_COLUMNS, KIND_WORDS
from ui.pages.page import FIELD_GAP
from ui.pages.run_words import doubt_words, run_sections
from ui.session import Session
from ui.tables.table_view import Table
from ui.tasks import NewestTask
from ui.widgets.details import Details, Section
from ui.widgets.labels import label

RAW_FILTER = "CSV, several files (*.csv);;JSON, one file (*.json)"
MOST_ROWS = 9
DETAILS_PX = 280
TWO = 2
NOTHING_YET = "Nothing was measured on this device yet: what is published of it has no runs behind it."


class HistoryTab(DeviceTab):
    """Rows of every run, study of depth slices and soak, newest first."""

    compare_asked = Signal(str, str)  # run ids, the earlier one first
    counted = Signal(int)

    def __init__(self, session: Session, appearance: Appearance) -> None:
        super().__init__(session, appearance, "Measure this device")
        self.asker = FileAsker()
        self._profile: DeviceProfile | None = None
        self._reading: NewestTask[tuple[HistoryRow, ...]] = NewestTask("reading the history", self)
        self._reading.answered.connect(self._show_rows)
        self._reading.failed.connect(self.failed)
        self.table: Table[HistoryRow] = Table(
            "History of measurements", HISTORY_COLUMNS, appearance, key=lambda row: row.run_ids
        )
        self.table.selection_changed.connect(self._show_selection)
        self.table.failed.connect(self.failed)
        self.compare_button = QPushButton("Compare the two selected")
        self.compare_button.setToolTip("Select two runs (Ctrl+click, or Shift+↓), then compare them")
        self.compare_button.clicked.connect(self._compare)
        self.export_button = QPushButton("Export raw data ▾")
        self.export_button.setAccessibleName("Export raw data")
        self.export_button.setToolTip("Every timed sample and reading, as CSV or JSON")
        menu = QMenu(self.export_button)
        self._export_selected = menu.addAction("The selected rows …")
        self._export_selected.triggered.connect(self.export_selected)
        menu.addAction("Everything measured on this device …").triggered.connect(self.export_everything)
        self.export_button.setMenu(menu)
        self._caption = label("", "caption", name="What is selected")
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        line.addWidget(self._caption, 1)
        line.addWidget(self.compare_button)
        line.addWidget(self.export_button)
        self.content.addLayout(line)
        self.details = Details("Details of the selected measurement")
        self.details.setMinimumHeight(DETAILS_PX)
        self.table.row_selected.connect(self._show_details)
        self.content.addWidget(self.table)
        self.content.addWidget(self.details)
        self.content.addStretch(1)

    def show_profile(self, profile: DeviceProfile) -> None:
        """Read the history of this profile, off the window's thread: every row's figures are derived anew."""
        self._profile = profile
        if not (profile.runs or profile.slices or profile.soaks or profile.contentions):
            self.show_empty(NOTHING_YET)
            self.counted.emit(0)
            return
        history = self.session.verbs().device.history
        self._reading.want(lambda: history(profile))

    def export_selected(self) -> None:
        """Ask for a file and write the raw data of the selected rows."""
        self._export(self.table.selection)

    def export_everything(self) -> None:
        """Ask for a file and write the raw data of every row."""
        self._export(self.table.rows)

    def _export(self, rows: tuple[HistoryRow, ...]) -> None:
        profile = self._profile
        if profile is None:
            return
        path = self.asker.save(self, "Export raw data", f"{file_name(profile.title)}-runs.csv", RAW_FILTER)
        if path is not None:
            self.session.exports.raw_data(path, profile, frozenset(one for row in rows for one in row.run_ids))

    def _show_rows(self, rows: tuple[HistoryRow, ...]) -> None:
        self.show_content()
        self.table.set_rows(rows)
        self.table.set_height_rows(MOST_ROWS)
        self._show_selection()
        self.counted.emit(len(rows))

    def _show_details(self, row: HistoryRow | None) -> None:
        profile = self._profile
        if row is None or profile is None:
            self.details.clear_sections()
            return
        run = next((one for one in profile.runs if one.run_id == row.run_id), None)
        if run is not None:
            self.details.show_sections(run_sections(run, profile, self.session.verbs()))
            return
        doubts = tuple(doubt_words(doubt) for doubt in row.doubts)
        kind = f"{KIND_WORDS[row.kind]} of {row.model} {row.weight_format}"
        layers = " and ".join(str(count) for count in row.layers)
        self.details.show_sections(
            (
                Section(f"{kind}, layers {layers}" if layers else kind, (row.message,) if row.message else ()),
                Section("Doubts", doubts or ("None.",)),
                Section("Conditions", row.conditions.words or ("Nothing was read on this system.",)),
            )
        )

    def _show_selection(self) -> None:
        selected = self.table.selection
        runs = [row for row in selected if row.kind == "run"]
        self.compare_button.setEnabled(len(selected) == len(runs) == TWO)
        self._export_selected.setEnabled(bool(selected))
        count = len(selected)
        self._caption.setText(
            "Two runs are selected."
            if self.compare_button.isEnabled()
            else f"{count} of {len(self.table.rows)} selected"
        )

    def _compare(self) -> None:
        earlier, later = sorted(self.table.selection, key=lambda row: row.started_at)
        self.compare_asked.emit(earlier.run_id, later.run_id)

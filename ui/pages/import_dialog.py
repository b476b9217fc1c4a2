"""What a price file would do, shown before anything is done: accepted, refused, old → new; applied only on consent."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from planner.prices.differences import PriceChange
from planner.prices.offers import Quote
from ui.appearance import Appearance
from ui.dialogs.notes import note
from ui.pages.import_columns import (
    CHANGE_COLUMNS,
    ChangeRow,
    change_rows,
    report_sections,
    report_sentence,
    taken_changes,
    taken_quotes,
)
from ui.pages.page import FIELD_GAP, MARGIN
from ui.price_verbs import ImportPreview
from ui.tables.table_view import Table
from ui.widgets.details import Details
from ui.widgets.labels import label

SIZE_PX = (960, 640)


class ImportDialog(QDialog):
    """Ticks say what Apply takes over; without a tick there is nothing to apply."""

    card_chosen = Signal(str)  # machines shall go into another rate card: show that difference

    def __init__(self, preview: ImportPreview, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = preview
        self.setWindowTitle("Import prices")
        self.resize(*SIZE_PX)
        self._rows: tuple[ChangeRow, ...] = ()
        self.sentence = note("What was read", role="section")
        self.card = QComboBox()
        self.card.setAccessibleName("Rate card that machines go into")
        self.card.activated.connect(self._choose_card)
        self._card_line = QWidget()
        line = QHBoxLayout(self._card_line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(FIELD_GAP)
        line.addWidget(label("Into the rate card", "caption"))
        line.addWidget(self.card, 1)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search changes")
        self.search.setAccessibleName("Search changes")
        self.search.textChanged.connect(self._filter)
        self.tick_all, self.tick_none = QPushButton("Tick all shown"), QPushButton("Untick all shown")
        self.tick_all.clicked.connect(lambda: self._tick_shown(on=True))
        self.tick_none.clicked.connect(lambda: self._tick_shown(on=False))
        self.table: Table[ChangeRow] = Table("Changes", CHANGE_COLUMNS, appearance, key=lambda row: row.key)
        self.table.edited.connect(self._ticked)
        self.report = Details("Report of the import")
        self.buttons = QDialogButtonBox()
        self.apply = self.buttons.addButton("Apply", QDialogButtonBox.ButtonRole.AcceptRole)
        self.apply.setProperty("primary", True)
        cancel = self.buttons.addButton("Cancel", QDialogButtonBox.ButtonRole.RejectRole)
        for button in (self.apply, cancel):
            button.setAccessibleName(button.text())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.show_preview(preview)

    @property
    def changes(self) -> tuple[PriceChange, ...]:
        """The offers ticked."""
        return taken_changes(self._rows)

    @property
    def quotes(self) -> tuple[Quote, ...]:
        """The quotes ticked."""
        return taken_quotes(self._rows)

    def show_preview(self, preview: ImportPreview) -> None:
        """Show what this import would change."""
        self.preview = preview
        self.sentence.setText(report_sentence(preview))
        self._card_line.setVisible(bool(preview.cards))
        self.card.clear()
        for name, title in preview.cards:
            self.card.addItem(title, name)
        self.card.setCurrentIndex(self.card.findData(preview.card))
        self.report.show_sections(report_sections(preview))
        self._show_rows(change_rows(preview))
        self.table.fit_columns()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(FIELD_GAP)
        line.addWidget(self.search, 1)
        line.addWidget(self.tick_all)
        line.addWidget(self.tick_none)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.addWidget(self.table)
        parts.addWidget(self.report)
        parts.setSizes([340, 160])
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.sentence)
        column.addWidget(self._card_line)
        column.addLayout(line)
        column.addWidget(parts, 1)
        column.addWidget(self.buttons)

    def _choose_card(self, place: int) -> None:
        name = str(self.card.itemData(place))
        if name != self.preview.card:
            self.apply.setEnabled(False)
            self.card_chosen.emit(name)

    def _ticked(self, old: ChangeRow, new: ChangeRow) -> None:
        self._show_rows(tuple(new if row is old else row for row in self._rows))

    def _tick_shown(self, *, on: bool) -> None:
        shown = {row.key for row in self.table.rows}
        self._show_rows(tuple(replace(row, taken=on) if row.key in shown else row for row in self._rows))

    def _show_rows(self, rows: tuple[ChangeRow, ...]) -> None:
        self._rows = rows
        self._filter()
        count = sum(row.taken for row in rows)
        self.apply.setEnabled(count > 0)
        self.apply.setText(f"Apply {count:,} change{'' if count == 1 else 's'}")
        self.apply.setAccessibleName(self.apply.text())

    def _filter(self) -> None:
        sought = self.search.text().casefold().split()
        self.table.set_rows(tuple(row for row in self._rows if all(word in row.words for word in sought)))

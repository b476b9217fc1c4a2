"""A table on a page: sorting, selection, keys, copy and export, and the complaint about an edit right below it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from planner.errors import PlannerError
from ui.appearance import Appearance
from ui.grids import as_tsv, csv_file
from ui.saving import save_bytes
from ui.tables.columns import Column
from ui.tables.table_model import RowsModel

R = TypeVar("R")

ROW_PX = 32
CELL_ROOM_PX = 16  # around the words of a cell
HEAD_ROOM_PX = 32  # around those of a head, for its padding and the mark of the order
FIRST_ROWS_MEASURED = 60  # for column widths: a table of a thousand offers must not be measured whole
CSV_FILTER = "CSV (*.csv)"


class Table(QWidget, Generic[R]):
    """A view on rows of type R with everything a table on a page can do."""

    row_selected = Signal(object)  # the row, or None
    selection_changed = Signal()  # which rows are in `selection`
    edited = Signal(object, object)  # the old row, the new row
    failed = Signal(object)  # a PlannerError of export

    def __init__(
        self,
        name: str,
        columns: tuple[Column[R], ...],
        appearance: Appearance,
        key: Callable[[R], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.model: RowsModel[R] = RowsModel(columns, appearance, key, self)
        self._appearance = appearance
        self.ask_path: Callable[[], Path | None] = self._ask_path
        self._fitted_zoom: float | None = None  # the zoom the columns were fitted at
        self._most_rows: int | None = None  # how many rows it may be high
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(name)
        self.problem = QLabel()
        self.problem.setProperty("role", "problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.view, 1)
        column.addWidget(self.problem)
        self._style()
        self._connect()

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows as they are shown."""
        return self.model.rows

    @property
    def selected(self) -> R | None:
        """The selected row."""
        index = self.view.currentIndex()
        return self.model.rows[index.row()] if index.isValid() and index.row() < len(self.model.rows) else None

    @property
    def selection(self) -> tuple[R, ...]:
        """Every selected row, from top to bottom."""
        numbers = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        return tuple(self.model.rows[number] for number in numbers if number < len(self.model.rows))

    def set_rows(self, rows: tuple[R, ...]) -> None:
        """Show these rows; the selection stays on the row with the same key, else goes to the first."""
        index = self.view.currentIndex()
        had_rows = self.model.rowCount() > 0
        key = self.model.key_at(index.row()) if index.isValid() else None
        before = self.model.rows
        self.model.set_rows(rows)
        if self.model.rows != before:
            self.problem.hide()
        if not had_rows:
            self.fit_columns()
        place = self.model.row_of(key) if key is not None else None
        self.select(place if place is not None else 0, max(index.column(), 0))

    def select(self, number: int, column: int = 0) -> None:
        """Select a shown row and tell about it."""
        if not 0 <= number < self.model.rowCount():
            self.row_selected.emit(None)
            return
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        index = self.model.index(number, column)
        moved = self.view.currentIndex() != index
        self.view.selectionModel().setCurrentIndex(index, flags)
        if not moved:
            self.row_selected.emit(self.selected)

    def fit_columns(self) -> None:
        """Widths from the words, within reason; the last column takes the rest."""
        self._fitted_zoom = self._appearance.zoom
        self.view.ensurePolished()  # else the type sizes of the stylesheet are not in force yet
        self.view.horizontalHeader().ensurePolished()
        head, cell = self.view.horizontalHeader().fontMetrics(), self.view.fontMetrics()
        rows = self.model.rows[:FIRST_ROWS_MEASURED]
        for number, column in enumerate(self.model.columns):
            words = max((cell.horizontalAdvance(column.text(row)) for row in rows), default=0)
            wanted = max(words + CELL_ROOM_PX, head.horizontalAdvance(column.head) + HEAD_ROOM_PX)
            widest = self._appearance.pixels(column.widest_px)
            self.view.setColumnWidth(number, min(wanted, widest))

    def set_height_rows(self, most: int) -> None:
        """Be no taller than this many rows, so that a page can stack tables without nested scrolling."""
        self._most_rows = most
        shown = min(max(self.model.rowCount(), 1), most)
        view = self.view
        around = view.horizontalHeader().sizeHint().height() + view.horizontalScrollBar().sizeHint().height() + 8
        view.setFixedHeight(around + shown * self._appearance.pixels(ROW_PX))

    def grid(self, rows: tuple[R, ...] | None = None) -> list[list[str]]:
        """Heads and words of all rows, or of these."""
        columns = self.model.columns
        chosen = self.model.rows if rows is None else rows
        return [[column.head for column in columns], *([column.text(row) for column in columns] for row in chosen)]

    def copy(self) -> None:
        """Put the selected rows with their heads on the clipboard; all of them where none is selected."""
        QGuiApplication.clipboard().setText(as_tsv(self.grid(self.selection or None)))

    def export(self) -> None:
        """Ask for a file and write every row as CSV."""
        path = self.ask_path()
        if path is None:
            return
        try:
            save_bytes(path, csv_file(self.grid()))
        except PlannerError as error:
            self.failed.emit(error)
            self._complain(error)

    def _style(self) -> None:
        view = self.view
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        view.setShowGrid(False)
        view.setTabKeyNavigation(False)  # Tab leaves the table, arrows move in it
        view.setWordWrap(False)
        view.setSortingEnabled(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, column in enumerate(self.model.columns):
            if column.choices:
                view.setItemDelegateForColumn(number, _ChoiceDelegate(column.choices, column.head, self))
            elif column.edit is not None:
                view.setItemDelegateForColumn(number, _TextDelegate(column.head, self))
        self._fit_look()

    def _connect(self) -> None:
        self.view.selectionModel().currentRowChanged.connect(self._row_changed)
        self.view.selectionModel().selectionChanged.connect(self._tell_selection)
        self.model.edited.connect(self._pass_edit)
        self.model.refused.connect(self._refuse)
        self._appearance.changed.connect(self._fit_look)
        copy = QAction("Copy", self.view)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy)
        export = QAction("Export as CSV …", self.view)
        export.triggered.connect(self.export)
        self._actions = (copy, export)
        self.view.addActions(self._actions)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._show_menu)

    def _fit_look(self) -> None:
        font = QFont(self.view.font())
        font.setFeature(QFont.Tag("tnum"), 1)  # digits of one width line up in columns
        self.view.setFont(font)
        self.view.verticalHeader().setDefaultSectionSize(self._appearance.pixels(ROW_PX))
        if self._fitted_zoom not in (None, self._appearance.zoom):
            self.fit_columns()
            if self._most_rows is not None:
                self.set_height_rows(self._most_rows)

    def _row_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.row_selected.emit(self.selected)

    def _tell_selection(self, _now: object, _before: object) -> None:
        self.selection_changed.emit()

    def _pass_edit(self, old: object, new: object) -> None:
        self.problem.hide()
        self.edited.emit(old, new)

    def _refuse(self, row: int, column: int, error: PlannerError) -> None:
        self._complain(error, self.model.columns[column].title)
        self.view.setCurrentIndex(self.model.index(row, column))

    def _complain(self, error: PlannerError, field: str = "") -> None:
        self.problem.setText(f"✕ {field}: {error.sentence}" if field else f"✕ {error.sentence}")
        self.problem.setAccessibleName(self.problem.text())
        self.problem.show()

    def _show_menu(self, where: QPoint) -> None:
        menu = QMenu(self.view)
        menu.addActions(self._actions)
        menu.popup(self.view.viewport().mapToGlobal(where))

    def _ask_path(self) -> Path | None:
        name, _ = QFileDialog.getSaveFileName(self, "Export as CSV", f"{self.view.accessibleName()}.csv", CSV_FILTER)
        return Path(name) if name else None


class _TextDelegate(QStyledItemDelegate):
    """Edits a cell in a line; what somebody is typing is not overwritten by a value that arrives meanwhile."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A line with a name for screen readers."""
        del option, index
        line = QLineEdit(parent)
        line.setFrame(False)
        line.setAccessibleName(self._name)
        return line

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Start at the present value."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: QModelIndex | QPersistentModelIndex) -> None:
        """Hand what was typed to the model."""
        if isinstance(editor, QLineEdit) and isinstance(model, RowsModel):
            model.setData(index, editor.text())


class _ChoiceDelegate(QStyledItemDelegate):
    """Edits a cell with a closed list."""

    def __init__(self, choices: tuple[str, ...], name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._choices = choices
        self._name = name

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """A combo box of the choices."""
        del option, index
        box = QComboBox(parent)
        box.addItems(list(self._choices))
        box.setAccessibleName(self._name)
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Start at the present value."""
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: object, index: QModelIndex | QPersistentModelIndex) -> None:
        """Hand the choice to the model."""
        if isinstance(editor, QComboBox) and isinstance(model, RowsModel):
            model.setData(index, editor.currentText())

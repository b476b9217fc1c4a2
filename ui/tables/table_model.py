"""A table over a tuple of frozen rows: columns are data, an edit is a new row handed to the owner, never kept here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from planner.errors import PlannerError
from ui.appearance import Appearance
from ui.tables.columns import Column, ordered

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
Role = Qt.ItemDataRole


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows of type R. The owner sets rows; the model orders them, shows them, and passes edits on."""

    edited = Signal(object, object)  # the old row, the new row
    refused = Signal(int, int, object)  # row, column, PlannerError: to be shown beside the field

    def __init__(
        self,
        columns: tuple[Column[R], ...],
        appearance: Appearance,
        key: Callable[[R], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = columns
        self._appearance = appearance
        self._key = key
        self._given: tuple[R, ...] = ()
        self._rows: tuple[R, ...] = ()
        self._sorted_by = -1
        self._descending = False
        appearance.changed.connect(self._repaint)

    @property
    def rows(self) -> tuple[R, ...]:
        """The rows as they are shown."""
        return self._rows

    def set_rows(self, rows: tuple[R, ...]) -> None:
        """Show these rows. Where only values changed, selection and scroll position stay."""
        self._given = rows
        wanted = self._in_order(rows)
        if [self._key(row) for row in wanted] == [self._key(row) for row in self._rows]:
            before, self._rows = self._rows, wanted
            # Only what differs: Qt fills an open editor anew when it hears that its cell changed.
            for number, (was, now) in enumerate(zip(before, wanted, strict=True)):
                if was != now:
                    self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))
            return
        self.beginResetModel()
        self._rows = wanted
        self.endResetModel()

    def row_of(self, key: object) -> int | None:
        """Where the row with this key is shown."""
        return next((number for number, row in enumerate(self._rows) if self._key(row) == key), None)

    def key_at(self, number: int) -> object:
        """The key of a shown row."""
        return self._key(self._rows[number])

    # What Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Rows; a table has no tree below."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Words, alignment, colour or hint of one cell."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        value: object = None
        match role:
            case Role.DisplayRole:
                value = column.text(row)
            case Role.EditRole:
                value = column.edit_text(row) if column.edit_text else column.text(row)
            case Role.ToolTipRole if column.tooltip:
                value = column.tooltip(row) or None
            case Role.TextAlignmentRole:
                value = _alignment(column)
            case Role.ForegroundRole if column.meaning:
                meaning = column.meaning(row)
                value = self._appearance.theme.color(meaning) if meaning else None
            case Role.CheckStateRole if column.checked:
                value = Qt.CheckState.Checked if column.checked(row) else Qt.CheckState.Unchecked
            case Role.AccessibleTextRole:
                value = _spoken(column, row)
            case _:
                pass
        return value

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Column heads; rows have none."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Role.DisplayRole:
                return column.head
            case Role.ToolTipRole:
                return column.hint or None
            case Role.TextAlignmentRole:
                return _alignment(column)
            case _:
                return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells can be selected, and edited where the column says how."""
        base = super().flags(index)
        if index.isValid() and self.columns[index.column()].edit is not None:
            base |= Qt.ItemFlag.ItemIsEditable
        if index.isValid() and self.columns[index.column()].check is not None:
            base |= Qt.ItemFlag.ItemIsUserCheckable
        return base

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Turn what was typed or ticked into a new row for the owner; a refusal leaves the row as it is."""
        if not index.isValid() or role not in {Role.EditRole, Role.CheckStateRole}:
            return False
        row, column = self._rows[index.row()], self.columns[index.column()]
        if role == Role.CheckStateRole:
            return self._tick(row, column, on=Qt.CheckState(value) is Qt.CheckState.Checked)
        if column.edit is None or str(value) == self.data(index, Role.EditRole):
            return False
        try:
            changed = column.edit(row, str(value))
        except PlannerError as error:
            self.refused.emit(index.row(), index.column(), error)
            return False
        self.edited.emit(row, changed)
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; -1 gives back the owner's order."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._key(self._rows[index.row()]) for index in before]
        self._sorted_by, self._descending = column, order is Qt.SortOrder.DescendingOrder
        self._rows = self._in_order(self._given)
        place = {self._key(row): number for number, row in enumerate(self._rows)}
        after = [self.index(place[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _tick(self, row: R, column: Column[R], *, on: bool) -> bool:
        if column.check is None:
            return False
        self.edited.emit(row, column.check(row, on))
        return True

    def _in_order(self, rows: tuple[R, ...]) -> tuple[R, ...]:
        if not 0 <= self._sorted_by < len(self.columns):
            return rows
        return ordered(rows, self.columns[self._sorted_by], descending=self._descending)

    def _repaint(self) -> None:
        if self._rows and self.columns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))


def _spoken(column: Column[Any], row: Any) -> str:
    ticked = "" if column.checked is None else "ticked " if column.checked(row) else "not ticked "
    return f"{column.head}: {ticked}{column.text(row)}"


def _alignment(column: Column[Any]) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)

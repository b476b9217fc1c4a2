"""Tables over frozen rows: sorting, selecting, editing by replacement, copying and exporting."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from planner.errors import PlannerError
from ui.appearance import Appearance
from ui.tables.columns import Column
from ui.tables.table_view import Table


@dataclass(frozen=True)
class Fruit:
    name: str
    grams: float | None
    kind: str = "pome"


def weigh(fruit: Fruit, typed: str) -> Fruit:
    try:
        return replace(fruit, grams=float(typed))
    except ValueError as error:
        raise PlannerError(f"{typed!r} is not a number", remedy="Type digits.") from error


COLUMNS: tuple[Column[Fruit], ...] = (
    Column("Name", lambda fruit: fruit.name, tooltip=lambda fruit: f"about {fruit.name}"),
    Column(
        "Mass",
        lambda fruit: "unknown" if fruit.grams is None else f"{fruit.grams:g}",
        unit="g",
        sort=lambda fruit: fruit.grams,
        numeric=True,
        edit=weigh,
        meaning=lambda fruit: "error" if fruit.grams is None else None,
    ),
    Column(
        "Kind",
        lambda fruit: fruit.kind,
        edit=lambda fruit, typed: replace(fruit, kind=typed),
        choices=("pome", "stone"),
    ),
)
FRUIT = (Fruit("pear", 170), Fruit("fig", None), Fruit("=apple", 180))


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> Table[Fruit]:
    made: Table[Fruit] = Table("Fruit", COLUMNS, Appearance(qapp), key=lambda fruit: fruit.name)
    qtbot.addWidget(made)
    made.set_rows(FRUIT)
    made.show()
    return made


def names(table: Table[Fruit]) -> list[str]:
    return [fruit.name for fruit in table.rows]


def test_the_model_keeps_qts_contract_through_sorting_and_replacement(table: Table[Fruit]) -> None:
    QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    table.model.sort(1, Qt.SortOrder.DescendingOrder)
    table.set_rows((*FRUIT, Fruit("plum", 66, "stone")))
    table.set_rows(FRUIT[:1])
    table.set_rows(())
    assert table.model.rowCount() == 0


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Qt.SortOrder.AscendingOrder, ["pear", "=apple", "fig"]),
        (Qt.SortOrder.DescendingOrder, ["=apple", "pear", "fig"]),
    ],
)
def test_unknown_sorts_last_whichever_way(table: Table[Fruit], order: Qt.SortOrder, expected: list[str]) -> None:
    table.model.sort(1, order)
    assert names(table) == expected


def test_selection_follows_its_row_through_sorting_and_new_values(table: Table[Fruit]) -> None:
    table.select(2)
    table.model.sort(1, Qt.SortOrder.DescendingOrder)
    assert table.selected == FRUIT[2]
    table.set_rows((FRUIT[0], FRUIT[1], Fruit("=apple", 1)))
    assert table.selected == Fruit("=apple", 1)


def test_an_edit_hands_over_a_new_row_and_keeps_the_old_until_told(table: Table[Fruit], qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.edited) as heard:
        assert table.model.setData(table.model.index(0, 1), "165")
    assert heard.args == [FRUIT[0], Fruit("pear", 165.0)]
    assert table.rows == FRUIT


def test_a_box_is_ticked_by_a_new_row_and_read_aloud(qtbot: QtBot, qapp: QApplication) -> None:
    ticked = Column[Fruit](
        "Name",
        lambda fruit: fruit.name,
        checked=lambda fruit: fruit.kind == "pome",
        check=lambda fruit, on: replace(fruit, kind="pome" if on else "stone"),
    )
    table: Table[Fruit] = Table("Fruit", (ticked, COLUMNS[1]), Appearance(qapp), key=lambda fruit: fruit.name)
    qtbot.addWidget(table)
    QAbstractItemModelTester(table.model, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    table.set_rows(FRUIT)
    box, plain = table.model.index(0, 0), table.model.index(0, 1)
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert box.data(Qt.ItemDataRole.AccessibleTextRole) == "Name: ticked pear"
    assert plain.data(Qt.ItemDataRole.CheckStateRole) is None
    with qtbot.waitSignal(table.edited) as heard:
        assert table.model.setData(box, Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    assert heard.args == [FRUIT[0], Fruit("pear", 170, "stone")]
    assert not table.model.setData(plain, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)


def test_a_refused_edit_is_explained_below_the_table(table: Table[Fruit], qtbot: QtBot) -> None:
    told: list[object] = []
    table.edited.connect(lambda *rows: told.append(rows))
    table.view.setFocus()
    table.select(0, 1)
    table.view.edit(table.model.index(0, 1))
    (editor,) = table.view.viewport().findChildren(QLineEdit)
    editor.setText("heavy")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(table.problem.isVisible)
    assert table.problem.text() == "✕ Mass: 'heavy' is not a number. Type digits."
    assert told == []


def test_a_closed_list_is_edited_with_a_combo_box(table: Table[Fruit], qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.edited) as heard:
        table.view.edit(table.model.index(0, 2))
        (box,) = table.view.viewport().findChildren(QComboBox)
        box.setCurrentText("stone")
        table.view.itemDelegateForColumn(2).commitData.emit(box)
    assert heard.args == [FRUIT[0], Fruit("pear", 170, "stone")]


def test_heads_carry_units_and_figures_stand_right(table: Table[Fruit]) -> None:
    horizontal = Qt.Orientation.Horizontal
    assert table.model.headerData(1, horizontal) == "Mass (g)"
    alignment = table.model.data(table.model.index(0, 1), Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight.value
    assert table.model.data(table.model.index(0, 0), Qt.ItemDataRole.ToolTipRole) == "about pear"
    assert table.model.data(table.model.index(1, 1), Qt.ItemDataRole.ForegroundRole) is not None


def test_copy_gives_selected_rows_with_heads_and_no_formulas(table: Table[Fruit]) -> None:
    table.select(2)
    table.copy()
    assert QGuiApplication.clipboard().text() == "Name\tMass (g)\tKind\n'=apple\t180\tpome"


def test_export_writes_every_row_and_quotes_what_a_spreadsheet_would_run(table: Table[Fruit], tmp_path: Path) -> None:
    path = tmp_path / "fruit.csv"
    table.ask_path = lambda: path
    table.export()
    assert path.read_bytes().decode("utf-8-sig") == (
        "Name,Mass (g),Kind\r\npear,170,pome\r\nfig,unknown,pome\r\n'=apple,180,pome\r\n"
    )


def test_an_export_that_cannot_be_written_says_so(table: Table[Fruit], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    table.ask_path = lambda: tmp_path / "file" / "fruit.csv"
    table.export()
    assert "cannot be written" in table.problem.text()


def test_what_is_being_typed_survives_a_value_that_arrives_meanwhile(table: Table[Fruit], qtbot: QtBot) -> None:
    heard: list[Fruit] = []
    table.edited.connect(lambda _old, new: heard.append(new))
    table.view.setFocus()
    table.select(0, 1)
    table.view.edit(table.model.index(0, 1))
    (editor,) = table.view.viewport().findChildren(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "16")
    table.set_rows((Fruit("pear", 171), *FRUIT[1:]))
    qtbot.keyClicks(editor, "5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [Fruit("pear", 165.0)]


def test_a_complaint_stays_until_the_rows_change(table: Table[Fruit]) -> None:
    table.model.setData(table.model.index(0, 1), "heavy")
    table.set_rows(FRUIT)
    assert table.problem.isVisible(), "the same rows again, as when a plan arrives, are no answer to it"
    table.set_rows((Fruit("pear", 171), *FRUIT[1:]))
    assert not table.problem.isVisible()

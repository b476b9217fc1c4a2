"""All options of one class: cost of their own at once, of the whole plan once it is solved, and what rules each out."""

from __future__ import annotations

from PySide6.QtCore import Signal

from ui.appearance import Appearance
from ui.pages.explained_tab import ExplainedTab
from ui.pages.explaining import Explainer
from ui.pages.option_rows import OPTION_COLUMNS, OptionRow, option_rows
from ui.pages.plan_rows import PlacedClass
from ui.tables.table_view import Table
from ui.widgets.labels import label

MOST_ROWS = 10


class OptionsTab(ExplainedTab):
    """The selected option's verdict stands in full below the table."""

    failed = Signal(object)  # PlannerError of exporting

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Solving what the whole plan would cost with the class on each option")
        self._class_shown = ""
        self.table: Table[OptionRow] = Table(
            "Options of the class", OPTION_COLUMNS, appearance, key=lambda row: row.option.option_id
        )
        self.table.row_selected.connect(self._show_option)
        self.table.failed.connect(self.failed)
        self.verdict = label("", name="What rules the option out", wrap=True)
        self.content.addWidget(self.table)
        self.content.addWidget(self.verdict)
        self.content.addStretch(1)

    def show_class(self, row: PlacedClass | None, explainer: Explainer) -> None:
        """The options of a class; what of them is solved so far."""
        if row is None:
            self.table.set_rows(())
            return
        self.show_state(row.task_class.name, explainer)
        another, self._class_shown = row.task_class.name != self._class_shown, row.task_class.name
        self.table.set_rows(option_rows(row.placement, explainer.of(row.task_class.name)))
        if another:
            self.table.fit_columns()
            self.table.select(0)
        self.table.set_height_rows(MOST_ROWS)

    def _show_option(self, row: OptionRow | None) -> None:
        self.verdict.setText("" if row is None else f"{row.verdict[:1].upper()}{row.verdict[1:]}")

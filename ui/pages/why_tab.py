"""Why one class is where the plan puts it: the plan's own reasons at once, the solved ones when they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from ui.appearance import Appearance
from ui.pages.class_words import class_sections
from ui.pages.explained_tab import ExplainedTab
from ui.pages.explaining import Explainer
from ui.pages.flip_rows import FLIP_COLUMNS, FlipRow, flip_rows
from ui.pages.plan_rows import PlacedClass
from ui.tables.table_view import Table
from ui.widgets.details import Details
from ui.widgets.labels import label

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation

DETAILS_PX = 420
MOST_ROWS = 12


class WhyTab(ExplainedTab):
    """The closing sentence, one pane of titled sections, then every figure that would flip the choice."""

    failed = Signal(object)  # PlannerError of exporting

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Solving how far the choice holds")
        self.closing = label("", name="Between which figures the choice holds", wrap=True)
        self.details = Details("Details of the class")
        self.details.setMinimumHeight(appearance.pixels(DETAILS_PX))
        self.flips_title = label("How far each figure may move", "section")
        self.flips: Table[FlipRow] = Table(
            "How far each figure may move", FLIP_COLUMNS, appearance, key=lambda row: (row.flip.name, row.rises)
        )
        self.flips.failed.connect(self.failed)
        for widget in (self.closing, self.details, self.flips_title, self.flips):
            self.content.addWidget(widget)

    def show_class(self, row: PlacedClass | None, explainer: Explainer) -> None:
        """The reasons of a class; the place in the text stays where more arrives for the same class."""
        solved = None if row is None else explainer.of(row.task_class.name)
        self._show_solved(solved)
        if row is None:
            self.details.clear_sections()
            return
        found = 0 if solved is None else len(solved.flip_points)
        self.show_state(row.task_class.name, explainer, f" {found} figures so far" if found else "")
        sections = class_sections(row, solved)
        if sections == self.details.sections:
            return
        before, bar = self.details.sections, self.details.verticalScrollBar()
        at = bar.value() if before and before[0].title == sections[0].title else 0
        self.details.show_sections(sections)
        bar.setValue(at)

    def lacks(self, solved: Explanation | None) -> bool:
        """The closing sentence comes last."""
        return solved is None or not solved.closing

    def _show_solved(self, solved: Explanation | None) -> None:
        self.closing.setText("" if solved is None else solved.closing)
        self.closing.setVisible(bool(self.closing.text()))
        rows = () if solved is None else flip_rows(solved.flip_points)
        if rows != self.flips.rows:
            at_top = self.flips.selected is None or self.flips.selected == self.flips.rows[0]
            self.flips.set_rows(rows)
            if at_top:  # what flips first stays in sight while more arrives
                self.flips.select(0)
            self.flips.fit_columns()
            self.flips.set_height_rows(MOST_ROWS)
        self.flips_title.setVisible(bool(rows))
        self.flips.setVisible(bool(rows))

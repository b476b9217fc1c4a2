"""Why one class is where the plan puts it: the plan's own reasons at once, the solved ones when they are there."""

from __future__ import annotations

from ui.appearance import Appearance
from ui.pages.class_words import class_sections
from ui.pages.explained_tab import ExplainedTab
from ui.pages.explaining import Explainer
from ui.pages.plan_rows import PlacedClass
from ui.widgets.details import Details

DETAILS_PX = 420


class WhyTab(ExplainedTab):
    """One pane of titled sections."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Solving how far the choice holds")
        self.details = Details("Details of the class")
        self.details.setMinimumHeight(appearance.pixels(DETAILS_PX))
        self.content.addWidget(self.details)

    def show_class(self, row: PlacedClass | None, explainer: Explainer) -> None:
        """The reasons of a class; the place in the text stays where more arrives for the same class."""
        if row is None:
            self.details.clear_sections()
            return
        self.show_state(row.task_class.name, explainer)
        sections = class_sections(row, explainer.of(row.task_class.name))
        if sections == self.details.sections:
            return
        before, bar = self.details.sections, self.details.verticalScrollBar()
        at = bar.value() if before and before[0].title == sections[0].title else 0
        self.details.show_sections(sections)
        bar.setValue(at)

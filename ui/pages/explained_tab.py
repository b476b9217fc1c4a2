"""A tab of the Plan page that knows more once the optimiser has answered; what the plan itself says stands at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.pages.explaining import Explainer
from ui.pages.page import FIELD_GAP
from ui.widgets.labels import label

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation

HELD_UP = "Solved once the measurement has ended: it would slow down what is being timed."


class ExplainedTab(QWidget):
    """A subclass fills `content`; `doing` says what is under way while there is no explanation yet."""

    def __init__(self, doing: str) -> None:
        super().__init__()
        self._doing = doing
        self.state = label("", "muted", wrap=True, name="State of this tab")
        self.problem = label("", "problem", wrap=True)
        self.content = QVBoxLayout()
        self.content.setSpacing(2 * FIELD_GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(FIELD_GAP)
        column.addWidget(self.state)
        column.addWidget(self.problem)
        column.addLayout(self.content, 1)
        self.state.hide()
        self.problem.hide()

    def show_state(self, task_class: str, explainer: Explainer, so_far: str = "") -> None:
        """Whether more of this class is under way, or why there will be no more."""
        held_up = explainer.is_held_up
        self.state.setText(HELD_UP if held_up else f"{self._doing} …{so_far}")
        self.state.setVisible(explainer.waits_for(task_class) and self.lacks(explainer.of(task_class)))
        error = explainer.problem_of(task_class)
        self.problem.setText("" if error is None else f"✕ {error.sentence}")
        self.problem.setAccessibleName(self.problem.text())
        self.problem.setVisible(error is not None)

    def lacks(self, solved: Explanation | None) -> bool:
        """Whether this tab has more to show than is solved so far."""
        return solved is None

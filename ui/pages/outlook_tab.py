"""A tab of the Plan page that is computed for a plan off the window's thread, and only while somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.placement.plan import Plan
from ui.appearance import Appearance
from ui.pages.page import FIELD_GAP
from ui.session import Session
from ui.tasks import NewestTask
from ui.widgets.labels import label

V = TypeVar("V")


class OutlookTab(QWidget, Generic[V]):
    """A subclass says what to ask and shows the answer; the newest question wins, an error stands in its place."""

    failed = Signal(object)  # PlannerError of saving or exporting

    def __init__(self, session: Session, appearance: Appearance, doing: str) -> None:
        super().__init__()
        self.session = session
        self.appearance = appearance
        self._asked: tuple[Plan, object] | None = None  # what the content answers, or will
        self._computing: NewestTask[tuple[tuple[Plan, object], V]] = NewestTask(doing, self)
        self._computing.answered.connect(self._take)
        self._computing.failed.connect(self._refuse)
        self.controls = QHBoxLayout()
        self.controls.setSpacing(FIELD_GAP)
        self.state = label("", "muted", wrap=True, name="State of this tab")
        self.problem = label("", "problem", wrap=True)
        self.body = QWidget()
        self.content = QVBoxLayout(self.body)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(2 * FIELD_GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, FIELD_GAP, 0, 0)
        column.setSpacing(2 * FIELD_GAP)
        column.addLayout(self.controls)
        column.addWidget(self.state)
        column.addWidget(self.problem)
        column.addWidget(self.body)
        column.addStretch(1)
        for part in (self.state, self.problem, self.body):
            part.hide()

    # For subclasses

    def question(self) -> object:
        """What is asked beside the plan; a tab without controls of its own asks nothing more."""
        return None

    def work(self, plan: Plan) -> Callable[[], V]:
        """What computes the answer: a closure over frozen values."""
        raise NotImplementedError

    def show_answer(self, answer: V) -> None:
        """Fill the content."""
        raise NotImplementedError

    # For the page

    @property
    def computing(self) -> bool:
        """Whether an answer is under way."""
        return self._computing.running

    def refresh(self) -> None:
        """Ask for the session's plan, unless that was asked already; the page calls this while the tab is seen."""
        plan = self.session.current_plan
        if plan is None:
            return
        asked = (plan, self.question())
        if self._asked is not None and self._asked[0] is plan and self._asked[1] == asked[1]:
            return
        self._asked = asked
        work = self.work(plan)
        self.state.setText("Computing …")
        self.state.show()
        self.problem.hide()
        self._computing.want(lambda: (asked, work()))

    def _take(self, answer: tuple[tuple[Plan, object], V]) -> None:
        asked, view = answer
        if asked is not self._asked:
            return
        self.state.hide()
        self.show_answer(view)
        self.body.show()

    def _refuse(self, error: PlannerError) -> None:
        self.state.hide()
        self.body.hide()
        self.problem.setText(f"✕ {error.sentence}")
        self.problem.setAccessibleName(self.problem.text())
        self.problem.show()

"""The solved explanations of the plan's classes: computed off the window's thread, kept while the plan stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from planner.errors import PlannerError
from planner.placement.plan import Plan
from ui.session import Session
from ui.tasks import NewestTask

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation

Asked = tuple[Plan, str]  # which plan, which class of it


class Explainer(QObject):
    """One class at a time, the newest first; an answer to a plan that is no longer the session's is dropped."""

    changed = Signal()  # another class, an answer, or a refusal

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: Asked | None = None
        self._known: dict[str, Explanation] = {}  # by class, of the plan that was asked about last
        self._problem: PlannerError | None = None  # of what was asked last
        self._computing: NewestTask[tuple[Asked, Explanation]] = NewestTask("explaining a placement", self)
        self._computing.answered.connect(self._take)
        self._computing.failed.connect(self._refuse)

    @property
    def computing(self) -> bool:
        """Whether an answer is under way."""
        return self._computing.running

    @property
    def any(self) -> Explanation | None:
        """Of whichever class was explained: what it says of the whole plan holds for all. None until one was."""
        return next(iter(self._known.values()), None) if self._is_current else None

    def of(self, task_class: str) -> Explanation | None:
        """What is known of a class of the session's plan."""
        return self._known.get(task_class) if self._is_current else None

    def problem_of(self, task_class: str) -> PlannerError | None:
        """Why there will be no explanation of it."""
        return self._problem if self._is_asked(task_class) and self.of(task_class) is None else None

    def waits_for(self, task_class: str) -> bool:
        """Whether its explanation is under way."""
        return self._is_asked(task_class) and self.of(task_class) is None and self._problem is None

    def ask(self, task_class: str) -> None:
        """Explain this class of the session's plan, unless that was asked already."""
        plan = self._session.current_plan
        if plan is None or self._is_asked(task_class):
            return
        if not self._is_current:
            self._known = {}
        asked = self._asked = (plan, task_class)
        self._problem = None
        if task_class not in self._known:
            scenario, verbs = self._session.scenario, self._session.verbs()
            self._computing.want(lambda: (asked, verbs.outlook.explain(scenario, plan, task_class)))
        self.changed.emit()

    @property
    def _is_current(self) -> bool:
        return self._asked is not None and self._asked[0] is self._session.current_plan

    def _is_asked(self, task_class: str) -> bool:
        return self._is_current and self._asked is not None and self._asked[1] == task_class

    def _take(self, answer: tuple[Asked, Explanation]) -> None:
        (plan, task_class), explained = answer
        if self._asked is not None and self._asked[0] is plan:
            self._known[task_class] = explained
            self.changed.emit()

    def _refuse(self, error: PlannerError) -> None:
        self._problem = error
        self.changed.emit()

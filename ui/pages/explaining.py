"""The solved explanations of the plan's classes: computed off the window's thread, kept while the plan stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from planner.errors import PlannerError
from planner.placement.plan import Plan
from ui.session import Session
from ui.tasks import StreamTask

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.explanation import Explanation

REST_MS = 150  # that a class stays selected before anything is solved for it
MOST_TASKS = 2  # at a time: what is being solved, and what was told to stop and has not yet


@dataclass(frozen=True)
class Asked:
    """Which class of which plan."""

    plan: Plan
    task_class: str


Ended = tuple[Asked, bool]  # whether all of it was solved


class Explainer(QObject):
    """One class at a time, the newest asked for; flip points arrive one by one.

    An answer to a plan that is no longer the session's is dropped. Nothing is solved while something is measured:
    that would slow down what is timed.
    """

    changed = Signal()  # another class, more of an answer, or a refusal

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: Asked | None = None
        self._known: dict[str, Explanation] = {}  # by class, of the plan that was asked about last
        self._whole: set[str] = set()  # those with every flip point
        self._problem: PlannerError | None = None  # of what was asked last
        self._tasks: dict[StreamTask[Ended], Asked] = {}  # still running, the newest last
        self._paused = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._begin)
        session.measuring.started.connect(self._stop)
        session.measuring.ended.connect(self._go_on)

    @property
    def computing(self) -> bool:
        """Whether more of what was asked for last is under way."""
        return self._asked is not None and self.waits_for(self._asked.task_class)

    @property
    def any(self) -> Explanation | None:
        """Of whichever class was explained: what it says of the whole plan holds for all. None until one was."""
        return next(iter(self._known.values()), None) if self._is_current else None

    def of(self, task_class: str) -> Explanation | None:
        """What is known of a class of the session's plan so far."""
        return self._known.get(task_class) if self._is_current else None

    def problem_of(self, task_class: str) -> PlannerError | None:
        """Why there will be no more of its explanation."""
        return self._problem if self._is_asked(task_class) else None

    def waits_for(self, task_class: str) -> bool:
        """Whether more of its explanation is under way."""
        unsolved = task_class not in self._whole and self._problem is None
        return self._is_asked(task_class) and unsolved and not self._paused

    @property
    def is_held_up(self) -> bool:
        """Whether a measurement has to end first."""
        return self._session.measuring.running

    def ask(self, task_class: str) -> None:
        """Explain this class of the session's plan, unless that was asked already."""
        plan = self._session.current_plan
        if plan is None or (self._is_asked(task_class) and not self._paused):
            return
        if not self._is_current:
            self._known, self._whole = {}, set()
        self._asked, self._problem, self._paused = Asked(plan, task_class), None, False
        self._stop()
        self._go_on()
        self.changed.emit()

    def pause(self) -> None:
        """Nobody looks: solve no more until asked again."""
        self._paused = True
        self._stop()

    def _stop(self) -> None:
        self._rest.stop()
        for task in self._tasks:
            task.stop()

    def _go_on(self) -> None:
        if self.computing and not self.is_held_up:
            self._rest.start()

    def _begin(self) -> None:
        asked = self._asked
        if asked is None or not self.computing or self.is_held_up or len(self._tasks) >= MOST_TASKS:
            return  # when a task ends, or the measurement, this is asked again
        scenario, verbs = self._session.scenario, self._session.verbs()

        def solve(tell: Callable[[object], None], stop: threading.Event) -> Ended:
            for explained in verbs.outlook.explain(scenario, asked.plan, asked.task_class, stop.is_set):
                tell((asked, explained))
                if stop.is_set():
                    break
            return asked, not stop.is_set()

        task: StreamTask[Ended] = StreamTask("explaining a placement", self)
        task.happened.connect(self._take)
        task.answered.connect(self._end)
        task.failed.connect(self._refuse)
        self._tasks[task] = asked
        task.start_stream(solve)

    def _take(self, told: tuple[Asked, Explanation]) -> None:
        asked, explained = told
        if self._asked is None or self._asked.plan is not asked.plan:
            return
        before = self._known.get(asked.task_class)
        if before is None or len(explained.flip_points) >= len(before.flip_points):
            self._known[asked.task_class] = explained
            self.changed.emit()

    def _end(self, ended: Ended) -> None:
        asked, whole = ended
        if whole and self._asked is not None and self._asked.plan is asked.plan:
            self._whole.add(asked.task_class)
        self._clear_away()

    def _refuse(self, error: PlannerError) -> None:
        if self._asked in [asked for task, asked in self._tasks.items() if not task.running]:
            self._problem = error
        self._clear_away()

    def _clear_away(self) -> None:
        """Forget tasks that ended; go on with what had to wait for one of them."""
        for task in [each for each in self._tasks if not each.running]:
            del self._tasks[task]
            task.deleteLater()
        if all(task.stop_event.is_set() for task in self._tasks):
            self._go_on()
        self.changed.emit()

    @property
    def _is_current(self) -> bool:
        return self._asked is not None and self._asked.plan is self._session.current_plan

    def _is_asked(self, task_class: str) -> bool:
        return self._is_current and self._asked is not None and self._asked.task_class == task_class

"""How work leaves the window's thread: one answer, or events then an answer; the caller owns the signals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from ui.crash import as_planner_error

T = TypeVar("T")


class _Job(QRunnable):
    """Runs a callable on a pool thread and hands over what came of it."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__()
        self._run = run

    def run(self) -> None:
        self._run()


class Task(QObject, Generic[T]):
    """One piece of background work. The work is a closure over a snapshot (frozen values), never over widgets.

    Signals arrive on the thread that made the task, whatever thread did the work.
    """

    answered = Signal(object)
    failed = Signal(object)  # always a PlannerError
    _ended = Signal(object, object)

    def __init__(self, doing: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.doing = doing
        self.running = False
        self._finished = threading.Event()
        self._finished.set()
        self._ended.connect(self._deliver)

    def start(self, work: Callable[[], T], pool: QThreadPool | None = None) -> None:
        """Run `work` on a pool thread; its return value is emitted by `answered`."""
        self.running = True
        self._finished.clear()

        def run() -> None:
            answer: T | None = None
            error: Exception | None = None
            try:
                answer = work()
            except Exception as problem:  # every failure must reach the caller as a message
                error = as_planner_error(problem, self.doing)
            self._finished.set()
            try:
                self._ended.emit(answer, error)
            except RuntimeError:
                return  # the window was closed meanwhile: nobody is left to tell

        (pool or QThreadPool.globalInstance()).start(_Job(run))

    def wait(self, timeout_s: float) -> bool:
        """Whether the work has ended within the time; for closing down only."""
        return self._finished.wait(timeout_s)

    @Slot(object, object)
    def _deliver(self, answer: object, error: object) -> None:
        self.running = False
        if error is not None:
            self.failed.emit(error)
        else:
            self.answered.emit(answer)


class NewestTask(Task[T]):
    """Background work of which only what was asked for last is answered; what was asked in between is skipped."""

    def __init__(self, doing: str, parent: QObject | None = None) -> None:
        super().__init__(doing, parent)
        self._next: Callable[[], T] | None = None

    def want(self, work: Callable[[], T]) -> None:
        """Do this now, or as soon as what is being done has ended, whose answer is then dropped."""
        if self.running:
            self._next = work
        else:
            self.start(work)

    @Slot(object, object)
    def _deliver(self, answer: object, error: object) -> None:
        if self._next is None:
            super()._deliver(answer, error)
            return
        work, self._next = self._next, None
        self.start(work)


class StreamTask(Task[T]):
    """Background work that tells events before its answer, and can be asked to stop."""

    happened = Signal(object)

    def __init__(self, doing: str, parent: QObject | None = None) -> None:
        super().__init__(doing, parent)
        self.stop_event = threading.Event()
        # One thread of its own: a ten-minute measurement must not hold up the pool's short answers.
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def start_stream(self, work: Callable[[Callable[[object], None], threading.Event], T]) -> None:
        """Run `work(on_event, stop)` on a thread; events are emitted by `happened` in order, then the answer."""
        self.stop_event.clear()

        def tell(event: object) -> None:
            try:
                self.happened.emit(event)
            except RuntimeError:
                self.stop_event.set()

        self.start(lambda: work(tell, self.stop_event), self._pool)

    def stop(self) -> None:
        """Ask the work to end; what it finished so far is still answered."""
        self.stop_event.set()

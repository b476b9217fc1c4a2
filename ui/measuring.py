"""The measurement in progress: which job, what was told so far, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from planner import text
from planner.errors import PlannerError
from planner.measurement.request import Preparing, Progress, RoundFinished, RoundStarted
from planner.measurement.soaks import SoakProgress, SoakSoFar
from planner.profiles.profile import DeviceProfile
from ui.device_work import LIMITS_S, Job, LimitsPhase, Measured, SoakOne, WorkEvent, do_work
from ui.tasks import StreamTask
from ui.verbs import Verbs


class Measuring(QObject):
    """At most one job at a time; its signals arrive on the window's thread."""

    started = Signal()
    happened = Signal(object)  # a WorkEvent
    finished = Signal(object)  # Measured
    failed = Signal(object)  # PlannerError
    ended = Signal()  # after either

    def __init__(
        self,
        verbs: Callable[[], Verbs],
        known: Callable[[], tuple[DeviceProfile, ...]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._known = known
        self._task: StreamTask[Measured] = StreamTask("measuring", self)
        self._task.happened.connect(self._hear)
        self._task.answered.connect(self._finish)
        self._task.failed.connect(self._fail)
        self.job: Job | None = None
        self.stopping = False
        self.latest: WorkEvent | None = None
        self.samples: tuple[Progress, ...] = ()  # of the running model, those with a rate
        self.course: tuple[tuple[float, float], ...] = ()  # of the running soak: seconds, decode tok/s

    @property
    def running(self) -> bool:
        """Whether a job is in progress."""
        return self._task.running

    def start(self, job: Job) -> None:
        """Probe this machine, then do the job."""
        if self.running:
            return
        self.job, self.stopping, self.latest, self.samples, self.course = job, False, None, (), ()
        verbs, known = self._verbs, self._known()
        self._task.start_stream(lambda tell, stop: do_work(verbs(), job, known, tell, stop))
        self.started.emit()

    def stop(self) -> None:
        """Ask it to end; what is finished is kept."""
        if self.running:
            self.stopping = True
            self._task.stop()

    def wait(self, timeout_s: float) -> bool:
        """Whether it ended within the time; for closing down only."""
        return self._task.wait(timeout_s)

    @property
    def sentence(self) -> str:
        """One line on where it stands: «qwen2.5-0.5b (2 of 4) · round 3 of about 5 · decode at 128 · 0:48 left»."""
        if self.stopping:
            return "Stopping; finished rounds are kept"
        return "Reading what this machine is" if self.latest is None else self._words(self.latest)

    @property
    def share(self) -> float | None:
        """Share done of all models together; None until the first round says."""
        done, latest = self._models_done(), self.latest
        if latest is None or isinstance(latest, LimitsPhase) or self.job is None:
            return None
        if isinstance(latest, (Progress, SoakProgress)):
            return min((done + latest.share) / max(len(self.job.requests), 1), 1.0)
        return done / len(self.job.requests) if done else None

    def _words(self, event: WorkEvent) -> str:
        match event:
            case LimitsPhase(words=words):
                return f"Physical limits of memory and processor, about {text.seconds(LIMITS_S)} · {words}"
            case Preparing(model=model, sentence=sentence):
                return f"{self._named(model)} · {sentence}"
            case SoakProgress(model=model, phase=phase, eta_s=eta_s):
                return f"{self._named(model)} · {phase}{_left(eta_s)}"
            case SoakSoFar(model=model):
                return f"{self._named(model)} · another minute is over"
            case _:
                return self._round_words(event)

    def _round_words(self, event: Progress | RoundStarted | RoundFinished) -> str:
        rounds = f"round {event.number} of about {max(event.planned, event.number)}"
        how = f" · {event.phase}" if isinstance(event, Progress) else ""
        done = " done" if isinstance(event, RoundFinished) else ""
        return f"{self._named(event.model)} · {rounds}{done}{how}{_left(event.eta_s)}"

    def _named(self, model: str) -> str:
        """The model, with its place among several."""
        count = len(self.job.requests) if self.job else 0
        return f"{model} ({self._models_done() + 1} of {count})" if count > 1 else model

    def _models_done(self) -> int:
        names = [request.model for request in self.job.requests] if self.job else []
        latest = self.latest
        if latest is None or isinstance(latest, LimitsPhase) or latest.model not in names:
            return 0
        return names.index(latest.model)

    def _hear(self, event: WorkEvent) -> None:
        latest = self.latest
        if isinstance(event, LimitsPhase):
            pass
        elif isinstance(event, Progress) and event.tok_s is not None:
            same = not isinstance(latest, LimitsPhase) and latest is not None and latest.model == event.model
            self.samples = (*self.samples, event) if same else (event,)
        elif isinstance(event, SoakProgress):
            self._hear_soak(event)
        self.latest = event
        self.happened.emit(event)

    def _hear_soak(self, event: SoakProgress) -> None:
        if event.tok_s is not None and isinstance(self.job, SoakOne):
            self.course = (*self.course, (event.share * self.job.seconds, event.tok_s))

    def _finish(self, measured: Measured) -> None:
        self.finished.emit(measured)
        self.ended.emit()

    def _fail(self, error: PlannerError) -> None:
        self.failed.emit(error)
        self.ended.emit()


def _left(eta_s: float | None) -> str:
    if eta_s is None:
        return ""
    minutes, rest = divmod(max(round(eta_s), 0), 60)
    return f" · {minutes}:{rest:02d} left"

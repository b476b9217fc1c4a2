"""What can be measured on this machine, one piece of work at a time, and how a device profile grows by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError, PlannerError, StoppedError
from planner.measurement.request import Event, MeasurementRequest
from planner.measurement.roofline import Roofline
from planner.measurement.runs import Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soaks import Soak, SoakProgress, SoakSoFar
from planner.profiles.profile import DeviceProfile
from ui.verbs import Verbs

SUSTAINED_S = 600.0
LIMITS_S = 8.0  # about what reading memory and multiplying matrices takes


@dataclass(frozen=True)
class MeasureModels:
    """Time whole models; the limits of the device are measured first where they are not known."""

    requests: tuple[MeasurementRequest, ...]


@dataclass(frozen=True)
class PredictModels:
    """Time depth slices of models and foretell the whole of each."""

    requests: tuple[MeasurementRequest, ...]


@dataclass(frozen=True)
class SoakOne:
    """Keep one model busy for minutes."""

    requests: tuple[MeasurementRequest, ...]  # one
    seconds: float = SUSTAINED_S


@dataclass(frozen=True)
class MeasureLimits:
    """Only what memory and processor can deliver."""

    requests: tuple[MeasurementRequest, ...] = ()


Job = MeasureModels | PredictModels | SoakOne | MeasureLimits


@dataclass(frozen=True)
class LimitsPhase:
    """What the measurement of the limits does now."""

    words: str


WorkEvent = Event | SoakProgress | SoakSoFar | LimitsPhase


@dataclass(frozen=True)
class Measured:
    """What came of it: the machine, everything with at least one figure, and what went wrong with the rest."""

    facts: DeviceFacts
    limits: Roofline | None
    runs: tuple[Run, ...]
    slices: tuple[DepthSlices, ...]
    soaks: tuple[Soak, ...]
    problems: tuple[PlannerError, ...]

    @property
    def tells_speed(self) -> bool:
        """Whether a plan can be made with it."""
        return bool(self.runs or self.slices)


def grown(verbs: Verbs, measured: Measured, known: tuple[DeviceProfile, ...]) -> DeviceProfile:
    """This machine's profile with what was measured; where it is known already, history and ownership stay."""
    profile = _profile(verbs, measured.facts, known)
    if measured.runs:
        profile = verbs.profile_from(measured.facts, measured.runs, previous=profile)
    if measured.limits is not None:
        profile = verbs.device.with_limits(profile, measured.limits)
    for slices in measured.slices:
        profile = verbs.device.with_slices(profile, slices)
    for soak in measured.soaks:
        profile = verbs.device.with_soak(profile, soak)
    return profile


def do_work(
    verbs: Verbs,
    job: Job,
    known: tuple[DeviceProfile, ...],
    tell: Callable[[object], None],
    stop: threading.Event,
) -> Measured:
    """Probe this machine, then do the job; runs on the task's thread. `known` are the profiles as they stood."""
    facts = verbs.probe()
    return _Work(verbs, _profile(verbs, facts, known), tell, stop).do(job)


def known_as(verbs: Verbs, facts: DeviceFacts, known: tuple[DeviceProfile, ...]) -> DeviceProfile | None:
    """The one of these profiles that is of the machine with these facts."""
    fresh = verbs.profile_from(facts, ())
    return next((one for one in known if one.profile_id == fresh.profile_id), None)


def _profile(verbs: Verbs, facts: DeviceFacts, known: tuple[DeviceProfile, ...]) -> DeviceProfile:
    return verbs.profile_from(facts, (), previous=known_as(verbs, facts, known))


class _Work:
    """One job under way. What one model costs by failing are its own figures, never another's."""

    def __init__(
        self, verbs: Verbs, profile: DeviceProfile, tell: Callable[[object], None], stop: threading.Event
    ) -> None:
        self._verbs = verbs
        self._profile = profile
        self._tell = tell
        self._stop = stop
        self._limits: Roofline | None = None
        self._runs: list[Run] = []
        self._slices: list[DepthSlices] = []
        self._soaks: list[Soak] = []
        self._problems: list[PlannerError] = []

    def do(self, job: Job) -> Measured:
        if isinstance(job, MeasureLimits) or (self._profile.roofline is None and not isinstance(job, SoakOne)):
            self._attempt(self._measure_limits)
        for request in job.requests:
            if self._stop.is_set():
                break
            match job:
                case MeasureModels():
                    self._attempt(lambda request=request: self._measure(request))
                case PredictModels():
                    self._attempt(lambda request=request: self._predict(request))
                case SoakOne(seconds=seconds):
                    self._attempt(lambda request=request, seconds=seconds: self._soak(request, seconds))
                case MeasureLimits():
                    pass
        return self._measured(job)

    def _measured(self, job: Job) -> Measured:
        found: list[object] = [*self._runs, *self._slices, *self._soaks]
        wanted = [self._limits] if isinstance(job, MeasureLimits) and self._limits is not None else found
        if not wanted:
            if self._problems:
                raise self._problems[-1] if self._stop.is_set() else self._problems[0]
            raise StoppedError("stopped before anything was timed", remedy="Nothing was changed.")
        return Measured(
            facts=self._profile.facts,
            limits=self._limits,
            runs=tuple(self._runs),
            slices=tuple(self._slices),
            soaks=tuple(self._soaks),
            problems=tuple(self._problems),
        )

    def _measure_limits(self) -> None:
        self._tell(LimitsPhase("start"))
        self._limits = self._verbs.device.measure_limits(
            self._profile.facts, on_phase=lambda words: self._tell(LimitsPhase(words)), stop=self._stop
        )

    def _measure(self, request: MeasurementRequest) -> None:
        run = self._verbs.measure(request, self._profile.facts, on_event=self._tell, stop=self._stop)
        if not run.rounds:
            raise MeasurementError(run.message or "no round was finished", where=request.model)
        self._runs.append(run)
        self._verbs.device.judge(self._profile.profile_id, run)

    def _predict(self, request: MeasurementRequest) -> None:
        slices = self._verbs.device.measure_slices(request, self._profile.facts, on_event=self._tell, stop=self._stop)
        self._slices.append(slices)
        self._verbs.device.write_down(slices, self._profile)

    def _soak(self, request: MeasurementRequest, seconds: float) -> None:
        self._soaks.append(
            self._verbs.device.soak(request, self._profile.facts, seconds=seconds, on_event=self._tell, stop=self._stop)
        )

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PlannerError as error:
            self._problems.append(error)

"""Measuring this machine for a verb: which models, told as it goes, saved as it goes, stopped when asked."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planner.cli.console import tell
from planner.cli.names import require_writable
from planner.cli.progress import MeasurementProgress
from planner.cli.stopping import stop_on_interrupt
from planner.device.facts import DeviceFacts
from planner.documents import save_text, to_json
from planner.errors import DocumentError, MeasurementError, NotEnoughMemoryError, PlannerError, StoppedError
from planner.measurement.provider_names import CPU_PROVIDER
from planner.measurement.request import DEFAULT_MODELS, Event, MeasurementRequest, RoundFinished
from planner.measurement.roofline import Roofline
from planner.measurement.roofline_run import measure_roofline
from planner.measurement.runs import Run, RunOutcome
from planner.measurement.supervisor import measure
from planner.prediction.accuracy_file import record_run
from planner.profiles.assembly import profile_from, with_roofline
from planner.profiles.files import load_profile, save_profile
from planner.profiles.profile import DeviceProfile


@dataclass(frozen=True)
class Choices:
    """What the user asked to measure; no models named means the default ones that fit in memory."""

    models: Sequence[str] = ()
    weight_format: str = "int4"
    quick: bool = False
    threads: int | None = None
    ignore_memory_check: bool = False
    prompt_tokens: Sequence[int] = ()  # none: the request's own
    context_tokens: Sequence[int] = ()
    providers: Sequence[tuple[str, str | None]] = ((CPU_PROVIDER, None),)  # with the runtime that holds each
    watts: Mapping[str, float] = field(default_factory=dict[str, float])  # wall_active_w, assumed_idle_w, …

    def requests(self) -> list[MeasurementRequest]:
        """One request a model and provider, the providers of a model one after the other."""
        return [
            self.request(model, provider, runtime)
            for model in (self.models or DEFAULT_MODELS)
            for provider, runtime in self.providers
        ]

    def request(self, model: str, provider: str = CPU_PROVIDER, runtime: str | None = None) -> MeasurementRequest:
        """One model on one provider."""
        lengths = {"prompt_tokens": tuple(self.prompt_tokens), "context_tokens": tuple(self.context_tokens)}
        return MeasurementRequest(
            model=model,
            weight_format=self.weight_format,
            execution_provider=provider,
            runtime=runtime,
            show_nodes=len(self.providers) > 1,
            quick=self.quick,
            threads=self.threads,
            ignore_memory_check=self.ignore_memory_check,
        ).model_copy(update={**self.watts, **{name: value for name, value in lengths.items() if value}})


@dataclass
class Keeper:
    """Holds the finished runs and, where a file was named, has them on disk after every round."""

    facts: DeviceFacts
    out: Path | None
    previous: DeviceProfile | None = None
    finished: list[Run] = field(default_factory=list[Run])
    roofline: Roofline | None = None  # measured now
    _is_saved: bool = False
    _is_ours: bool = False

    def __post_init__(self) -> None:
        """A file that stands there and was not read as `previous` may be another device's: it is replaced."""
        self._is_ours = self.previous is not None or self.out is None or not self.out.exists()

    def profile(self, running: Run | None = None) -> DeviceProfile:
        """The device as known so far."""
        runs = [*self.finished, running] if running else self.finished
        profile = profile_from(self.facts, runs, previous=self.previous)
        return with_roofline(profile, self.roofline) if self.roofline is not None else profile

    def save(self, running: Run | None = None) -> None:
        """Write the profile; the first save keeps a backup of what stood there, later ones replace our own.

        The file is read again first: another measurement may be adding its runs to it at the same time.
        """
        if self.out is None:
            return
        if self._is_ours and self.out.exists():
            with contextlib.suppress(DocumentError):  # damaged meanwhile: our own rounds are what we have
                self.previous = load_profile(self.out)
        if self._is_saved:
            save_text(self.out, to_json(self.profile(running)))
        else:
            save_profile(self.out, self.profile(running))
            self._is_saved = self._is_ours = True


@dataclass(frozen=True)
class Measured:
    """The device as measured now, and whether the user stopped it early."""

    profile: DeviceProfile
    stopped: bool


def measure_here(
    facts: DeviceFacts, choices: Choices, out: Path | None = None, previous: DeviceProfile | None = None
) -> Measured:
    """Measure every chosen model in turn; a default model that does not fit is left out and named."""
    if out is not None:
        require_writable(out)
    keeper = Keeper(facts, out, previous)
    stopped = False
    with stop_on_interrupt() as stop, MeasurementProgress() as progress:

        def on_event(event: Event) -> None:
            progress.show(event)
            if isinstance(event, RoundFinished):
                keeper.save(event.run_so_far)

        for request in choices.requests():
            if stop.is_set():
                break
            try:
                run = measure(request, facts, on_event=on_event, stop=stop)
            except StoppedError:
                break  # before this model had anything to keep; what was finished before it is kept
            except (MeasurementError, NotEnoughMemoryError) as refusal:
                if not _goes_on(refusal, choices):
                    raise
                on = f" on {request.execution_provider}" if len(choices.providers) > 1 else ""
                tell(f"{request.model}{on}: left out. {refusal.sentence}")
                continue
            keeper.finished.append(run)
            if keeper.roofline is None and not stop.is_set():  # after the first model: by then the request was sound
                keeper.roofline = _roofline(facts, keeper, stop)
            keeper.save()
            judge_run(keeper.profile(), run)
        stopped = stop.is_set() or any(run.outcome is RunOutcome.STOPPED for run in keeper.finished)
    return Measured(keeper.profile(), stopped)


def _goes_on(refusal: PlannerError, choices: Choices) -> bool:
    """Whether one refusal leaves the others to be measured: other providers, or default models that are smaller."""
    return len(choices.providers) > 1 or (isinstance(refusal, NotEnoughMemoryError) and not choices.models)


def judge_run(profile: DeviceProfile, run: Run) -> None:
    """Set the run beside earlier predictions; a log that cannot be kept does not cost the run."""
    try:
        record_run(profile.profile_id, run)
    except PlannerError as error:
        tell(f"The accuracy log was not written: {error.sentence}")


def _roofline(facts: DeviceFacts, keeper: Keeper, stop: threading.Event) -> Roofline | None:
    """The device's limits, measured once a profile; unknown where they cannot be measured, which is said."""
    if keeper.previous is not None and keeper.previous.roofline is not None:
        return keeper.previous.roofline
    tell("Measuring what memory and processor can deliver, a few seconds.")
    try:
        return measure_roofline(facts, stop=stop)
    except StoppedError:
        return None
    except MeasurementError as refusal:
        tell(f"The limits of this device stay unknown: {refusal.sentence}")
        return None

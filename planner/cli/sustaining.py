"""A soak or a contention measurement for a verb: told as it goes, kept in the device's profile."""

from __future__ import annotations

from pathlib import Path

from planner.cli.names import require_writable
from planner.cli.progress import MeasurementProgress
from planner.cli.saving import GrowingFile
from planner.cli.stopping import stop_on_interrupt
from planner.cli.sustained import contention_line, soak_line
from planner.measurement.contention import contend
from planner.measurement.contentions import Contention, ContentionEvent, ContentionProgress
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import RunOutcome
from planner.measurement.soak import soak
from planner.measurement.soaks import Soak, SoakEvent, SoakProgress, SoakSoFar
from planner.profiles.assembly import with_contention, with_soak
from planner.profiles.profile import DeviceProfile


def soak_here(
    profile: DeviceProfile, request: MeasurementRequest, seconds: float, out: Path | None
) -> tuple[DeviceProfile, Soak, bool]:
    """The profile with the soak, the soak, and whether the user stopped it; what was timed is kept in any case."""
    if out is not None:
        require_writable(out)
    file = GrowingFile(out)
    with stop_on_interrupt() as stop, MeasurementProgress(lasting=False) as progress:

        def on_event(event: SoakEvent) -> None:
            if isinstance(event, SoakProgress):
                progress.live(soak_line(event), event.share, event.eta_s)
            elif isinstance(event, SoakSoFar):
                file.save(with_soak(profile, event.soak))  # a crash costs no more than the minute that runs
            else:
                progress.show(event)

        found = soak(request, profile.facts, seconds=seconds, on_event=on_event, stop=stop)
    return file.save(with_soak(profile, found)), found, found.outcome is RunOutcome.STOPPED


def contend_here(
    profile: DeviceProfile, request: MeasurementRequest, out: Path | None
) -> tuple[DeviceProfile, Contention, bool]:
    """The same for what model and foreground load cost each other."""
    if out is not None:
        require_writable(out)
    with stop_on_interrupt() as stop, MeasurementProgress(lasting=False) as progress:

        def on_event(event: ContentionEvent) -> None:
            if isinstance(event, ContentionProgress):
                progress.live(contention_line(event), event.share, event.eta_s)
            else:
                progress.show(event)

        found = contend(request, profile.facts, on_event=on_event, stop=stop)
    return GrowingFile(out).save(with_contention(profile, found)), found, found.outcome is RunOutcome.STOPPED

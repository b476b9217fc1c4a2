"""`edgewise measure --suite`: depth slices of every model a scenario speaks of, announced, saved and written down."""

from __future__ import annotations

from pathlib import Path

from planner import text
from planner.cli.console import tell
from planner.cli.names import require_writable
from planner.cli.predict import own_terms, write_down
from planner.cli.progress import MeasurementProgress
from planner.cli.saving import GrowingFile
from planner.cli.stopping import stop_on_interrupt
from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError, PlannerError, StoppedError
from planner.measurement.request import MeasurementRequest
from planner.measurement.roofline_run import measure_roofline
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import SHALLOW_TOKENS, measure_slices
from planner.measurement.suite import Suite, suite_of
from planner.prediction.predict import predict_from_slices
from planner.profiles.assembly import with_roofline, with_slices
from planner.profiles.profile import DeviceProfile


def run_suite(
    profile: DeviceProfile,
    wanted: tuple[tuple[str, str], ...],
    out: Path | None,
    *,
    threads: int | None = None,
) -> tuple[DeviceProfile, bool]:
    """The profile with limits and slices, saved after each, and whether the user stopped it."""
    if out is not None:
        require_writable(out)
    facts, file = profile.facts, GrowingFile(out)
    with stop_on_interrupt() as stop, MeasurementProgress(lasting=False) as progress:
        try:
            if profile.roofline is None:
                tell("Measuring what memory and processor can deliver, a few seconds.")
                profile = file.save(with_roofline(profile, measure_roofline(facts, stop=stop)))
            suite = _suite(profile, wanted, facts)
            _announce(suite)
            for number, item in enumerate(suite.items, start=1):
                request = MeasurementRequest(model=item.model, weight_format=item.weight_format, threads=threads)
                try:
                    slices = measure_slices(request, facts, on_event=progress.show, stop=stop)
                except StoppedError:
                    raise
                except PlannerError as error:  # one model that fails does not cost the others
                    tell(f"{item.model} {item.weight_format}: {error.sentence}")
                    continue
                profile = file.save(with_slices(profile, slices))
                _write_down(slices, profile)
                tell(f"{item.model} {item.weight_format}: {number} of {len(suite.items)} sliced.")
                if stop.is_set():
                    return profile, True
        except StoppedError:
            return profile, True
    return profile, False


def _suite(profile: DeviceProfile, wanted: tuple[tuple[str, str], ...], facts: DeviceFacts) -> Suite:
    assert profile.roofline is not None
    suite = suite_of(wanted, profile.roofline.points[-1], facts.memory.available_bytes.value)
    if not suite.items:
        why = "; ".join(f"{name}: {reason}" for name, reason in suite.left_out) or "no local model is named"
        raise MeasurementError(f"there is nothing to slice: {why}", remedy="Name models with --model.")
    return suite


def _announce(suite: Suite) -> None:
    for name, why in suite.left_out:
        tell(f"{name}: left out, {why}.")
    models = "1 model" if len(suite.items) == 1 else f"{len(suite.items)} models"
    tell(f"Depth slices of {models}, about {text.seconds(suite.seconds)} in all. Ctrl+C keeps what is finished.")


def _write_down(slices: DepthSlices, profile: DeviceProfile) -> None:
    """The predictions that a plan would use, before anybody runs the whole model."""
    terms = own_terms(profile.profile_id)
    write_down(
        *(
            predict_from_slices(
                slices,
                profile.facts,
                device=profile.profile_id,
                prompt_tokens=tokens,
                context_tokens=tokens,
                terms=terms,
            )
            for tokens in SHALLOW_TOKENS
        )
    )

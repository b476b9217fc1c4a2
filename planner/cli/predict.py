"""`edgewise predict`: what a model would do on a device without running the whole of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import say_json, tell
from planner.cli.names import earlier_profile, profile_named, require_writable
from planner.cli.predicted import show_prediction
from planner.cli.progress import MeasurementProgress
from planner.cli.stopping import stop_on_interrupt
from planner.device.probe import probe
from planner.errors import PlannerError
from planner.measurement.request import MeasurementRequest
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import measure_slices
from planner.prediction.accuracy import model_terms
from planner.prediction.accuracy_file import load_accuracy, record_predictions
from planner.prediction.depth_slices import PRIOR, ModelTerm
from planner.prediction.predict import predict_from_facts, predict_from_slices
from planner.prediction.prediction import Prediction
from planner.profiles.assembly import profile_from, with_slices
from planner.profiles.files import save_profile
from planner.profiles.profile import DeviceProfile


def command(
    *,
    model: Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="An architecture («edgewise models»).")],
    weight_format: Annotated[str, typer.Option("--weight-format", help="How the weights are stored.")] = "int4",
    context: Annotated[int, typer.Option("--context", min=1, help="Tokens in the cache while it answers.")] = 512,
    prompt: Annotated[
        int | None, typer.Option("--prompt", min=1, help="Tokens of the prompt; default: as many as --context.")
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            "-p",
            metavar="FILE|NAME",
            help="A device profile: its depth slices of this model if it has some, else its spec sheet. "
            "Default: this machine, where the slices are measured now.",
        ),
    ] = None,
    spec_sheet: Annotated[
        bool, typer.Option("--spec-sheet", help="Measure nothing: from what is stated of the device alone.")
    ] = False,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Threads; default: a trial chooses.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Keep measured slices in this device profile.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the prediction as JSON on stdout.")] = False,
) -> None:
    """Foretell decode, prefill, time to first token and memory, each with a 90 % interval.

    On this machine two shallow slices of the exact architecture are built and timed, about two minutes; what they say
    is written to the accuracy log before anything else, and «edgewise accuracy» sets it beside later measurements.
    """
    prompt = prompt or context
    if profile is not None:
        known = profile_named(profile)
        slices = None if spec_sheet else newest_slices(known, model, weight_format)
    else:
        known, slices = _this_machine(out), None
        if not spec_sheet:
            slices = _measured(known, MeasurementRequest(model=model, weight_format=weight_format, threads=threads))
            known = with_slices(known, slices)
            if out is not None:
                save_profile(out, known)
                tell(f"Profile: {out}")
    if slices is None:
        told = predict_from_facts(
            known.facts,
            device=known.profile_id,
            model=model,
            weight_format_name=weight_format,
            prompt_tokens=prompt,
            context_tokens=context,
        )
    else:
        told = predict_from_slices(
            slices,
            known.facts,
            device=known.profile_id,
            prompt_tokens=prompt,
            context_tokens=context,
            terms=own_terms(known.profile_id),
        )
    write_down(told)
    if as_json:
        say_json(told)
    else:
        show_prediction(told)


def newest_slices(profile: DeviceProfile, model: str, weight_format: str) -> DepthSlices | None:
    """The newest depth slices of a model on a device."""
    named = [
        each
        for each in profile.slices
        if (each.deep.model.architecture, each.deep.weight_format) == (model, weight_format)
    ]
    return max(named, key=lambda each: each.deep.started_at, default=None)


def own_terms(device: str) -> Mapping[str, ModelTerm]:
    """How far predictions missed on this device so far; a log that cannot be read does not cost the prediction."""
    try:
        return model_terms(load_accuracy(), device)
    except PlannerError as error:
        tell(f"Earlier errors of predictions are not counted: {error.sentence}")
        return PRIOR


def write_down(*predictions: Prediction) -> None:
    """Into the accuracy log; one that cannot be written does not cost the prediction."""
    try:
        record_predictions(*predictions)
    except PlannerError as error:
        tell(f"The prediction was not written down: {error.sentence}")


def _this_machine(out: Path | None) -> DeviceProfile:
    if out is not None:
        require_writable(out)
    facts = probe()
    return profile_from(facts, previous=earlier_profile(out, facts))


def _measured(known: DeviceProfile, request: MeasurementRequest) -> DepthSlices:
    with stop_on_interrupt() as stop, MeasurementProgress(lasting=False) as progress:
        return measure_slices(request, known.facts, on_event=progress.show, stop=stop)

"""The Device page's half of the engine's verbs; importing this loads the engine, so it happens off the GUI thread."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from planner.basis import Doubt, Quantity
from planner.comparison.runs import compare_runs
from planner.device.facts import DeviceFacts
from planner.errors import PlannerError
from planner.measurement.energy.summary import EnergySummary, summarise_energy
from planner.measurement.physical_limits import (
    beats_roofline,
    decode_limit,
    disturbed_roofline,
    reached,
    reached_by,
)
from planner.measurement.readings import RateName, mean, spans
from planner.measurement.roofline import Roofline
from planner.measurement.roofline_run import measure_roofline
from planner.measurement.runs import RoundState, Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import SHALLOW_TOKENS, measure_slices
from planner.measurement.soak import soak
from planner.measurement.soak_doubts import soak_doubts
from planner.measurement.soak_summary import fitted_curve, minutes, summarise_soak
from planner.measurement.soaks import Soak
from planner.measurement.statistics import prefill_rates
from planner.measurement.suite import KV_BYTES, suite_of
from planner.model.catalog import architecture
from planner.model.footprint import bytes_read_per_token
from planner.model.weight_formats import weight_format
from planner.prediction.accuracy import judged, model_terms, scores
from planner.prediction.accuracy_file import load_accuracy, record_predictions, record_run
from planner.prediction.predict import predict_from_slices
from planner.profiles.assembly import with_roofline, with_slices, with_soak
from planner.profiles.performance import ModelPerformance
from planner.profiles.profile import DeviceProfile
from planner.profiles.raw_export import export_runs
from planner.profiles.run_conditions import conditions_of
from planner.profiles.run_history import every_run, run_history
from planner.scenario import quantized_models
from planner.service.curves import prefill_s
from ui.device_verbs import AccuracyFigures, DeviceVerbs, ReachedLimit, SliceForecast, SoakCourse, Witnessed

USUAL_CONTEXT_TOKENS = 512


def slice_forecasts(
    wanted: tuple[tuple[str, str], ...], roofline: Roofline | None, facts: DeviceFacts | None
) -> tuple[SliceForecast, ...]:
    """Each wanted model with the seconds its slices will take; without limits only that it is wanted."""
    if roofline is None:
        return tuple(SliceForecast(model, stored_as, None, None) for model, stored_as in dict.fromkeys(wanted))
    free = facts.memory.available_bytes.value if facts is not None else None
    suite = suite_of(wanted, roofline.points[-1], free)
    times = {(item.model, item.weight_format): item.seconds for item in suite.items}
    why = dict(suite.left_out)
    return tuple(
        SliceForecast(model, stored_as, times.get((model, stored_as)), why.get(f"{model} {stored_as}"))
        for model, stored_as in dict.fromkeys(wanted)
    )


def decode_limit_of(performance: ModelPerformance, profile: DeviceProfile) -> ReachedLimit | None:
    """What the memory allows this model at the context nearest to 512, and the share; None where that is unknown."""
    roofline = profile.roofline
    points = [point for point in performance.decode if point.tokens is not None]
    if roofline is None or roofline.execution_provider != performance.execution_provider or not points:
        return None
    nearest = min(points, key=lambda point: abs((point.tokens or 0) - USUAL_CONTEXT_TOKENS))
    run = next((each for each in profile.runs if each.run_id == performance.run_id), None)
    if run is not None:
        found = (each for each in reached_by(run, roofline) if each.phase == "decode" and each.tokens == nearest.tokens)
        return next((ReachedLimit(each.limit, each.share) for each in found), None)
    try:
        shape, stored_as = (
            architecture(performance.architecture or performance.model),
            weight_format(performance.weight_format),
        )
    except PlannerError:
        return None
    size_bytes = bytes_read_per_token(shape, stored_as, nearest.tokens or 0, KV_BYTES)
    limit = decode_limit(roofline.points[-1].read_bytes_s, size_bytes)
    return ReachedLimit(limit, reached(nearest.tok_s, limit))


def ttft_s(performance: ModelPerformance, prompt_tokens: int) -> Quantity | None:
    """The prefill of a prompt of a length that has a figure, in seconds; no queue, no network."""
    point = next((each for each in performance.prefill if each.tokens == prompt_tokens), None)
    if point is None:
        return None
    has_interval = point.tok_s.low is not None
    return Quantity(
        value=prefill_s((point,), prompt_tokens),
        unit="s",
        basis=point.tok_s.basis,
        low=prefill_s((point,), prompt_tokens, "high") if has_interval else None,
        high=prefill_s((point,), prompt_tokens, "low") if has_interval else None,
        source=point.tok_s.source,
        as_of=point.tok_s.as_of,
    )


def limit_doubts(run: Run, roofline: Roofline) -> tuple[Doubt, ...]:
    """What is doubtful about the limits, and about passing them."""
    subject = f"{run.model.name} {run.weight_format}"
    found = (disturbed_roofline(roofline), *(beats_roofline(each, subject) for each in reached_by(run, roofline)))
    return tuple(each for each in found if each is not None)


def energy(run: Run) -> EnergySummary:
    """Joules a token of the whole rounds."""
    whole = [one.energy for one in run.rounds if one.state is not RoundState.PARTIAL]
    return summarise_energy(run.energy, whole, run.started_at.date())


def meanwhile(run: Run) -> tuple[Witnessed, ...]:
    """Means of every figure the machine told, in the round where each was lowest and where it was highest."""
    found: list[Witnessed] = []
    names: tuple[RateName, ...] = get_args(RateName)
    for name in names:
        means = [value for one in run.rounds if (value := mean(spans(one.readings), name)) is not None]
        if means:
            found.append(Witnessed(name, min(means), max(means)))
    return tuple(found)


def soak_course(one: Soak) -> SoakCourse:
    """Windows, curve, minutes and figures of a soak."""
    summary = summarise_soak(one)
    curve = fitted_curve(one)
    zero_s = one.windows[0].at_s if one.windows else 0.0
    return SoakCourse(
        summary=summary,
        doubts=soak_doubts(one, summary),
        windows=tuple((each.middle_s - zero_s, each.decode_tok_s) for each in one.windows),
        curve=() if curve is None else tuple(zip(curve[0].tolist(), curve[1].tolist(), strict=True)),
        minutes=minutes(one),
    )


def export_raw(path: Path, profile: DeviceProfile, ids: frozenset[str]) -> tuple[Path, ...]:
    """Every timed sample of what is named so, as JSON where the file's name ends so, else as CSV."""
    return export_runs(
        path,
        [run for run in every_run(profile) if run.run_id in ids],
        "json" if path.suffix.lower() == ".json" else "csv",
        soaks=[one for one in profile.soaks if one.soak_id in ids],
        contentions=[one for one in profile.contentions if one.contention_id in ids],
    )


def write_down(slices: DepthSlices, profile: DeviceProfile) -> None:
    """Into the accuracy log, before anybody runs the whole model, what the slices foretell at each of their lengths."""
    terms = model_terms(load_accuracy(), profile.profile_id)
    record_predictions(
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


def accuracy(device: str) -> AccuracyFigures:
    """What became of the predictions made for one device."""
    log = load_accuracy()
    mine = tuple(each for each in judged(log) if each.device == device)
    waiting = sum(
        entry.prediction.device == device and entry.decode is None and entry.prefill is None for entry in log.entries
    )
    return AccuracyFigures(judged=mine, scores=scores(mine), waiting=waiting)


DEVICE_VERBS = DeviceVerbs(
    measure_limits=measure_roofline,
    measure_slices=measure_slices,
    soak=soak,
    with_limits=with_roofline,
    with_slices=with_slices,
    with_soak=with_soak,
    scenario_models=quantized_models,
    slice_forecasts=slice_forecasts,
    decode_limit=decode_limit_of,
    ttft_s=ttft_s,
    reached=reached_by,
    limit_doubts=limit_doubts,
    prefill_rates=prefill_rates,
    energy=energy,
    conditions=conditions_of,
    meanwhile=meanwhile,
    history=run_history,
    compare_runs=compare_runs,
    export_raw=export_raw,
    soak_course=soak_course,
    write_down=write_down,
    judge=record_run,
    accuracy=accuracy,
)

"""What is doubtful about a run, each doubt with its size and the next step."""

from __future__ import annotations

from planner import text
from planner.basis import Doubt
from planner.device.facts import PowerSource
from planner.measurement.condition_doubts import condition_doubts
from planner.measurement.energy.doubts import energy_doubts
from planner.measurement.provider_names import CPU_PROVIDER, OPENVINO_PROVIDER, parted
from planner.measurement.runs import Run, RunOutcome
from planner.measurement.statistics import RunSummary, decode_rates, prefill_rates, summarise
from planner.measurement.trend import mann_kendall_p

TRUSTED_ROUNDS = 3
WIDE_SHARE = 0.10
DRIFT_P = 0.05
TIGHT_MEMORY_SHARE = 0.9


def doubts(run: Run) -> tuple[Doubt, ...]:
    """Every reason to trust this run less, the weightiest first; one of a kind."""
    summary = summarise(run)
    provider, device = parted(run.settings.execution_provider)
    where = "" if provider == CPU_PROVIDER else f" on {provider.removesuffix('ExecutionProvider')}"
    subject = f"{run.model.name} {run.weight_format}{where}{f' {device}' if device else ''}"
    found = (
        _stopped_early(run),
        _too_few_rounds(summary),
        _wide_interval(summary),
        *condition_doubts(
            [each.readings for each in run.rounds],
            run.conditions,
            foreign_cpus=[each.foreign_cpus for each in run.rounds],
        ),
        _drifting(run),
        _not_warm(run),
        _on_battery(run),
        _widened_weights(run),
        _memory_pressure(run, summary),
    )
    told = [
        Doubt(kind=kind, sentence=sentence, advice=advice, subject=subject)
        for kind, sentence, advice in (each for each in found if each is not None)
    ]
    told += energy_doubts(run.energy, [each.energy for each in run.rounds], subject)
    first = {doubt.kind: doubt for doubt in reversed(told)}
    return tuple(doubt for doubt in told if first[doubt.kind] is doubt)


_Found = tuple[str, str, str] | None


def _stopped_early(run: Run) -> _Found:
    if run.outcome not in {RunOutcome.STOPPED, RunOutcome.FAILED}:
        return None
    how = "was stopped" if run.outcome is RunOutcome.STOPPED else "failed"
    why = f": {run.message}" if run.message else ""
    return "StoppedEarly", f"The measurement {how} before its figures were sure{why}.", "Measure again to the end."


def _too_few_rounds(summary: RunSummary) -> _Found:
    if summary.rounds_used >= TRUSTED_ROUNDS:
        return None
    rounds = "1 round" if summary.rounds_used == 1 else f"{summary.rounds_used} rounds"
    return (
        "TooFewRounds",
        f"Only {rounds} stand behind these figures, where {TRUSTED_ROUNDS} are the fewest that show their spread.",
        "Measure again, without --quick if it was given.",
    )


def _wide_interval(summary: RunSummary) -> _Found:
    share = summary.half_width_share
    if share is None or share <= WIDE_SHARE:
        return None
    return (
        "WideInterval",
        f"The widest 95 % interval is ±{text.share(share)}, more than ±{text.share(WIDE_SHARE)}.",
        "Close other programs and measure again, without --quick if it was given.",
    )


def _drifting(run: Run) -> _Found:
    """A trend over the rounds; few rounds hide what their interval then lacks (CONVENTION §10)."""
    points = [*prefill_rates(run.rounds).values(), *decode_rates(run.rounds).values()]
    moving = [values for values in points if mann_kendall_p(values) <= DRIFT_P]
    if not moving:
        return None
    farthest = max(abs(values[-1] / values[0] - 1) for values in moving)
    moved = f"by up to {text.share(farthest)} from the first to the last"
    return (
        "Drifting",
        f"Figures rose or fell from round to round, {moved}, so their intervals may be too narrow.",
        "Measure again later, without --quick if it was given, and compare the two runs.",
    )


def _not_warm(run: Run) -> _Found:
    cold = [each for each in run.rounds if each.is_warm is False]
    if not cold:
        return None
    rounds = f"{len(cold)} of {len(run.rounds)} {'round' if len(run.rounds) == 1 else 'rounds'}"
    return (
        "NotWarm",
        f"In {rounds} the speed was still rising or falling when the warm-up's time was used.",
        "Close other programs and measure again, without --quick if it was given.",
    )


def _on_battery(run: Run) -> _Found:
    if run.conditions.power_source != PowerSource.BATTERY:
        return None
    charge = run.conditions.battery_percent
    left = "" if charge is None else f" at {text.number(charge, 2)} % charge"
    return "OnBattery", f"The device ran on battery{left}.", "Measure on mains power too if it is used there."


def _widened_weights(run: Run) -> _Found:
    """First-hand with onnxruntime-openvino 1.24.1: int4, int8 and fp32 weights took the same memory and time."""
    name, device = parted(run.settings.execution_provider)
    if name != OPENVINO_PROVIDER or device != "CPU" or run.settings.block_size is None:
        return None
    return (
        "WidenedWeights",
        "OpenVINO's CPU device works on block-quantized weights as if they were fp32, in memory and in speed.",
        "Compare with the CPU provider (--ep all), or measure a model exported for OpenVINO.",
    )


def _memory_pressure(run: Run, summary: RunSummary) -> _Found:
    available, peak = run.conditions.available_memory_bytes, summary.peak_memory_bytes
    if available is None or peak is None or peak.value <= TIGHT_MEMORY_SHARE * available:
        return None
    return (
        "MemoryPressure",
        f"The model took {text.size(peak.value)} of {text.size(available)} free memory, so it may have swapped.",
        "Close other programs, or choose a smaller model or weight format.",
    )

"""How good predictions were: every one that was made, and what the device then did, told apart by method and phase."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from planner.basis import Quantity
from planner.documents import Frozen
from planner.measurement.runs import Run, RunOutcome
from planner.measurement.statistics import Points, summarise
from planner.prediction.depth_slices import PRIOR, ModelTerm
from planner.prediction.prediction import Method, Prediction

FORMAT = "edgewise.accuracy-log"
VERSION = 1

Phase = Literal["decode", "prefill", "memory"]


class Outcome(Frozen):
    """What a later run measured in place of one predicted figure."""

    run_id: str
    measured_at: datetime
    measured: Quantity


class Entry(Frozen):
    """A prediction, and what came of it; None: not measured at that length yet."""

    prediction: Prediction
    decode: Outcome | None = None
    prefill: Outcome | None = None
    memory: Outcome | None = None


class AccuracyLog(Frozen):
    """Every prediction made on this machine, oldest first."""

    format: Literal["edgewise.accuracy-log"] = FORMAT
    version: Literal[1] = VERSION
    entries: tuple[Entry, ...] = Field(default=(), max_length=100_000)


class Judged(Frozen):
    """One predicted figure beside the measured one."""

    prediction_id: str
    device: str
    model: str
    weight_format: str
    method: Method
    phase: Phase
    tokens: int
    made_at: datetime
    measured_at: datetime
    predicted: Quantity
    measured: Quantity
    error: float  # predicted over measured, less one: +0.05 is five per cent too high
    inside: bool | None  # whether the measured value lies in the prediction's interval; None: it had none


class Score(Frozen):
    """How one method did in one phase."""

    method: Method
    phase: Phase
    count: int
    median_error: float  # of the absolute errors, a share
    worst_error: float
    inside_share: float | None  # of those with an interval; 0.9 is what it should be


def with_prediction(log: AccuracyLog, *predictions: Prediction) -> AccuracyLog:
    """The log with these predictions added; one that is there already stays as it is."""
    entries = {entry.prediction.prediction_id: entry for entry in log.entries}
    for each in predictions:
        entries.setdefault(each.prediction_id, Entry(prediction=each))
    return log.model_copy(update={"entries": tuple(entries.values())})


def with_run(log: AccuracyLog, device: str, run: Run) -> AccuracyLog:
    """The log with the run as outcome of every earlier prediction of the same model here that had none.

    Only a whole model counts, only a run that began after the prediction was made, only at the very lengths predicted,
    and only one that was not broken off.
    """
    if run.model.layers is not None or run.outcome not in {RunOutcome.COMPLETE, RunOutcome.TIME_UP}:
        return log
    summary, longest = summarise(run), _longest_tokens(run)

    def matched(entry: Entry) -> Entry:
        told = entry.prediction
        if not _speaks_of(told, device, run):
            return entry
        same_peak = longest == max(told.prompt_tokens, told.context_tokens)
        return entry.model_copy(
            update={
                "decode": entry.decode or _outcome(run, _at(summary.decode, told.context_tokens)),
                "prefill": entry.prefill or _outcome(run, _at(summary.prefill, told.prompt_tokens)),
                "memory": entry.memory or (_outcome(run, summary.peak_memory_bytes) if same_peak else None),
            }
        )

    return log.model_copy(update={"entries": tuple(matched(entry) for entry in log.entries)})


def judged(log: AccuracyLog) -> tuple[Judged, ...]:
    """Every figure that was predicted and later measured, newest first."""
    found = [each for entry in log.entries for each in _judge(entry)]
    return tuple(sorted(found, key=lambda each: (each.measured_at, each.prediction_id, each.phase), reverse=True))


def scores(judgements: Iterable[Judged]) -> tuple[Score, ...]:
    """By method and phase."""
    groups: dict[tuple[Method, Phase], list[Judged]] = {}
    for each in judgements:
        groups.setdefault((each.method, each.phase), []).append(each)
    return tuple(_score(method, phase, group) for (method, phase), group in sorted(groups.items()))


def model_terms(log: AccuracyLog, device: str) -> Mapping[str, ModelTerm]:
    """The prior of depth slices with the errors of this device's own log pooled in (CONVENTION §17)."""
    mine = [each for each in judged(log) if each.device == device and each.method is Method.DEPTH_SLICES]
    return {
        phase: term.with_errors([math.log1p(each.error) for each in mine if each.phase == phase])
        for phase, term in PRIOR.items()
    }


def _speaks_of(told: Prediction, device: str, run: Run) -> bool:
    same = (told.device, told.model, told.weight_format, told.execution_provider) == (
        device,
        run.model.architecture,
        run.weight_format,
        run.settings.execution_provider,
    )
    threads_fit = told.threads is None or told.threads == run.settings.threads
    return same and threads_fit and told.made_at < run.started_at


def _longest_tokens(run: Run) -> int:
    """Most tokens that any round held, which its peak memory belongs to; answers of a few tokens not counted."""
    prompts = (sample.prompt_tokens for one in run.rounds for sample in one.prefill)
    contexts = (sample.context_tokens for one in run.rounds for sample in one.decode)
    return max((*prompts, *contexts), default=0)


def _at(points: Points, tokens: int) -> Quantity | None:
    return dict(points).get(tokens)


def _outcome(run: Run, measured: Quantity | None) -> Outcome | None:
    return None if measured is None else Outcome(run_id=run.run_id, measured_at=run.finished_at, measured=measured)


def _judge(entry: Entry) -> Iterable[Judged]:
    told = entry.prediction
    rows: tuple[tuple[Phase, int, Quantity | None, Outcome | None], ...] = (
        ("decode", told.context_tokens, told.decode_tok_s, entry.decode),
        ("prefill", told.prompt_tokens, told.prefill_tok_s, entry.prefill),
        ("memory", max(told.prompt_tokens, told.context_tokens), told.peak_memory_bytes, entry.memory),
    )
    for phase, tokens, predicted, outcome in rows:
        if predicted is None or outcome is None or outcome.measured.value <= 0:
            continue
        low, high = predicted.bounds
        yield Judged(
            prediction_id=told.prediction_id,
            device=told.device,
            model=told.model,
            weight_format=told.weight_format,
            method=told.method,
            phase=phase,
            tokens=tokens,
            made_at=told.made_at,
            measured_at=outcome.measured_at,
            predicted=predicted,
            measured=outcome.measured,
            error=predicted.value / outcome.measured.value - 1,
            inside=None if predicted.low is None else low <= outcome.measured.value <= high,
        )


def _score(method: Method, phase: Phase, group: list[Judged]) -> Score:
    inside = [each.inside for each in group if each.inside is not None]
    errors = [abs(each.error) for each in group]
    return Score(
        method=method,
        phase=phase,
        count=len(group),
        median_error=statistics.median(errors),
        worst_error=max(errors),
        inside_share=sum(inside) / len(inside) if inside else None,
    )

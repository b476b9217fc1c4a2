"""One row for each kind of measurement: what it found, under which conditions, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.documents import Frozen
from planner.errors import UnknownNameError
from planner.measurement.contention_doubts import contention_doubts
from planner.measurement.contention_summary import summarise_contention
from planner.measurement.contentions import Contention
from planner.measurement.doubts import doubts
from planner.measurement.energy.summary import summarise_energy
from planner.measurement.physical_limits import Reached, beats_roofline, reached_by
from planner.measurement.roofline import Roofline
from planner.measurement.runs import RoundState, Run, RunOutcome
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soak_doubts import soak_doubts
from planner.measurement.soak_summary import summarise_soak
from planner.measurement.soaks import Soak
from planner.measurement.statistics import Points, summarise
from planner.profiles.performance import RatePoint, foretold_performance
from planner.profiles.run_conditions import MeasuredConditions, conditions_of, conditions_throughout

USUAL_TOKENS = 512
"""The length a row shows, or the measured one nearest to it."""


class HistoryRow(Frozen):
    """One measurement; a figure is None where this kind has none or it is unknown."""

    kind: Literal["run", "slices", "soak", "contention"]
    run_ids: tuple[str, ...]  # of slices both, the shallow one first; else the one
    started_at: datetime
    finished_at: datetime
    model: str
    layers: tuple[int, ...] = ()  # of depth slices; empty: the whole model
    weight_format: str
    execution_provider: str
    runtime: str
    threads: int
    rounds: int  # of slices pairs; a soak is one process start; of contention those with all three turns
    clean: int = 0
    disturbed: int = 0
    partial: int = 0
    prefill: RatePoint | None = None  # nearest to 512 tokens; of slices what they foretell of the whole model
    decode: RatePoint | None = (
        None  # likewise; of a soak the final third, at its mean context; of contention the model alone
    )
    overall_ttft_s: Quantity | None = None  # geometric mean over the prompt lengths
    overall_decode_tok_s: Quantity | None = None  # geometric mean over the contexts
    half_width_share: float | None = None  # widest 95 % half-width of all points; None: a point has no interval
    burst_tok_s: Quantity | None = None  # of a soak
    sustained_tok_s: Quantity | None = None  # of a soak long enough
    retained_share: Quantity | None = None  # of a soak long enough
    kept_share: Quantity | None = None  # of contention: of its decode, beside the foreground load
    prefill_reached: Reached | None = None  # of what this format's kernel can do here
    decode_reached: Reached | None = None  # of what the memory can deliver
    prefill_j_per_tok: Quantity | None = None  # above idle
    decode_j_per_tok: Quantity | None = None  # above idle
    outcome: RunOutcome
    message: str = ""
    conditions: MeasuredConditions
    doubts: tuple[Doubt, ...]

    @property
    def run_id(self) -> str:
        """What the row is named by."""
        return self.run_ids[-1]


def run_row(run: Run, roofline: Roofline | None = None) -> HistoryRow:
    """A run in one row, with the share of the device's limits it reached where those were measured."""
    summary = summarise(run)
    whole = [each.energy for each in run.rounds if each.state is not RoundState.PARTIAL]
    energy = summarise_energy(run.energy, whole, run.started_at.date())
    prefill_energy, decode_energy = energy.of("prefill"), energy.of("decode")
    prefill, decode = _usual(summary.prefill), _usual(summary.decode)
    limits = reached_by(run, roofline) if roofline is not None else ()
    subject = f"{run.model.name} {run.weight_format}"
    beaten = [doubt for each in limits if (doubt := beats_roofline(each, subject)) is not None]
    states = [each.state for each in run.rounds]
    return HistoryRow(
        kind="run",
        run_ids=(run.run_id,),
        started_at=run.started_at,
        finished_at=run.finished_at,
        model=run.model.name,
        layers=() if run.model.layers is None else (run.model.layers,),
        weight_format=run.weight_format,
        execution_provider=run.settings.execution_provider,
        runtime=run.settings.runtime,
        threads=run.settings.threads,
        rounds=len(states),
        clean=states.count(RoundState.CLEAN),
        disturbed=states.count(RoundState.DISTURBED),
        partial=states.count(RoundState.PARTIAL),
        prefill=prefill,
        decode=decode,
        overall_ttft_s=summary.overall_ttft_s,
        overall_decode_tok_s=summary.overall_decode_tok_s,
        half_width_share=summary.half_width_share,
        prefill_reached=_reached(limits, "prefill", prefill, run.weight_format),
        decode_reached=_reached(limits, "decode", decode),
        prefill_j_per_tok=prefill_energy.marginal_j_per_tok if prefill_energy else None,
        decode_j_per_tok=decode_energy.marginal_j_per_tok if decode_energy else None,
        outcome=run.outcome,
        message=run.message,
        conditions=conditions_of(run),
        doubts=(*doubts(run), *beaten[:1]),
    )


def slices_row(slices: DepthSlices) -> HistoryRow:
    """A study of depth slices: what it foretells of the whole model, estimated, under the deep slice's conditions."""
    shallow, deep = run_row(slices.shallow), run_row(slices.deep)
    prefill, decode = _foretold(slices)
    kinds = {doubt.kind for doubt in deep.doubts}
    return deep.model_copy(
        update={
            "kind": "slices",
            "run_ids": (*shallow.run_ids, *deep.run_ids),
            "started_at": min(shallow.started_at, deep.started_at),
            "finished_at": max(shallow.finished_at, deep.finished_at),
            "model": slices.deep.model.architecture or deep.model,
            "layers": (*shallow.layers, *deep.layers),
            "prefill": prefill,
            "decode": decode,
            # These speak of a slice, not of the model that the row is about.
            "overall_ttft_s": None,
            "overall_decode_tok_s": None,
            "prefill_j_per_tok": None,
            "decode_j_per_tok": None,
            "half_width_share": _widest(shallow.half_width_share, deep.half_width_share),
            "doubts": (*deep.doubts, *(doubt for doubt in shallow.doubts if doubt.kind not in kinds)),
        }
    )


def soak_row(soak: Soak) -> HistoryRow:
    """A soak in one row; its decode is that of the final third, however long it lasted."""
    summary, settings = summarise_soak(soak), soak.settings
    last, context = summary.last_tok_s, soak.prompt_tokens + soak.answer_tokens // 2
    return HistoryRow(
        kind="soak",
        run_ids=(soak.soak_id,),
        started_at=soak.started_at,
        finished_at=soak.finished_at,
        model=soak.model.name,
        weight_format=soak.weight_format,
        execution_provider=settings.execution_provider,
        runtime=settings.runtime,
        threads=settings.threads,
        rounds=1,
        decode=None if last is None else RatePoint(tokens=context, tok_s=last),
        burst_tok_s=summary.burst_tok_s,
        sustained_tok_s=summary.sustained_tok_s,
        retained_share=summary.retained_share,
        outcome=soak.outcome,
        message=soak.message,
        conditions=conditions_throughout(soak.conditions, soak.readings),
        doubts=soak_doubts(soak, summary),
    )


def contention_row(contention: Contention) -> HistoryRow:
    """A measurement of the model beside a foreground load in one row."""
    summary, settings = summarise_contention(contention), contention.settings
    alone = summary.decode_alone_tok_s
    return HistoryRow(
        kind="contention",
        run_ids=(contention.contention_id,),
        started_at=contention.started_at,
        finished_at=contention.finished_at,
        model=contention.model.name,
        weight_format=contention.weight_format,
        execution_provider=settings.execution_provider,
        runtime=settings.runtime,
        threads=settings.threads,
        rounds=summary.rounds_used,
        decode=None if alone is None else RatePoint(tokens=None, tok_s=alone),
        kept_share=summary.decode_kept_share,
        outcome=contention.outcome,
        message=contention.message,
        # Its readings count the foreground load as another program; only the turns of the model alone tell of others.
        conditions=conditions_throughout(contention.conditions, contention.readings).model_copy(
            update={"foreign_cpus": summary.others_cpus}
        ),
        doubts=contention_doubts(contention, summary),
    )


def _usual(points: Points) -> RatePoint | None:
    """The point nearest to the usual length; of two as near the shorter."""
    nearest = min(points, key=lambda point: (abs(point[0] - USUAL_TOKENS), point[0]), default=None)
    return None if nearest is None else RatePoint(tokens=nearest[0], tok_s=nearest[1])


def _reached(
    limits: Sequence[Reached], phase: str, point: RatePoint | None, kernel: str | None = None
) -> Reached | None:
    if point is None:
        return None
    return next(
        (
            each
            for each in limits
            if each.phase == phase and each.tokens == point.tokens and kernel in {None, each.against}
        ),
        None,
    )


def _foretold(slices: DepthSlices) -> tuple[RatePoint | None, RatePoint | None]:
    """Prefill and decode of the whole model; None where its architecture is not in the catalogue."""
    try:
        foretold = foretold_performance(slices)
    except UnknownNameError:
        return None, None
    return _nearest(foretold.prefill), _nearest(foretold.decode)


def _nearest(points: Sequence[RatePoint]) -> RatePoint | None:
    return min(points, key=lambda point: abs((point.tokens or 0) - USUAL_TOKENS), default=None)


def _widest(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)

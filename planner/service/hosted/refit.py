"""An accelerator's constants fitted to a user's own sweep, as a document that goes before the bundled ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from planner import text
from planner.basis import Basis, Doubt, Quantity
from planner.documents import Frozen, read_document, save_document
from planner.errors import DocumentError, PlannerError
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.constants import BAND, BAND_OTHER_PRECISION, Constants, Known, banded
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.fitting import LEAST_BAND, LEAST_ROWS, SteadyState, fit, rates_of
from planner.service.hosted.sweep_files import Sweep
from planner.service.hosted.sweep_rows import SweepRow
from planner.units import Unit

FORMAT = "edgewise.served-constants"
ENOUGH_ROWS = 8  # steady states from which a fit is a measurement; below, an estimate
ENOUGH_SPAN = 8.0  # times between the least and the most in flight
COVERED = 0.9  # share of the sweep's rows that its band holds
ALIKE = 2.0  # times shorter or longer than the sweep's requests, and still like them
MISSED = 0.15  # median error beyond which the sweep is likely of something else
RAMPS = 0.8  # of the throughput that TTFT and TPOT say; less, and the run filled and ran dry for much of its time


class SweptRow(Frozen):
    """A steady state of the sweep beside what the fitted constants make of it."""

    tool: str
    concurrency: float = Field(gt=0)
    input_tokens: float = Field(gt=0)
    output_tokens: float = Field(gt=0)
    output_tok_s: float = Field(gt=0)
    fitted_tok_s: float = Field(gt=0)
    tpot_s: float | None = None  # None: not timed
    fitted_tpot_s: float
    ttft_s: float | None = None
    fitted_ttft_s: float  # known to ± 40 % only

    @property
    def error(self) -> float:
        """Fitted over measured throughput, less 1."""
        return self.fitted_tok_s / self.output_tok_s - 1


class ServedConstants(Frozen):
    """Constants of an accelerator and engine from one's own sweep, with the sweep and what to doubt about it.

    Overhead and bandwidth are told apart by no sweep of one model, only what they take together: the ends of
    `constants` hold for loads like the sweep's when all move together, those of `elsewhere` for each by itself.
    """

    format: Literal["edgewise.served-constants"] = FORMAT
    version: Literal[1] = 1
    model: str  # whose sweep it was
    weight_format: str
    accelerators: int = Field(gt=0)  # of one replica
    constants: Constants  # for this model, format and count, and requests like the sweep's
    elsewhere: Constants  # for anything else on this accelerator under this engine
    sweep: tuple[SweptRow, ...] = Field(min_length=LEAST_ROWS)
    doubts: tuple[Doubt, ...] = ()


def refit(
    sweep: Sweep,
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    *,
    accelerator: str,
    accelerators: int,
    engine: str,
    as_of: date,
) -> ServedConstants:
    """Fit to the sweep's throughput, beginning at the nearest bundled constants, which hold where it says nothing.

    Runs with more in flight than the cache holds queue inside the engine; they are left out. From eight steady states
    over a factor of eight in concurrency the constants are measured and their band holds nine tenths of the sweep, at
    least ± 10 %; with less they are estimated, ± 25 % at least.
    """
    placed = deployment(architecture, weight_format, accelerator, accelerators, engine)
    used = [row for row in sweep.rows if row.concurrency <= _holds(placed, row)]
    if len(used) < LEAST_ROWS:
        raise PlannerError(
            f"{len(used)} usable steady {'state is' if len(used) == 1 else 'states are'} too few to fit constants, "
            f"of {len(sweep.rows)} read",
            where=sweep.rows[0].place,
            remedy=f"Run the load test at {LEAST_ROWS} concurrencies at least, better eight, as in 1, 2, 4 … 128.",
        )
    states = [_state(placed, row) for row in used]
    tools = ", ".join(dict.fromkeys(row.tool for row in used))
    source = f"own sweep of {architecture.name} {weight_format.name}: {len(used)} steady states, {tools}"
    alone = fit(states, placed.spec, placed.constants, source=source, as_of=as_of)
    swept = tuple(_swept(placed, alone, row, state) for row, state in zip(used, states, strict=True))
    return ServedConstants(
        model=architecture.name,
        weight_format=weight_format.name,
        accelerators=accelerators,
        constants=_together(alone, swept),
        elsewhere=alone,
        sweep=swept,
        doubts=tuple(_doubts(sweep, used, alone, architecture)),
    )


def load_served_constants(path: Path) -> ServedConstants:
    """Read such a document strictly."""
    return read_document(path, ServedConstants)


def save_served_constants(path: Path, document: ServedConstants) -> None:
    """Save it as JSON, atomically, keeping backups of what stood there."""
    save_document(path, document)


def constants_for_use(
    document: ServedConstants, placed: Deployment, input_tokens: float, output_tokens: float
) -> tuple[Constants, tuple[Doubt, ...]]:
    """The document's constants for a replica and its requests, and what to doubt about that use.

    Refused for another accelerator or engine; with each constant's own ends for other models, counts and lengths, and
    wider ones at another precision.
    """
    own = document.constants
    if (own.accelerator, own.engine) != (placed.spec.name, placed.engine):
        raise DocumentError(
            f"the constants are of {own.accelerator} under {own.engine}, not of {placed.spec.name} under "
            f"{placed.engine}",
            where="--constants",
            remedy="Leave the file out, or import a sweep of that one.",
        )
    unlike = _unlike(document, placed, input_tokens, output_tokens)
    if not unlike:
        return own, ()
    precision = placed.spec.computes(placed.model.precision)
    used = document.elsewhere if own.precision is precision else _widened(document.elsewhere)
    return used.model_copy(update={"precision": precision}), (
        Doubt(
            kind="UnlikeTheSweep",
            subject=f"{own.accelerator}, {own.engine}",
            sentence=f"The sweep was of {'; '.join(unlike)}: its constants are carried over, in wider bands.",
            advice="Sweep what you want to know.",
        ),
    )


def _unlike(
    document: ServedConstants, placed: Deployment, input_tokens: float, output_tokens: float
) -> tuple[str, ...]:
    """In what the sweep was of something else."""
    prompts = [row.input_tokens for row in document.sweep]
    answers = [row.output_tokens for row in document.sweep]
    swept = (document.model, document.weight_format, document.accelerators)
    said = f"{document.model} {document.weight_format} on {document.accelerators} × {document.constants.accelerator}"
    found: list[str] = []
    if swept != (placed.model.name, placed.weight_format.name, placed.accelerators):
        found.append(said)
    for name, tokens, asked in (("input", prompts, input_tokens), ("output", answers, output_tokens)):
        if not min(tokens) / ALIKE <= asked <= max(tokens) * ALIKE:
            least, most = text.significant(min(tokens)), text.significant(max(tokens))
            found.append(f"{least if least == most else f'{least} to {most}'} {name} tokens")
    return tuple(found)


def _widened(own: Constants) -> Constants:
    """At another precision: each end at least as far as bundled constants have it there."""

    def wide(figure: Quantity, unit: Unit, most: float = math.inf) -> Quantity:
        far = banded(figure.value, unit, BAND_OTHER_PRECISION, source=figure.source, as_of=own.as_of, most=most)
        ends = (*far.bounds, *figure.bounds)
        return far.model_copy(update={"low": min(ends), "high": max(ends)})

    return own.model_copy(
        update={
            "known": Known.PRECISION,
            "eta_m": wide(own.eta_m, "share", 1.0),
            "eta_c": wide(own.eta_c, "share", 1.0),
            "t0_s": wide(own.t0_s, "s"),
            "tau_s": wide(own.tau_s, "s"),
        }
    )


def _holds(placed: Deployment, row: SweepRow) -> int:
    """Requests the replica's cache holds at most, with the least activation buffers that were seen."""
    return placed.kv_limit(row.input_tokens, row.output_tokens).requests_high


def _state(placed: Deployment, row: SweepRow) -> SteadyState:
    return SteadyState(
        model=placed.model,
        accelerators=placed.accelerators,
        in_flight=row.concurrency,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        output_tok_s=row.output_tok_s,
    )


def _swept(placed: Deployment, fitted: Constants, row: SweepRow, state: SteadyState) -> SweptRow:
    reached = rates_of(placed.spec, fitted, state)
    loop = closed_loop(placed.model, reached, row.concurrency, row.input_tokens, row.output_tokens)
    return SweptRow(
        tool=row.tool,
        concurrency=row.concurrency,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        output_tok_s=row.output_tok_s,
        fitted_tok_s=loop.output_tok_s,
        tpot_s=row.tpot_s,
        fitted_tpot_s=loop.tpot_s,
        ttft_s=row.ttft_s,
        fitted_ttft_s=loop.ttft_s,
    )


def _together(alone: Constants, swept: Sequence[SweptRow]) -> Constants:
    """The same values with ends that hold the sweep when all move together; synchronisation keeps its own."""
    enough = _is_enough(swept)
    left = sorted(abs(math.log1p(row.error)) for row in swept)
    covering = left[math.ceil(COVERED * len(left)) - 1]
    band = max(1 - math.exp(-covering), LEAST_BAND if enough else BAND)
    basis = Basis.MEASURED if enough else Basis.ESTIMATED

    def near(figure: Quantity, unit: Unit, most: float = math.inf) -> Quantity:
        found = banded(figure.value, unit, band, source=alone.source, as_of=alone.as_of, most=most)
        return found.model_copy(update={"basis": basis})

    return alone.model_copy(
        update={
            "eta_m": near(alone.eta_m, "share", 1.0),
            "eta_c": near(alone.eta_c, "share", 1.0),
            "t0_s": near(alone.t0_s, "s"),
        }
    )


def _is_enough(used: Sequence[SweepRow | SweptRow]) -> bool:
    return len(used) >= ENOUGH_ROWS and _span(used) >= ENOUGH_SPAN


def _span(used: Sequence[SweepRow | SweptRow]) -> float:
    loads = [row.concurrency for row in used]
    return max(loads) / min(loads)


def _doubts(
    sweep: Sweep, used: Sequence[SweepRow], fitted: Constants, architecture: ModelArchitecture
) -> Iterator[Doubt]:
    subject = f"{fitted.accelerator}, {fitted.engine}"
    if not _is_enough(used):
        yield Doubt(
            kind="FewSteadyStates",
            subject=subject,
            sentence=(
                f"The sweep has {len(used)} usable steady states over a factor of {text.significant(_span(used))} in "
                "concurrency: its constants are an estimate."
            ),
            advice=f"Run {ENOUGH_ROWS} concurrencies from 1 to as many as the cache holds.",
        )
    if fitted.median_error is not None and fitted.median_error > MISSED:
        yield Doubt(
            kind="SweepMissed",
            subject=subject,
            sentence=f"The fitted model misses the sweep's own throughput by {text.share(fitted.median_error)} in the "
            "median.",
            advice="Check that model, weight format, accelerator and count are those of the sweep.",
        )
    others = [name for name in sweep.models if not _is_of(name, architecture)]
    if others:
        yield Doubt(
            kind="AnotherModel",
            subject=subject,
            sentence=f"The load test asked for {', '.join(others[:3])}; it is taken for {architecture.title}.",
            advice="Name the model of the sweep with --model.",
        )
    yield from _of_rows(sweep, used, subject)


def _of_rows(sweep: Sweep, used: Sequence[SweepRow], subject: str) -> Iterator[Doubt]:
    queued = len(sweep.rows) - len(used)
    if queued:
        yield Doubt(
            kind="MoreThanTheCacheHolds",
            subject=subject,
            sentence=f"{queued} of {len(sweep.rows)} runs had more requests in flight than the cache holds and were "
            "left out.",
            advice="Beyond the cache requests queue inside the engine, and throughput grows no more.",
        )
    left_out = [each for each in sweep.left_out if each.is_run]
    if left_out:
        yield Doubt(
            kind="RunsLeftOut",
            subject=subject,
            sentence=f"{len(left_out)} of the runs read say nothing of a steady load; the first: {left_out[0].reason}.",
            advice="Name the files of the sweep alone.",
        )
    short = [row for row in used if _ramps(row)]
    if short:
        yield Doubt(
            kind="RampsCounted",
            subject=subject,
            sentence=f"{len(short)} of {len(used)} runs filled and ran dry for much of their time, as at "
            f"{text.significant(short[0].concurrency)} in flight: throughput is less than TTFT and TPOT say.",
            advice="Send at least ten times as many requests as are in flight.",
        )


def _ramps(row: SweepRow) -> bool:
    if row.tpot_s is None or row.ttft_s is None:
        return False
    steady = row.concurrency * row.output_tokens / (row.ttft_s + (row.output_tokens - 1) * row.tpot_s)
    return row.output_tok_s < RAMPS * steady


def _is_of(name: str, architecture: ModelArchitecture) -> bool:
    """Whether every part of the catalogue's name stands in the tool's: «llama-3.1-8b» in «Llama-3.1-8B-Instruct»."""
    asked = name.casefold()
    return all(part in asked for part in _parts(architecture.name))


def _parts(name: str) -> Iterable[str]:
    return (part for part in name.casefold().split("-") if part not in {"it", "instruct", "chat"})

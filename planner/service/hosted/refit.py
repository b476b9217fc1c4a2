"""An accelerator's constants fitted to a user's own sweep: values, ends, and what to doubt about the sweep."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from planner import text
from planner.basis import Basis, Doubt, Quantity
from planner.errors import PlannerError
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.constants import BAND, Constants, banded
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.fitting import LEAST_BAND, LEAST_ROWS, SteadyState, fit, rates_of
from planner.service.hosted.served_constants import ServedConstants, SweptRow
from planner.service.hosted.sweep_files import Sweep
from planner.service.hosted.sweep_rows import SweepRow
from planner.units import Unit

ENOUGH_ROWS = 8  # steady states from which a fit is a measurement; below, an estimate
ENOUGH_SPAN = 8.0  # times between the least and the most in flight
COVERED = 0.9  # share of the sweep's rows that its band holds
MISSED = 0.15  # median error beyond which the sweep is likely of something else
RAMPS = 0.8  # of the throughput that TTFT and TPOT say; less, and the run filled and ran dry for much of its time


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

"""How an accelerator's constants are fitted to steady states somebody measured: least squares on the log of tok/s."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import stdtrit

from planner.basis import Basis, Quantity
from planner.errors import PlannerError
from planner.service.hosted.accelerators import AcceleratorSpec
from planner.service.hosted.closed_loop import closed_loop, static_batch_tok_s
from planner.service.hosted.constants import BAND, Constants, Known, overhead_share
from planner.service.hosted.served_model import ServedModel
from planner.service.hosted.step_time import Rates, rates
from planner.units import Unit

LEAST_ROWS = 3
ROW_SCATTER = 0.10  # of the logarithm; larger misses count less than squared (soft_l1)
PRIOR_SHARE = 0.35  # of a share's logarithm: how far the starting constants may be off
PRIOR_T0_S = 3e-3
PRIOR_TAU_S = 15e-6
COVERED = 0.9  # share of the rows that the band is to hold
LEAST_BAND = 0.10  # no sweep is better than that on another day
_LEAST = (math.log(0.05), math.log(0.005), 0.0, 0.0)
_MOST = (0.0, 0.0, 0.1, 1e-3)
_SCALE = (0.3, 0.3, 1e-3, 1e-5)
Vector = NDArray[np.float64]
_least_squares = cast("Callable[..., Any]", optimize.least_squares)  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True)
class SteadyState:
    """Throughput of one model on one replica with a fixed number of requests in flight."""

    model: ServedModel
    accelerators: int  # of the one replica, tensor-parallel
    in_flight: float
    input_tokens: float
    output_tokens: float
    output_tok_s: float  # of the whole replica
    static_batch: bool = False  # all prompts first, then all answers together; else each answer replaced at once


def predicted_tok_s(row: SteadyState, reached: Rates) -> float:
    """Output tok/s of the row by the model."""
    if row.static_batch:
        return static_batch_tok_s(row.model, reached, row.in_flight, row.input_tokens, row.output_tokens)
    return closed_loop(row.model, reached, row.in_flight, row.input_tokens, row.output_tokens).output_tok_s


def fit(
    rows: Sequence[SteadyState],
    spec: AcceleratorSpec,
    start: Constants,
    *,
    source: str = "",
    as_of: date | None = None,
    known: Known = Known.OWN,
) -> Constants:
    """Constants with intervals for rows of one accelerator, engine and precision.

    `start` is where the search begins and what the rows must argue against (a prior of ± 35 % on shares, 3 ms on t0,
    15 µs on τ): what a sweep says nothing of keeps the starting value. Where its t0 grows with the layers, so does the
    fitted one. The band of each constant holds nine tenths of the rows when all move together, at least ± 10 %, and is
    no narrower than its own 90 % interval; a sweep of fewer than ten rows keeps ± 25 % at least.
    """
    if len(rows) < LEAST_ROWS:
        raise PlannerError(
            f"{len(rows)} steady states are too few to fit constants",
            remedy=f"Sweep at least {LEAST_ROWS} concurrencies, better eight.",
        )
    begin = np.array(
        [math.log(start.eta_m.value), math.log(start.eta_c.value), start.t0_s.value, start.tau_s.value]
    ).clip(_LEAST, _MOST)
    prior = np.array([PRIOR_SHARE, PRIOR_SHARE, PRIOR_T0_S, PRIOR_TAU_S])
    shares = [overhead_share(start.t0_layers, row.model.layers) for row in rows]

    def misses(x: Vector) -> Vector:
        return np.array(
            [_log_error(row, spec, x * (1.0, 1.0, share, 1.0)) for row, share in zip(rows, shares, strict=True)]
        )

    def residuals(x: Vector) -> Vector:
        return np.concatenate([misses(x) / ROW_SCATTER, (x - begin) / prior])

    solved = _least_squares(
        residuals,
        begin.clip([each + 1e-9 for each in _LEAST], [each - 1e-9 for each in _MOST]),
        bounds=(_LEAST, _MOST),
        loss="soft_l1",
        x_scale=_SCALE,
    )
    best: Vector = np.asarray(solved.x, dtype=np.float64)
    left = np.abs(misses(best))
    widths = _half_widths(np.asarray(solved.jac, dtype=np.float64), left)
    band = _band(left)
    words = source or f"fitted to {len(rows)} steady states"
    day = start.as_of if as_of is None else as_of
    return Constants(
        accelerator=spec.name,
        engine=start.engine,
        precision=start.precision,
        eta_m=_share(best[0], max(widths[0], band), words, day),
        eta_c=_share(best[1], max(widths[1], band), words, day),
        t0_s=_time(best[2], widths[2], band, words, day),
        t0_layers=start.t0_layers,
        tau_s=_time(best[3], widths[3], band, words, day),
        year=day.year if known is Known.OWN else start.year,
        known=known,
        rows=len(rows),
        most_accelerators=max(row.accelerators for row in rows),
        most_in_flight=math.ceil(max(row.in_flight for row in rows)),
        median_error=median(math.expm1(each) for each in left),
        source=words,
        as_of=day,
    )


def rates_of(spec: AcceleratorSpec, constants: Constants, row: SteadyState) -> Rates:
    """What the row's replica reaches with these constants."""
    return _rates(
        spec,
        row,
        eta_m=constants.eta_m.value,
        eta_c=constants.eta_c.value,
        t0_s=constants.t0_s.value * overhead_share(constants.t0_layers, row.model.layers),
        tau_s=constants.tau_s.value,
    )


def _rates(spec: AcceleratorSpec, row: SteadyState, *, eta_m: float, eta_c: float, t0_s: float, tau_s: float) -> Rates:
    return rates(
        accelerators=row.accelerators,
        bandwidth_bytes_s=spec.bandwidth_bytes_s,
        flops=spec.peak_flops(row.model.precision),
        eta_m=eta_m,
        eta_c=eta_c,
        t0_s=t0_s,
        tau_s=tau_s,
    )


def _log_error(row: SteadyState, spec: AcceleratorSpec, x: Vector) -> float:
    """ln(model/measured) of a row with ln η_m, ln η_c, t0 and τ."""
    reached = _rates(spec, row, eta_m=math.exp(x[0]), eta_c=math.exp(x[1]), t0_s=float(x[2]), tau_s=float(x[3]))
    return math.log(predicted_tok_s(row, reached) / row.output_tok_s)


def _half_widths(jacobian: Vector, left: Vector) -> Vector:
    """Half of the 90 % interval of every constant by itself, the prior counting as a row each."""
    scatter = max(1.0, float(np.sqrt(np.mean(left**2))) / ROW_SCATTER)
    free = max(1, len(left) - 1)
    spread = np.sqrt(np.diag(np.linalg.pinv(jacobian.T @ jacobian))) * scatter
    return spread * float(stdtrit(free, 0.95))


def _band(left: Vector) -> float:
    """Of the logarithm: what holds nine tenths of the rows, no less than 10 %, or 25 % where rows are few."""
    few = len(left) < 10  # noqa: PLR2004
    least = -math.log1p(-(BAND if few else LEAST_BAND))
    return max(least, float(np.quantile(left, COVERED)))


def _share(log_share: float, half: float, source: str, as_of: date) -> Quantity:
    value = math.exp(log_share)
    low, high = value * math.exp(-half), min(1.0, value * math.exp(half))
    return _figure(value, (low, high), "share", source, as_of)


def _time(value_s: float, half_s: float, band: float, source: str, as_of: date) -> Quantity:
    value_s = max(0.0, value_s)
    low = max(0.0, min(value_s * math.exp(-band), value_s - half_s))
    high = max(value_s * math.exp(band), value_s + half_s)
    return _figure(value_s, (low, high), "s", source, as_of)


def _figure(value: float, ends: tuple[float, float], unit: Unit, source: str, as_of: date) -> Quantity:
    value, low, high = float(value), float(min(value, *ends)), float(max(value, *ends))
    return Quantity(value=value, unit=unit, basis=Basis.ESTIMATED, low=low, high=high, source=source, as_of=as_of)

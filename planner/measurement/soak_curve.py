"""The curve of a throughput that falls: a plateau until a knee, then an exponential towards the level it settles at.

R(t) = R0 until the knee k, then R∞ + (R0 − R∞)·exp(−(t − k)/τ) (measurement.md §2 has k = 0; τ near zero is a step).
For a given (k, τ) the best levels are linear least squares, so the fit is a search over fixed grids: it always ends,
and gives the same answer for the same series.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from planner.measurement.intervals import CONFIDENCE, t_quantile
from planner.measurement.soak_noise import Estimate, Series, block_means

_GRID_BLOCKS = 150
_GRID_TAUS = 28
_ZOOMS = (1, 2, 4)
_ZOOMED = 9
_KNEES_TRIED = 121
_TAUS_TRIED = 25
_FLAT = 1e-12
_SINGULAR = 1e6


@dataclass(frozen=True)
class Curve:
    """Plateau and exponential fall; tok/s and s after the soak began. `knee_s` is 0 where there is no plateau."""

    r0: Estimate
    r_inf: Estimate
    tau_s: Estimate
    knee_s: float

    def at(self, times_s: Series) -> Series:
        """Throughput at these times, tok/s."""
        return self.r_inf.value + (self.r0.value - self.r_inf.value) * _fall(times_s, self.knee_s, self.tau_s.value)

    def squared_error(self, times_s: Series, tok_s: Series) -> float:
        """Sum of squares that it leaves over."""
        left = tok_s - self.at(times_s)
        return float(left @ left)


def best_curve(times_s: Series, tok_s: Series, *, knees: bool) -> Curve:
    """Least squares over a grid of (knee, τ) on block means, then ever nearer to the best on all values."""
    count = times_s.size // max(times_s.size // _GRID_BLOCKS, 1)
    blocks_t, blocks_y = block_means(times_s, count), block_means(tok_s, count)
    lasted_s, window_s = float(times_s[-1]), float(np.median(np.diff(times_s)))
    taus = np.geomspace(window_s / 2, lasted_s * 2, _GRID_TAUS)
    starts = np.union1d(blocks_t[blocks_t < lasted_s * 0.9], 0.0) if knees else np.zeros(1)
    knee_s, tau_s = _best_pair(blocks_t, blocks_y, starts, taus)
    for zoom in _ZOOMS:
        step, span_s = math.log(taus[1] / taus[0]) / zoom, lasted_s / count / zoom
        near_taus = np.clip(tau_s * np.exp(np.linspace(-step, step, _ZOOMED)), taus[0], taus[-1])
        near_knees = np.clip(knee_s + np.linspace(-span_s, span_s, _ZOOMED), 0.0, lasted_s)
        knee_s, tau_s = _best_pair(times_s, tok_s, near_knees if knee_s > 0 else np.zeros(1), near_taus)
    low, drop = _levels(times_s, tok_s, knee_s, tau_s)
    return Curve(Estimate(low + drop), Estimate(low), Estimate(tau_s), knee_s)


def knee_interval(times_s: Series, tok_s: Series, best: Curve, effective: float) -> Estimate:
    """The knee with the interval of knees that fit nearly as well: F of one parameter below its 95 % point.

    `effective` is how many independent values the series is worth. Never narrower than a window on either side.
    """
    window_s = float(np.median(np.diff(times_s)))
    span_s = max(3 * best.tau_s.value, float(times_s[-1]) * 0.1)
    steps = np.linspace(-1.0, 1.0, _KNEES_TRIED)
    knees = np.clip(best.knee_s + span_s * steps * np.abs(steps), 0.0, float(times_s[-1]))  # densest at the best
    taus = best.tau_s.value * np.geomspace(0.25, 4.0, _TAUS_TRIED)
    moved = tok_s - tok_s.mean()
    errors = float(moved @ moved) - _peaks(_explained(times_s, tok_s, knees, taus))
    least = min(float(errors.min()), best.squared_error(times_s, tok_s))
    degrees = max(int(effective) - 4, 1)
    near = knees[errors <= least * (1 + t_quantile(degrees, CONFIDENCE) ** 2 / degrees)]
    low = min(float(near.min(initial=best.knee_s)), best.knee_s - window_s)
    high = max(float(near.max(initial=best.knee_s)), best.knee_s + window_s)
    return Estimate(best.knee_s, max(low, 0.0), high)


def with_intervals(times_s: Series, tok_s: Series, curve: Curve, effective: float) -> Curve:
    """Linearised 95 % intervals of R0, R∞ and τ, for values worth `effective` independent ones.

    A step within one window says nothing of τ, which is then left without an interval.
    """
    tau_s, drop = curve.tau_s.value, curve.r0.value - curve.r_inf.value
    shape, since = _fall(times_s, curve.knee_s, tau_s), np.maximum(times_s - curve.knee_s, 0.0)
    is_step = tau_s <= float(np.median(np.diff(times_s)))
    slopes = [shape, 1 - shape]
    if not is_step:
        slopes.append(drop * since / tau_s**2 * shape)
        if curve.knee_s > 0:  # found from the same values, so it lends its uncertainty
            slopes.append(drop / tau_s * shape * (since > 0))
    halves = _half_widths(np.column_stack(slopes), times_s, tok_s, curve, effective)
    if halves is None:
        return curve

    def around(value: float, half: float) -> Estimate:
        return Estimate(value, max(value - half, 0.0), value + half)

    return Curve(
        around(curve.r0.value, halves[0]),
        around(curve.r_inf.value, halves[1]),
        curve.tau_s if is_step else around(tau_s, halves[2]),
        curve.knee_s,
    )


def _half_widths(
    slopes: Series, times_s: Series, tok_s: Series, curve: Curve, effective: float
) -> tuple[float, ...] | None:
    """Of the parameters with these slopes; None where they cannot be told apart."""
    information = slopes.T @ slopes
    if float(np.linalg.cond(information / np.outer(*[np.sqrt(np.diag(information)) + _FLAT] * 2))) > _SINGULAR:
        return None
    degrees = max(int(effective) - slopes.shape[1], 1)
    # Squares and slopes are summed over all values, of which each is worth effective/n: that cancels.
    variance = curve.squared_error(times_s, tok_s) / degrees
    halves = t_quantile(degrees, CONFIDENCE) * np.sqrt(np.diag(np.linalg.inv(information)) * variance)
    return tuple(float(half) for half in halves)


def _best_pair(times_s: Series, tok_s: Series, knees: Series, taus: Series) -> tuple[float, float]:
    explained = _explained(times_s, tok_s, knees, taus)
    place = np.unravel_index(int(np.argmax(explained)), explained.shape)
    return float(knees[place[0]]), float(taus[place[1]])


def _explained(times_s: Series, tok_s: Series, knees: Series, taus: Series) -> Series:
    """Sum of squares about the mean that each (knee, τ) explains with its best levels."""
    since = np.maximum(times_s[None, :] - knees[:, None], 0.0)
    shape = np.exp(-since[:, None, :] / taus[None, :, None])
    shape -= shape.mean(axis=2, keepdims=True)
    squares = np.einsum("kti,kti->kt", shape, shape)
    cross = shape @ (tok_s - tok_s.mean())
    return np.where(squares > _FLAT, cross**2 / np.maximum(squares, _FLAT), 0.0)


def _peaks(rows: Series) -> Series:
    """The largest value of each row, by a parabola through it and its neighbours."""
    places = np.clip(rows.argmax(axis=1), 1, rows.shape[1] - 2)
    before, at, after = (rows[np.arange(len(rows)), places + offset] for offset in (-1, 0, 1))
    bend = np.maximum(2 * at - before - after, 0.0)
    return np.maximum(rows.max(axis=1), at + np.where(bend > _FLAT, (after - before) ** 2 / (8 * bend + _FLAT), 0.0))


def _levels(times_s: Series, tok_s: Series, knee_s: float, tau_s: float) -> tuple[float, float]:
    """R∞ and R0 − R∞ by least squares; R∞ is not below zero."""
    shape = _fall(times_s, knee_s, tau_s)
    moved = shape - shape.mean()
    squares = float(moved @ moved)
    drop = float(moved @ tok_s) / squares if squares > _FLAT else 0.0
    low = float(tok_s.mean()) - drop * float(shape.mean())
    return (low, drop) if low >= 0 else (0.0, float(shape @ tok_s) / float(shape @ shape))


def _fall(times_s: Series, knee_s: float, tau_s: float) -> Series:
    """1 until the knee, then exp(−(t − k)/τ)."""
    return np.exp(-np.maximum(times_s - knee_s, 0.0) / tau_s)

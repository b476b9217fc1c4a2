"""What a whole model would do, from two shallow slices of it: time is linear in depth (CONVENTION §17).

t_decode(L, c) = h + L·(a + b·c) and t_prefill(L, n) = h + L·(a·n + b·n²): embedding and head once, every layer alike.
Memory is (runtime + KV cache + activations) from the shape, and weights at the factor that the deep slice shows.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from planner.measurement.intervals import FEWEST_REPLICATES, t_quantile
from planner.measurement.runs import Round, RoundState
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.statistics import decode_rates, prefill_durations

CONFIDENCE = 0.90


@dataclass(frozen=True)
class Point:
    """The time of one step or one prefill on a slice of so many layers, at so many tokens."""

    layers: int
    tokens: int
    seconds: float


@dataclass(frozen=True)
class DepthModel:
    """h + L·(a·x + b·y) in seconds; x and y are what the phase's formula makes of the tokens."""

    head_s: float
    layer_s: float
    growth_s: float

    def decode_s(self, layers: int, context_tokens: float) -> float:
        """Seconds of one decode step."""
        return self.head_s + layers * (self.layer_s + self.growth_s * context_tokens)

    def prefill_s(self, layers: int, prompt_tokens: float) -> float:
        """Seconds of a prefill from an empty cache."""
        return self.head_s + layers * (self.layer_s * prompt_tokens + self.growth_s * prompt_tokens**2)


@dataclass(frozen=True)
class Foretold:
    """A time and how far the slices' own starts scatter around it."""

    seconds: float
    half_width_log: float | None  # of the 90 % interval of log seconds; None: one pair shows no spread


def fit_decode(points: Sequence[Point]) -> DepthModel:
    """Least squares on relative error, no coefficient negative (Lawson & Hanson 1974)."""
    return _fit(points, lambda point: (1.0, point.layers, point.layers * point.tokens))


def fit_prefill(points: Sequence[Point]) -> DepthModel:
    """The same for prefill, where work grows with n and attention with n²."""
    return _fit(points, lambda point: (1.0, point.layers * point.tokens, point.layers * point.tokens**2))


def foretell_decode(slices: DepthSlices, layers: int, context_tokens: int) -> Foretold:
    """One decode step of the model with all its layers."""
    return _foretell(slices, decode_points, fit_decode, lambda model: model.decode_s(layers, context_tokens))


def foretell_prefill(slices: DepthSlices, layers: int, prompt_tokens: int) -> Foretold:
    """One prefill of the model with all its layers."""
    return _foretell(slices, prefill_points, fit_prefill, lambda model: model.prefill_s(layers, prompt_tokens))


def decode_points(layers: int, rounds: Sequence[Round]) -> list[Point]:
    """Median seconds of a step at each context, over the rounds given."""
    rates = decode_rates(rounds)
    return [Point(layers, tokens, statistics.median(1 / rate for rate in values)) for tokens, values in rates.items()]


def prefill_points(layers: int, rounds: Sequence[Round]) -> list[Point]:
    """Median seconds of a prefill at each prompt length, over the rounds given."""
    durations = prefill_durations(rounds)
    return [Point(layers, tokens, statistics.median(values)) for tokens, values in durations.items()]


def _fit(points: Sequence[Point], terms: Callable[[Point], tuple[float, float, float]]) -> DepthModel:
    rows = np.array([terms(point) for point in points], dtype=np.float64)
    seconds = np.array([point.seconds for point in points], dtype=np.float64)
    relative = rows / seconds[:, None]
    scale = np.abs(relative).max(axis=0)  # columns of like size: n² against 1 would drown the head
    scale[scale == 0] = 1.0
    nnls = cast("Callable[..., tuple[NDArray[np.float64], float]]", optimize.nnls)  # pyright: ignore[reportUnknownMemberType]
    solution = nnls(relative / scale, np.ones(len(points)))[0] / scale
    return DepthModel(*(float(each) for each in solution))


def _foretell(
    slices: DepthSlices,
    points: Callable[[int, Sequence[Round]], list[Point]],
    fit: Callable[[Sequence[Point]], DepthModel],
    read: Callable[[DepthModel], float],
) -> Foretold:
    """From the medians of all rounds; how sure that is from what every pair of rounds alone would have said."""
    shallow, deep = slices.shallow, slices.deep
    few, many = shallow.model.layers or 1, deep.model.layers or 1
    seconds = read(fit([*points(few, shallow.rounds), *points(many, deep.rounds)]))
    pairs = _pairs(slices)
    alone = [read(fit([*points(few, [one]), *points(many, [other])])) for one, other in pairs]
    return Foretold(seconds, _half_width_log(alone, [points(many, [other]) for _, other in pairs]))


def _pairs(slices: DepthSlices) -> list[tuple[Round, Round]]:
    """Rounds of one number were started one after the other, so what drifts is nearly alike in both."""
    deep = {each.number: each for each in slices.deep.rounds if each.state is not RoundState.PARTIAL}
    shallow = [each for each in slices.shallow.rounds if each.state is not RoundState.PARTIAL]
    return [(each, deep[each.number]) for each in shallow if each.number in deep]


def _half_width_log(alone: Sequence[float], deep: Sequence[Sequence[Point]]) -> float | None:
    """Of the 90 % interval of log seconds: what is unsure of their mean, and what a later measurement may find.

    The mean is as sure as the pairs agree, t·sd/√n. But who measures later meets the machine in another state, as
    every start of the deep slice did: its own scatter, t·sd, is added as a variance.
    """
    logs = [math.log(value) for value in alone if value > 0]
    if len(logs) < FEWEST_REPLICATES:
        return None
    t = t_quantile(len(logs) - 1, CONFIDENCE)
    return t * math.hypot(statistics.stdev(logs) / math.sqrt(len(logs)), _scatter_log(deep))


def _scatter_log(rounds: Sequence[Sequence[Point]]) -> float:
    """Standard deviation of log seconds from round to round, the root mean square over the lengths."""
    by_tokens: dict[int, list[float]] = {}
    for points in rounds:
        for point in points:
            by_tokens.setdefault(point.tokens, []).append(math.log(point.seconds))
    variances = [statistics.variance(logs) for logs in by_tokens.values() if len(logs) >= FEWEST_REPLICATES]
    return math.sqrt(statistics.fmean(variances)) if variances else 0.0


@dataclass(frozen=True)
class ModelTerm:
    """How far predictions miss beyond their slices' own scatter: a prior, and what the accuracy log adds to it."""

    sigma: float  # of log error
    degrees: float  # how many errors it is worth

    def half_width_log(self) -> float:
        """Of the 90 % interval."""
        return t_quantile(max(int(self.degrees), 1), CONFIDENCE) * self.sigma

    def with_errors(self, log_errors: Sequence[float]) -> ModelTerm:
        """The same after these errors were seen: variances pooled by their degrees of freedom."""
        degrees = self.degrees + len(log_errors)
        variance = (self.degrees * self.sigma**2 + math.fsum(error**2 for error in log_errors)) / degrees
        return ModelTerm(math.sqrt(variance), degrees)


PRIOR: Mapping[str, ModelTerm] = {"decode": ModelTerm(0.06, 12), "prefill": ModelTerm(0.03, 8)}
"""First-hand on a 2-core cloud machine with a fixed estimator: decode missed by 5.5 % in the mean over 12 points,
prefill by 1.7 % over 8 (measurement.md §4); set before this program's own validation."""


def interval(seconds: Foretold, term: ModelTerm) -> tuple[float, float]:
    """The 90 % interval in seconds of a later measurement: slices' scatter and model term, added as log variances."""
    half = math.hypot(seconds.half_width_log or 0.0, term.half_width_log())
    return seconds.seconds * math.exp(-half), seconds.seconds * math.exp(half)

"""When a measurement has seen enough: its interval is narrow at a look, or its time is used (CONVENTION §10)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.measurement.grid import Grid
from planner.measurement.intervals import FEWEST_REPLICATES, LOOKED_AT, best_repeats, t_quantile, variance_components
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import Round, RunOutcome
from planner.measurement.statistics import tpot_s, worst_half_width_share

OVERRUN = 1.05  # a last round may end this little beyond the budget
PATIENCE = 2.0  # the fewest rounds may take this many times the budget: an interval from two says next to nothing
LOOKS = (3, 5, 8, 12, 16, 24, 32, 48, 64, 96, 128, 200)
"""Rounds after which the interval is looked at; every look costs certainty, so they are few (`intervals.LOOKED_AT`)."""


@dataclass(frozen=True)
class Budget:
    """How sure a measurement must be, and how long it may take."""

    fewest_rounds: int
    half_width_share: float
    seconds: float
    decode_steps: int
    decode_series: int  # at each context in the first rounds
    most_series: int  # in later rounds, where repeats within a round pay
    prefill_s: float  # a round repeats a prefill until this much time was timed
    prefill_at_most: int
    warm_up_window_s: float
    warm_up_limit_s: float
    phase_deadline_s: float  # a child that is silent for longer hangs

    @property
    def looks(self) -> tuple[int, ...]:
        """Rounds after which it may end because the figures are sure."""
        return tuple(look for look in LOOKS if look >= self.fewest_rounds)

    def grid(self, request: MeasurementRequest, decode_series: int | None = None) -> Grid:
        """What each round times for the request within this budget."""
        return Grid(
            prompt_tokens=request.prompt_tokens,
            context_tokens=request.context_tokens,
            decode_steps=self.decode_steps,
            prefill_s=self.prefill_s,
            prefill_at_most=self.prefill_at_most,
            decode_series=decode_series or self.decode_series,
            warm_up_window_s=self.warm_up_window_s,
            warm_up_limit_s=self.warm_up_limit_s,
        )


QUICK = Budget(
    fewest_rounds=3,
    half_width_share=0.10,
    seconds=60.0,
    decode_steps=24,
    decode_series=1,
    most_series=2,
    prefill_s=0.3,
    prefill_at_most=3,
    warm_up_window_s=0.1,
    warm_up_limit_s=3.0,
    phase_deadline_s=120.0,
)
FULL = Budget(
    fewest_rounds=5,
    half_width_share=0.03,
    seconds=600.0,
    decode_steps=32,
    decode_series=2,
    most_series=8,
    prefill_s=1.0,
    prefill_at_most=5,
    warm_up_window_s=0.5,
    warm_up_limit_s=20.0,
    phase_deadline_s=600.0,
)


def budget_of(request: MeasurementRequest) -> Budget:
    """The quick or the full budget."""
    return QUICK if request.quick else FULL


def verdict(rounds: Sequence[Round], budget: Budget, spent_s: float) -> RunOutcome | None:
    """COMPLETE when at a look every point is known well enough, TIME_UP when one more round does not fit, else None."""
    done = len(rounds)
    if done < _rounds_due(done, budget, spent_s):
        return None
    time_up = spent_s + spent_s / done > budget.seconds * OVERRUN or done >= LOOKS[-1]
    if done in budget.looks or (time_up and done >= budget.fewest_rounds):
        share = worst_half_width_share(rounds)
        if share is not None and share <= budget.half_width_share:
            return RunOutcome.COMPLETE
    return RunOutcome.TIME_UP if time_up else None


def planned_rounds(rounds: Sequence[Round], budget: Budget, spent_s: float) -> int:
    """Rounds expected in all: up to the look that the present spread needs, as few as the time left allows."""
    done = len(rounds)
    if done == 0:
        return budget.fewest_rounds
    fit = done + math.floor(max(budget.seconds * OVERRUN - spent_s, 0.0) / (spent_s / done))
    most = max(min(fit, LOOKS[-1]), _rounds_due(done, budget, spent_s), done)
    if verdict(rounds, budget, spent_s) is not None:
        return done
    share = worst_half_width_share(rounds)
    coming = [look for look in budget.looks if look > done]
    for look in coming:
        if share is None or share * _width(look) / _width(done) <= budget.half_width_share:
            return min(look, most)
    return most


def series_of(rounds: Sequence[Round], budget: Budget) -> int:
    """Decode series a context in the next round: what pays, once there are rounds enough to tell."""
    if len(rounds) < budget.fewest_rounds:
        return budget.decode_series
    starts_s = [(one.load_s or 0.0) + (one.first_run_s or 0.0) for one in rounds]
    found = [budget.decode_series]
    for context in {sample.context_tokens for one in rounds for sample in one.decode}:
        nested = [[s for s in one.decode if s.context_tokens == context] for one in rounds]
        parts = variance_components([[tpot_s(sample.token_times_s) for sample in samples] for samples in nested])
        lasted_s = [sample.token_times_s[-1] for samples in nested for sample in samples]
        if parts is not None:
            found.append(
                best_repeats(sum(starts_s) / len(starts_s), sum(lasted_s) / len(lasted_s), parts, budget.most_series)
            )
    return max(found)


def _rounds_due(done: int, budget: Budget, spent_s: float) -> int:
    """Rounds that run whatever the budget says: two, and the fewest of the budget where they do not far outrun it."""
    if done == 0:
        return FEWEST_REPLICATES
    within_patience = math.floor(budget.seconds * PATIENCE / (spent_s / done)) if spent_s > 0 else budget.fewest_rounds
    return max(FEWEST_REPLICATES, min(budget.fewest_rounds, within_patience))


def _width(rounds: int) -> float:
    """Half-width of an interval over its standard deviation: t / √n."""
    return t_quantile(rounds - 1, LOOKED_AT) / math.sqrt(rounds)

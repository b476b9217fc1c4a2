"""A device whose true speed is known: its process starts differ, and steps within a start remember each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from planner.measurement.runs import (
    Conditions,
    DecodeSample,
    ModelIdentity,
    ModelSource,
    PrefillSample,
    Round,
    RoundState,
    Run,
    RunOutcome,
    RunSettings,
)
from planner.measurement.stopping import Budget, series_of, verdict

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROMPT_TOKENS = 128
CONTEXT_TOKENS = 128
PREFILL_TOK_S = 800.0
DECODE_TOK_S = 40.0
START_S = 2.0  # load and first run


_PLAIN = Round(
    number=1,
    started_at=NOON,
    state=RoundState.CLEAN,
    load_s=START_S / 2,
    first_run_s=START_S / 2,
    prefill=(),
    decode=(),
    peak_memory_bytes=None,
    foreign_cpus=None,
)
_DEFAULTS = {name: value for name, value in vars(_PLAIN).items() if name not in {"number", "prefill", "decode"}}


def autoregressive(random: np.random.Generator, memory: float, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Stationary first-order autoregressive series of variance one along the last axis."""
    shocks = random.normal(size=shape)
    shocks[..., 1:] *= np.sqrt(1 - memory**2)
    return shocks if memory == 0 else signal.lfilter([1.0], [1.0, -memory], shocks)


@dataclass(frozen=True)
class SimulatedDevice:
    """Every deviation from the module's speeds is symmetric, so that mean and median of starts tend to the same truth.

    A start's prefill and decode share its effect, as a start shares its place in memory and its neighbours.
    """

    start_cv: float  # from process start to process start
    step_cv: float = 0.0  # from step to step within a start
    step_memory: float = 0.0  # lag-1 autocorrelation of the steps of a series
    start_memory: float = 0.0  # lag-1 autocorrelation of starts: the host's bandwidth drifts
    decodes: bool = True  # without decode, one point alone decides when it is sure
    round_s: float = 4.0  # a round with the first rounds' number of decode series

    def measure(self, budget: Budget, seed: int) -> Run:
        """The product's own loop: rounds until its verdict, with as many decode series as it asks for."""
        random = np.random.default_rng(seed)
        most = round(budget.seconds * 2 / self.round_s) + budget.fewest_rounds
        effects = 1 + self.start_cv * autoregressive(random, self.start_memory, (most,))
        rounds: list[Round] = []
        spent_s, outcome = 0.0, None
        while outcome is None:
            series = series_of(rounds, budget)
            rounds.append(self._round(len(rounds) + 1, float(effects[len(rounds)]), series, budget, random))
            spent_s += self.round_s + (series - budget.decode_series) * budget.decode_steps / DECODE_TOK_S
            outcome = verdict(rounds, budget, spent_s)
        return _run(rounds, outcome)

    def _round(self, number: int, effect: float, series: int, budget: Budget, random: np.random.Generator) -> Round:
        steps_s: list[list[float]] = []
        if self.decodes:
            noise = autoregressive(random, self.step_memory, (series, budget.decode_steps))
            steps_s = np.cumsum(1 / (DECODE_TOK_S * effect * (1 + self.step_cv * noise)), axis=1).tolist()
        # Not validated: thousands of rounds a second are made here, of figures that are known to be sound.
        return Round.model_construct(
            **_DEFAULTS,
            number=number,
            prefill=(
                PrefillSample.model_construct(
                    prompt_tokens=PROMPT_TOKENS, duration_s=PROMPT_TOKENS / (PREFILL_TOK_S * effect), began_s=None
                ),
            ),
            decode=tuple(
                DecodeSample.model_construct(context_tokens=CONTEXT_TOKENS, token_times_s=tuple(times), began_s=None)
                for times in steps_s
            ),
        )


def _run(rounds: list[Round], outcome: RunOutcome) -> Run:
    return Run.model_construct(
        run_id="simulated",
        started_at=NOON,
        finished_at=NOON,
        model=ModelIdentity(name="simulated", architecture=None, source=ModelSource.SYNTHESISED, file_bytes=1),
        weight_format="int4",
        settings=RunSettings(
            runtime="simulation", execution_provider="none", threads=1, kv_format="fp32", shared_kv_buffer=True
        ),
        conditions=Conditions(
            power_source=None,
            battery_percent=None,
            power_mode=None,
            available_memory_bytes=None,
            load_average_1min=None,
        ),
        rounds=tuple(rounds),
        outcome=outcome,
    )

"""Constants refitted to one's own sweep: what it tells, what it leaves as it was, and what is doubted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.basis import Basis
from planner.errors import PlannerError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.constants import Known
from planner.service.hosted.deployment import Deployment, deployment
from planner.service.hosted.refit import refit
from planner.service.hosted.replica import batch_point
from planner.service.hosted.served_constants import ServedConstants, constants_for_use
from planner.service.hosted.sweep_files import Sweep
from planner.service.hosted.sweep_rows import LeftOut
from tests.support.served_sweeps import ETA_C, ETA_M, FP16, LLAMA, LOADS, MADE_UP, T0_S, measured


def fitted(sweep: Sweep, **changes: Any) -> ServedConstants:
    return refit(sweep, LLAMA, FP16, **MADE_UP | changes)


def placed(model: str = "llama-3.1-8b", stored: str = "fp16", **changes: Any) -> Deployment:
    asked: dict[str, Any] = {"accelerator": "H100", "count": 1, "engine": "vllm"} | changes
    return deployment(architecture(model), weight_format(stored), **asked)


def test_a_sweep_says_what_other_loads_of_it_yield() -> None:
    """48 in flight were never swept; the made-up server's throughput there lies inside ± 10 %, and the value near."""
    found = fitted(measured())
    own, doubts = constants_for_use(found, placed(), 1024, 256)
    (truth,) = measured((48,), noise=0).rows
    point = batch_point(placed(constants=own), 48, 1024, 256)
    low, high = point.throughput_tok_s.bounds
    assert point.throughput_tok_s.value == pytest.approx(truth.output_tok_s, rel=0.03)
    assert low < truth.output_tok_s < high
    assert high / low < 1.3  # the bundled constants' ends are 1.7 apart
    assert not doubts
    assert not found.doubts
    assert (own.known, own.rows, own.eta_m.basis) == (Known.OWN, 8, Basis.MEASURED)


def test_two_prompt_lengths_tell_the_shares_apart() -> None:
    """What the server was made of lies inside the ends of every constant by itself."""
    found = fitted(Sweep((*measured().rows, *measured(input_tokens=128).rows), ())).elsewhere
    for figure, truth in ((found.eta_m, ETA_M), (found.eta_c, ETA_C), (found.t0_s, T0_S)):
        low, high = figure.bounds
        assert low < truth < high
    assert found.eta_c.value == pytest.approx(ETA_C, rel=0.1)


def test_what_one_accelerator_cannot_tell_stays_an_estimate() -> None:
    """One accelerator synchronises with nobody: its sweep says nothing of τ."""
    found = fitted(measured())
    assert found.constants.tau_s.basis is Basis.ESTIMATED
    assert found.constants.tau_s == found.elsewhere.tau_s


def test_the_band_holds_what_the_fit_misses() -> None:
    noisy = fitted(measured(noise=0.3))
    low, high = noisy.constants.eta_m.bounds
    assert low < noisy.constants.eta_m.value * 0.85
    assert high >= noisy.constants.eta_m.value


def test_few_states_are_an_estimate_and_doubted() -> None:
    found = fitted(measured((4, 8, 16)))
    figures = (found.constants.eta_m, found.constants.eta_c, found.constants.t0_s)
    assert {each.basis for each in figures} == {Basis.ESTIMATED}
    assert [doubt.kind for doubt in found.doubts] == ["FewSteadyStates"]
    assert "3 usable steady states over a factor of 4" in found.doubts[0].sentence


def test_too_few_states_are_refused() -> None:
    with pytest.raises(PlannerError, match="2 usable steady states are too few to fit constants, of 2 read"):
        fitted(measured((4, 8)))


def test_runs_beyond_the_cache_are_left_out() -> None:
    """Beyond the KV limit requests queue inside the engine, and the closed loop says nothing of them."""
    found = fitted(measured((*LOADS, 4000)))
    assert len(found.sweep) == len(LOADS)
    assert "MoreThanTheCacheHolds" in {doubt.kind for doubt in found.doubts}


def test_a_sweep_of_something_else_is_doubted() -> None:
    """A tenth of what an H100 does, at high load only: no shares explain both ends."""
    slow = [
        replace(row, output_tok_s=row.output_tok_s * (0.15 if row.concurrency > 8 else 1)) for row in measured().rows
    ]
    kinds = {doubt.kind for doubt in fitted(Sweep(tuple(slow), ())).doubts}
    assert {"SweepMissed", "RampsCounted"} <= kinds


def test_another_model_in_the_files_is_doubted() -> None:
    rows = tuple(replace(row, model="Qwen/Qwen3-8B") for row in measured().rows)
    (doubt,) = fitted(Sweep(rows, (LeftOut("x.json", "no request was answered"),))).doubts[:1]
    assert doubt.sentence == "The load test asked for Qwen/Qwen3-8B; it is taken for Llama 3.1 8B Instruct."

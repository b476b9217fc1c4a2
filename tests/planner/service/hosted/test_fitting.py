"""Fitting constants: what made the rows is found again, and what a sweep says nothing of stays where it was."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from planner.errors import PlannerError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.accelerators import accelerator_spec
from planner.service.hosted.constants import Constants, Known, banded, constants_for, rates_range
from planner.service.hosted.fitting import SteadyState, fit, predicted_tok_s
from planner.service.hosted.served_model import Precision, served_model

DAY = date(2026, 11, 25)
SPEC = accelerator_spec("H100")
MODEL = served_model(architecture("llama-3.1-8b"), weight_format("bf16"))
TRUE = (0.7, 0.4, 2e-3, 20e-6)


def constants(eta_m: float, eta_c: float, t0_s: float, tau_s: float) -> Constants:
    return Constants(
        accelerator="H100",
        engine="vllm",
        precision=Precision.FP16,
        eta_m=banded(eta_m, "share", 0.25, "made up", DAY, most=1.0),
        eta_c=banded(eta_c, "share", 0.25, "made up", DAY, most=1.0),
        t0_s=banded(t0_s, "s", 0.25, "made up", DAY),
        tau_s=banded(tau_s, "s", 0.25, "made up", DAY),
        known=Known.FITTED,
        rows=1,
        source="made up",
        as_of=DAY,
    )


def sweep(truth: Constants, counts: tuple[int, ...] = (1, 2, 4), noise: float = 0.0) -> list[SteadyState]:
    """Closed loops of several batches and lengths with the throughput that `truth` gives, times seeded noise."""
    random = np.random.default_rng(7)
    rows: list[SteadyState] = []
    for count in counts:
        reached = rates_range(SPEC, truth, MODEL, count).value
        for in_flight in (1, 4, 16, 64, 128):
            for read, said in ((128, 1024), (1024, 256), (2048, 128)):
                row = SteadyState(MODEL, count, in_flight, read, said, output_tok_s=1.0)
                measured = predicted_tok_s(row, reached) * math.exp(noise * random.standard_normal())
                rows.append(replace(row, output_tok_s=measured))
    return rows


def test_the_constants_that_made_the_rows_are_found_again() -> None:
    found = fit(sweep(constants(*TRUE)), SPEC, constants(0.55, 0.25, 4e-3, 10e-6))
    for figure, true in zip((found.eta_m, found.eta_c, found.t0_s, found.tau_s), TRUE, strict=True):
        assert figure.value == pytest.approx(true, rel=0.15)  # the prior draws a little
    assert found.median_error == pytest.approx(0.0, abs=0.01)
    assert (found.rows, found.most_accelerators, found.known) == (45, 4, Known.OWN)


def test_bands_hold_nine_tenths_of_noisy_rows() -> None:
    rows = sweep(constants(*TRUE), noise=0.2)
    found = fit(rows, SPEC, constants(0.55, 0.25, 4e-3, 10e-6))
    inside = 0
    for row in rows:
        reached = rates_range(SPEC, found, MODEL, row.accelerators)
        inside += predicted_tok_s(row, reached.slow) <= row.output_tok_s <= predicted_tok_s(row, reached.fast)
    assert inside / len(rows) >= 0.85
    assert found.eta_m.bounds[0] < found.eta_m.value * 0.8


def test_what_the_sweep_says_nothing_of_keeps_its_start() -> None:
    start = constants(0.55, 0.25, 4e-3, 33e-6)
    found = fit(sweep(constants(*TRUE), counts=(1,)), SPEC, start)
    assert found.tau_s.value == pytest.approx(33e-6, rel=1e-3)
    low, high = found.tau_s.bounds
    assert high - low > 30e-6  # and nobody may think it is known
    assert found.eta_m.value == pytest.approx(0.7, rel=0.05)


def test_overhead_that_grows_with_layers_is_fitted_as_such() -> None:
    truth = constants(*TRUE).model_copy(update={"t0_layers": 40})
    deep = served_model(architecture("llama-3.1-70b"), weight_format("fp8"))
    rows = [*sweep(truth, counts=(1,))]
    reached = rates_range(SPEC, truth, deep, 4).value
    for in_flight in (1, 4, 16, 64):
        row = SteadyState(deep, 4, in_flight, 512, 512, output_tok_s=1.0)
        rows.append(replace(row, output_tok_s=predicted_tok_s(row, reached)))
    found = fit(rows, SPEC, constants(0.55, 0.25, 3e-3, 10e-6).model_copy(update={"t0_layers": 40}))
    assert found.t0_layers == 40
    assert found.t0_s.value == pytest.approx(2e-3, rel=0.2)
    assert found.median_error == pytest.approx(0.0, abs=0.01)


def test_one_outlier_does_not_drag_the_fit() -> None:
    rows = sweep(constants(*TRUE))
    rows[3] = replace(rows[3], output_tok_s=rows[3].output_tok_s * 5)
    found = fit(rows, SPEC, constants(0.55, 0.25, 4e-3, 10e-6))
    assert found.eta_m.value == pytest.approx(0.7, rel=0.05)


def test_static_batches_are_fitted_as_such() -> None:
    truth = constants(*TRUE)
    reached = rates_range(SPEC, truth, MODEL, 1).value
    rows = [
        replace(row, output_tok_s=predicted_tok_s(row, reached))
        for row in (
            SteadyState(MODEL, 1, batch, read, said, 1.0, static_batch=True)
            for batch in (1, 16, 64)
            for read, said in ((128, 128), (1024, 1024), (2048, 128))
        )
    ]
    found = fit(rows, SPEC, constants(0.55, 0.25, 4e-3, 10e-6))
    assert found.eta_c.value == pytest.approx(0.4, rel=0.05)


def test_two_rows_are_refused() -> None:
    with pytest.raises(PlannerError, match="too few"):
        fit(sweep(constants(*TRUE))[:2], SPEC, constants_for(SPEC, "vllm", Precision.FP16))

"""What a document may say of energy: unknown only with a reason, nothing impossible (CONVENTION §2, §3)."""

import pytest
from pydantic import ValidationError

from planner.documents import from_json, to_json
from planner.measurement.energy.figures import MeterKind, MeterProblem, PhaseEnergy, RoundEnergy, RunEnergy
from tests.planner.measurement.energy.conftest import a_meter

DECODE = PhaseEnergy(phase="decode", tokens=32, duration_s=1.0, gross_j=20.0)
PROBLEM = MeterProblem(kind=MeterKind.RAPL, sentence="RAPL: not here.")


def test_figures_survive_a_file():
    energy = RunEnergy(meter=a_meter(), problems=(PROBLEM,), idle_before_w=4.0, idle_after_w=5.0)
    assert from_json(to_json(energy), RunEnergy, where="test") == energy
    one = RoundEnergy(phases=(DECODE,))
    assert from_json(to_json(one), RoundEnergy, where="test") == one


@pytest.mark.parametrize(
    "changes",
    [{"gross_j": None}, {"gross_j": 0.0}, {"gross_j": -1.0}, {"gross_j": 1e13}, {"tokens": 0}, {"duration_s": 0.0}],
)
def test_impossible_phases_are_refused(changes):
    with pytest.raises(ValidationError):
        PhaseEnergy.model_validate(DECODE.model_dump() | changes)


@pytest.mark.parametrize(
    "told",
    [
        {"meter": None},
        {"meter": a_meter()},
        {"meter": a_meter(), "idle_before_w": 4.0},
        {"meter": a_meter(), "idle_before_w": -4.0, "idle_after_w": 4.0},
    ],
)
def test_an_unknown_meter_or_idle_needs_a_reason(told):
    with pytest.raises(ValidationError):
        RunEnergy(**told)


def test_a_phase_stands_once_in_a_round():
    with pytest.raises(ValidationError, match="twice"):
        RoundEnergy(phases=(DECODE, DECODE))
    assert RoundEnergy(phases=(DECODE,)).of("prefill") is None


def test_idle_is_the_mean_of_what_is_known():
    one = RunEnergy(meter=a_meter(), idle_before_w=4.0, idle_reason="stopped")
    assert (one.idle_w, one.idle_drift_w) == (4.0, None)
    none = RunEnergy(meter=a_meter(), idle_reason="stopped")
    assert none.idle_w is None

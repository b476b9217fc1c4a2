"""Doubts about energy, each with its size and the next step (house.md §4.10)."""

import pytest

from planner.basis import Basis
from planner.measurement.energy.doubts import energy_doubts
from planner.measurement.energy.figures import (
    WHOLE_SCOPES,
    MeterKind,
    MeterProblem,
    MeterScope,
    PhaseEnergy,
    RoundEnergy,
    RunEnergy,
)
from tests.planner.measurement.energy.conftest import a_meter
from tests.planner.measurement.energy.test_summary import a_round

WHOLE = {"scope": MeterScope.WHOLE_DEVICE}


def a_run(before=10.0, after=10.0, **meter):
    reason = "stopped by the user" if None in {before, after} else ""
    return RunEnergy(meter=a_meter(**{**WHOLE, **meter}), idle_before_w=before, idle_after_w=after, idle_reason=reason)


def kinds(energy, rounds=()):
    return [doubt.kind for doubt in energy_doubts(energy, rounds, "m")]


def test_a_measured_whole_device_with_steady_idle_leaves_no_doubt():
    assert kinds(a_run(), [a_round(), None]) == []
    assert kinds(None) == []


@pytest.mark.parametrize(
    ("energy", "rounds", "found"),
    [
        (a_run(scope=MeterScope.CPU_PACKAGE), [], ["PartialScope"]),
        (a_run(kind=MeterKind.ASSUMED, basis=Basis.ASSUMED, period_s=None), [], ["AssumedPower"]),
        (a_run(kind=MeterKind.WALL_METER, basis=Basis.ESTIMATED, period_s=None), [], ["TypedPower"]),
        (a_run(kind=MeterKind.POWERMETRICS, basis=Basis.ESTIMATED), [], ["ModelledEnergy"]),
        (a_run(), [a_round(decode_j=None)], ["CoarseMeter"]),
        (a_run(after=None), [a_round()], ["IdleUnknown"]),
        (a_run(before=None, after=None), [a_round()], ["IdleUnknown"]),
        (a_run(before=10.0, after=14.0), [a_round()], ["IdleDrift"]),
        (a_run(before=10.0, after=11.0), [a_round()], []),  # 1 W beside 36 W that the model adds
    ],
)
def test_each_reason(energy, rounds, found):
    assert kinds(energy, rounds) == found


def test_no_meter_names_the_nearest_one_and_its_remedy():
    problems = (
        MeterProblem(kind=MeterKind.RAPL, sentence="RAPL: may not be read.", remedy="Run as root."),
        MeterProblem(kind=MeterKind.BATTERY, sentence="Battery: none."),
    )
    (doubt,) = energy_doubts(RunEnergy(meter=None, problems=problems), [], "smollm2-135m int4")
    assert (doubt.kind, doubt.sentence, doubt.advice, doubt.subject) == (
        "NoEnergyMeter",
        "No energy was measured. RAPL: may not be read.",
        "Run as root.",
        "smollm2-135m int4",
    )
    (doubt,) = energy_doubts(RunEnergy(meter=None, problems=problems[1:]), [], "")
    assert "wall meter" in doubt.advice


def test_sizes_are_told():
    (drift,) = energy_doubts(a_run(before=10.0, after=14.0), [a_round()], "")
    assert drift.sentence == "At rest the device drew 10 W before and 14 W after, beside 34.7 W for the model."
    coarse = PhaseEnergy(phase="decode", tokens=1, duration_s=1.0, gross_j=None, reason="it needs 10 s")
    (doubt,) = energy_doubts(a_run(), [RoundEnergy(phases=(coarse,)), a_round()], "")
    assert "the energy of 1 of 3 phases: it needs 10 s." in doubt.sentence


@pytest.mark.parametrize("scope", sorted(set(MeterScope) - WHOLE_SCOPES))
def test_every_partial_scope_says_what_is_left_out(scope):
    (doubt,) = energy_doubts(a_run(scope=scope), [], "")
    assert "left out" in doubt.sentence


def test_everything_at_once_is_told_weightiest_first():
    energy = a_run(before=10.0, after=20.0, basis=Basis.ESTIMATED, scope=MeterScope.CHIP)
    assert kinds(energy, [a_round(decode_j=None)]) == ["CoarseMeter", "IdleDrift", "ModelledEnergy", "PartialScope"]

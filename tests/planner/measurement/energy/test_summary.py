"""Joules a token over rounds, gross and above idle; process starts are the replicates (CONVENTION §10)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.measurement.energy.figures import MeterKind, MeterProblem, PhaseEnergy, RoundEnergy, RunEnergy
from planner.measurement.energy.summary import summarise_energy
from planner.measurement.intervals import replicate_half_width
from tests.planner.measurement.energy.conftest import a_meter

DAY = date(2026, 11, 25)


def a_round(prefill_j=60.0, decode_j=80.0):
    """100 prompt tokens in 1 s and 20 output tokens in 2 s."""
    reason = "" if decode_j is not None else "too coarse"
    return RoundEnergy(
        phases=(
            PhaseEnergy(phase="prefill", tokens=100, duration_s=1.0, gross_j=prefill_j),
            PhaseEnergy(phase="decode", tokens=20, duration_s=2.0, gross_j=decode_j, reason=reason),
        )
    )


def a_run(before=10.0, after=10.0, **meter):
    reason = "stopped" if None in {before, after} else ""
    return RunEnergy(meter=a_meter(**meter), idle_before_w=before, idle_after_w=after, idle_reason=reason)


def test_idle_is_subtracted_over_each_phases_own_time():
    summary = summarise_energy(a_run(), [a_round()], DAY)
    prefill, decode = summary.of("prefill"), summary.of("decode")
    assert (prefill.gross_j_per_tok.value, prefill.marginal_j_per_tok.value) == (0.6, 0.5)
    assert (decode.gross_j_per_tok.value, decode.marginal_j_per_tok.value) == (4.0, 3.0)
    assert (prefill.active_w.value, decode.active_w.value, summary.idle_w.value) == (60.0, 40.0, 10.0)
    assert {figure.unit for figure in (prefill.gross_j_per_tok, decode.marginal_j_per_tok)} == {"J/tok"}


def test_one_round_has_no_interval():
    decode = summarise_energy(a_run(before=9.0, after=11.0), [a_round()], DAY).of("decode")
    assert (decode.marginal_j_per_tok.low, decode.gross_j_per_tok.low) == (None, None)


def test_the_interval_is_that_of_rounds_widened_by_the_drift_of_idle():
    joules = (78.0, 80.0, 84.0)
    rounds = [a_round(decode_j=each) for each in joules]
    still = summarise_energy(a_run(10.0, 10.0), rounds, DAY).of("decode")
    half = replicate_half_width([(each - 20.0) / 20 for each in joules])
    mean = (sum(joules) / 3 - 20.0) / 20
    assert still.marginal_j_per_tok.bounds == (pytest.approx(mean - half), pytest.approx(mean + half))
    drifted = summarise_energy(a_run(8.0, 12.0), rounds, DAY).of("decode")
    assert drifted.marginal_j_per_tok.value == pytest.approx(still.marginal_j_per_tok.value)
    wider = 2.0 * 2.0 / 20  # half the drift over 2 s, for each of 20 tokens
    assert drifted.marginal_j_per_tok.bounds == (pytest.approx(mean - half - wider), pytest.approx(mean + half + wider))
    assert drifted.gross_j_per_tok == still.gross_j_per_tok  # gross needs no idle


def test_the_idle_figures_are_the_ends_of_the_interval():
    assert summarise_energy(a_run(8.0, 12.0), [], DAY).idle_w.bounds == (8.0, 12.0)
    assert summarise_energy(a_run(8.0, None), [], DAY).idle_w.low is None


@given(
    st.lists(st.floats(21.0, 500.0), min_size=2, max_size=12),
    st.floats(0.0, 10.0),
    st.floats(0.0, 10.0),
)
def test_every_interval_holds_its_value_and_no_joule_is_negative(joules, before, after):
    decode = summarise_energy(a_run(before, after), [a_round(decode_j=each) for each in joules], DAY).of("decode")
    for figure in (decode.gross_j_per_tok, decode.marginal_j_per_tok):
        assert 0 <= figure.low <= figure.value <= figure.high
    assert decode.marginal_j_per_tok.value <= decode.gross_j_per_tok.value


def test_without_idle_gross_alone_is_known():
    decode = summarise_energy(a_run(None, None), [a_round()], DAY).of("decode")
    assert (decode.gross_j_per_tok.value, decode.marginal_j_per_tok, decode.reason) == (4.0, None, "stopped")


def test_a_model_that_shows_nothing_above_idle_is_unknown():
    decode = summarise_energy(a_run(45.0, 45.0), [a_round()], DAY).of("decode")
    assert (decode.marginal_j_per_tok, decode.reason) == (None, "the meter showed no more than at rest")


def test_phases_the_meter_could_not_tell_keep_their_reason():
    decode = summarise_energy(a_run(), [a_round(decode_j=None)], DAY).of("decode")
    assert (decode.gross_j_per_tok, decode.reason) == (None, "too coarse")
    assert summarise_energy(a_run(), [a_round(decode_j=None), a_round()], DAY).of("decode").gross_j_per_tok.value == 4.0


def test_the_basis_is_the_meters_own():
    for basis in Basis:
        decode = summarise_energy(a_run(basis=basis), [a_round(), a_round()], DAY).of("decode")
        assert decode.marginal_j_per_tok.basis is basis
        assert decode.marginal_j_per_tok.source == "package-0, 2 rounds"
        assert decode.marginal_j_per_tok.as_of == DAY


def test_typed_watts_have_no_interval_however_many_rounds_there_are():
    run = a_run(kind=MeterKind.WALL_METER, basis=Basis.ESTIMATED, period_s=None)
    decode = summarise_energy(run, [a_round(), a_round(decode_j=82.0), a_round()], DAY).of("decode")
    assert (decode.gross_j_per_tok.low, decode.marginal_j_per_tok.low) == (None, None)


def test_without_a_meter_there_is_nothing_to_say():
    lacking = RunEnergy(meter=None, problems=(MeterProblem(kind=MeterKind.RAPL, sentence="RAPL: not here."),))
    for energy in (None, lacking):
        summary = summarise_energy(energy, [None, None], DAY)
        assert (summary.phases, summary.idle_w, summary.of("decode")) == ((), None, None)

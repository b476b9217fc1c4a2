"""Soak and contention are shown in sentences with units and basis; what is unknown says why (CONVENTION §3, §4)."""

from __future__ import annotations

import json

import pytest

from planner.cli.console import say_json
from planner.cli.sustained import contention_line, show_contention, show_soak, soak_line
from planner.measurement.contentions import ContentionProgress
from planner.measurement.readings import Reading
from planner.measurement.runs import RunOutcome
from planner.measurement.soak_noise import Series
from planner.measurement.soaks import Soak, SoakProgress
from tests.support.soaks import ar_1, falling, stepping, times
from tests.support.sustained import BEGAN_S, contention_of, soak_of

T = times(600)


def with_clock(tok_s: Series) -> Soak:
    readings = [
        Reading(at_s=BEGAN_S + second, frequency_mhz=3000.0 if second <= 200 else 2100.0, foreign_cpus=0.02)
        for second in range(0, 601, 10)
    ]
    return soak_of(tok_s, readings=readings)


def test_a_throttled_soak_says_what_it_keeps_and_since_when(capsys: pytest.CaptureFixture[str]) -> None:
    show_soak(with_clock(stepping(T, 50, 35, 200) + ar_1(T.size, 0.3, 0.5, 1)))
    said = capsys.readouterr().out
    assert "fake int4 worked for 10 min, reading 256 tokens and answering 128 over and over" in said
    assert "Burst (median of the first 30 s): 50" in said
    assert "Sustained (mean of the final third): 35" in said
    assert "Retained share of the burst: 70 % (" in said
    assert "· measured." in said
    assert "Knee: it stays slower from 3 min 19 s (" in said  # the last window before 200 s
    assert "at once" in said
    assert "Clock: 3 GHz in the burst, 2.1 GHz in the final third (rank correlation with throughput 0." in said
    assert "Temperature: unknown, since it cannot be read here." in said
    assert "ThermalThrottling" not in said
    assert "Doubts (1)" in said
    rows = [line for line in said.splitlines() if line.strip().startswith(("1 ", "10 "))]
    assert len(rows) == 2
    assert "3 GHz" in rows[0]
    assert "2.1 GHz" in rows[1]


def test_an_exponential_decline_shows_its_time_constant(capsys: pytest.CaptureFixture[str]) -> None:
    show_soak(soak_of(falling(T, 50, 30, 90) + ar_1(T.size, 0.3, 0.3, 1)))
    said = capsys.readouterr().out
    assert "No knee: it fell from the start, with no plateau before." in said
    assert "with a time constant of" in said
    assert "Clock: unknown" in said


def test_a_level_soak_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_soak(with_clock(50 + ar_1(T.size, 0.3, 0.5, 2)))
    said = capsys.readouterr().out
    assert "No decline: throughput stayed level." in said
    assert "Doubts" not in said


def test_a_partial_soak_is_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    show_soak(soak_of(50 + ar_1(60, 0.3, 0.5, 1), outcome=RunOutcome.STOPPED))
    said = capsys.readouterr().out
    assert "unknown (the soak was stopped after 60 s; sustained throughput takes 10 min)" in said
    assert "Whether it declines is unknown: the soak lasted less than 90 s." in said
    assert "The soak was stopped after 60 s of 10 min." in said


def test_contention_says_what_each_costs_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    show_contention(contention_of())
    said = capsys.readouterr().out
    assert "3 of 3 rounds whole." in said
    assert "that the model keeps beside the load: 60 % (" in said
    assert "a burst takes 1.99 times (" in said
    assert "Alone the load is at work 12 % of the time." in said
    decode = next(line for line in said.splitlines() if line.startswith("decode"))
    assert "50 tok/s" in decode
    assert "30 tok/s" in decode


def test_contention_without_a_whole_round_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    whole = contention_of()
    show_contention(whole.model_copy(update={"turns": whole.turns[:1], "outcome": RunOutcome.STOPPED}))
    said = capsys.readouterr().out
    assert "unknown (no round has the model's turns alone and beside the load)" in said
    assert "What the model costs the load is unknown" in said


def test_the_documents_print_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    say_json(contention_of())
    assert json.loads(capsys.readouterr().out)["format"] == "edgewise.contention"


def test_live_lines_name_phase_and_speed() -> None:
    assert soak_line(SoakProgress(model="m", phase="soak", share=0.5, eta_s=3.0, tok_s=41.0)) == "m · soak · 41 tok/s"
    assert soak_line(SoakProgress(model="m", phase="load", share=0.0, eta_s=None)) == "m · load"
    progress = ContentionProgress(model="m", phase="both", share=0.5, eta_s=3.0)
    assert contention_line(progress) == "m · both together"

"""Each doubt about contention appears for its reason, with a figure and a next step, and not otherwise."""

from __future__ import annotations

from planner.measurement.contention_doubts import contention_doubts
from planner.measurement.runs import RunOutcome
from tests.support.sustained import contention_of


def test_three_whole_rounds_have_no_doubts() -> None:
    assert contention_doubts(contention_of()) == ()


def test_two_rounds_are_few() -> None:
    two = contention_of(alone_tok_s=(50, 51), kept=(0.6, 0.6), alone_s=(0.01, 0.01), slower=(2, 2))
    (doubt,) = contention_doubts(two)
    assert doubt.kind == "TooFewRounds"
    assert doubt.sentence == "Only 2 rounds had every turn, where 3 are the fewest that show their spread."


def test_bursts_that_never_began_are_told() -> None:
    (doubt,) = contention_doubts(contention_of(missed=4))
    assert doubt.kind == "ForegroundSaturated"
    assert doubt.sentence.startswith("12 bursts of the foreground load never began")


def test_a_load_that_is_no_light_work_here_is_told() -> None:
    (doubt,) = contention_doubts(contention_of(alone_s=(0.06, 0.06, 0.06)))
    assert doubt.kind == "HeavyForeground"
    assert "74 % of the time" in doubt.sentence


def test_an_early_end_is_told_with_what_there_is() -> None:
    stopped = contention_of(outcome=RunOutcome.STOPPED, message="stopped by the user")
    assert contention_doubts(stopped)[0].sentence == "The measurement was stopped when 3 of 3 rounds were whole."
    failed = contention_of(outcome=RunOutcome.FAILED, message="the foreground load failed: no memory")
    assert contention_doubts(failed)[0].sentence.endswith("whole: the foreground load failed: no memory.")


def test_other_programs_are_told_apart_from_the_load() -> None:
    (doubt,) = contention_doubts(contention_of(others_cpus=0.3))
    assert doubt.kind == "Disturbed"
    assert doubt.sentence == "Programs other than these two kept 0.3 CPUs busy, more than 0.12."

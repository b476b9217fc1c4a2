"""A soaking child reads, answers and reads again, in windows that end in time and turns that do not overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.measurement.soak_cycle import Cycle, soak_turns
from tests.support.fake_soaker import PREFILL_S, STEP_S, FakeLoop, FakeTime

CYCLE = Cycle(prompt_tokens=256, answer_tokens=128, window_s=1.0, turns=((0.0, 20.0),))


def walked(cycle: Cycle) -> tuple[list[dict[str, Any]], FakeLoop, float]:
    passing = FakeTime()
    loop = FakeLoop(passing)
    messages = list(soak_turns(loop, cycle, vocab=100, seed=1, clock=passing.clock()))
    origin_s = next(one["origin_s"] for one in messages if one["type"] == "origin")
    return messages, loop, float(str(origin_s))


def test_windows_are_about_as_long_as_asked_and_leave_no_time_out() -> None:
    messages, loop, origin_s = walked(CYCLE)
    windows = [one for one in messages if one["type"] == "window"]
    assert [one["type"] for one in messages[:4]] == ["phase", "warmed_up", "origin", "phase"]
    assert windows[0]["began_s"] == origin_s
    for window in windows:
        assert window["wall_s"] == pytest.approx(window["decode_s"] + window["prefill_s"])
        assert 1.0 <= window["wall_s"] <= 1.0 + PREFILL_S + 0.1 + 1e-6 or window is windows[-1]
    assert sum(one["wall_s"] for one in windows) == pytest.approx(20.0, abs=0.36)
    assert loop.prompts == 1 + sum(one["prefill_tokens"] for one in windows) // 256  # one for the warm-up
    assert loop.prompts - 1 == pytest.approx(20 / (PREFILL_S + 128 * STEP_S), abs=1)


def test_every_window_has_a_step_however_slow_the_prompt() -> None:
    messages, _, _ = walked(replace(CYCLE, window_s=0.01))
    assert all(one["decode_tokens"] > 0 for one in messages if one["type"] == "window")


def test_between_turns_it_sleeps_and_a_turns_windows_lie_within_it() -> None:
    turns = ((0.0, 3.0), (5.0, 8.0))
    messages, _, origin_s = walked(replace(CYCLE, turns=turns, lead_s=2.0, window_s=0.5))
    for number, (begin_s, end_s) in enumerate(turns):
        mine = [one for one in messages if one["type"] == "window" and one["turn"] == number]
        assert mine[0]["began_s"] == pytest.approx(origin_s + begin_s)
        assert mine[-1]["began_s"] + mine[-1]["wall_s"] <= origin_s + end_s + 0.1 + PREFILL_S + 1e-6


def test_without_reading_again_it_answers_the_same_prompt() -> None:
    messages, loop, _ = walked(replace(CYCLE, reads_again=False))
    assert loop.prompts == 1
    assert loop.rewinds > 5
    assert all(one["prefill_tokens"] == 0 for one in messages if one["type"] == "window")


def test_the_cache_holds_the_longest_that_is_ever_asked() -> None:
    assert CYCLE.max_tokens == 256 + 128
    assert replace(CYCLE, answer_tokens=8).max_tokens == 256 + 64  # the warm-up takes up to 64 steps

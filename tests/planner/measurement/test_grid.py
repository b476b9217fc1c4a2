"""A round reads every prompt once or more and answers from where it stands, with prompts that differ."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from planner.measurement.grid import Grid, walk
from planner.measurement.warm_up import MOST_STEPS


class Recorder:
    """A loop that notes what it is asked."""

    def __init__(self) -> None:
        self.prompts: list[NDArray[np.int64]] = []
        self.decoded: list[tuple[int, int, int]] = []  # length of the prompt before, token, steps
        self.asked: list[str] = []  # what, in order

    def prefill(self, prompt: NDArray[np.int64]) -> int:
        self.prompts.append(prompt)
        self.asked.append("prefill")
        return len(self.prompts)

    def rewind(self) -> None:
        self.asked.append("rewind")

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        self.decoded.append((self.prompts[-1].size, token, steps))
        self.asked.append("decode")
        return [float(step + 1) for step in range(steps)], [0] * steps


def grid(prompts: tuple[int, ...], contexts: tuple[int, ...], *, repeat: int = 1) -> Grid:
    return Grid(prompts, contexts, decode_steps=4, prefill_s=1e9, prefill_at_most=repeat)


def test_order_first_run_then_each_length_with_decode_from_its_prompt() -> None:
    loop = Recorder()
    messages = list(walk(loop, grid((8, 32), (8, 32)), vocab=50, seed=1))
    phases = [message["phase"] for message in messages if message["type"] == "phase"]
    assert phases == ["first run", "prefill 8", "decode at 8", "prefill 32", "decode at 32"]
    samples = [(message["kind"], message["tokens"]) for message in messages if message["type"] == "sample"]
    assert samples == [("prefill", 8), ("decode", 8), ("prefill", 32), ("decode", 32)]
    assert [prompt.size for prompt in loop.prompts] == [8, 8, 32]
    # The first run's warm-up step, then decode continues with the token its prefill gave.
    assert loop.decoded == [(8, 1, 1), (8, 2, 4), (32, 3, 4)]


def test_a_context_that_is_no_prompt_is_read_once_and_not_timed() -> None:
    loop = Recorder()
    messages = list(walk(loop, grid((8,), (16,), repeat=3), vocab=50, seed=1))
    kinds = [(message["kind"], message["tokens"]) for message in messages if message["type"] == "sample"]
    assert kinds == [("prefill", 8)] * 3 + [("decode", 16)]


def test_prefills_repeat_until_enough_time_was_timed() -> None:
    messages = walk(Recorder(), Grid((8,), (), decode_steps=4, prefill_s=0.0, prefill_at_most=9), vocab=50, seed=1)
    assert sum(message["type"] == "sample" for message in messages) == 1


def test_prompts_differ_within_a_round_and_between_rounds_and_repeat_by_seed() -> None:
    def prompts(seed: int) -> list[list[int]]:
        loop = Recorder()
        list(walk(loop, grid((16,), (), repeat=3), vocab=1000, seed=seed))
        return [prompt.tolist() for prompt in loop.prompts]

    first = prompts(1)
    assert len({tuple(prompt) for prompt in first}) == len(first)
    assert prompts(1) == first
    assert not {tuple(prompt) for prompt in prompts(2)} & {tuple(prompt) for prompt in first}
    assert all(0 <= token < 1000 for prompt in first for token in prompt)


def test_every_series_of_a_context_starts_behind_its_prompt_again() -> None:
    loop = Recorder()
    series = replace(grid((8,), (8,)), decode_series=3)
    messages = list(walk(loop, series, vocab=50, seed=1))
    decodes = [message for message in messages if message["type"] == "sample" and message["kind"] == "decode"]
    assert [message["tokens"] for message in decodes] == [8, 8, 8]
    assert loop.asked == ["prefill", "decode", "prefill", *["rewind", "decode"] * 3]  # the first run stands before
    assert loop.decoded[1:] == [(8, 2, 4)] * 3  # the same answer from the same place


def test_the_warm_up_stands_between_the_first_run_and_the_grid() -> None:
    loop = Recorder()
    warm = replace(grid((8,), (8,)), warm_up_window_s=2.0, warm_up_limit_s=60.0)
    messages = list(walk(loop, warm, vocab=50, seed=1))
    phases = [message["phase"] for message in messages if message["type"] == "phase"]
    assert phases == ["first run", "warm-up", "prefill 8", "decode at 8"]
    [warmed] = [message for message in messages if message["type"] == "warmed_up"]
    assert warmed == {"type": "warmed_up", "tok_s": (1.0,) * 6, "passed": True}  # a second a step, from the first on
    assert [each for each in loop.decoded if each[2] == 2] == [(8, 1, 2)] * 6  # windows of two seconds, two steps


def test_samples_say_when_they_began_on_the_clock_the_parent_reads() -> None:
    before_s = time.perf_counter()
    messages = list(walk(Recorder(), grid((8, 32), (8, 32)), vocab=50, seed=1))
    began_s = [message["began_s"] for message in messages if message["type"] == "sample"]
    assert began_s == sorted(began_s)  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert all(isinstance(each, float) and before_s <= each <= time.perf_counter() for each in began_s)


def test_the_cache_holds_the_longest_length_and_its_steps() -> None:
    assert grid((8, 32), (16,)).max_tokens == 36


def test_the_cache_holds_a_warm_up_that_goes_further_than_the_grid() -> None:
    warm = replace(grid((8,), (8,)), warm_up_window_s=1.0, warm_up_limit_s=1.0)
    assert warm.max_tokens == 8 + MOST_STEPS
    assert replace(warm, context_tokens=(512,)).max_tokens == 512 + 4


def test_a_child_is_told_the_grid_it_was_built_from() -> None:
    asked = replace(grid((8, 32), (16,)), decode_series=2, warm_up_window_s=0.1, warm_up_limit_s=3.0)
    told = json.loads(json.dumps(asked.plain()))  # as it goes over the pipe
    assert Grid(**told).plain() == asked.plain()

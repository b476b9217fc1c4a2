"""What a soaking child does over and over: read a prompt, answer it, and say every second or so how fast it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.measurement.grid import Loop
from planner.measurement.turn_clock import Clock
from planner.measurement.warm_up import MOST_STEPS, warm_up

PIECE_S = 0.1
"""Steps are taken in pieces of about this long, so that a window or a turn ends that near to its time."""


@dataclass(frozen=True)
class Cycle:
    """One prompt and its answer, repeated during `turns`; between turns the child sleeps.

    A turn is (begin, end) in seconds after the origin, which lies `lead_s` after the end of the warm-up.
    """

    prompt_tokens: int
    answer_tokens: int
    window_s: float
    turns: Sequence[Sequence[float]]
    lead_s: float = 0.0
    reads_again: bool = True  # every answer has a new prompt; False: answers the first one again and again
    warm_up_window_s: float = 0.5
    warm_up_limit_s: float = 20.0

    @property
    def max_tokens(self) -> int:
        """Most tokens the KV cache ever holds."""
        return self.prompt_tokens + max(self.answer_tokens, MOST_STEPS)


def soak_turns(
    loop: Loop, cycle: Cycle, *, vocab: int, seed: int, clock: Clock | None = None
) -> Iterator[dict[str, object]]:
    """The child's messages: warm-up, the origin, then a window at least every `window_s` of each turn.

    A window counts whole steps and prompts: `decode_s` is the time in steps, `prefill_s` in prompts, and what is left
    of `wall_s` is the loop itself. Every window has at least one step.
    """
    clock = clock or Clock()
    random = np.random.default_rng(seed)

    def read() -> tuple[int, float]:
        prompt = random.integers(0, vocab, cycle.prompt_tokens, dtype=np.int64)
        began_s = clock.now_s()
        return loop.prefill(prompt), clock.now_s() - began_s

    yield {"type": "phase", "phase": "warm-up"}
    first, _ = read()
    loop.decode(first, 1)
    warm = warm_up(loop, first, window_s=cycle.warm_up_window_s, limit_s=cycle.warm_up_limit_s)
    yield {"type": "warmed_up", "tok_s": warm.tok_s, "passed": warm.passed}
    origin_s = clock.now_s() + cycle.lead_s
    yield {"type": "origin", "origin_s": origin_s}
    yield {"type": "phase", "phase": "soak"}
    piece = min(max(round(PIECE_S * warm.tok_s[-1]), 1), cycle.answer_tokens)
    token, left = first, 0
    for number, (begin_s, end_s) in enumerate(cycle.turns):
        clock.sleep_until(origin_s + begin_s)
        while (began_s := clock.now_s()) < origin_s + end_s:
            prompts, prefill_s, steps, decode_s = 0, 0.0, 0, 0.0
            until_s = min(began_s + cycle.window_s, origin_s + end_s)
            while steps == 0 or clock.now_s() < until_s:
                if left == 0:
                    left = cycle.answer_tokens
                    if cycle.reads_again:
                        token, spent_s = read()
                        prompts, prefill_s = prompts + 1, prefill_s + spent_s
                    else:
                        loop.rewind()
                        token = first
                count = min(piece, left)
                times_s, tokens = loop.decode(token, count)
                token, left = tokens[-1], left - count
                steps, decode_s = steps + count, decode_s + times_s[-1]
            yield {
                "type": "window",
                "turn": number,
                "began_s": began_s,
                "wall_s": clock.now_s() - began_s,
                "decode_tokens": steps,
                "decode_s": decode_s,
                "prefill_tokens": prompts * cycle.prompt_tokens,
                "prefill_s": prefill_s,
            }

"""What one round times and in which order: every prompt is read, then answered from where it stands."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planner.measurement.warm_up import MOST_STEPS, warm_up


class Loop(Protocol):
    """A decoder that can read a prompt and answer it token by token, more than once."""

    def prefill(self, prompt: NDArray[np.int64]) -> int: ...
    def rewind(self) -> None: ...
    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]: ...


@dataclass(frozen=True)
class Grid:
    """Lengths to time, and how much of it: prefills repeat until they took `prefill_s` together."""

    prompt_tokens: Sequence[int]
    context_tokens: Sequence[int]
    decode_steps: int
    prefill_s: float
    prefill_at_most: int
    decode_series: int = 1  # of `decode_steps` each, at every context
    warm_up_window_s: float = 0.0  # 0: no warm-up
    warm_up_limit_s: float = 0.0

    @property
    def lengths(self) -> list[int]:
        """Every prompt or context length once, ascending."""
        return sorted({*self.prompt_tokens, *self.context_tokens})

    def plain(self) -> dict[str, object]:
        """The grid as a child is told it."""
        return {**asdict(self), "prompt_tokens": list(self.prompt_tokens), "context_tokens": list(self.context_tokens)}

    @property
    def max_tokens(self) -> int:
        """Most tokens the KV cache ever holds."""
        warm = self.lengths[0] + MOST_STEPS if self.warm_up_window_s else 0
        return max(max(self.lengths) + self.decode_steps, warm)


def walk(loop: Loop, grid: Grid, *, vocab: int, seed: int) -> Iterator[dict[str, object]]:
    """The round's messages: first run (a prefill of the shortest length), warm-up, a sample for every timed thing.

    Every prompt holds other token ids, drawn from the seed, so that no cache can know one. `began_s` is the system's
    performance counter, which a parent process reads on the same scale.
    """
    random = np.random.default_rng(seed)

    def read(tokens: int) -> tuple[int, float, float]:
        """The answer's first token, the seconds it took, and when it began."""
        prompt = random.integers(0, vocab, tokens, dtype=np.int64)
        start_ns = time.perf_counter_ns()
        token = loop.prefill(prompt)
        return token, (time.perf_counter_ns() - start_ns) / 1e9, start_ns / 1e9

    yield {"type": "phase", "phase": "first run"}
    token, duration_s, _ = read(grid.lengths[0])
    loop.decode(token, 1)
    yield {"type": "first_run", "prompt_tokens": grid.lengths[0], "duration_s": duration_s}
    if grid.warm_up_window_s:
        yield {"type": "phase", "phase": "warm-up"}
        warm = warm_up(loop, token, window_s=grid.warm_up_window_s, limit_s=grid.warm_up_limit_s)
        yield {"type": "warmed_up", "tok_s": warm.tok_s, "passed": warm.passed}
    for length in grid.lengths:
        spent_s, repeats, timed = 0.0, 0, length in grid.prompt_tokens
        while repeats == 0 or (timed and spent_s < grid.prefill_s and repeats < grid.prefill_at_most):
            yield {"type": "phase", "phase": f"prefill {length}"}
            token, duration_s, began_s = read(length)
            spent_s, repeats = spent_s + duration_s, repeats + 1
            if timed:
                yield {
                    "type": "sample",
                    "kind": "prefill",
                    "tokens": length,
                    "duration_s": duration_s,
                    "began_s": began_s,
                }
        for _ in range(grid.decode_series if length in grid.context_tokens else 0):
            yield {"type": "phase", "phase": f"decode at {length}"}
            loop.rewind()
            began_s = time.perf_counter()
            times_s, _ = loop.decode(token, grid.decode_steps)
            yield {
                "type": "sample",
                "kind": "decode",
                "tokens": length,
                "token_times_s": times_s,
                "began_s": began_s,
            }

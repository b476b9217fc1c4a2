"""How two contenders compare: paired, interleaved process starts and the ratio of their medians with its interval."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.measurement.grid import Grid
from planner.measurement.intervals import half_width_95
from tests.benchmarks.cross_check.starts import Contender, Start


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs at one point; above 1 ours is faster."""

    point: str  # "prefill 512", "decode at 128"
    ours_tok_s: float  # medians over the starts
    theirs_tok_s: float
    ratio: float  # of these medians
    low: float | None  # 95 %; None: fewer than two pairs
    high: float | None
    pairs: int


def interleaved(
    contenders: Sequence[Contender], grid: Grid, pairs: int, on_start: Callable[[int, Contender, Start], None]
) -> list[tuple[Start, ...]]:
    """A, B, B, A, A, B, …: every repetition starts each contender once, in turn forwards and backwards.

    One start of each comes first and is thrown away: it reads the files into the page cache. All contenders of a
    repetition get the same prompts.
    """
    for contender in contenders:
        contender.start(grid, 0)
    repetitions: list[tuple[Start, ...]] = []
    for number in range(1, pairs + 1):
        order = list(enumerate(contenders))
        if number % 2 == 0:
            order.reverse()
        started: dict[int, Start] = {}
        for index, contender in order:
            started[index] = contender.start(grid, number)
            on_start(number, contender, started[index])
        repetitions.append(tuple(started[index] for index in range(len(contenders))))
    return repetitions


def ratios(pairs: Sequence[tuple[Start, Start]]) -> list[Ratio]:
    """One ratio a point of the grid, from pairs of ours and theirs."""
    ours, theirs = zip(*pairs, strict=True)
    found = [
        _ratio(f"prefill {tokens}", [s.prefill_tok_s[tokens] for s in ours], [s.prefill_tok_s[tokens] for s in theirs])
        for tokens in ours[0].prefill_tok_s
    ]
    found += [
        _ratio(f"decode at {tokens}", [s.decode_tok_s[tokens] for s in ours], [s.decode_tok_s[tokens] for s in theirs])
        for tokens in ours[0].decode_tok_s
    ]
    return found


def _ratio(point: str, ours: list[float], theirs: list[float]) -> Ratio:
    """Value: the ratio of medians. Interval: Student's t over the pairs' log ratios, widened to hold the value."""
    value = statistics.median(ours) / statistics.median(theirs)
    logs = [math.log(one / other) for one, other in zip(ours, theirs, strict=True)]
    half_width = half_width_95(logs)
    low = high = None
    if half_width is not None:
        middle = statistics.fmean(logs)
        low, high = min(math.exp(middle - half_width), value), max(math.exp(middle + half_width), value)
    return Ratio(point, statistics.median(ours), statistics.median(theirs), value, low, high, len(ours))

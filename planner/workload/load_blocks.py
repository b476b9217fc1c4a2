"""The week in about five load blocks that keep its energy and its peak exactly (economics.md §3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from planner.workload.rate_profile import WeeklyProfile

BLOCKS = 5


@dataclass(frozen=True)
class LoadBlock:
    """Hours of the week with like rates."""

    hours: int
    rate: float  # requests an hour, the mean of its hours
    requests: float  # in all its hours together


def load_blocks(profile: WeeklyProfile, count: int = BLOCKS) -> tuple[LoadBlock, ...]:
    """The 168 hours of a week in blocks (`blocks_of`)."""
    return blocks_of(profile.requests, count)


def blocks_of(rates: Sequence[float], count: int = BLOCKS) -> tuple[LoadBlock, ...]:
    """Hours of these rates, sorted and cut into at most `count` blocks, the busiest first.

    The first block is exactly the hours at the peak; the rest is cut where the squared distance of hours from their
    block's mean is least (Fisher 1958), so equal hours always share a block.
    """
    ordered = sorted(rates, reverse=True)
    at_peak = ordered.count(ordered[0])
    first = LoadBlock(at_peak, ordered[0], at_peak * ordered[0])
    rest = ordered[at_peak:]
    if not rest:
        return (first,)
    groups = min(max(1, count - 1), len(set(rest)))
    parts = [rest[start:end] for start, end in pairwise(_cuts(rest, groups))]
    return (first, *(_block(part) for part in parts))


def _block(hours: list[float]) -> LoadBlock:
    requests = math.fsum(hours)
    return LoadBlock(len(hours), requests / len(hours), requests)


def _cuts(ordered: list[float], groups: int) -> list[int]:
    """Where to cut: by dynamic programming over the ends of the groups."""
    size = len(ordered)
    values = np.array(ordered) / ordered[0] if ordered[0] else np.array(ordered)
    sums = np.concatenate(([0.0], np.cumsum(values)))
    squares = np.concatenate(([0.0], np.cumsum(values**2)))

    def scatter(start: int, end: int) -> float:
        total = float(sums[end] - sums[start])
        return max(0.0, float(squares[end] - squares[start]) - total**2 / (end - start))

    ends = [end for end in range(1, size + 1) if end == size or ordered[end] != ordered[end - 1]]
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [0])}
    for _ in range(groups):
        best = {
            end: min((cost + scatter(start, end), [*cuts, end]) for start, (cost, cuts) in best.items() if start < end)
            for end in ends
            if any(start < end for start in best)
        }
    return best[size][1]

"""Whether a series still rises or falls: the exact Mann-Kendall test and the Theil-Sen slope, in plain Python."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from functools import cache
from itertools import combinations

FEWEST = 3  # below it no order of the values is unlikely enough to speak of a trend
EXACT_UP_TO = 30  # longer series take the normal approximation


def mann_kendall_p(values: Sequence[float]) -> float:
    """Two-sided p of «no trend» (Mann 1945, Kendall 1975): the chance that |S| is at least as large in random order.

    S counts later-above-earlier pairs less later-below-earlier ones. Without ties and up to 30 values the
    distribution of S is exact; otherwise it is normal with tie and continuity correction. Fewer than three values
    cannot show a trend: 1.
    """
    count = len(values)
    if count < FEWEST:
        return 1.0
    s = abs(sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2)))
    ties = [values.count(value) for value in set(values)]
    if max(ties) == 1 and count <= EXACT_UP_TO:
        orders = _inversions(count)
        pairs = count * (count - 1) // 2
        at_least = sum(ways for inversions, ways in enumerate(orders) if abs(pairs - 2 * inversions) >= s)
        return at_least / math.factorial(count)
    variance = (
        count * (count - 1) * (2 * count + 5) - sum(size * (size - 1) * (2 * size + 5) for size in ties)
    ) / 18  # Kendall 1975, §4
    return 1.0 if variance <= 0 or s == 0 else math.erfc((s - 1) / math.sqrt(2 * variance))


def theil_sen_slope(times: Sequence[float], values: Sequence[float]) -> float:
    """Median of the slopes of all pairs (Sen 1968), in value per time unit; zero where no two times differ."""
    slopes = [
        (values[j] - values[i]) / (times[j] - times[i])
        for i, j in combinations(range(len(values)), 2)
        if times[j] != times[i]
    ]
    return statistics.median(slopes) if slopes else 0.0


@cache
def _inversions(count: int) -> tuple[int, ...]:
    """How many orders of `count` values have 0, 1, 2, … inversions (Mahonian numbers)."""
    ways = [1]
    for size in range(2, count + 1):
        longer = [0] * (len(ways) + size - 1)
        for inversions, number in enumerate(ways):
            for added in range(size):
                longer[inversions + added] += number
        ways = longer
    return tuple(ways)

"""The smallest set of constraints that forbids something: no smaller one does, and none of it can be spared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

Kinds = frozenset[str]


def smallest_conflict(kinds: Sequence[str], allowed: Callable[[Kinds], bool]) -> tuple[str, ...]:
    """The first of the smallest sets of these kinds that allows nothing; all of them where even they allow something.

    `allowed` tells whether anything is left when only these kinds are in force. Sets are tried by size and then in the
    order of the kinds, so that what comes first is blamed first; with a dozen kinds there are 4,096 sets at the most.
    """
    for size in range(len(kinds) + 1):
        for tried in combinations(kinds, size):
            if not allowed(frozenset(tried)):
                return tried
    return tuple(kinds)

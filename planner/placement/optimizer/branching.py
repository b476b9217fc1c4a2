"""The cheapest choice of a small problem without a solver: sets of charges, cheapest ways, and branching on limits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Solution, Way
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.score import scale_of, score, whole
from planner.placement.optimizer.ties import tidied

MOST_NODES = 2_000  # some milliseconds; beyond them a solver is quicker
MOST_CHARGES = 8  # that cost something: 256 sets of them
ROUNDING = 1e-13  # of a cost: what summing in another order may add


def cheapest(problem: Problem, *, fitting: bool = False) -> Solution | None:
    """What `solve` finds, without a solver where everything fits and the search stays small.

    With `fitting` also None where not everything fits, which then need not be searched for the least overrun.
    """
    plain = not (problem.units or problem.barred) and problem.budget_usd is None
    if not plain or any(demand.homes > 1 for demand in problem.demands):
        return solve(problem)
    small = reduced(problem)
    search = _Search(small)
    homes = search.run()
    if homes is None:
        return None if fitting and search.complete else solve(problem)
    shares = tidied(small, whole(homes))
    unplaced, overrun, usd = score(problem, shares)
    return Solution(shares, unplaced, overrun, usd, gap_usd=0.0, nodes=search.nodes, proven=True)


@dataclass(frozen=True)
class _Branch:
    """A way as numbers: its cost alone, which charges it needs, and what it takes of each limit itself."""

    name: str
    usd: float
    charges: frozenset[int]
    uses: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class _State:
    """A choice for the first demands."""

    usd: float
    needed: frozenset[int]
    loads: tuple[float, ...]
    homes: tuple[str, ...]


class _Search:
    """Every set of charges that cost something, cheapest first as it would be without limits; then depth first.

    With a set paid, every demand takes its cheapest way that needs no other charge; where that keeps all limits nothing
    is cheaper with this set. Where it does not, ways are branched on, and a branch that cannot be cheaper than the best
    is left.
    """

    def __init__(self, problem: Problem) -> None:
        self.nodes = 0
        self.complete = True  # everything that could be cheaper was seen
        self._usd = [charge.usd for charge in problem.charges]
        self._paid = [number for number, usd in enumerate(self._usd) if usd]
        self._limits = [limit.amount + WHOLE_SHARE * scale_of(limit) for limit in problem.limits]
        limits = {limit.name: number for number, limit in enumerate(problem.limits)}
        self._holds = [
            tuple((limits[name], held) for name, held in charge.holds.items() if held and name in limits)
            for charge in problem.charges
        ]
        index = {charge.name: number for number, charge in enumerate(problem.charges)}
        self._demands = {
            demand.name: sorted((_branch(way, index, limits) for way in demand.ways), key=lambda each: each.usd)
            for demand in problem.demands
            if demand.ways
        }

    def run(self) -> dict[str, str] | None:
        """The homes; None where nothing fits or the search grew too large."""
        if len(self._paid) > MOST_CHARGES:
            self.complete = False
            return None
        best: tuple[float, dict[str, str]] | None = None
        for bound, branches in sorted(self._sets(), key=lambda each: each[0]):
            if best is not None and bound >= best[0] - ROUNDING * abs(best[0]):
                break
            found = self._cheapest(bound, branches, None if best is None else best[0])
            if not self.complete:
                return None
            best = found or best
        return None if best is None else best[1]

    def _sets(self) -> Iterator[tuple[float, list[tuple[str, list[_Branch]]]]]:
        """What each set of paid charges and the cheapest ways under it cost together, and those ways."""
        for size in range(len(self._paid) + 1):
            for chosen in combinations(self._paid, size):
                forbidden = set(self._paid).difference(chosen)
                branches = [
                    (name, [each for each in ways if not each.charges & forbidden])
                    for name, ways in self._demands.items()
                ]
                if all(ways for _, ways in branches):
                    usd = sum(ways[0].usd for _, ways in branches) + sum(self._usd[one] for one in chosen)
                    yield usd, branches

    def _cheapest(
        self, bound: float, demands: list[tuple[str, list[_Branch]]], below: float | None
    ) -> tuple[float, dict[str, str]] | None:
        """The cheapest that fits and costs less than `below`, with everything in the set paid."""
        demands = sorted(demands, key=lambda each: -_spread(each[1]))
        best: tuple[float, dict[str, str]] | None = None
        stack = [_State(bound, frozenset(), (0.0,) * len(self._limits), ())]
        while stack:
            state = stack.pop()
            if below is not None and state.usd >= below - ROUNDING * abs(below):
                continue
            if len(state.homes) == len(demands):
                below = state.usd
                best = state.usd, dict(zip((name for name, _ in demands), state.homes, strict=True))
                continue
            self.nodes += 1
            if self.nodes > MOST_NODES:
                self.complete = False
                return None
            stack += reversed(list(self._next(state, demands[len(state.homes)][1])))
        return best

    def _next(self, state: _State, branches: Sequence[_Branch]) -> Iterator[_State]:
        """Every way of the next demand that fits; the cost is a bound, in which the cheapest way is already counted."""
        for branch in branches:
            new = branch.charges - state.needed
            loads = list(state.loads)
            for limit, used in (*branch.uses, *(each for one in new for each in self._holds[one])):
                loads[limit] += used
            if all(load <= limit for load, limit in zip(loads, self._limits, strict=True)):
                usd = state.usd + branch.usd - branches[0].usd
                yield _State(usd, state.needed | new, tuple(loads), (*state.homes, branch.name))


def _branch(way: Way, index: Mapping[str, int], limits: Mapping[str, int]) -> _Branch:
    return _Branch(
        way.name,
        way.usd,
        frozenset(index[name] for name in way.charges if name in index),
        tuple((limits[name], used) for name, used in way.uses.items() if name in limits),
    )


def _spread(branches: Sequence[_Branch]) -> float:
    """What the second cheapest way costs more: where that is most, a wrong branch is seen soonest."""
    return branches[1].usd - branches[0].usd if len(branches) > 1 else math.inf

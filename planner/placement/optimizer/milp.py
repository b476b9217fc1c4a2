"""The best choice by HiGHS: one thread and a limit on work, so that the same problem always gets the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from planner.placement.optimizer.answer import Answer
from planner.placement.optimizer.bought import least_usd
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Shares, Solution, chosen_ways
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.rows import Program, program, shares_of, users_of
from planner.placement.optimizer.score import charges_of, load_of, over_usd_of, score, units_for, whole
from planner.placement.optimizer.ties import tidied

MOST_NODES = 20_000  # of one search tree: minutes at most on a slow machine, and never reached by a real plan so far
MOST_ROUNDS = 200  # in which what overflows is priced again; each needs a search of its own
LEAST_MORE_OVERRUN = 1e-9
SAME_COST = 1e-9  # of a cost: less than this is rounding

Stop = Callable[[], bool]
"""Asked now and then whether to stop and keep the best choice found."""


def solve(problem: Problem, most_nodes: int = MOST_NODES, stop: Stop | None = None) -> Solution | None:
    """Fewest demands without a way, then least overrun, then least cost; None where every choice is barred.

    Where everything fits, one search finds it; else the least overrun is sought first. The answer's figures are
    recomputed from the problem. A search that is stopped keeps the best choice so far, with its gap.
    """
    small = reduced(problem)
    easy = None if problem.barred else _without_search(small)
    if easy is not None:
        return _solution(problem, easy, 0.0, 0, proven=True)
    searching = _Search(small, program(small), most_nodes, stop)
    for column in searching.made.over:
        searching.made.upper[column] = 0.0
    shares, answer = searching.cheapest(0.0)
    if shares is not None:
        return _ended(problem, searching, shares, answer)
    return _overrunning(problem, _Search(small, program(small), most_nodes, stop), stopped=answer.stopped)


def _without_search(problem: Problem) -> Shares | None:
    """Every demand's cheapest way, where it takes nothing that must be paid and all of it fits: nothing is cheaper."""
    cheapest = {
        demand.name: min(demand.ways, key=lambda way: (way.usd, way.name)) for demand in problem.demands if demand.ways
    }
    needed = charges_of(cheapest.values())
    paid = any(charge.usd for charge in problem.charges if charge.name in needed)
    shares = whole({name: way.name for name, way in cheapest.items()})
    if paid or problem.units or score(problem, shares)[1] > 0:
        return None
    return shares


class _Search:
    """A reduced problem with its program, searched again while what it found turns out dearer or does not fit."""

    def __init__(self, problem: Problem, made: Program, most_nodes: int, stop: Stop | None) -> None:
        self.problem, self.made = problem, made
        self.single = all(demand.homes == 1 for demand in problem.demands)
        self._most_nodes, self._stop = most_nodes, stop

    def cheapest(self, overrun: float) -> tuple[Shares | None, Answer]:
        """The cheapest choice with no more overrun: one that has it within the solver's tolerance is barred.

        The rows price what overflows no higher than it is. A choice they flatter is priced exactly in a further row
        that only binds where the same demands use those units, until nothing left could cost less than the best.
        """
        best: tuple[float, Shares] | None = None
        nodes, rounds = 0, 0
        while True:
            answer = self.search(self.made.cost)
            nodes, rounds = nodes + answer.nodes, rounds + 1
            if answer.values is None:
                bound = answer.bound if best is None or answer.stopped else best[0] * self.made.usd_scale
                return best and best[1], replace(answer, bound=bound, nodes=nodes)
            shares = self.shares_of(answer)
            _, over, usd = score(self.problem, shares)
            flattered = self.single and self._price(shares)
            fits = not self.single or over <= overrun
            if fits and (best is None or usd < best[0]):
                best = usd, shares
            closed = best is not None and best[0] - answer.bound / self.made.usd_scale <= SAME_COST * abs(best[0])
            if closed or answer.stopped or rounds >= MOST_ROUNDS or (fits and not flattered):
                if best is not None:
                    stopped = answer.stopped or (not closed and rounds >= MOST_ROUNDS)
                    return best[1], replace(answer, nodes=nodes, stopped=stopped)
                if rounds >= MOST_ROUNDS or answer.stopped:
                    return None, replace(answer, nodes=nodes, stopped=True)
            if not fits:
                self.made.bar({demand: next(iter(ways)) for demand, ways in shares.items()})

    def search(self, cost: list[float]) -> Answer:
        """Imported here: where the cheapest ways fit, and to the window and the child, no solver is needed."""
        from planner.placement.optimizer.highs import search  # noqa: PLC0415

        return search(self.made, cost, self._most_nodes, self._stop)

    def shares_of(self, answer: Answer) -> Shares:
        """What a single home's values say is rounded to the nearest."""
        return shares_of(self.made, answer.values or [], 0.5 if self.single else WHOLE_SHARE)

    def _price(self, shares: Shares) -> bool:
        """Rows for the units that cost more with these users than the program thinks; whether there are any."""
        used, found = chosen_ways(self.problem, shares), False
        for units in self.problem.units:
            if units.name not in self.made.dearer:
                continue
            usd = units_for(units, used)[1]
            more = usd - least_usd(units, load_of(used, units.name), over_usd_of(used, units.name))
            if more > SAME_COST * usd:
                self.made.dearer_where(units.name, users_of(self.problem.demands, shares, units.name), more)
                found = True
        return found


def _overrunning(problem: Problem, searching: _Search, *, stopped: bool) -> Solution | None:
    """Where not everything fits: the least overrun, and the cheapest choice that has no more."""
    made, small = searching.made, searching.problem
    least = [0.0] * len(made.cost)
    for column in made.over:
        least[column] = 1.0
    first = searching.search(least)
    if first.values is None:
        return None
    shares = searching.shares_of(first)
    most = score(small, shares)[1] + LEAST_MORE_OVERRUN
    made.row(dict.fromkeys(made.over, 1.0), high=most)
    found, second = searching.cheapest(most + WHOLE_SHARE)
    if found is not None:
        shares = min(shares, found, key=lambda each: _merit(small, each))
    stopped = stopped or first.stopped or second.stopped
    return _ended(problem, searching, shares, replace(second, nodes=first.nodes + second.nodes, stopped=stopped))


def _merit(problem: Problem, shares: Shares) -> tuple[float, float]:
    _, overrun, usd = score(problem, shares)
    return round(overrun, 7), usd


def _ended(problem: Problem, searching: _Search, shares: Shares, answer: Answer) -> Solution:
    """Ties decided by name, and the gap from the solver's bound."""
    small = searching.problem
    shares = tidied(small, shares)
    usd = score(small, shares)[2]
    gap = max(0.0, usd - max(answer.bound / searching.made.usd_scale, _least_usd(small)))
    closed = not answer.stopped and gap <= SAME_COST * max(abs(usd), 1.0)
    return _solution(problem, shares, 0.0 if closed else gap, answer.nodes, proven=closed)


def _least_usd(problem: Problem) -> float:
    """Less than this nothing can cost: known before any search."""
    ways = sum(min(way.usd for way in demand.ways) for demand in problem.demands if demand.ways)
    return ways + sum(min(0.0, charge.usd) for charge in problem.charges)


def _solution(problem: Problem, shares: Shares, gap_usd: float, nodes: int, *, proven: bool) -> Solution:
    unplaced, overrun, usd = score(problem, shares)
    return Solution(shares, unplaced, overrun, usd, gap_usd=gap_usd, nodes=nodes, proven=proven)

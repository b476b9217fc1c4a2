"""The best choice by HiGHS: one thread and a limit on work, so that the same problem always gets the same answer."""

from __future__ import annotations

from dataclasses import replace

from planner.placement.optimizer.answer import Answer
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Shares, Solution
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.rows import Program, program, shares_of
from planner.placement.optimizer.score import charges_of, score, whole
from planner.placement.optimizer.ties import tidied

MOST_NODES = 20_000  # of one search tree: minutes at most on a slow machine, and never reached by a real plan so far
LEAST_MORE_OVERRUN = 1e-9
SAME_COST = 1e-9  # of a cost: less than this is rounding


def solve(problem: Problem, most_nodes: int = MOST_NODES) -> Solution | None:
    """Fewest demands without a way, then least overrun, then least cost; None where every choice is barred.

    Where everything fits, one search finds it; else the least overrun is sought first. The answer's figures are
    recomputed from the problem. A search that is stopped keeps the best choice so far, with its gap.
    """
    small = reduced(problem)
    easy = None if problem.barred else _without_search(small)
    if easy is not None:
        return _solution(problem, easy, 0.0, 0, proven=True)
    made = program(small)
    shares, answer = _fitting(small, made, most_nodes)
    if shares is not None:
        return _ended(problem, small, made, shares, answer)
    return _overrunning(problem, small, most_nodes, stopped=answer.stopped)


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


def _fitting(problem: Problem, made: Program, most_nodes: int) -> tuple[Shares | None, Answer]:
    """The cheapest choice that exceeds no limit; one that does by less than the solver's tolerance is barred."""
    for column in made.over:
        made.upper[column] = 0.0
    single = all(demand.homes == 1 for demand in problem.demands)
    while True:
        answer = _search(made, made.cost, most_nodes)
        if answer.values is None:
            return None, answer
        shares = shares_of(made, answer.values, 0.5 if single else WHOLE_SHARE)
        if not single or score(problem, shares)[1] == 0:
            return shares, answer
        made.bar({demand: next(iter(ways)) for demand, ways in shares.items()})


def _overrunning(problem: Problem, small: Problem, most_nodes: int, *, stopped: bool) -> Solution | None:
    """Where not everything fits: the least overrun, and the cheapest choice that has no more."""
    made = program(small)
    least = [0.0] * len(made.cost)
    for column in made.over:
        least[column] = 1.0
    single = all(demand.homes == 1 for demand in small.demands)
    first = _search(made, least, most_nodes)
    if first.values is None:
        return None
    threshold = 0.5 if single else WHOLE_SHARE
    shares = shares_of(made, first.values, threshold)
    made.row(dict.fromkeys(made.over, 1.0), high=score(small, shares)[1] + LEAST_MORE_OVERRUN)
    second = _search(made, made.cost, most_nodes)
    if second.values is not None:
        shares = min(shares, shares_of(made, second.values, threshold), key=lambda each: _merit(small, each))
    stopped = stopped or first.stopped or second.stopped
    return _ended(problem, small, made, shares, replace(second, nodes=first.nodes + second.nodes, stopped=stopped))


def _merit(problem: Problem, shares: Shares) -> tuple[float, float]:
    _, overrun, usd = score(problem, shares)
    return round(overrun, 7), usd


def _ended(problem: Problem, small: Problem, made: Program, shares: Shares, answer: Answer) -> Solution:
    """Ties decided by name, and the gap from the solver's bound."""
    shares = tidied(small, shares)
    usd = score(small, shares)[2]
    gap = max(0.0, usd - answer.bound / made.usd_scale)
    closed = not answer.stopped and gap <= SAME_COST * max(abs(usd), 1.0)
    return _solution(problem, shares, 0.0 if closed else gap, answer.nodes, proven=closed)


def _solution(problem: Problem, shares: Shares, gap_usd: float, nodes: int, *, proven: bool) -> Solution:
    unplaced, overrun, usd = score(problem, shares)
    return Solution(shares, unplaced, overrun, usd, gap_usd=gap_usd, nodes=nodes, proven=proven)


def _search(made: Program, cost: list[float], most_nodes: int) -> Answer:
    """Imported here: where the cheapest ways fit, and to the window and the child, no solver is needed."""
    from planner.placement.optimizer.highs import search  # noqa: PLC0415

    return search(made, cost, most_nodes)

"""Every choice tried: the oracle for small problems in which each demand has one home."""

from __future__ import annotations

from itertools import product

from planner.placement.optimizer.problem import Problem, Solution
from planner.placement.optimizer.score import score, whole


def solve_exhaustively(problem: Problem) -> Solution:
    """The best of all choices; equal ones are decided by the names of their ways. Ways ^ demands of them are tried."""
    if any(demand.homes > 1 for demand in problem.demands):
        raise ValueError("shared demands have endlessly many choices")
    placed = [demand for demand in sorted(problem.demands, key=lambda each: each.name) if demand.ways]
    menus = [sorted(way.name for way in demand.ways) for demand in placed]
    barred = [dict(each) for each in problem.barred]
    best = None
    tried = 0
    for ways in product(*menus):
        homes = {demand.name: way for demand, way in zip(placed, ways, strict=True)}
        if homes in barred:
            continue
        tried += 1
        merit = score(problem, whole(homes))
        if best is None or merit < best[0]:
            best = merit, homes
    if best is None:
        raise ValueError("every choice is barred")
    (unplaced, overrun, usd), homes = best
    return Solution(whole(homes), unplaced, overrun, usd, gap_usd=0.0, nodes=tried, proven=True)

"""What can be left out of a problem without changing its best choice: most ways of a real one."""

from __future__ import annotations

from dataclasses import replace

from planner.placement.optimizer.problem import Demand, Problem, Way


def reduced(problem: Problem) -> Problem:
    """In the order of names, without charges that matter to nothing, and without ways that another one dominates.

    A choice that is barred may need a dominated way, so then only the order changes.
    """
    idle = {charge.name for charge in problem.charges if charge.usd == 0 and not any(charge.holds.values())}
    charges = tuple(sorted((each for each in problem.charges if each.name not in idle), key=lambda each: each.name))
    demands = [_demand(each, idle, keep_all=bool(problem.barred)) for each in problem.demands]
    return replace(
        problem,
        demands=tuple(sorted(demands, key=lambda each: each.name)),
        limits=tuple(sorted(problem.limits, key=lambda each: each.name)),
        charges=charges,
        units=tuple(sorted(problem.units, key=lambda each: each.name)),
    )


def _demand(demand: Demand, idle: set[str], *, keep_all: bool) -> Demand:
    ways = [
        replace(way, charges=way.charges - idle, uses={name: used for name, used in way.uses.items() if used})
        for way in sorted(demand.ways, key=lambda each: (each.usd, each.name))
    ]
    kept: list[Way] = []
    for way in ways:
        if keep_all or not any(_dominates(better, way) for better in kept):
            kept.append(way)
    return replace(demand, ways=tuple(sorted(kept, key=lambda each: each.name)))


def _dominates(better: Way, way: Way) -> bool:
    """`better` costs no more (the ways come cheapest first) and asks for nothing that `way` does not ask for."""
    return (
        better.charges <= way.charges
        and all(used <= way.uses.get(name, 0.0) for name, used in better.uses.items())
        and all(usd <= way.over_usd.get(name, 0.0) for name, usd in better.over_usd.items())
    )

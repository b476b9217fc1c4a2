"""The choice that uses least of something among all that cost no more than a bound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from planner.placement.optimizer.answer import Answer
from planner.placement.optimizer.milp import LEAST_MORE_OVERRUN, MOST_NODES
from planner.placement.optimizer.problem import WHOLE_SHARE, Demand, Problem, Shares, Solution, Way, chosen_ways
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.rows import Program, program, shares_of
from planner.placement.optimizer.score import charges_of, score

ROUNDING = 1e-9  # of the bound
SCALE = 1e4  # what the sum of all weights is scaled to, as costs are


@dataclass(frozen=True)
class Weights:
    """How much of the thing each way uses in full, by demand and way, and each charge once."""

    ways: Mapping[tuple[str, str], float]
    charges: Mapping[str, float] = field(default_factory=dict[str, float])

    def of(self, problem: Problem, shares: Shares) -> float:
        """What a choice uses together."""
        used = [
            self.ways.get((demand, way), 0.0) * share for demand, ways in shares.items() for way, share in ways.items()
        ]
        held = charges_of(way for way, _ in chosen_ways(problem, shares))
        return math.fsum([*used, *(self.charges.get(name, 0.0) for name in sorted(held))])


@dataclass(frozen=True)
class Extreme:
    """The choice found, what it uses and costs, and whether none is known to use less."""

    shares: Shares
    used: float
    usd: float
    proven: bool


def least(problem: Problem, weights: Weights, usd_at_most: float, best: Solution) -> Extreme | None:
    """Of the choices that place as many demands as the best with no more overrun, at no more than this cost.

    None where there is none. What dominated ways may be left out is for the caller to say: see `reduced_alike`.
    """
    made = program(problem)
    single = all(demand.homes == 1 for demand in problem.demands)
    _bound_cost(made, usd_at_most)
    _bound_overrun(made, best.overrun)
    objective = _objective(made, weights)
    while True:
        answer = _search(made, objective)
        if answer.values is None:
            return None
        shares = shares_of(made, answer.values, 0.5 if single else WHOLE_SHARE)
        _, overrun, usd = score(problem, shares)
        if not single or (overrun <= best.overrun + WHOLE_SHARE and usd <= usd_at_most + 2 * ROUNDING * usd_at_most):
            return Extreme(shares, weights.of(problem, shares), usd, proven=not answer.stopped)
        made.bar({demand: next(iter(ways)) for demand, ways in shares.items()})  # beyond a bound by less than tolerance


def reduced_alike(problem: Problem, weights: Weights) -> Problem:
    """Without ways that another one of the same weight dominates; one of another weight may be wanted for itself."""
    small = reduced(problem)
    kept: list[Demand] = []
    for demand in problem.demands:
        alike: dict[float, list[str]] = {}
        for way in demand.ways:
            alike.setdefault(weights.ways.get((demand.name, way.name), 0.0), []).append(way.name)
        ways = tuple(
            way
            for names in alike.values()
            for way in _reduced_ways(problem, replace(demand, ways=tuple(w for w in demand.ways if w.name in names)))
        )
        kept.append(replace(demand, ways=tuple(sorted(ways, key=lambda each: each.name))))
    return replace(small, demands=tuple(sorted(kept, key=lambda each: each.name)))


def _reduced_ways(problem: Problem, demand: Demand) -> tuple[Way, ...]:
    return reduced(replace(problem, demands=(demand,))).demands[0].ways


def _bound_cost(made: Program, usd_at_most: float) -> None:
    scale = made.usd_scale * (usd_at_most if usd_at_most > 0 else 1.0)
    spent = {column: cost / scale for column, cost in enumerate(made.cost)}
    made.row(spent, high=(1.0 if usd_at_most > 0 else 0.0) + ROUNDING)


def _bound_overrun(made: Program, overrun: float) -> None:
    if overrun > 0:
        made.row(dict.fromkeys(made.over, 1.0), high=overrun + LEAST_MORE_OVERRUN)
        return
    for column in made.over:
        made.upper[column] = 0.0


def _objective(made: Program, weights: Weights) -> list[float]:
    total = math.fsum(abs(each) for each in (*weights.ways.values(), *weights.charges.values())) or 1.0
    objective = [0.0] * len(made.cost)
    for key, column in made.share.items():
        objective[column] = weights.ways.get(key, 0.0) * SCALE / total
    for name, column in made.charge.items():
        objective[column] = weights.charges.get(name, 0.0) * SCALE / total
    return objective


def _search(made: Program, objective: list[float]) -> Answer:
    """Imported here: only who asks for a near-optimal choice needs a solver for it."""
    from planner.placement.optimizer.highs import search  # noqa: PLC0415

    return search(made, objective, MOST_NODES)

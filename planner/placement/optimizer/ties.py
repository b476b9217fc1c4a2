"""Which of equally good choices is taken: names decide, so that neither order of entry nor a solver's path does."""

from __future__ import annotations

from collections.abc import Iterable

from planner.placement.optimizer.problem import Demand, Problem, Shares, Way
from planner.placement.optimizer.score import charges_of, score, whole

SAME = 1e-12  # of a cost: the rounding of a sum


def tidied(problem: Problem, shares: Shares) -> Shares:
    """One demand after the other takes the way of the smallest name that costs as little; shared ones stay."""
    if problem.barred or any(demand.homes > 1 for demand in problem.demands):
        return shares
    homes = {demand: next(iter(ways)) for demand, ways in shares.items()}
    by_name = {demand.name: {way.name: way for way in demand.ways} for demand in problem.demands}
    total = score(problem, shares)[2]
    changed = True
    while changed:
        changed = False
        for demand in problem.demands:
            others = {name: by_name[name][way] for name, way in homes.items() if name != demand.name}
            for way in _cheap_enough(problem, demand, homes.get(demand.name), others.values(), SAME * abs(total)):
                if _as_good(problem, homes, {**homes, demand.name: way.name}):
                    homes[demand.name] = way.name
                    changed = True
                    break
    return whole(homes)


def _cheap_enough(
    problem: Problem, demand: Demand, present: str | None, others: Iterable[Way], rounding_usd: float
) -> list[Way]:
    """Ways of a smaller name that cost no more than the present one, with what only they need; units may save more."""
    paid = charges_of(others)
    extra = {charge.name: charge.usd for charge in problem.charges if charge.name not in paid}

    def alone(way: Way) -> float:
        return way.usd + sum(extra.get(name, 0.0) for name in way.charges)

    now = next((alone(way) for way in demand.ways if way.name == present), None)
    if now is None or present is None:
        return []
    most = float("inf") if problem.units else now + rounding_usd
    return [way for way in demand.ways if way.name < present and alone(way) <= most]


def _as_good(problem: Problem, homes: dict[str, str], other: dict[str, str]) -> bool:
    ours, theirs = score(problem, whole(homes)), score(problem, whole(other))
    return theirs[:2] <= ours[:2] and theirs[2] <= ours[2] + SAME * abs(ours[2])

"""Which of equally good choices is taken: names decide, so that neither order of entry nor a solver's path does."""

from __future__ import annotations

from planner.placement.optimizer.problem import Demand, Problem, Shares, Way
from planner.placement.optimizer.score import score, whole

SAME = 1e-12  # of a cost: the rounding of a sum


def tidied(problem: Problem, shares: Shares) -> Shares:
    """One demand after the other takes the way of the smallest name that costs as little; shared ones stay."""
    if problem.barred or any(demand.homes > 1 for demand in problem.demands):
        return shares
    homes = {demand: next(iter(ways)) for demand, ways in shares.items()}
    charges = {charge.name: charge.usd for charge in problem.charges}
    changed = True
    while changed:
        changed = False
        for demand in problem.demands:
            for way in _cheap_enough(demand, homes, charges):
                if _as_good(problem, homes, {**homes, demand.name: way.name}):
                    homes[demand.name] = way.name
                    changed = True
                    break
    return whole(homes)


def _cheap_enough(demand: Demand, homes: dict[str, str], charges: dict[str, float]) -> list[Way]:
    """Ways of a smaller name that could cost as little, if all the present one needs were no longer needed."""
    present = next((way for way in demand.ways if way.name == homes.get(demand.name)), None)
    if present is None:
        return []
    most = present.usd + sum(charges.get(name, 0.0) for name in present.charges)
    return [way for way in demand.ways if way.name < present.name and way.usd <= most]


def _as_good(problem: Problem, homes: dict[str, str], other: dict[str, str]) -> bool:
    ours, theirs = score(problem, whole(homes)), score(problem, whole(other))
    return theirs[:2] <= ours[:2] and theirs[2] <= ours[2] + SAME * abs(ours[2])

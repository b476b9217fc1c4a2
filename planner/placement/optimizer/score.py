"""How good a choice is, recomputed from the problem alone: the solver's own sums are never trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from planner.placement.optimizer.bought import units_bought
from planner.placement.optimizer.problem import WHOLE_SHARE, Limit, Problem, Shares, Units, Way, chosen_ways

BUDGET = "the budget"


def score(problem: Problem, shares: Shares) -> tuple[int, float, float]:
    """(demands without a way, overrun, USD): the smaller the better, in this order."""
    used = chosen_ways(problem, shares)
    usd = cost_usd(problem, used)
    unplaced = sum(not shares.get(demand.name) for demand in problem.demands)
    return unplaced, math.fsum(overruns(problem, used, usd).values()), usd


def cost_usd(problem: Problem, used: Iterable[tuple[Way, float]]) -> float:
    """Ways at their shares, charges once, whole units and what goes over them."""
    used = list(used)
    needed = charges_of(way for way, _ in used)
    parts = [way.usd * share for way, share in used]
    parts += [charge.usd for charge in problem.charges if charge.name in needed]
    parts += [units_for(units, used)[1] for units in problem.units]
    return math.fsum(parts)


def units_for(units: Units, used: Iterable[tuple[Way, float]]) -> tuple[int, float]:
    """How many units these ways need, and what those and all that goes over cost."""
    used = list(used)
    users = frozenset(way.user for way, _ in used if way.uses.get(units.name))
    if units.priced is not None and users:
        return units.priced(users)
    return units_bought(units, load_of(used, units.name), over_usd_of(used, units.name))


def overruns(problem: Problem, used: Iterable[tuple[Way, float]], usd: float) -> dict[str, float]:
    """By how much of itself each limit is exceeded; limits that hold are left out."""
    used = list(used)
    needed = charges_of(way for way, _ in used)
    over = {limit.name: over_share(limit, _load_with(problem, needed, limit.name, used)) for limit in problem.limits}
    for units in problem.units:
        over[units.name] = _units_missing(units, used)
    if problem.budget_usd is not None:
        over[BUDGET] = over_share(Limit(BUDGET, problem.budget_usd), usd)
    return {name: share for name, share in over.items() if share > 0}


def load_on(problem: Problem, limit: str, used: Iterable[tuple[Way, float]]) -> float:
    """What the ways use and the charges hold of a limit together."""
    used = list(used)
    return _load_with(problem, charges_of(way for way, _ in used), limit, used)


def _load_with(problem: Problem, needed: set[str], limit: str, used: Iterable[tuple[Way, float]]) -> float:
    held = [charge.holds.get(limit, 0.0) for charge in problem.charges if charge.name in needed]
    return math.fsum([*held, load_of(used, limit)])


def over_share(limit: Limit, load: float) -> float:
    """The excess as a share of the limit (of one, where the limit is nothing)."""
    over = (load - limit.amount) / scale_of(limit)
    return over if over > WHOLE_SHARE else 0.0


def scale_of(limit: Limit) -> float:
    """What an overrun of the limit is a share of."""
    return limit.amount if limit.amount > 0 else 1.0


def charges_of(ways: Iterable[Way]) -> set[str]:
    """Everything at least one of the ways needs."""
    return {name for way in ways for name in way.charges}


def whole(homes: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Shares of a choice that gives every demand one way."""
    return {demand: {way: 1.0} for demand, way in homes.items()}


def load_of(used: Iterable[tuple[Way, float]], name: str) -> float:
    """What the ways use of a limit or of units."""
    return math.fsum(way.uses.get(name, 0.0) * share for way, share in used)


def over_usd_of(used: Iterable[tuple[Way, float]], name: str) -> float:
    """What the ways would cost more than the least price over these units, were all of them to go over."""
    return math.fsum(way.over_usd.get(name, 0.0) * share for way, share in used)


def _units_missing(units: Units, used: Iterable[tuple[Way, float]]) -> float:
    """Units needed beyond all that could be had."""
    if units.most is None:
        return 0.0
    return over_share(Limit(units.name, float(units.most)), float(units_for(units, used)[0]))

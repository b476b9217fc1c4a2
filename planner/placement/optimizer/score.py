"""How good a choice is, recomputed from the problem alone: the solver's own sums are never trusted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

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
    parts += [units_bought(units, _load(used, units.name))[1] for units in problem.units]
    return math.fsum(parts)


def overruns(problem: Problem, used: Iterable[tuple[Way, float]], usd: float) -> dict[str, float]:
    """By how much of itself each limit is exceeded; limits that hold are left out."""
    used = list(used)
    over = {limit.name: over_share(limit, load_on(problem, limit.name, used)) for limit in problem.limits}
    for units in problem.units:
        over[units.name] = _units_missing(units, _load(used, units.name))
    if problem.budget_usd is not None:
        over[BUDGET] = over_share(Limit(BUDGET, problem.budget_usd), usd)
    return {name: share for name, share in over.items() if share > 0}


def load_on(problem: Problem, limit: str, used: Iterable[tuple[Way, float]]) -> float:
    """What the ways use and the charges hold of a limit together."""
    used = list(used)
    needed = charges_of(way for way, _ in used)
    held = [charge.holds.get(limit, 0.0) for charge in problem.charges if charge.name in needed]
    return math.fsum([*held, _load(used, limit)])


def over_share(limit: Limit, load: float) -> float:
    """The excess as a share of the limit (of one, where the limit is nothing)."""
    over = (load - limit.amount) / scale_of(limit)
    return over if over > WHOLE_SHARE else 0.0


def scale_of(limit: Limit) -> float:
    """What an overrun of the limit is a share of."""
    return limit.amount if limit.amount > 0 else 1.0


def units_bought(units: Units, load: float) -> tuple[int, float]:
    """How many whole units carry the load for least, and what they and the rest cost: convex, so one of three."""
    exact = load / units.load_per_unit
    if units.usd_per_load_over is None:
        needed = math.ceil(exact - WHOLE_SHARE)
        return needed, needed * units.usd_per_unit
    whole = min(math.ceil(exact - WHOLE_SHARE), units.most)
    counts = {0, min(math.floor(exact), units.most), whole}
    costs = [
        (n * units.usd_per_unit + units.usd_per_load_over * max(0.0, load - n * units.load_per_unit), n) for n in counts
    ]
    usd, number = min(costs)
    return number, usd


def charges_of(ways: Iterable[Way]) -> set[str]:
    """Everything at least one of the ways needs."""
    return {name for way in ways for name in way.charges}


def whole(homes: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Shares of a choice that gives every demand one way."""
    return {demand: {way: 1.0} for demand, way in homes.items()}


def _load(used: Iterable[tuple[Way, float]], name: str) -> float:
    return math.fsum(way.uses.get(name, 0.0) * share for way, share in used)


def _units_missing(units: Units, load: float) -> float:
    """Units needed beyond all that could be had, where nothing may go over."""
    if units.usd_per_load_over is not None:
        return 0.0
    return over_share(Limit(units.name, float(units.most)), float(units_bought(units, load)[0]))

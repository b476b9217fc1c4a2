"""Which choices are best one after the other while costs move in a straight line, and where exactly each takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import Charge, Demand, Problem, Units, Way, chosen_ways
from planner.placement.optimizer.score import cost_usd, whole

ROUNDING = 1e-10  # of a cost
HALVINGS = 60  # beyond the last digit of a float
MOST_STEPS = 200  # of one path; a real one has a dozen

Homes = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """From here on (0: the start, 1: the end) these homes are best."""

    at: float
    homes: Homes


def path(start: Problem, end: Problem, first: Homes) -> Iterator[Step]:
    """Every change of the best homes on the way, in order; `first` are best at the start.

    The two problems differ in costs alone. What a choice costs is then straight along the way and what the best one
    costs is concave, so a choice is best on one stretch, and where it ends is found exactly: the cheapest choice
    further on crosses it, until no choice is cheaper where they cross. Where units are bought, what a choice costs
    bends as it buys more or fewer: one that is best on several stretches may be missed on all but the last.
    """
    homes, at = first, 0.0
    for _ in range(MOST_STEPS):
        step = _next(start, end, homes, at)
        if step is None:
            return
        yield step
        homes, at = step.homes, step.at


def blended(start: Problem, end: Problem, at: float) -> Problem:
    """The problem with every cost so far on its way from the start to the end."""

    def mixed(one: float, other: float) -> float:
        return one + (other - one) * at

    def way(one: Way, other: Way) -> Way:
        over = {name: mixed(usd, other.over_usd[name]) for name, usd in one.over_usd.items()}
        return replace(one, usd=mixed(one.usd, other.usd), over_usd=over)

    def demand(one: Demand, other: Demand) -> Demand:
        return replace(one, ways=tuple(way(*each) for each in zip(one.ways, other.ways, strict=True)))

    def charge(one: Charge, other: Charge) -> Charge:
        return replace(one, usd=mixed(one.usd, other.usd))

    def units(one: Units, other: Units) -> Units:
        over = None
        if one.usd_per_load_over is not None and other.usd_per_load_over is not None:
            over = mixed(one.usd_per_load_over, other.usd_per_load_over)
        return replace(
            one,
            usd_per_unit=mixed(one.usd_per_unit, other.usd_per_unit),
            usd_per_load=mixed(one.usd_per_load, other.usd_per_load),
            usd_per_load_over=over,
            priced=_mixed_prices(one, other, at),
        )

    return replace(
        start,
        demands=tuple(demand(*each) for each in zip(start.demands, end.demands, strict=True)),
        charges=tuple(charge(*each) for each in zip(start.charges, end.charges, strict=True)),
        units=tuple(units(*each) for each in zip(start.units, end.units, strict=True)),
    )


def _mixed_prices(one: Units, other: Units, at: float) -> Callable[[frozenset[str]], tuple[int, float]] | None:
    """What these users' units cost, so far on its way; they are as many as at the start."""
    start, end = one.priced, other.priced
    if start is None or end is None:
        return None

    def priced(users: frozenset[str]) -> tuple[int, float]:
        (number, usd), (_, other_usd) = start(users), end(users)
        return number, usd + (other_usd - usd) * at

    return priced


def differ_in_costs_alone(start: Problem, end: Problem) -> bool:
    """Whether a path leads from one to the other: the same ways in the same order, asking for the same."""
    alike = [(one.priced is None) == (other.priced is None) for one, other in zip(start.units, end.units, strict=False)]
    return all(alike) and _without_costs(start) == _without_costs(end)


def _without_costs(problem: Problem) -> Problem:
    def way(one: Way) -> Way:
        return replace(one, usd=0.0, over_usd=dict.fromkeys(one.over_usd, 0.0))

    def units(one: Units) -> Units:
        over = None if one.usd_per_load_over is None else 0.0
        return replace(one, usd_per_unit=0.0, usd_per_load=0.0, usd_per_load_over=over, priced=None)

    return replace(
        problem,
        demands=tuple(replace(each, ways=tuple(way(one) for one in each.ways)) for each in problem.demands),
        charges=tuple(replace(each, usd=0.0) for each in problem.charges),
        units=tuple(units(each) for each in problem.units),
    )


def _next(start: Problem, end: Problem, homes: Homes, at: float) -> Step | None:
    """Where these homes, best from `at` on, stop being best; None: they are to the end."""

    def usd(of: Homes, where: float) -> float:
        if not start.units:
            return _usd(start, of) * (1 - where) + _usd(end, of) * where
        return _usd(blended(start, end, where), of)

    def excess(over: Homes, where: float) -> float:
        return usd(homes, where) - usd(over, where)

    here, rival = 1.0, _best(end)
    if _no_dearer(usd(homes, here), usd(rival, here)):
        return None
    while True:
        crossing = _crossing(partial(excess, rival), at, here, straight=not start.units)
        other = _best(blended(start, end, crossing))
        if _no_dearer(usd(homes, crossing), usd(other, crossing)) or crossing >= here:
            return Step(crossing, rival)
        here, rival = crossing, other


def _crossing(excess: Callable[[float], float], low: float, high: float, *, straight: bool) -> float:
    """Where the excess over the rival, none at `low` and some at `high`, begins."""
    below, above = min(0.0, excess(low)), excess(high)
    if straight:
        return low + (high - low) * (-below / (above - below))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if excess(middle) > 0:
            high = middle
        else:
            low = middle
    return high


def _no_dearer(ours: float, theirs: float) -> bool:
    return ours <= theirs + ROUNDING * abs(theirs)


def _best(problem: Problem) -> Homes:
    found = cheapest(problem)
    if found is None:
        raise AssertionError("nothing is barred, so there is a choice")
    return found.homes


def _usd(problem: Problem, homes: Homes) -> float:
    return cost_usd(problem, chosen_ways(problem, whole(homes)))

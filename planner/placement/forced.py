"""Why a class is not on the other side: what the whole plan would cost more with it there, or what forbids that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from planner import text
from planner.placement.conflicts import smallest_conflict
from planner.placement.easing import joined
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Shares, Solution, Way
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.score import score, whole
from planner.placement.options import Constraint, Option
from planner.placement.reasons import OTHER_SIDE, RULED_OUT_BY, SIDE_WORDS, option_name
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, FixedCosts, problem_of
from planner.units import MONTHS_PER_YEAR

SHARED_WORDS = {
    "hours": "the devices' hours, which other classes need",
    "memory_together": "memory that other models need",
    "rates": "what its vendor serves a minute, which other classes need",
    "budget": "the budget",
}
"""What classes share, beside the constraints of one option alone."""


@dataclass(frozen=True)
class _Ground:
    """What every answer rests on."""

    candidates: Sequence[Candidates]
    fixed: FixedCosts
    cap: float
    selection: Selection
    small: Problem  # the problem that was solved, without what cannot matter


@dataclass(frozen=True)
class Forced:
    """The cheapest plan with the class on the other side, or the constraints that forbid that together."""

    sentence: str
    regret_usd_per_year: float | None = None
    conflict: tuple[str, ...] = ()


def forced_alternatives(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection
) -> dict[str, Forced]:
    """For every class, by name; where a class is nowhere, what forbids it everywhere."""
    ground = _Ground(candidates, fixed, cap, selection, reduced(selection.problem))
    return {each.task_class: _forced(ground, each) for each in candidates}


def forced_to(problem: Problem, task_class: str, ways: Sequence[Way], *, fitting: bool = False) -> Solution | None:
    """The best of all when the class is served in one of these ways; None where there is none, or none is `fitting`."""
    if not ways:
        return None
    demands = tuple(
        replace(demand, ways=tuple(ways)) if demand.name == task_class else demand for demand in problem.demands
    )
    return cheapest(replace(problem, demands=demands), fitting=fitting)


def _forced(ground: _Ground, one: Candidates) -> Forced:
    selection = ground.selection
    chosen = selection.chosen[one.task_class]
    if chosen is None:
        return _nowhere(one)
    side = OTHER_SIDE[chosen.side]
    there = [option for option in one.options if option.side is side]
    if not there:
        return Forced(f"There is no option {SIDE_WORDS[side]}.")
    ways = next(demand for demand in selection.problem.demands if demand.name == one.task_class).ways
    found = forced_to(
        ground.small, one.task_class, [way for way in ways if way.name in {each.option_id for each in there}]
    )
    if found is None or found.overrun > selection.solution.overrun + WHOLE_SHARE:
        conflict = _conflict(ground, one, there)
        return Forced(f"Forbidden {SIDE_WORDS[side]} by {_listed(conflict)}.", conflict=conflict)
    regret = MONTHS_PER_YEAR * max(0.0, found.usd - selection.solution.usd)
    option = one.named(found.homes[one.task_class])
    name = "" if option is None else f" ({option_name(option)})"
    more = f"{text.money(regret)} a year more" if regret else "the same"
    return Forced(f"{SIDE_WORDS[side].capitalize()}{name} the whole plan would cost {more}.", regret)


def _nowhere(one: Candidates) -> Forced:
    """No option of the class is allowed, whatever the others do: the smallest set of constraints that sees to that."""
    if not one.options:
        return Forced("")
    kinds = _present(one.options)
    conflict = smallest_conflict(kinds, lambda tried: any(_free(each, tried) for each in one.options))
    return Forced(f"Forbidden everywhere by {_listed(conflict)}.", conflict=conflict)


def _conflict(ground: _Ground, one: Candidates, there: Sequence[Option]) -> tuple[str, ...]:
    """The smallest set of constraints, what classes share among them, that forbids the class every option there."""

    def allowed(kinds: frozenset[str]) -> bool:
        freed = [option for option in there if _free(option, kinds)]
        if not freed or not kinds & set(SHARED_WORDS):
            return bool(freed)
        free = Candidates(one.task_class, tuple(each.model_copy(update={"violations": ()}) for each in freed))
        problem = problem_of([free if each is one else each for each in ground.candidates], ground.fixed, ground.cap)
        return _fits(problem, kinds, ground.selection.solution)

    shared = [
        *("hours", "memory_together"),
        *(["rates"] if ground.fixed.rates else []),
        *(["budget"] if ground.fixed.budget_usd_per_month is not None else []),
    ]
    return smallest_conflict([*_present(there), *shared], allowed)


def _present(options: Sequence[Option]) -> list[str]:
    """The kinds of constraints that forbid any of these options: decisions first, figures after."""
    present = {violation.constraint for option in options for violation in option.violations}
    return [each for each in get_args(Constraint) if each in present]


def _free(option: Option, kinds: frozenset[str]) -> bool:
    return not any(each.constraint in kinds for each in option.violations)


def _fits(problem: Problem, kinds: frozenset[str], best: Solution) -> bool:
    """Whether all classes fit the limits of these kinds no worse than in the plan; money counts only against a budget.

    Most often they do with every other class where it is or on what shares nothing, and no search is needed.
    """
    budget_usd = problem.budget_usd if "budget" in kinds else None
    limits = tuple(limit for limit in problem.limits if _kind(limit.name) in kinds)
    asked = replace(problem, limits=limits, budget_usd=budget_usd)
    if any(score(asked, shares)[1] <= best.overrun + WHOLE_SHARE for shares in _guesses(asked, best)):
        return True
    if budget_usd is None:
        free = tuple(replace(each, ways=tuple(replace(way, usd=0.0) for way in each.ways)) for each in problem.demands)
        asked = replace(asked, demands=free)
    found = cheapest(asked, fitting=not best.overrun)
    return found is not None and found.overrun <= best.overrun + WHOLE_SHARE


def _guesses(problem: Problem, best: Solution) -> Iterator[Shares]:
    """Every class where it is, or on the way that asks for least where it cannot be there."""
    homes = best.homes
    light = {
        each.name: min(each.ways, key=lambda way: (sum(way.uses.values()), len(way.charges)))
        for each in problem.demands
        if each.ways
    }
    names = {each.name: {way.name for way in each.ways} for each in problem.demands}
    yield whole({name: homes[name] if homes.get(name) in names[name] else way.name for name, way in light.items()})
    yield whole({name: way.name for name, way in light.items()})


def _kind(limit: str) -> str:
    return {"hours": "hours", "memory": "memory_together"}.get(limit.split(":", maxsplit=1)[0], "rates")


def _listed(conflict: Sequence[str]) -> str:
    words = {**RULED_OUT_BY, **SHARED_WORDS}
    named = [words[each] for each in conflict]
    return named[0] if len(named) == 1 else f"{joined(named)} together"

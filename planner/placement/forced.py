"""Why a class is not on the other side: what the whole plan would cost more with it there, or what forbids that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from planner import text
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Solution, Way
from planner.placement.optimizer.reduce import reduced
from planner.placement.options import Constraint, Option
from planner.placement.reasons import OTHER_SIDE, RULED_OUT_BY, SIDE_WORDS, option_name
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, FixedCosts, problem_of
from planner.units import MONTHS_PER_YEAR

SHARED = ("hours", "memory_together")
"""What classes share, beside the constraints of one option alone."""


@dataclass(frozen=True)
class Forced:
    """The cheapest plan with the class on the other side, or the constraints that forbid that together."""

    sentence: str
    regret_usd_per_year: float | None = None
    conflict: tuple[str, ...] = ()


def forced_alternatives(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection
) -> dict[str, Forced]:
    """For every class, by name; where a class is nowhere, there is no other side."""
    small = reduced(selection.problem)
    return {
        each.task_class: _forced(candidates, fixed, cap, (selection, small), each)
        if selection.chosen[each.task_class]
        else Forced("")
        for each in candidates
    }


def forced_to(problem: Problem, task_class: str, ways: Sequence[Way]) -> Solution | None:
    """The best of all when the class is served in one of these ways; None where there is none."""
    if not ways:
        return None
    demands = tuple(
        replace(demand, ways=tuple(ways)) if demand.name == task_class else demand for demand in problem.demands
    )
    return solve(replace(problem, demands=demands))


def _forced(
    candidates: Sequence[Candidates],
    fixed: FixedCosts,
    cap: float,
    plan: tuple[Selection, Problem],  # and its problem without what cannot matter
    one: Candidates,
) -> Forced:
    selection, small = plan
    chosen = selection.chosen[one.task_class]
    if chosen is None:
        return Forced("")
    side = OTHER_SIDE[chosen.side]
    there = [option for option in one.options if option.side is side]
    if not there:
        return Forced(f"There is no option {SIDE_WORDS[side]}.")
    ways = next(demand for demand in selection.problem.demands if demand.name == one.task_class).ways
    found = forced_to(small, one.task_class, [way for way in ways if way.name in {each.option_id for each in there}])
    if found is None or found.overrun > selection.solution.overrun + WHOLE_SHARE:

        def allowed(kinds: frozenset[str]) -> bool:
            freed = [option for option in there if not any(each.constraint in kinds for each in option.violations)]
            if not freed or not kinds & set(SHARED):
                return bool(freed)
            free = Candidates(one.task_class, tuple(each.model_copy(update={"violations": ()}) for each in freed))
            problem = problem_of([free if each is one else each for each in candidates], fixed, cap)
            return _fits(problem, kinds, selection.solution.overrun)

        conflict = _conflict(there, allowed)
        return Forced(f"Forbidden {SIDE_WORDS[side]} by {_listed(conflict)}.", conflict=conflict)
    regret = MONTHS_PER_YEAR * max(0.0, found.usd - selection.solution.usd)
    option = one.named(found.homes[one.task_class])
    name = "" if option is None else f" ({option_name(option)})"
    more = f"{text.money(regret)} a year more" if regret else "the same"
    return Forced(f"{SIDE_WORDS[side].capitalize()}{name} the whole plan would cost {more}.", regret)


def _conflict(there: Sequence[Option], allowed: Callable[[frozenset[str]], bool]) -> tuple[str, ...]:
    """Constraints that forbid a side together, none of them dispensable: dropped one by one, figures before decisions.

    A deletion filter, so no smaller part of it forbids the side, though another set might be smaller.
    """
    present = {violation.constraint for option in there for violation in option.violations}
    kept: list[str] = [each for each in get_args(Constraint) if each in present] + list(SHARED)
    for kind in reversed(tuple(kept)):
        fewer = [each for each in kept if each != kind]
        if not allowed(frozenset(fewer)):
            kept = fewer
    return tuple(kept)


def _fits(problem: Problem, kinds: frozenset[str], overrun: float) -> bool:
    """Whether all classes fit the limits of these kinds no worse than in the plan, whatever that costs."""
    limits = tuple(limit for limit in problem.limits if _kind(limit.name) in kinds)
    free = tuple(replace(each, ways=tuple(replace(way, usd=0.0) for way in each.ways)) for each in problem.demands)
    found = solve(replace(problem, demands=free, limits=limits))
    return found is not None and found.overrun <= overrun + WHOLE_SHARE


def _kind(limit: str) -> str:
    return "hours" if limit.startswith("hours:") else "memory_together"


def _listed(conflict: Sequence[str]) -> str:
    words = {
        **RULED_OUT_BY,
        "hours": "the devices' hours, which other classes need",
        "memory_together": "memory that other models need",
    }
    named = [words[each] for each in conflict]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]} together"

"""Which option each class gets: together the cheapest, with the fleets' fixed costs, hours and memory shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import Problem, Solution
from planner.placement.optimizer.score import chosen_ways, overruns
from planner.placement.options import Option
from planner.placement.shared import Candidates, FixedCosts, charged_usd, fleet_of, problem_of, rank, true_usd_per_month

__all__ = [
    "Candidates",
    "FixedCosts",
    "Moved",
    "Selection",
    "fleet_of",
    "fleets_of",
    "rank",
    "select",
    "true_usd_per_month",
]


IDLE_TIME = "idle time"
"""What the other classes need of a device to keep their SLOs together, where its hours alone would do."""


@dataclass(frozen=True)
class Moved:
    """The option a class would take for less, and what of its fleet the other classes need."""

    option: Option
    needed: str  # "hours" | "memory" | "hours and memory" | IDLE_TIME


@dataclass(frozen=True)
class Selection:
    """An option for every class, who would be on a device were there more of it, and the problem that was solved."""

    chosen: dict[str, Option | None]
    moved: dict[str, Moved]
    problem: Problem
    solution: Solution
    tightened: Mapping[str, float] = field(default_factory=dict[str, float])  # limits below what all may use, by name


def select(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float) -> Selection:
    """The cheapest choice, each fleet in use and each model on it paying its fixed cost (CONVENTION §16).

    A choice that leaves more classes unplaced, or overruns hours and memory by more, never beats one with less.
    """
    return selection_of(candidates, problem_of(candidates, fixed, cap))


def selection_of(
    candidates: Sequence[Candidates], problem: Problem, tightened: Mapping[str, float] | None = None
) -> Selection:
    """The best choice in this problem, no limit above `tightened` (amounts by name)."""
    tightened = tightened or {}
    problem = tightened_to(problem, tightened)
    solution = solve(problem)
    if solution is None:
        raise AssertionError("nothing is barred, so there is a choice")
    homes = solution.homes
    chosen = {each.task_class: each.named(homes.get(each.task_class)) for each in candidates}
    return Selection(chosen, _moved(candidates, chosen, problem, solution, tightened), problem, solution, tightened)


def tightened_to(problem: Problem, amounts: Mapping[str, float]) -> Problem:
    """The problem with each limit at most this amount."""
    limits = tuple(
        replace(limit, amount=min(limit.amount, amounts.get(limit.name, limit.amount))) for limit in problem.limits
    )
    return replace(problem, limits=limits)


def fleets_of(options: Iterable[Option | None]) -> frozenset[str]:
    """The profile_ids of the fleets these options run on."""
    return frozenset(fleet for option in options if option and (fleet := fleet_of(option)))


def _moved(
    candidates: Sequence[Candidates],
    chosen: Mapping[str, Option | None],
    problem: Problem,
    solution: Solution,
    tightened: Mapping[str, float],
) -> dict[str, Moved]:
    """Classes for which another fleet in use would cost less, what it charges included, had it hours or memory left."""
    in_use = fleets_of(chosen.values())
    moved: dict[str, Moved] = {}
    for each in candidates:
        present = chosen[each.task_class]
        if present is None:
            continue
        others = {name: option.option_id for name, option in chosen.items() if option and name != each.task_class}
        for option in each.feasible(in_use):
            fleet = fleet_of(option)
            if fleet is None or fleet == fleet_of(present):
                continue
            if charged_usd(problem, others, each.task_class, option) < charged_usd(
                problem, others, each.task_class, present
            ):
                needed = _exceeded(problem, solution, {**others, each.task_class: option.option_id}, tightened)
                if needed:
                    moved[each.task_class] = Moved(option, needed)
                break
    return moved


def _exceeded(problem: Problem, solution: Solution, homes: Mapping[str, str], tightened: Mapping[str, float]) -> str:
    """What would be exceeded by more than it already is."""
    shares = {demand: {way: 1.0} for demand, way in homes.items()}
    used, before = chosen_ways(problem, shares), chosen_ways(problem, solution.shares)
    present = overruns(problem, before, solution.usd)
    over = overruns(problem, used, 0.0)
    more = {
        IDLE_TIME if name in tightened else name.split(":")[0] for name in over if over[name] > present.get(name, 0.0)
    }
    return " and ".join(sorted(more))

"""Why a task class is where the plan puts it: what the other side would cost, the next-best plans, every option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from planner.documents import Frozen
from planner.errors import ScenarioError
from planner.placement.forced import forced_to
from planner.placement.optimality import Optimality, ShadowPrice
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import WHOLE_SHARE, Solution
from planner.placement.optimizer.reduce import reduced
from planner.placement.options import Option, Placement
from planner.placement.reasons import option_name
from planner.placement.selection import select
from planner.placement.shared import Candidates, true_usd_per_month
from planner.planning import candidates_of, plan
from planner.scenario import Scenario

NEXT_BEST = 10


class Change(Frozen):
    """A class that another plan would place elsewhere."""

    task_class: str
    title: str
    option: str


class NextPlan(Frozen):
    """One of the plans that come after the cheapest, and what it does otherwise."""

    extra_usd_per_month: float
    changes: tuple[Change, ...]


class OptionLine(Frozen):
    """An option of the class, and what rules it out."""

    option: str
    option_id: str
    usd_per_month: float | None  # review and rejected results included; None: unknown
    is_chosen: bool
    extra_usd_per_month: float | None  # of the cheapest whole plan with the class on it; None: ruled out
    ruled_out: tuple[str, ...]  # empty: allowed


class Explanation(Frozen):
    """Everything the choice for one class rests on."""

    task_class: str
    title: str
    chosen: str | None
    why_here: str
    why_not_there: str
    regret_usd_per_year: float | None
    conflict: tuple[str, ...]
    flips: str
    runner_up: str | None
    runner_up_extra_usd_per_month: float | None
    next_plans: tuple[NextPlan, ...]
    options: tuple[OptionLine, ...]  # cheapest first, those ruled out last
    optimality: Optimality | None
    shadow_prices: tuple[ShadowPrice, ...]


def explanation(scenario: Scenario, task_class: str) -> Explanation:
    """Plan the scenario and explain one class of it."""
    made = plan(scenario)
    placement = next((each for each in made.placements if each.task_class == task_class), None)
    if placement is None:
        raise ScenarioError(
            f"the scenario has no task class {task_class!r}",
            remedy=f"Its classes: {', '.join(each.task_class for each in made.placements)}.",
        )
    return Explanation(
        task_class=placement.task_class,
        title=placement.title,
        chosen=option_name(placement.chosen) if placement.chosen else None,
        why_here=placement.reason,
        why_not_there=placement.other_side,
        regret_usd_per_year=placement.regret_usd_per_year,
        conflict=placement.conflict,
        flips=placement.flips,
        runner_up=option_name(placement.runner_up) if placement.runner_up else None,
        runner_up_extra_usd_per_month=placement.runner_up_extra_usd_per_month,
        next_plans=next_plans(scenario),
        options=_lines(scenario, placement),
        optimality=made.optimality,
        shadow_prices=made.shadow_prices,
    )


def next_plans(scenario: Scenario, number: int = NEXT_BEST) -> tuple[NextPlan, ...]:
    """The cheapest plans after the best, in order; plans that overrun hours or memory by more are none."""
    candidates, fixed = candidates_of(scenario)
    found = select(candidates, fixed, scenario.policy.device_contention_cap)
    best = found.solution
    titles = {each.name: each.title for each in scenario.workload.task_classes}
    barred = [best.homes]
    plans: list[NextPlan] = []
    while len(plans) < number:
        other = solve(replace(found.problem, barred=tuple(barred)))
        if other is None or (other.unplaced, round(other.overrun, 7)) > (best.unplaced, round(best.overrun, 7)):
            break
        barred.append(other.homes)
        changes = _changes(candidates, titles, best.homes, other.homes)
        plans.append(NextPlan(extra_usd_per_month=max(0.0, other.usd - best.usd), changes=changes))
    return tuple(plans)


def _changes(
    candidates: list[Candidates], titles: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Change, ...]:
    moved = [(each, each.named(after.get(each.task_class))) for each in candidates]
    return tuple(
        Change(task_class=each.task_class, title=titles[each.task_class], option=option_name(option))
        for each, option in moved
        if option and option.option_id != before.get(each.task_class)
    )


def _lines(scenario: Scenario, placement: Placement) -> tuple[OptionLine, ...]:
    candidates, fixed = candidates_of(scenario)
    found = select(candidates, fixed, scenario.policy.device_contention_cap)
    demand = next(each for each in found.problem.demands if each.name == placement.task_class)
    small = reduced(found.problem)
    forced = {way.name: forced_to(small, demand.name, [way]) for way in demand.ways}

    def order(option: Option) -> tuple[bool, float, str]:
        return not option.feasible, true_usd_per_month(option), option.option_id

    return tuple(
        _line(option, placement.chosen, found.solution, forced.get(option.option_id))
        for option in sorted(placement.options, key=order)
    )


def _line(option: Option, chosen: Option | None, best: Solution, forced: Solution | None) -> OptionLine:
    month = option.cost.true_usd_per_month if option.cost else None
    ruled_out = tuple(violation.sentence for violation in option.violations)
    fits = forced is not None and forced.overrun <= best.overrun + WHOLE_SHARE
    if forced is not None and not fits:
        ruled_out = (f"{option.target} has not the hours or the memory for it beside what else must run there.",)
    return OptionLine(
        option=option_name(option),
        option_id=option.option_id,
        usd_per_month=None if month is None else month.value,
        is_chosen=chosen is not None and option.option_id == chosen.option_id,
        extra_usd_per_month=max(0.0, forced.usd - best.usd) if forced is not None and fits else None,
        ruled_out=ruled_out,
    )

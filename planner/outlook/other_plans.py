"""The plans that come after the cheapest, and every option of a class with what the whole plan would cost on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.documents import Frozen
from planner.placement.forced import forced_to
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import WHOLE_SHARE, Solution
from planner.placement.optimizer.reduce import reduced
from planner.placement.options import Option, Placement
from planner.placement.reasons import option_name
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, true_usd_per_month
from planner.workload.task_classes import TaskClass

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


def next_plans(
    classes: Sequence[TaskClass], candidates: Sequence[Candidates], found: Selection, number: int = NEXT_BEST
) -> tuple[NextPlan, ...]:
    """The cheapest plans after the best, in order; plans that overrun hours or memory by more are none."""
    best = found.solution
    titles = {each.name: each.title for each in classes}
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
    candidates: Sequence[Candidates], titles: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[Change, ...]:
    moved = [(each, each.named(after.get(each.task_class))) for each in candidates]
    return tuple(
        Change(task_class=each.task_class, title=titles[each.task_class], option=option_name(option))
        for each, option in moved
        if option and option.option_id != before.get(each.task_class)
    )


def option_lines(found: Selection, placement: Placement) -> tuple[OptionLine, ...]:
    """Every option of the class, the cheapest first, those ruled out last."""
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

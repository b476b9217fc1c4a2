"""Where not everything fits: which limits are exceeded, by which smallest set of classes, and how much would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner import text
from planner.documents import Frozen
from planner.placement.conflicts import smallest_conflict
from planner.placement.easing import Change, Easing, joined
from planner.placement.forced import forced_to
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import WHOLE_SHARE, Problem, Way, chosen_ways
from planner.placement.optimizer.score import BUDGET, load_on, overruns
from planner.placement.options import Side
from planner.placement.reasons import option_name
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, fleet_of

MOST_CLASSES = 10  # tried in every set: 1,024 of them


class Overrun(Frozen):
    """A limit that the plan exceeds, because no choice keeps it with every class placed."""

    resource: str  # «the hours of Testbook»
    unit: str
    needed: float  # by the plan, which exceeds limits least
    limit: float
    classes: tuple[str, ...]  # the smallest set that does not fit, wherever they are put; empty: too many to tell
    sentence: str


def overruns_of(
    candidates: Sequence[Candidates], titles: Mapping[str, str], selection: Selection
) -> tuple[Overrun, ...]:
    """Every limit that is exceeded; `titles` are those of the classes, by name."""
    problem, solution = selection.problem, selection.solution
    used = chosen_ways(problem, solution.shares)
    exceeded = overruns(problem, used, solution.usd)
    if not exceeded:
        return ()
    found: list[Overrun] = []
    for name in exceeded:
        limit = _measured(candidates, problem, name, used, solution.usd)
        classes = _smallest(problem, name, solution.shares)
        found.append(
            Overrun(
                resource=limit.resource,
                unit=limit.unit,
                needed=limit.needed,
                limit=limit.amount,
                classes=classes,
                sentence=_sentence(limit, [titles[each] for each in classes]),
            )
        )
    return tuple(found)


def room_for(candidates: Sequence[Candidates], task_class: str, side: Side, selection: Selection) -> Easing | None:
    """What classes share would have to be for this one to run on that side, where it is allowed there by itself."""
    problem, best = selection.problem, selection.solution
    one = next(each for each in candidates if each.task_class == task_class)
    names = {option.option_id for option in one.options if option.side is side}
    demand = next(each for each in problem.demands if each.name == task_class)
    found = forced_to(problem, task_class, [way for way in demand.ways if way.name in names])
    option = None if found is None else one.named(found.homes.get(task_class))
    if found is None or option is None:
        return None
    present = overruns(problem, chosen_ways(problem, best.shares), best.usd)
    used = chosen_ways(problem, found.shares)
    more = [
        _measured(candidates, problem, name, used, found.usd)
        for name, over in overruns(problem, used, found.usd).items()
        if over > present.get(name, 0.0) + WHOLE_SHARE
    ]
    if not more:
        return None
    changes = tuple(
        Change(constraint=each.kind, words=each.words, needed=each.needed, present=each.amount, unit=each.unit)
        for each in more
    )
    sentence = f"{option_name(option)} would find room with {joined([each.words for each in changes])}."
    return Easing(option=option_name(option), option_id=option.option_id, changes=changes, sentence=sentence)


@dataclass(frozen=True)
class _Measured:
    """A limit as people know it, and what a choice asks of it."""

    kind: str
    resource: str
    unit: str
    needed: float
    amount: float

    @property
    def words(self) -> str:
        """«36 % of the hours of Testbook instead of 30 %»."""
        needed, present = text.in_unit(self.needed, self.unit), text.in_unit(self.amount, self.unit)
        return f"{needed} of {self.resource} instead of {present}"


def _measured(
    candidates: Sequence[Candidates], problem: Problem, name: str, used: Sequence[tuple[Way, float]], usd: float
) -> _Measured:
    if name == BUDGET:
        return _Measured("budget", "the budget", "USD/month", usd, problem.budget_usd or 0.0)
    devices = {fleet_of(option): option.target for each in candidates for option in each.options}
    kind, _, rest = name.partition(":")
    device = devices.get(rest.partition(":")[0], rest)
    amounts = {limit.name: limit.amount for limit in problem.limits}
    needed, amount = load_on(problem, name, used), amounts.get(name, 0.0)
    if kind == "hours":
        return _Measured("hours", f"the hours of {device}", "share", needed, amount)
    if kind == "memory":
        return _Measured("memory_together", f"the memory of {device}", "B", needed, amount)
    return _Measured("rates", name, "count", needed, amount)


def _smallest(problem: Problem, name: str, shares: Mapping[str, object]) -> tuple[str, ...]:
    """Of the classes that use the limit the fewest that exceed it by themselves; nothing else is asked of them."""
    using = [
        demand.name
        for demand in problem.demands
        if demand.name in shares
        and (name == BUDGET or any(_uses(problem, way.charges, way.uses, name) for way in demand.ways))
    ]
    if not using or len(using) > MOST_CLASSES:
        return ()
    limits = tuple(limit for limit in problem.limits if limit.name == name)
    alone = replace(problem, limits=limits, budget_usd=problem.budget_usd if name == BUDGET else None)

    def fits(classes: frozenset[str]) -> bool:
        found = cheapest(replace(alone, demands=tuple(each for each in problem.demands if each.name in classes)))
        return found is not None and not found.overrun

    return smallest_conflict(using, fits)


def _uses(problem: Problem, charges: frozenset[str], uses: Mapping[str, float], name: str) -> bool:
    held = any(charge.holds.get(name) for charge in problem.charges if charge.name in charges)
    return held or bool(uses.get(name))


def _sentence(limit: _Measured, classes: Sequence[str]) -> str:
    needed, present = text.in_unit(limit.needed, limit.unit), text.in_unit(limit.amount, limit.unit)
    by = (
        f" {joined(list(classes))} do not fit {'together' if len(classes) > 1 else 'by themselves'}." if classes else ""
    )
    head = limit.resource[:1].upper() + limit.resource[1:]
    return f"{head}: {needed} are needed and {present} may be used.{by} All would fit with {needed}."

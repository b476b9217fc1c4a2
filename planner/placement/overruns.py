"""Where not everything fits: which limits are exceeded, by which smallest set of classes, and how much would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner import text
from planner.documents import Frozen
from planner.placement.conflicts import smallest_conflict
from planner.placement.easing import joined
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import Problem, chosen_ways
from planner.placement.optimizer.score import BUDGET, load_on, overruns
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
    devices = {fleet_of(option): option.target for each in candidates for option in each.options}
    limits = {limit.name: limit.amount for limit in problem.limits}
    found: list[Overrun] = []
    for name in exceeded:
        kind, _, rest = name.partition(":")
        device = devices.get(rest.partition(":")[0], rest)
        if name == BUDGET:
            resource, unit, needed, limit = "the budget", "USD/month", solution.usd, problem.budget_usd or 0.0
        else:
            resource = {"hours": f"the hours of {device}", "memory": f"the memory of {device}"}.get(kind, name)
            unit = {"hours": "share", "memory": "B"}.get(kind, "count")
            needed, limit = load_on(problem, name, used), limits.get(name, 0.0)
        classes = _smallest(problem, name, solution.shares)
        found.append(
            Overrun(
                resource=resource,
                unit=unit,
                needed=needed,
                limit=limit,
                classes=classes,
                sentence=_sentence(resource, unit, needed, limit, [titles[each] for each in classes]),
            )
        )
    return tuple(found)


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


def _sentence(resource: str, unit: str, needed: float, limit: float, classes: Sequence[str]) -> str:
    are = f"{text.in_unit(needed, unit)} are needed and {text.in_unit(limit, unit)} may be used"
    by = (
        f" {joined(list(classes))} do not fit {'together' if len(classes) > 1 else 'by themselves'}." if classes else ""
    )
    head = resource[:1].upper() + resource[1:]
    return f"{head}: {are}.{by} All would fit with {text.in_unit(needed, unit)}."

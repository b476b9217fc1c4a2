"""Over which range of a device's hours or memory the plan stays as it is, and where more of them begins to save."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from planner import text
from planner.documents import Frozen
from planner.placement.optimizer.bounded import Weights, least
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import Limit, Problem, Solution
from planner.placement.optimizer.reduce import reduced
from planner.placement.options import Option
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, FixedCosts, fleet_of, problem_of

STEPS = 3
LEAST_SAVING = 1e-7  # of a plan's cost: what costs less by less than this is taken for as dear
JUST_ENOUGH = 1 + 1e-9


class ShadowStep(Frozen):
    """A limit from which on a cheaper plan fits."""

    limit: float
    saved_usd_per_month: float  # with the limit anywhere from there up to the next step


class ShadowRange(Frozen):
    """What a plan costs as one limit moves: the same from what it uses up to the first step, less from each step on."""

    resource: str  # «the hours of Testbook»
    unit: Literal["share", "B"]  # of active hours, or of memory
    limit: float
    used: float  # the limit may fall so far before the plan has to change
    steps: tuple[ShadowStep, ...]  # the next ones; none: however much more there is, nothing is saved
    sentence: str


def shadow_ranges(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection
) -> tuple[ShadowRange, ...]:
    """Of each fleet's hours, then of each device's memory that models compete for; none where work overruns them.

    Options that the limit alone forbade are let in. A class has one home, so savings come in steps: the step is found
    by asking for the least of the resource with which anything cheaper fits (economics.md §3).
    """
    if selection.solution.overrun > 0:
        return ()
    titles = {fleet_of(option): option.target for each in candidates for option in each.options}
    found: list[ShadowRange] = []
    for fleet in fixed.by_fleet:
        if fleet in titles:
            let_in = _let_in(candidates, selection, lambda option, fleet=fleet: _fits_hours(option, fleet))
            problem = problem_of(let_in, fixed, cap)
            found += _range(problem, selection, f"hours:{fleet}", f"the hours of {titles[fleet]}", most=1.0)
    for pool in sorted({memory.pool for memory in fixed.memory.values()}):
        let_in = _let_in(candidates, selection, lambda option, pool=pool: _fits_memory(option, fixed, pool))
        problem = problem_of(let_in, fixed, cap)
        device = titles.get(pool.split(":")[0], pool)
        found += _range(problem, selection, f"memory:{pool}", f"the memory of {device}", most=None)
    return tuple(found)


def _range(
    problem: Problem, selection: Selection, name: str, resource: str, *, most: float | None
) -> list[ShadowRange]:
    limit = next((each for each in problem.limits if each.name == name), None)
    if limit is None:  # all models fit together: no more of it is ever needed
        return []
    weights = Weights(
        {(demand.name, way.name): way.uses.get(name, 0.0) for demand in problem.demands for way in demand.ways},
        {charge.name: charge.holds.get(name, 0.0) for charge in problem.charges},
    )
    unit = "share" if most is not None else "B"
    used = weights.of(problem, selection.solution.shares)
    steps = tuple(_steps(problem, selection.solution, limit, weights, most))
    sentence = _sentence(resource, unit, limit.amount, used, steps)
    return [ShadowRange(resource=resource, unit=unit, limit=limit.amount, used=used, steps=steps, sentence=sentence)]


def _steps(
    problem: Problem, best: Solution, limit: Limit, weights: Weights, most: float | None
) -> Iterator[ShadowStep]:
    free = reduced(_limited(problem, limit.name, most))
    usd = best.usd
    for _ in range(STEPS):
        needed = least(free, weights, usd - LEAST_SAVING * abs(usd), best)
        if needed is None or needed.used <= limit.amount:
            return
        found = cheapest(_limited(problem, limit.name, needed.used * JUST_ENOUGH))
        if found is None or found.overrun > best.overrun:
            return
        usd = found.usd
        yield ShadowStep(limit=needed.used, saved_usd_per_month=best.usd - usd)


def _limited(problem: Problem, name: str, amount: float | None) -> Problem:
    """The problem with another amount of the limit; None: as much as anything may ask for."""
    limits = [each for each in problem.limits if each.name != name]
    return replace(problem, limits=(*limits, *([] if amount is None else [Limit(name, amount)])))


def _let_in(candidates: Sequence[Candidates], selection: Selection, fits: Callable[[Option], bool]) -> list[Candidates]:
    """With options allowed that only the limit forbade; a class that was nowhere stays there: no saving compares."""

    def freed(option: Option) -> Option:
        return option.model_copy(update={"violations": ()}) if option.violations and fits(option) else option

    return [
        Candidates(each.task_class, tuple(freed(option) for option in each.options))
        if selection.chosen[each.task_class]
        else each
        for each in candidates
    ]


def _fits_hours(option: Option, fleet: str) -> bool:
    service = option.service
    return (
        fleet_of(option) == fleet
        and all(each.constraint == "capacity" for each in option.violations)
        and service is not None
        and (service.utilization or 0.0) <= 1
        and (service.peak_utilization or 0.0) < 1
    )


def _fits_memory(option: Option, fixed: FixedCosts, pool: str) -> bool:
    memory = fixed.memory.get(option.option_id)
    return (
        memory is not None
        and memory.pool == pool
        and option.memory_bytes is not None
        and all(each.constraint == "memory" for each in option.violations)
    )


def _sentence(resource: str, unit: str, limit: float, used: float, steps: Sequence[ShadowStep]) -> str:
    def words(amount: float) -> str:
        return text.in_unit(amount, unit)

    head = f"The plan needs {words(used)} of {resource} and may have {words(limit)}"
    if not steps:
        return f"{head}; however much more there is, nothing is saved."
    saves = [f"{text.money_per_month(each.saved_usd_per_month)} from {words(each.limit)} on" for each in steps]
    return (
        f"{head}; anything from {words(used)} to {words(steps[0].limit)} costs the same, more saves {', '.join(saves)}."
    )

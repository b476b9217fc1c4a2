"""What a little more of a device's hours or memory would save: everything placed anew with the limit relaxed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner import text
from planner.placement.optimality import ShadowPrice
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import Problem
from planner.placement.options import Option
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, FixedCosts, Memory, fleet_of, problem_of
from planner.units import BYTES_PER_GIB

MORE_OF_THE_CAP = 0.01
ROUNDING = 1e-9  # of a plan's cost
MORE_MEMORY_BYTES = BYTES_PER_GIB


def shadow_prices(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection
) -> tuple[ShadowPrice, ...]:
    """Of the contention cap, then of each device's memory; none where there are no devices, or work overruns them.

    Options that the limit alone forbade are let in, so each is what a plan made under that limit saves.
    """
    if not fixed.by_fleet or selection.solution.overrun > 0:
        return ()
    found = [_of_hours(candidates, fixed, cap, selection)] if cap < 1 else []
    pools = {memory.pool: memory for memory in fixed.memory.values()}
    found += [_of_memory(candidates, fixed, cap, selection, pools[pool]) for pool in sorted(pools)]
    return tuple(found)


def _of_hours(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection) -> ShadowPrice:
    wider = min(1.0, cap + MORE_OF_THE_CAP)

    def fits(option: Option) -> bool:
        service = option.service
        return (
            all(each.constraint == "capacity" for each in option.violations)
            and service is not None
            and (service.utilization or 0.0) <= wider
            and (service.peak_utilization or 0.0) < 1
        )

    problem = problem_of(_let_in(candidates, fits), fixed, wider)
    return _priced(selection, problem, "the contention cap", f"{text.share(wider - cap)} more of the devices' hours")


def _of_memory(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, selection: Selection, memory: Memory
) -> ShadowPrice:
    wider = {
        option_id: replace(each, limit_bytes=each.limit_bytes + MORE_MEMORY_BYTES) if each.pool == memory.pool else each
        for option_id, each in fixed.memory.items()
    }

    def fits(option: Option) -> bool:
        limit = wider.get(option.option_id)
        return (
            limit is not None
            and limit.pool == memory.pool
            and all(each.constraint == "memory" for each in option.violations)
            and option.memory_bytes is not None
            and option.memory_bytes.value <= limit.limit_bytes
        )

    device = next(
        option.target
        for each in candidates
        for option in each.options
        if fleet_of(option) and fixed.memory.get(option.option_id) == memory
    )
    problem = problem_of(_let_in(candidates, fits), replace(fixed, memory=wider), cap)
    by = f"{text.size(MORE_MEMORY_BYTES)} more memory on {device}"
    return _priced(selection, problem, f"the memory of {device}", by)


def _let_in(candidates: Sequence[Candidates], fits: Callable[[Option], bool]) -> list[Candidates]:
    return [
        Candidates(
            each.task_class,
            tuple(
                option.model_copy(update={"violations": ()}) if option.violations and fits(option) else option
                for option in each.options
            ),
        )
        for each in candidates
    ]


def _priced(selection: Selection, problem: Problem, resource: str, by: str) -> ShadowPrice:
    """Less than a billionth of the plan is rounding; where more classes find a place, no saving compares with it."""
    before = selection.solution
    found = before if problem == selection.problem else cheapest(problem)
    if found is None or found.unplaced != before.unplaced:
        more = "" if found is None else f"{before.unplaced - found.unplaced} more of the classes"
        return ShadowPrice(resource=resource, by=by, usd_per_month=None, sentence=f"{by} would find room for {more}.")
    saved = before.usd - found.usd
    saved = saved if saved > abs(before.usd) * ROUNDING else 0.0
    worth = text.money_per_month(saved) if saved else "nothing"
    return ShadowPrice(resource=resource, by=by, usd_per_month=saved, sentence=f"{by} would save {worth}.")

"""The cheapest choice whose classes keep their SLOs together on every device, and what each then waits there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.placement.options import Option
from planner.placement.selection import Selection, fleet_of, select, selection_of
from planner.placement.shared import Candidates, FixedCosts
from planner.scenario import Scenario
from planner.service.shared_device import SharedWait, Sharer, shared_waits
from planner.units import SECONDS_PER_HOUR
from planner.workload.deferral import is_deferrable
from planner.workload.week_shape import busiest_loads

MOST_TRIES = 8
HALVINGS = 10  # of the load at which the same classes would keep their SLOs

Chosen = Mapping[str, Option | None]
"""The option of each class, by its name."""


def select_serving(
    scenario: Scenario, candidates: Sequence[Candidates], fixed: FixedCosts, cap: float
) -> tuple[Selection, FixedCosts]:
    """`select`, and where a class breaks its SLO only together with others on a device, anew with less of its hours.

    Each try lowers that device's hours below what broke, from a 64th towards the load at which the same classes, all
    asked for less alike, would keep their SLOs. Where no try helps, the first choice stands and the plan says what
    breaks; else the first with the fewest classes that do. An ordinary plan is judged once and changed in nothing. What
    is shared comes back with the hours kept to, for all questions about the plan.
    """
    found = select(candidates, fixed, cap)
    problem, broken = found.problem, _broken(scenario, found.chosen)
    best, fewest = found, _count(broken)
    tightened: dict[str, float] = {}
    for number in range(1, MOST_TRIES + 1):
        if not broken:
            break
        for profile_id in broken:
            limit, hours = f"hours:{profile_id}", _less(scenario, found.chosen, profile_id, (number / MOST_TRIES) ** 2)
            tightened[limit] = min(hours, tightened.get(limit, hours))
        found = selection_of(candidates, problem, dict(tightened))
        broken = _broken(scenario, found.chosen)
        if _count(broken) < fewest:
            best, fewest = found, _count(broken)
    return best, _held(fixed, best)


def waits_on(scenario: Scenario, profile_id: str, chosen: Chosen) -> tuple[SharedWait, ...]:
    """What each class on the fleet's devices waits in the busiest hour, all of them together."""
    return shared_waits(_sharers(scenario, profile_id, chosen), scenario.workload.peak_to_mean.basis)


def _broken(scenario: Scenario, chosen: Chosen) -> dict[str, int]:
    """Fleets on which classes break their SLOs together, and how many do."""
    used = dict.fromkeys(fleet for option in chosen.values() if option and (fleet := fleet_of(option)))
    counts = {each: sum(not wait.keeps_slo for wait in waits_on(scenario, each, chosen)) for each in used}
    return {profile_id: count for profile_id, count in counts.items() if count}


def _held(fixed: FixedCosts, found: Selection) -> FixedCosts:
    """The fleets' caps, at most the hours the choice keeps to."""
    if not found.tightened:
        return fixed
    amounts = {limit.name: limit.amount for limit in found.problem.limits}
    kept = {profile_id: amounts[f"hours:{profile_id}"] for profile_id in fixed.by_fleet}
    return replace(fixed, caps=kept)


def _count(broken: Mapping[str, int]) -> int:
    return sum(broken.values())


def _sharers(scenario: Scenario, profile_id: str, chosen: Chosen) -> list[Sharer]:
    placed = [
        (task_class, option.service)
        for task_class in scenario.workload.task_classes
        if (option := chosen.get(task_class.name)) and fleet_of(option) == profile_id and option.service
    ]
    asked = [(task_class, service.utilization or 0.0) for task_class, service in placed]
    return [
        Sharer(
            task_class,
            service,
            load=load,
            is_urgent=not is_deferrable(task_class),
            free_wait_s=(task_class.defer_h or 0.0) * SECONDS_PER_HOUR,
        )
        for (task_class, service), load in zip(placed, busiest_loads(scenario.workload, asked), strict=True)
    ]


def _less(scenario: Scenario, chosen: Chosen, profile_id: str, way: float) -> float:
    """Hours below those that broke: so much of the way down to where the same classes would keep their SLOs."""
    sharers = _sharers(scenario, profile_id, chosen)
    basis = scenario.workload.peak_to_mean.basis
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        keeps = all(
            each.keeps_slo for each in shared_waits([replace(each, load=each.load * middle) for each in sharers], basis)
        )
        low, high = (middle, high) if keeps else (low, middle)
    return math.fsum(each.service.utilization or 0.0 for each in sharers) * (1 - (1 - low) * way)

"""The cheapest choice whose classes keep their SLOs together on every device, and what each then waits there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.basis import Basis, weakest
from planner.placement.options import Option
from planner.placement.selection import Selection, fleet_of, select, selection_of
from planner.placement.shared import Candidates, FixedCosts
from planner.scenario import Scenario
from planner.service.figures import Service, SharedWait
from planner.service.shared_device import Sharer, shared_waits
from planner.units import SECONDS_PER_HOUR
from planner.workload.deferral import is_deferrable
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import busiest_hour, shape_of

MOST_TRIES = 8
HALVINGS = 10  # of the load at which the same classes would keep their SLOs

HALF = 0.5  # of what a class asks in its busiest hour

Chosen = Mapping[str, Option | None]
"""The option of each class, by its name."""

Placed = tuple[TaskClass, Service]
"""A class on the device, as it was judged alone."""


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
    """What each class on the fleet's devices waits in its busiest hour, the others asking what they ask in it.

    Of the hours in which a class asks at least half as much as in its busiest one, that counts which is busiest for
    all together: where nobody stated a week, the one busiest hour of every class.
    """
    return _waits(scenario, _placed(scenario, profile_id, chosen))


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


def _placed(scenario: Scenario, profile_id: str, chosen: Chosen) -> list[Placed]:
    return [
        (task_class, option.service)
        for task_class in scenario.workload.task_classes
        if (option := chosen.get(task_class.name))
        and fleet_of(option) == profile_id
        and option.service
        and option.service.utilization
    ]


def _waits(scenario: Scenario, placed: Sequence[Placed], factor: float = 1.0) -> tuple[SharedWait, ...]:
    """Of each class, all of them asked for so many times as much."""
    loads = [
        [factor * (service.utilization or 0.0) * relative for relative in shape_of(scenario.workload, each).relative]
        for each, service in placed
    ]
    together = [math.fsum(hour) for hour in zip(*loads, strict=True)]
    hours = [_hour(each, together) for each in loads]
    basis = weakest(*(busiest_hour(scenario.workload, each).basis for each, _ in placed)) if placed else Basis.ESTIMATED
    found = {
        hour: shared_waits(
            [_sharer(each, service, load[hour]) for (each, service), load in zip(placed, loads, strict=True)], basis
        )
        for hour in sorted(set(hours))
    }
    return tuple(found[hour][number] for number, hour in enumerate(hours) if found[hour])


def _hour(own: Sequence[float], together: Sequence[float]) -> int:
    most = max(own)
    return max(range(len(own)), key=lambda hour: (own[hour] >= HALF * most, together[hour], -hour))


def _sharer(task_class: TaskClass, service: Service, load: float) -> Sharer:
    return Sharer(
        task_class,
        service,
        load=load,
        is_urgent=not is_deferrable(task_class),
        free_wait_s=(task_class.defer_h or 0.0) * SECONDS_PER_HOUR,
    )


def _less(scenario: Scenario, chosen: Chosen, profile_id: str, way: float) -> float:
    """Hours below those that broke: so much of the way down to where the same classes would keep their SLOs."""
    placed = _placed(scenario, profile_id, chosen)
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        keeps = all(each.keeps_slo for each in _waits(scenario, placed, middle))
        low, high = (middle, high) if keeps else (low, middle)
    return math.fsum(service.utilization or 0.0 for _, service in placed) * (1 - (1 - low) * way)

"""What classes cost on capacity they share as one price or quantity changes: their units, and what they pay beside."""

from __future__ import annotations

from dataclasses import replace

from planner.cost.capacity import accepted_load
from planner.cost.capacity_terms import capacity_terms
from planner.cost.escalation import ESCALATION, JUDGE
from planner.outlook.alternatives import Cases, Choice, Ground, capacity_curves
from planner.placement.options import Option


def beside(option: Option) -> Option:
    """The option with nothing of its share of a capacity in its cost; one that is on none stays as it is."""
    if option.capacity is None or option.cost is None:
        return option
    parts = tuple(part for part in option.cost.parts if part.name in {ESCALATION, JUDGE})
    return option.model_copy(update={"cost": option.cost.model_copy(update={"parts": parts})})


def shared_curves(ground: Ground, choice: Choice, *, requests_per_day: float) -> list[Cases]:
    """The month of every capacity these classes are on, all of them together.

    By volume x is requests a day of a whole workload in today's mix, `requests_per_day` of them today. What is
    run until it is accepted loads the units too, so only accepted results compare with it.
    """
    scenario = ground.scenario
    found: list[Cases] = []
    for capacity in scenario.capacities:
        classes = [task_class for task_class, option in choice if option.capacity == capacity.name]
        if not classes:
            continue
        load = accepted_load(scenario, capacity, classes)
        terms = capacity_terms(scenario, capacity, load, scenario.as_of)
        if ground.by == "volume":
            load = replace(load, requests=requests_per_day * scenario.workload.active_days_per_month)
        found.append(capacity_curves(ground, capacity, terms, load))
    return found

"""Every capacity of a scenario over the horizon: the base case with its metered work moved to what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.basis import Basis, weakest
from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes
from planner.outlook.calendar import Calendar
from planner.outlook.capacity_flows import capacity_months
from planner.outlook.horizon_view import CapacityOutlook
from planner.outlook.payback import payback
from planner.outlook.streams import VALUE, Items, running_saving, saving_npv, savings, stream
from planner.placement.options import Option, Side
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass


@dataclass(frozen=True)
class Base:
    """The base case that a capacity is weighed against."""

    choice: Mapping[str, Option]  # by class
    items: Items
    key: Mapping[str, str]  # name of a class's item; classes on one capacity have one together
    basis: Basis
    options: Mapping[str, tuple[Option, ...]]  # by class, all there are


def capacity_outlooks(scenario: Scenario, calendar: Calendar, base: Base) -> tuple[CapacityOutlook, ...]:
    """All capacities, each alone against the base case, in the order of the scenario."""
    return tuple(_outlook(scenario, calendar, capacity, base) for capacity in scenario.capacities)


def _outlook(scenario: Scenario, calendar: Calendar, capacity: Capacity, base: Base) -> CapacityOutlook:
    metered = [
        each
        for each in capacity_classes(scenario, capacity)
        if each.name in base.choice and _is_metered(base.choice[each.name]) and each.requests_per_day > 0
    ]
    forbidden = {each.name: _forbidden(base, each, capacity) for each in metered}
    moved = tuple(each.name for each in metered if not forbidden[each.name])
    if not metered:
        return _unknown(capacity, moved, ("no class that it may take pays token prices in the base case",))
    if not moved:
        words = "; ".join(f"{each.title} ({forbidden[each.name]})" for each in metered)
        return _unknown(capacity, moved, (f"no class that pays token prices in the base case can go there: {words}",))
    there = {name for name, option in base.choice.items() if option.capacity == capacity.name}
    together = [each for each in scenario.workload.task_classes if each.name in there or each.name in moved]
    found = capacity_months(scenario, calendar, capacity, together)
    if isinstance(found, tuple):
        return _unknown(capacity, moved, found)
    left = {base.key[each.name] for each in together}
    items = {name: flows for name, flows in base.items.items() if name not in left}
    items[f"capacity:{capacity.name}"] = found.flows
    rate, months = scenario.assumptions.discount_rate_per_year, calendar.months
    made = stream(capacity.title, items, months, rate, base.basis)
    saving, running = savings(items, base.items, months)[VALUE], running_saving(items, base.items, months)[VALUE]
    return CapacityOutlook(
        capacity=capacity.name,
        title=capacity.title,
        model=capacity.model,
        task_classes=moved,
        missing=(),
        units=found.units,
        stream=made,
        saving_npv_usd=saving_npv(items, base.items, months, rate, weakest(base.basis, rate.basis)),
        extra_up_front_usd=0.0 - float(saving[0]),
        payback=payback(saving, running, rate.value),
        prices_end=found.prices_end,
        introductory_ends=found.introductory_ends,
    )


def _is_metered(option: Option) -> bool:
    return option.side is Side.DATACENTER and option.capacity is None


def _forbidden(base: Base, task_class: TaskClass, capacity: Capacity) -> str:
    """What the plan holds against the class on this capacity, in a few words; empty where nothing forbids it."""
    option = next((each for each in base.options[task_class.name] if each.capacity == capacity.name), None)
    if option is None:
        return "no option of the plan"
    return ", ".join(dict.fromkeys(each.constraint.replace("_", " ") for each in option.violations))


def _unknown(capacity: Capacity, moved: tuple[str, ...], missing: tuple[str, ...]) -> CapacityOutlook:
    return CapacityOutlook(
        capacity=capacity.name, title=capacity.title, model=capacity.model, task_classes=moved, missing=missing
    )

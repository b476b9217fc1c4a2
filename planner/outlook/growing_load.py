"""The load of classes that share a capacity, month by month: every class grows at its own rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.capacities import Capacity
from planner.cost.capacity_unit import Speed
from planner.cost.cash_flow import Flows, growth_path
from planner.cost.token_load import TokenLoad, accepted_load
from planner.outlook.calendar import Calendar
from planner.scenario import Scenario
from planner.service.curves import Edge
from planner.workload.task_classes import TaskClass


@dataclass(frozen=True)
class GrowingLoad:
    """Month 1 of every class, and the multiple of it in each month (classes × months)."""

    first: TokenLoad  # month 1 of all classes together
    classes: tuple[TokenLoad, ...]
    growth: Flows

    def busy_hours(self, speed: Speed, edge: Edge) -> Flows:
        """Hours one unit would be busy with all classes in each month: linear in the load."""
        return sum((self.busy_hours_of(n, speed, edge) for n in range(len(self.classes))), np.zeros(1))

    def busy_hours_of(self, number: int, speed: Speed, edge: Edge) -> Flows:
        """The same of one class."""
        return speed.busy_hours(self.classes[number], edge) * self.growth[number]

    def in_month(self, month: int) -> TokenLoad:
        """All classes together in a month, counted from 0."""
        grown = [each.times(float(path[month])) for each, path in zip(self.classes, self.growth, strict=True)]
        requests, runs = sum(each.requests for each in grown), sum(each.runs for each in grown)
        return TokenLoad(
            requests=requests,
            repeats=runs / requests - 1 if requests else 0.0,
            input_tokens=sum(each.input_tokens for each in grown),
            cached_tokens=sum(each.cached_tokens for each in grown),
            output_tokens=sum(each.output_tokens for each in grown),
            active_hours_per_month=self.first.active_hours_per_month,
            peak_to_mean=self.first.peak_to_mean,
            blocks=self.first.blocks,
        )


def growing_load(
    scenario: Scenario, calendar: Calendar, capacity: Capacity, classes: Sequence[TaskClass]
) -> GrowingLoad:
    """The load of these classes on a capacity over the calendar, repeats until accepted included."""
    return GrowingLoad(
        first=accepted_load(scenario, capacity, classes),
        classes=tuple(accepted_load(scenario, capacity, (each,)) for each in classes),
        growth=np.array([growth_path(each.growth_per_year, calendar.months) for each in classes]),
    )

"""Money of a capacity by month under growing work: whole units under their terms, power, overflow, quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from planner.capacities import Capacity
from planner.cost.accepted import acceptance_of
from planner.cost.capacity import capacity_cost
from planner.cost.capacity_parts import CASES
from planner.cost.capacity_share import class_cost
from planner.cost.capacity_terms import SPEEDS, CapacityTerms, capacity_terms
from planner.cost.capacity_unit import Speed
from planner.cost.cash_flow import Flows
from planner.cost.price_paths import compound
from planner.cost.unit_economics import UnitEconomics
from planner.outlook.calendar import Calendar
from planner.outlook.capacity_prices import UnitPrices, column, overflow_path, unit_prices
from planner.outlook.cost_paths import beside
from planner.outlook.flows import Flow, running
from planner.outlook.growing_load import GrowingLoad, growing_load
from planner.outlook.horizon_view import FlowKind
from planner.outlook.unit_cohorts import Cohort, cohorts, units_by_month
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass


@dataclass(frozen=True)
class CapacityMonths:
    """The flows of a capacity that serves these classes, and the units it has in each month."""

    classes: tuple[str, ...]
    flows: tuple[Flow, ...]
    units: tuple[int, ...]
    prices_end: date | None  # from this day on no price is known and the last one goes on
    introductory_ends: tuple[date, ...]  # announced, inside the horizon
    shares: Flows  # of the busy hours that each class takes for its accepted runs (classes × months)


def capacity_months(
    scenario: Scenario, calendar: Calendar, capacity: Capacity, classes: Sequence[TaskClass]
) -> CapacityMonths | tuple[str, ...]:
    """Units month by month as the classes grow, and what they cost; the reasons where that has no price.

    Every case of an interval has the units it needs. A class that shares the capacity bears its share of busy hours.
    """
    load = growing_load(scenario, calendar, capacity, classes)
    terms = capacity_terms(scenario, capacity, load.first, calendar.starts[0])
    if terms.missing or terms.unit.bought is None or terms.unit.speed is None:
        return terms.missing
    prices = unit_prices(scenario, calendar, capacity, terms.unit.bought)
    overflow = overflow_path(scenario, calendar, capacity, load)
    cases = _cases(calendar, terms, prices, load, overflow)
    flows = (
        *_unit_flows(calendar, prices, [case.bought for case in cases]),
        running("electricity", np.stack([case.variable for case in cases])),
        running("token prices", np.stack([case.spilled for case in cases])),
    )
    effective = sum((flow.effective[:, 1:] for flow in flows), np.zeros((3, calendar.months)))
    quality = _Quality(scenario, calendar, capacity, terms.unit.speed, load).of(classes, effective)
    return CapacityMonths(
        classes=tuple(each.name for each in classes),
        flows=(*flows, running("review and rejected results", quality)),
        units=units_by_month(cases[1].bought, calendar.months),
        prices_end=prices.prices_end,
        introductory_ends=prices.introductory_ends,
        shares=_shares(scenario, capacity, load, terms.unit.speed, classes),
    )


def _shares(
    scenario: Scenario, capacity: Capacity, load: GrowingLoad, speed: Speed, classes: Sequence[TaskClass]
) -> Flows:
    whole, assumed = load.busy_hours(speed, "value"), scenario.assumptions.acceptance
    return np.array(
        [
            load.busy_hours_of(number, speed, "value")
            / whole
            * acceptance_of(each, capacity.model, capacity.weight_format, assumed).value
            for number, each in enumerate(classes)
        ]
    )


@dataclass(frozen=True)
class _CaseMonths:
    """One case of all months: what is bought when, and what use adds."""

    bought: tuple[Cohort, ...]
    variable: Flows
    spilled: Flows


def _cases(
    calendar: Calendar, terms: CapacityTerms, prices: UnitPrices, load: GrowingLoad, overflow: Flows | None
) -> list[_CaseMonths]:
    """The cheapest case, the figure and the dearest case, each with its own speeds and prices."""
    speed = terms.unit.speed
    assert speed is not None
    tariff = compound(calendar.horizon.tariff_change_per_year, calendar.months)
    fixed = sum(prices.effective.values(), np.zeros((3, calendar.months)))
    found: list[_CaseMonths] = []
    for row, case in enumerate(CASES):
        hours = load.busy_hours(speed, SPEEDS[case])
        volumes = (hours / hours[0]).tolist()
        economics = terms.case(case)
        monthly = [
            replace(
                economics,
                fixed_usd_per_unit_month=float(fixed[row, month]),
                variable_usd_per_volume=economics.variable_usd_per_volume * float(tariff[row, month]),
                overflow_usd_per_volume=None if overflow is None else float(overflow[row, month]) / volume,
            )
            for month, volume in enumerate(volumes)
        ]
        found.append(_case(monthly, volumes, prices.term_months))
    return found


def _case(monthly: Sequence[UnitEconomics], volumes: Sequence[float], term_months: int) -> _CaseMonths:
    needed = [each.units_for(volume) for each, volume in zip(monthly, volumes, strict=True)]
    bought = cohorts(needed, term_months)
    months = zip(monthly, volumes, units_by_month(bought, len(volumes)), strict=True)
    variable, spilled = np.zeros(len(volumes)), np.zeros(len(volumes))
    for month, (each, volume, units) in enumerate(months):
        over = 0.0 if each.overflow_usd_per_volume is None else each.overflow_volume(volume, units)
        variable[month] = (volume - over) * each.variable_usd_per_volume
        spilled[month] = over * (each.overflow_usd_per_volume or 0.0)
    return _CaseMonths(bought, variable, spilled)


def _unit_flows(calendar: Calendar, prices: UnitPrices, bought: Sequence[Sequence[Cohort]]) -> list[Flow]:
    """Every purchase over its term: cash as it is paid, cost spread over the months.

    What is paid for beyond the horizon comes back in a straight line, as with every device.
    """
    last = calendar.months
    shape = (3, last + 1)
    kinds: list[FlowKind] = list(dict.fromkeys((*prices.effective, *prices.monthly)))
    cash, cost = ({kind: np.zeros(shape) for kind in kinds} for _ in range(2))
    once, back = np.zeros(shape), np.zeros(shape)
    for row, purchases in enumerate(bought):
        for each in purchases:
            end = min(each.ends, last)
            paid, resale = prices.up_front[row, each.month], prices.resale[row, each.month]
            used = (end - each.month) / prices.term_months
            once[row, each.month] += each.units * paid
            back[row, end] -= each.units * (paid + (resale - paid) * used)
            for into, lines in ((cash, prices.monthly), (cost, prices.effective)):
                for kind, usd in lines.items():
                    monthly = usd[row, each.month] if kind in prices.locked else usd[row, each.month : end]
                    into[kind][row, each.month + 1 : end + 1] += each.units * monthly
    nothing = np.zeros(shape)
    return [
        *(Flow(kind, cash[kind], cost[kind]) for kind in kinds),
        Flow(prices.up_front_kind, once, nothing, once=True),
        Flow("salvage", back, nothing, once=True),
    ]


@dataclass(frozen=True)
class _Quality:
    """Review, rejected results, retries and repeats of classes on a capacity."""

    scenario: Scenario
    calendar: Calendar
    capacity: Capacity
    speed: Speed
    load: GrowingLoad

    def of(self, classes: Sequence[TaskClass], effective: Flows) -> Flows:
        """USD by month beside what the capacity costs (3 × months).

        What an accepted result costs moves by what a request's share of the capacity moves by: repeats are in it, and
        what is left beside that share stays as it is in the first month.
        """
        first = capacity_cost(self.scenario, self.capacity, self.load.first, self.calendar.starts[0])
        whole = self.load.busy_hours(self.speed, "value")
        total = np.zeros_like(effective)
        for number, each in enumerate(classes):
            cost = class_cost(
                self.scenario, self.capacity, each, month=first, speed=self.speed, together=self.load.first
            )
            if cost is None or cost.usd_per_accepted is None:
                continue
            requests = self.load.classes[number].requests * self.load.growth[number]
            share = effective * (self.load.busy_hours_of(number, self.speed, "value") / whole / requests)
            extra = beside(column(cost.usd_per_accepted), share[:, :1])
            total += np.stack([extra.min(axis=0), extra[1], extra.max(axis=0)]) * requests
        return total

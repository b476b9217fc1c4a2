"""Money of one class and of one fleet by month: cash as it is paid, and costs as the plan's month shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.basis import Quantity
from planner.cost.cash_flow import Flows, growth_path, months_of, present_value, purchases, salvage
from planner.cost.figures import Driver
from planner.cost.hardware import incremental_usd_per_device_month, life_years
from planner.cost.price_paths import at_refresh, ends_of
from planner.outlook.calendar import Calendar
from planner.outlook.cost_paths import CostPath
from planner.outlook.horizon_view import FlowKind
from planner.placement.fleets import fleet_parts, option_upkeep
from planner.placement.options import Option
from planner.scenario import Fleet, HardwarePolicy, Scenario

KINDS: dict[Driver, FlowKind] = {
    "token_price": "token prices",
    "tariff": "electricity",
    "device_price": "hardware",
    "rented_price": "rented capacity",
    "none": "other running costs",
}


@dataclass(frozen=True)
class Flow:
    """One kind of cost; rows are the low end, the value and the high end, columns the months from 0 on."""

    kind: FlowKind
    billed: Flows
    effective: Flows
    once: bool = False  # bought, sold or paid once, not run up month by month


def running(kind: FlowKind, monthly: Flows) -> Flow:
    """A cost paid at the end of every month as it arises: cash and cost are the same. `monthly` is 3 × months."""
    flows = np.concatenate([np.zeros((3, 1)), monthly], axis=1)
    return Flow(kind, flows, flows)


def class_flows(calendar: Calendar, path: CostPath, requests_per_month: float, growth: float) -> tuple[Flow, ...]:
    """The class's bill by kind, and review, rejected results and repeats on top; all of it grows with the class.

    `requests_per_month` are those of month 1, `growth` is their yearly change.
    """
    requests = growth_path(growth, calendar.months) * requests_per_month
    bill = [running(KINDS[driver], unit * requests) for driver, unit in path.bill.items()]
    return (*bill, running("review and rejected results", path.quality * requests))


def fleet_flows(calendar: Calendar, scenario: Scenario, fleet: Fleet) -> tuple[Flow, ...]:
    """What a fleet in use costs whatever runs on it: support, and under that policy the hardware local work added."""
    fixed = sum((_column(part.usd_per_month) for part in fleet_parts(scenario, fleet, ())), np.zeros((3, 1)))
    ownership = fleet.profile.ownership
    per_device = incremental_usd_per_device_month(ownership, scenario.assumptions)
    if scenario.policy.hardware is not HardwarePolicy.INCREMENTAL or per_device is None:
        return (_level(calendar, fixed),)
    hardware = _column(per_device) * fleet.count
    life, price = life_years(ownership, scenario.assumptions), float(ownership.incremental_usd or 0) * fleet.count
    change = calendar.horizon.device_price_change_per_year
    amortised = running("hardware", hardware * at_refresh(change, months_of(life.value), calendar.months)).effective
    bought, back = _cash(calendar, price, life, scenario.assumptions.discount_rate_per_year)
    return (
        _level(calendar, np.maximum(fixed - hardware, 0.0)),
        Flow("hardware", bought, amortised, once=True),
        Flow("salvage", back, np.zeros_like(back), once=True),
    )


def upkeep_flows(calendar: Calendar, scenario: Scenario, option: Option) -> tuple[Flow, ...]:
    """What it costs to keep the option's model current on its fleet: releases packaged, evaluated, downloaded."""
    return tuple(_level(calendar, _column(part.usd_per_month)) for part in option_upkeep(scenario, option).parts)


def life_months_of(scenario: Scenario, fleet: Fleet) -> int:
    """Months until a device of the fleet is replaced."""
    return months_of(life_years(fleet.profile.ownership, scenario.assumptions).value)


def _cash(calendar: Calendar, price_usd: float, life: Quantity, rate: Quantity) -> tuple[Flows, Flows]:
    """Purchases and what comes back; the ends are the cheapest and dearest of the lives and price changes stated."""
    changes = ends_of(calendar.horizon.device_price_change_per_year)
    lives = [months_of(end) for end in (life.bounds[1], life.value, life.bounds[0])]
    span = calendar.months
    every = [
        (purchases(price_usd, each, span, change), salvage(price_usd, 0.0, each, span, change))
        for change in changes
        for each in lives
    ]
    worth = [present_value(bought + back, rate.value) for bought, back in every]
    middle = len(every) // 2
    low, high = every[int(np.argmin(worth))], every[int(np.argmax(worth))]
    chosen = (low, every[middle], high)
    return np.stack([bought for bought, _ in chosen]), np.stack([back for _, back in chosen])


def _level(calendar: Calendar, today: Flows) -> Flow:
    return running("support and upkeep", np.repeat(today, calendar.months, axis=1))


def _column(figure: Quantity) -> Flows:
    low, high = figure.bounds
    return np.array([[low], [figure.value], [high]])

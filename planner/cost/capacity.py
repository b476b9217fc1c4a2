"""What a capacity costs a month under a load: whole units, computed utilization, cash and amortised money, $/Mtok."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from planner.basis import Basis, Quantity, weakest
from planner.capacities import Capacity
from planner.cost.bought import Bought, PriceRow
from planner.cost.capacity_doubts import kind_doubts, price_doubts, unserved_doubts, use_doubts
from planner.cost.capacity_figures import CapacityCost, PromisedLevel, UsedPrice
from planner.cost.capacity_parts import (
    CASES,
    OVERFLOW,
    CaseMonth,
    Months,
    billed_money,
    month_parts,
    parts_total,
    token_prices,
    unit_hour,
)
from planner.cost.capacity_terms import SPEEDS, CapacityTerms, Case, capacity_terms
from planner.cost.capacity_unit import Speed, mean_busy_units
from planner.cost.capacity_use import carried_share, factors, least_cost_promise, needed_unit_hours, unserved_share
from planner.cost.escalation import offer_of
from planner.cost.token_load import TokenLoad, accepted_load, load_of
from planner.cost.unit_economics import TOLERANCE, UnitEconomics
from planner.prices.costing import CostingStatus
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass

__all__ = [
    "CapacityCost",
    "TokenLoad",
    "accepted_load",
    "asked_classes",
    "capacity_classes",
    "capacity_cost",
    "capacity_month",
    "load_of",
]


def asked_classes(scenario: Scenario, capacity: Capacity) -> tuple[TaskClass, ...]:
    """The classes it is meant for, allowed there or not: those it names, else every class that may leave the device."""
    named = set(capacity.task_classes)
    return tuple(
        each
        for each in scenario.workload.task_classes
        if (each.name in named if named else each.may_leave_device and not each.needs_offline)
    )


def capacity_classes(scenario: Scenario, capacity: Capacity) -> tuple[TaskClass, ...]:
    """The classes whose work it may take: of those it is meant for each that may leave the device and go there.

    Where its work overflows to a token offer, a class must be allowed there as well: which request does is chance.
    """
    spills = None if capacity.overflow_sku is None else offer_of(scenario, capacity.overflow_sku)
    return tuple(
        each
        for each in asked_classes(scenario, capacity)
        if each.may_leave_device
        and not each.needs_offline
        and (capacity.on_premises or each.may_be_in(capacity.residency))
        and (spills is None or each.may_be_in(spills.stated_places))
    )


def capacity_month(scenario: Scenario, capacity: Capacity, on: date) -> CapacityCost:
    """The month with all the classes it may take on it, every request repeated until accepted."""
    load = accepted_load(scenario, capacity, capacity_classes(scenario, capacity))
    return capacity_cost(scenario, capacity, load, on)


def capacity_cost(scenario: Scenario, capacity: Capacity, load: TokenLoad, on: date) -> CapacityCost:
    """A month of the capacity with as many whole units as the load needs, from this day on.

    Units = spare + ⌈busiest hour/headroom⌉ in the steps they are sold in; with an overflow price as many as cost
    least. Every total is the sum of its parts. Without a load nothing is bought, and nothing is busy.
    """
    terms = capacity_terms(scenario, capacity, load, on)
    bought, speed = terms.unit.bought, terms.unit.speed
    if terms.missing or bought is None or speed is None:
        return _unknown(scenario, capacity, load, terms, on)
    return _known(scenario, capacity, load, terms, on, parts=(bought, speed))


def _known(
    scenario: Scenario,
    capacity: Capacity,
    load: TokenLoad,
    terms: CapacityTerms,
    on: date,
    *,
    parts: tuple[Bought, Speed],
) -> CapacityCost:
    bought, speed = parts
    classes = capacity_classes(scenario, capacity)
    months: Months = {case: _month(terms, case, load, parts) for case in CASES}
    now, planned = months["value"], terms.case("value")
    availability = _availability(bought, "value")
    lines = month_parts(scenario, capacity, terms, months)
    effective = parts_total(lines)
    units_usd = sum(line.usd_per_month for line in lines if line.name != OVERFLOW)
    needed_share = needed_unit_hours(planned, now.units, load) / (now.units * bought.paid_hours_per_month)
    refuses = terms.unit.overflow is not None and terms.overflow_usd_per_volume is None
    unserved = unserved_share(planned, terms.case("dear"), now.units, capacity.headroom) if refuses else 0.0
    usd_per_h = unit_hour(scenario, capacity, bought, now.utilization)
    paid_utilization = now.utilization * availability
    promise = _promise(bought, planned, now.units, load)
    return CapacityCost(
        capacity=capacity.name,
        title=capacity.title,
        model=capacity.model,
        unit=bought.unit,
        on=on,
        task_classes=tuple(each.name for each in classes),
        requests_per_month=load.requests,
        units=now.units,
        spare_units=capacity.spare,
        least_units=min(month.units for month in months.values()),
        most_units=max(month.units for month in months.values()),
        paid_hours_per_unit=bought.paid_hours_per_month,
        utilization=_utilization(months, bought, weakest(speed.basis, load.peak_to_mean.basis)),
        factors=factors(
            capacity,
            planned,
            now.units,
            load,
            availability=availability,
            hours_per_unit=bought.paid_hours_per_month,
        ),
        break_even_utilization=bought.break_even_utilization,
        parts=lines,
        billed=billed_money(bought, now.units, lines),
        effective_usd_per_month=effective,
        idle_usd_per_month=units_usd * (1 - paid_utilization),
        forfeited_usd_per_month=units_usd * max(0.0, 1 - needed_share) if bought.is_promise else 0.0,
        least_cost_promise=promise,
        overflow_share=1 - now.carried,
        unserved_share=unserved,
        usd_per_h=usd_per_h,
        per_mtok=token_prices(usd_per_h, unit_hour(scenario, capacity, bought, 1.0), speed, load, now.utilization),
        usd_per_request=_per_request(effective, load.requests),
        status=CostingStatus.PRICED,
        prices=_used(bought.rows),
        doubts=(
            *terms.doubts,
            *price_doubts(scenario, terms.unit, on),
            *kind_doubts(scenario, capacity, terms.unit, classes),
            *use_doubts(
                scenario, capacity, bought, utilization=paid_utilization, needed_share=needed_share, promise=promise
            ),
            *unserved_doubts(capacity, unserved),
        ),
    )


def _unknown(scenario: Scenario, capacity: Capacity, load: TokenLoad, terms: CapacityTerms, on: date) -> CapacityCost:
    """What can be said without a price, a speed or a load; no total at all (CONVENTION §3)."""
    bought = terms.unit.bought
    classes = capacity_classes(scenario, capacity)
    return CapacityCost(
        capacity=capacity.name,
        title=capacity.title,
        model=capacity.model,
        unit="unit" if bought is None else bought.unit,
        on=on,
        task_classes=tuple(each.name for each in classes),
        requests_per_month=load.requests,
        units=None,
        spare_units=capacity.spare,
        least_units=None,
        most_units=None,
        paid_hours_per_unit=None if bought is None else bought.paid_hours_per_month,
        utilization=None,
        status=CostingStatus.UNPRICED if bought is None else CostingStatus.PARTIAL,
        missing=terms.missing,
        prices=() if bought is None else _used(bought.rows),
        doubts=(
            *terms.doubts,
            *price_doubts(scenario, terms.unit, on),
            *kind_doubts(scenario, capacity, terms.unit, classes),
            *use_doubts(scenario, capacity, bought, utilization=None),
        ),
    )


def _month(terms: CapacityTerms, case: Case, load: TokenLoad, parts: tuple[Bought, Speed]) -> CaseMonth:
    bought, speed = parts
    economics = terms.case(case)
    units = economics.units_for(1.0)
    carried = carried_share(economics, units)
    busy_hours = mean_busy_units(speed, load, SPEEDS[case]) * load.active_hours_per_month * carried
    usable_hours = units * bought.paid_hours_per_month * _availability(bought, case)
    utilization = busy_hours / usable_hours
    return CaseMonth(units, carried, min(1.0, utilization) if utilization < 1 + TOLERANCE else utilization)


def _availability(bought: Bought, case: Case) -> float:
    if bought.availability is None:
        return 1.0
    low, high = bought.availability.bounds
    return {"cheap": high, "value": bought.availability.value, "dear": low}[case]


def _promise(bought: Bought, planned: UnitEconomics, units: int, load: TokenLoad) -> PromisedLevel | None:
    if bought.on_demand_usd_per_h is None:
        return None
    committed = bought.effective_usd_per_month.value / bought.paid_hours_per_month
    return least_cost_promise(planned, units, load, committed, bought.on_demand_usd_per_h.value)


def _utilization(months: Months, bought: Bought, basis: Basis) -> Quantity:
    """Busy share of paid hours; its ends are those of the cheapest and the dearest case, whichever is busier."""
    shares = {case: months[case].utilization * _availability(bought, case) for case in CASES}
    return Quantity(
        value=shares["value"],
        low=min(shares.values()),
        high=max(shares.values()),
        unit="share",
        basis=basis,
        source="busy hours over paid hours",
    )


def _per_request(month: Quantity, requests: float) -> Quantity | None:
    if requests <= 0:
        return None
    low, high = month.bounds
    return Quantity(
        value=month.value / requests,
        low=low / requests,
        high=high / requests,
        unit="USD/request",
        basis=month.basis,
    )


def _used(rows: Sequence[PriceRow]) -> tuple[UsedPrice, ...]:
    return tuple(UsedPrice.model_validate(asdict(row)) for row in rows)

"""All money of one choice over the horizon in lines that add up, and how two choices compare month by month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import get_args

import numpy as np

from planner.basis import Basis, Quantity
from planner.cost.cash_flow import Flows, discounted
from planner.outlook.flows import Flow
from planner.outlook.horizon_view import CumulativeChart, FlowKind, Line, Stream, Year
from planner.units import MONTHS_PER_YEAR

Items = Mapping[str, tuple[Flow, ...]]
"""Flows of one choice by what causes them: a class on its option, a fleet, a one-off."""

LOW, VALUE, HIGH = range(3)


def stream(title: str, items: Items, months: int, rate: Quantity, basis: Basis) -> Stream:
    """The lines of a choice and their totals."""
    lines = tuple(_lines([flow for flows in items.values() for flow in flows]))
    billed = _added((np.array(line.billed_usd) for line in lines), months)
    effective = _added((np.array(line.effective_usd) for line in lines), months)
    ends = billed_ends(items, months)
    return Stream(
        title=title,
        lines=lines,
        billed_usd=_months(billed),
        effective_usd=_months(effective),
        cumulative_usd=_months(np.cumsum(billed)),
        discounted_cumulative_usd=_months(np.cumsum(discounted(billed, rate.value))),
        total_usd=_usd(billed.sum(), ends.sum(axis=1), basis),
        npv_usd=_npv(billed, [discounted(ends, end).sum(axis=1) for end in _rates(rate)], rate, basis),
    )


def billed_ends(items: Items, months: int, without: Collection[str] = ()) -> Flows:
    """Cash of a choice by month at its low end, value and high end, some of its items left out."""
    flows = (flow.billed for name, each in items.items() if name not in without for flow in each)
    return sum(flows, np.zeros((3, months + 1)))


def saving_npv(plan: Items, base: Items, months: int, rate: Quantity, basis: Basis) -> Quantity:
    """Base case less plan at today's worth; what both pay alike is left out of the interval."""
    ours, theirs = _apart(plan, base, months)
    ends = [
        discounted(np.stack([theirs[LOW] - ours[HIGH], theirs[HIGH] - ours[LOW]]), end).sum(axis=1)
        for end in _rates(rate)
    ]
    return _npv(theirs[VALUE] - ours[VALUE], ends, rate, basis)


def savings(plan: Items, base: Items, months: int) -> tuple[Flows, Flows, Flows]:
    """Base case less plan by month: with the plan dearest and the base cheapest, as stated, and the other way round.

    Without salvage: what a device would still be worth has not been paid back by anybody.
    """
    return _savings(plan, base, months, lambda flow: flow.kind != "salvage")


def running_saving(plan: Items, base: Items, months: int) -> tuple[Flows, Flows, Flows]:
    """The same without what is bought, sold or paid once: what running the choices saves month by month."""
    return _savings(plan, base, months, lambda flow: not flow.once)


def _savings(plan: Items, base: Items, months: int, keep: Callable[[Flow], bool]) -> tuple[Flows, Flows, Flows]:
    ours, theirs = _apart(_kept(plan, keep), _kept(base, keep), months)
    return theirs[LOW] - ours[HIGH], theirs[VALUE] - ours[VALUE], theirs[HIGH] - ours[LOW]


def years_of(plan: Stream, base: Stream) -> tuple[Year, ...]:
    """The months added up by year; year 0 is what is paid before the first month."""
    last = len(plan.billed_usd) - 1
    cuts = [(0, 1), *((first, min(first + MONTHS_PER_YEAR, last + 1)) for first in range(1, last + 1, MONTHS_PER_YEAR))]
    return tuple(_year(number, start, stop, plan, base) for number, (start, stop) in enumerate(cuts))


def chart_of(plan: Stream, base: Stream, crossing: int | None) -> CumulativeChart:
    """What a chart of the two draws."""
    return CumulativeChart(
        month=tuple(range(len(plan.billed_usd))),
        plan_usd=plan.discounted_cumulative_usd,
        base_usd=base.discounted_cumulative_usd,
        crossing_month=crossing,
        crossing_usd=None if crossing is None else plan.discounted_cumulative_usd[crossing],
    )


def _year(number: int, start: int, stop: int, plan: Stream, base: Stream) -> Year:
    plan_usd, base_usd = sum(plan.billed_usd[start:stop]), sum(base.billed_usd[start:stop])
    return Year(
        year=number,
        months=stop - start if number else 0,
        plan_billed_usd=plan_usd,
        plan_effective_usd=sum(plan.effective_usd[start:stop]),
        base_billed_usd=base_usd,
        base_effective_usd=sum(base.effective_usd[start:stop]),
        saving_usd=base_usd - plan_usd,
        discounted_cumulative_saving_usd=base.discounted_cumulative_usd[stop - 1]
        - plan.discounted_cumulative_usd[stop - 1],
    )


def _kept(items: Items, keep: Callable[[Flow], bool]) -> Items:
    return {name: tuple(flow for flow in flows if keep(flow)) for name, flows in items.items()}


def _apart(plan: Items, base: Items, months: int) -> tuple[Flows, Flows]:
    common = plan.keys() & base.keys()
    return billed_ends(plan, months, common), billed_ends(base, months, common)


def _lines(flows: Iterable[Flow]) -> Iterable[Line]:
    """One line for every kind of cost that arises at all, in the order of the kinds."""
    by_kind: dict[FlowKind, list[Flow]] = {}
    for flow in flows:
        by_kind.setdefault(flow.kind, []).append(flow)
    kinds: tuple[FlowKind, ...] = get_args(FlowKind)
    for kind in kinds:
        billed = sum((flow.billed[VALUE] for flow in by_kind.get(kind, ())), np.zeros(1))
        effective = sum((flow.effective[VALUE] for flow in by_kind.get(kind, ())), np.zeros(1))
        if billed.any() or effective.any():
            yield Line(kind=kind, billed_usd=_months(billed), effective_usd=_months(effective))


def _added(flows: Iterable[Flows], months: int) -> Flows:
    return sum(flows, np.zeros(months + 1))


def _months(flows: Flows) -> tuple[float, ...]:
    return tuple(float(usd) for usd in flows)


def _rates(rate: Quantity) -> tuple[float, float, float]:
    low, high = rate.bounds
    return low, rate.value, high


def _npv(flows: Flows, ends: list[Flows], rate: Quantity, basis: Basis) -> Quantity:
    return _usd(float(discounted(flows, rate.value).sum()), np.concatenate(ends), basis)


def _usd(value: float, ends: Flows, basis: Basis) -> Quantity:
    amount = float(value)
    return Quantity(
        value=amount, unit="USD", basis=basis, low=min(amount, float(ends.min())), high=max(amount, float(ends.max()))
    )

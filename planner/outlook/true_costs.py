"""What every target really costs for every class, and every capacity, on one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.cost.capacity_figures import CapacityCost
from planner.cost.capacity_share import class_share
from planner.cost.figures import Cost, HardwareView
from planner.cost.part_sums import running, scaled, total
from planner.cost.per_mtok import HourPerMtok
from planner.documents import Frozen
from planner.errors import UnknownNameError
from planner.placement.capacity_loads import months_of
from planner.placement.capacity_options import CapacityMonth, capacity_months
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import FleetLoad, Plan
from planner.placement.user_groups import by_user_group
from planner.planning import plan
from planner.repricing import RepricedScenario, scenario_priced_on
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass


class TargetCost(Frozen):
    """One class on one target; None where it has no price, and `missing` says why."""

    task_class: str
    title: str  # of the class
    target_id: str  # an option's id, or "capacity:NAME"
    target: str
    side: Literal["edge", "datacenter", "capacity"]
    model: str
    weight_format: str | None
    is_chosen: bool  # by the plan
    is_allowed: bool
    forbidden_by: tuple[str, ...]  # sentences
    constraints: tuple[str, ...]  # what each sentence is about, in a word or two
    usd_per_accepted: Quantity | None  # ranks the targets
    usd_per_request: Quantity | None
    usd_per_mtok_in: Quantity | None
    usd_per_mtok_out: Quantity | None
    convention: str  # which tokens bear what
    usd_per_mtok: Quantity | None  # blended, at this class's own ratio
    blended_ratio: float | None  # its input tokens per output token
    billed_usd_per_month: Quantity | None  # cash of a later month: without what was paid up front
    effective_usd_per_month: Quantity | None  # amortised
    true_usd_per_month: Quantity | None  # with review, rejected results and repeats
    utilization: float | None  # computed; None: metered
    usd_per_mtok_at_utilization: Quantity | None  # blended, what is paid for and unused included
    usd_per_mtok_at_full_utilization: Quantity | None
    utilization_reason: str  # why the last three are unknown
    hardware_views: tuple[HardwareView, ...] = ()
    missing: tuple[str, ...] = ()
    not_charged: tuple[str, ...] = ()
    note: str = ""  # what its cost is a share of, where others share it


class TrueCosts(Frozen):
    """All targets of all classes and all capacities of a scenario on a day; the same numbers as its plan's."""

    title: str
    on: date
    hardware_policy: str
    targets: tuple[TargetCost, ...]
    capacities: tuple[CapacityCost, ...]  # with the classes the plan puts there, else with all it may take
    fleets: tuple[FleetLoad, ...]  # with what each costs beside its classes; paid once if it is in use
    doubts: tuple[Doubt, ...]


def true_costs(scenario: Scenario, on: date | None = None, task_class: str | None = None) -> TrueCosts:
    """Cost every option of every class (or of one) and every capacity, at the prices of a day (the scenario's own).

    Of another day as a plan is made for it: what had no known price then is left out and named.
    """
    day = on or scenario.as_of
    then = RepricedScenario(scenario, ()) if day == scenario.as_of else scenario_priced_on(scenario, day)
    dated = by_user_group(then.scenario)
    known = [each.name for each in dated.workload.task_classes]
    if task_class is not None and task_class not in known:
        raise UnknownNameError(f"no task class is called {task_class!r}", remedy=f"There are: {', '.join(known)}.")
    found = plan(dated)
    capacities = _months(dated, found)
    targets = [
        target
        for placement in found.placements
        if task_class in {None, placement.task_class}
        for target in _options(dated, placement, capacities)
    ]
    return TrueCosts(
        title=scenario.title,
        on=day,
        hardware_policy=scenario.policy.hardware.value,
        targets=tuple(targets),
        capacities=tuple(each.shown.month for each in capacities.values()),
        fleets=found.fleet_loads,
        doubts=tuple(dict.fromkeys((*then.doubts, *found.doubts, *_month_doubts(capacities)))),
    )


@dataclass(frozen=True)
class _Months:
    """A capacity with all classes it may take on it, and with those the plan puts there; None where it puts none."""

    every: CapacityMonth
    planned: CapacityMonth | None

    @property
    def shown(self) -> CapacityMonth:
        """The one that is paid."""
        return self.every if self.planned is None else self.planned


def _month_doubts(capacities: Mapping[str, _Months]) -> Iterator[Doubt]:
    return (doubt for each in capacities.values() for doubt in each.shown.month.doubts)


def _months(scenario: Scenario, found: Plan) -> dict[str, _Months]:
    planned = months_of(scenario, {each.task_class: each.chosen for each in found.placements})
    return {each.capacity.name: _Months(each, planned.get(each.capacity.name)) for each in capacity_months(scenario)}


def _options(scenario: Scenario, placement: Placement, capacities: Mapping[str, _Months]) -> Iterator[TargetCost]:
    chosen = None if placement.chosen is None else placement.chosen.option_id
    for option in placement.options:
        is_chosen = option.option_id == chosen
        months = capacities.get(option.capacity or "")
        month = None if months is None else months.shown if is_chosen else months.every
        yield _target(
            placement,
            option,
            is_chosen=is_chosen,
            billed=_billed(option, placement) if month is None else _cash(scenario, month, placement, option.cost),
            month=None if month is None else month.month,
        )


def _billed(option: Option, placement: Placement) -> Quantity | None:
    """Cash of a month: a device that is paid for costs nothing more, so the bill without its price."""
    cost = option.cost
    if cost is None or cost.usd_per_month is None:
        return None
    parts = running(cost.parts) if option.side is Side.EDGE else list(cost.parts)
    return scaled(total(parts), placement.requests_per_month, "USD/month")


def _cash(scenario: Scenario, each: CapacityMonth, placement: Placement, cost: Cost | None) -> Quantity | None:
    """The class's share of a later month's cash, and all of what it pays beside the capacity."""
    month, effective = each.month, each.month.effective_usd_per_month
    if cost is None or cost.usd_per_month is None or effective is None or month.billed is None or each.speed is None:
        return None
    share = class_share(scenario, each.capacity, each.speed, each.load, _class(scenario, placement))
    accepted = share * cost.acceptance.value  # repeats are no part of the class's bill, here as of any option
    beside = max(0.0, cost.usd_per_month.value - effective.value * accepted)
    usd = month.billed.recurring_usd_per_month * accepted + beside
    return Quantity(value=usd, unit="USD/month", basis=cost.usd_per_month.basis)


def _target(
    placement: Placement, option: Option, *, is_chosen: bool, billed: Quantity | None, month: CapacityCost | None
) -> TargetCost:
    cost, forbidden_by = option.cost, option.violations
    utilization = None if cost is None else cost.utilization
    used = None if cost is None else cost.usd_per_mtok_at_utilization
    full = None if cost is None else cost.usd_per_mtok_at_full_utilization
    reason = "" if cost is None else cost.utilization_reason
    if month is not None:
        utilization = None if month.utilization is None else month.utilization.value
        used, full, reason = None if cost is None else cost.usd_per_mtok, _blended_at_full(cost, month), ""
    missing = () if cost is None else cost.missing
    return TargetCost(
        task_class=placement.task_class,
        title=placement.title,
        target_id=option.option_id,
        target=option.target,
        side=option.side.value if option.capacity is None else "capacity",
        model=option.model,
        weight_format=option.weight_format,
        is_chosen=is_chosen,
        is_allowed=not forbidden_by and cost is not None and not missing,
        forbidden_by=tuple(violation.sentence for violation in forbidden_by),
        constraints=tuple(dict.fromkeys(violation.constraint.replace("_", " ") for violation in forbidden_by)),
        usd_per_accepted=None if cost is None else cost.usd_per_accepted,
        usd_per_request=None if cost is None else cost.usd_per_request,
        usd_per_mtok_in=None if cost is None else cost.usd_per_mtok_in,
        usd_per_mtok_out=None if cost is None else cost.usd_per_mtok_out,
        convention="" if cost is None else cost.convention,
        usd_per_mtok=None if cost is None else cost.usd_per_mtok,
        blended_ratio=None if cost is None else cost.blended_ratio,
        billed_usd_per_month=billed,
        effective_usd_per_month=None if cost is None else cost.usd_per_month,
        true_usd_per_month=None if cost is None else cost.true_usd_per_month,
        utilization=utilization,
        usd_per_mtok_at_utilization=used,
        usd_per_mtok_at_full_utilization=full,
        utilization_reason=reason,
        hardware_views=() if cost is None else cost.hardware_views,
        missing=missing or (() if month is None else month.missing),
        not_charged=() if cost is None else cost.not_charged,
        note=option.note,
    )


def _blended_at_full(cost: Cost | None, month: CapacityCost) -> Quantity | None:
    """The class's blended price were the units never idle: what they cost then over what they cost now."""
    apart: HourPerMtok | None = next(iter(month.per_mtok), None)
    if cost is None or cost.usd_per_mtok is None or apart is None or month.overflow_share:
        return None
    factor = apart.usd_per_mtok_out_at_full_utilization.value / apart.usd_per_mtok_out.value
    return scaled(cost.usd_per_mtok, factor, "USD/Mtok")


def _class(scenario: Scenario, placement: Placement) -> TaskClass:
    return next(each for each in scenario.workload.task_classes if each.name == placement.task_class)

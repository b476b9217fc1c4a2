"""Money of the whole plan against its base case, and the decision in one sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.placement.capacity_loads import months_of, shared
from planner.placement.capacity_options import counted
from planner.placement.fleets import fleet_usd_per_month, fleets_in_use
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import CapacityLoad, FleetLoad, PlanTotals
from planner.placement.shared import rank
from planner.scenario import Scenario

ABOUT_EQUAL = 0.005  # a difference under half a percent is said in words
BASE_CASE = "every class that may leave the device on its cheapest feasible data-center model, the others as planned"


@dataclass(frozen=True)
class _Money:
    """Money of one choice of options, in parts that add up."""

    edge: Quantity
    datacenter: Quantity
    capacity: Quantity
    fleet: Quantity
    quality: Quantity

    @property
    def total(self) -> Quantity:
        return _sum([self.edge, self.datacenter, self.capacity, self.fleet, self.quality])

    @property
    def bill(self) -> float:
        return self.edge.value + self.datacenter.value + self.capacity.value + self.fleet.value


def totals(scenario: Scenario, placements: Sequence[Placement]) -> PlanTotals:
    """Plan and base case over the classes the plan places; intervals are bounds, not probabilities.

    The saving's interval leaves out what both have in common, so it is narrower than the difference of the two.
    """
    chosen = [placement.chosen for placement in placements]
    base = base_choice(scenario, placements)
    ours, theirs = _money(scenario, chosen), _money(scenario, base)
    differs = [a is not b for a, b in zip(chosen, base, strict=True)]
    common = _paid_for(scenario, chosen) & _paid_for(scenario, base)
    saving = _difference(
        _money(scenario, [each for each, kept in zip(base, differs, strict=True) if kept], common).total,
        _money(scenario, [each for each, kept in zip(chosen, differs, strict=True) if kept], common).total,
    )
    return PlanTotals(
        plan_usd_per_month=ours.total,
        edge_usd_per_month=ours.edge.value,
        datacenter_usd_per_month=ours.datacenter.value,
        fleet_usd_per_month=ours.fleet.value,
        quality_usd_per_month=ours.quality.value,
        base_case=BASE_CASE,
        base_usd_per_month=theirs.total,
        base_edge_usd_per_month=theirs.edge.value,
        base_datacenter_usd_per_month=theirs.datacenter.value,
        base_fleet_usd_per_month=theirs.fleet.value,
        base_quality_usd_per_month=theirs.quality.value,
        saving_usd_per_month=saving,
        saving_share=saving.value / theirs.total.value if theirs.total.value > 0 else None,
        unplaced=tuple(placement.task_class for placement in placements if placement.chosen is None),
        capacity_usd_per_month=ours.capacity.value,
        base_capacity_usd_per_month=theirs.capacity.value,
    )


def _paid_for(scenario: Scenario, options: Sequence[Option | None]) -> set[str]:
    """The fleets (by profile_id) and the models on them (by option_id) that cost something by the month."""
    fleets = {fleet.profile.profile_id for fleet in fleets_in_use(scenario, options)}
    return fleets | {option.option_id for option in options if option and option.side is Side.EDGE}


def decision_sentence(
    placements: Sequence[Placement],
    loads: Sequence[FleetLoad],
    money: PlanTotals,
    capacities: Sequence[CapacityLoad] = (),
) -> str:
    """«Run 6 of 9 classes on the 400 X and 3 in the data center: $61k a month instead of $148k (−59 %).»"""
    total = len(placements)
    edge = sum(1 for placement in placements if placement.chosen and placement.chosen.side is Side.EDGE)
    remote = total - edge - len(money.unplaced)
    parts: list[str] = []
    if edge:
        devices = " and ".join(f"{load.count:,} × {load.title}" for load in loads if load.task_classes)
        where = f" and {remote} in the data center{_bought(capacities, remote)}" if remote else ""
        parts.append(f"Run {_all(edge, total)} on {devices}{where}: {_cost_words(money)}.")
    elif remote:
        cost = text.money(money.plan_usd_per_month.value)
        where = f"in the data center{_bought(capacities, remote)}"
        parts.append(f"Keep {_all(remote, total)} {where}: {cost} a month; {_no_device(placements, loads)}.")
    nowhere = [placement for placement in placements if placement.chosen is None]
    unserved = [placement.title for placement in nowhere if placement.requests_per_month > 0]
    if unserved:
        how_many = f"{len(unserved)} of {total} classes" if len(unserved) < total else "any class"
        parts.append(f"No option is feasible for {how_many}: {', '.join(unserved)}.")
    if len(unserved) < len(nowhere):
        idle = [placement.title for placement in nowhere if placement.requests_per_month == 0]
        parts.append(f"Nothing is asked, and nothing bought, for {', '.join(idle)}.")
    return " ".join(parts)


def _bought(capacities: Sequence[CapacityLoad], remote: int) -> str:
    """«, 3 of them on 2 machines of H100 on demand»."""
    if not capacities:
        return ""
    placed = sum(len(load.task_classes) for load in capacities)
    who = "" if placed == remote else f"{placed} of them "
    units = [f"{counted(load.month.units or 0, load.month.unit)} of {load.title}" for load in capacities]
    return f", {who}on {' and '.join(units)}"


def _no_device(placements: Sequence[Placement], loads: Sequence[FleetLoad]) -> str:
    """Why nothing runs on a device, in a few words."""
    if not loads:
        return "the scenario names no device"
    remote = [each for each in placements if each.chosen]
    allowed = [each for each in remote if any(option.feasible and option.side is Side.EDGE for option in each.options)]
    if not allowed:
        return "no option on a device is feasible"
    if len(allowed) == len(remote):
        return "no device does it for less"
    return f"a device could run {len(allowed)} of them, but not for less"


def _cost_words(money: PlanTotals) -> str:
    """What is paid instead of what; review and rejected results apart where both pay the same for them."""
    plan, base = money.plan_usd_per_month.value, money.base_usd_per_month.value
    shared = money.quality_usd_per_month
    # A small difference of a large sum may still be larger than all bills: then it cannot be left out of them.
    apart = shared > 0 and abs(shared - money.base_quality_usd_per_month) <= ABOUT_EQUAL * (base - shared)
    if apart:
        plan, base = plan - shared, base - money.base_quality_usd_per_month
    words = f"{text.money(plan)} a month"
    if base > 0:
        change = plan / base - 1
        if plan == base:
            words += ", the same as the base case"
        elif abs(change) < ABOUT_EQUAL:
            words += f", about as much as the base case ({text.money(base)})"
        else:
            sign = text.MINUS if change < 0 else "+"
            words += f" instead of {text.money(base)} ({sign}{text.share(abs(change))})"
    return words + (f", and {text.money(shared)} for review and rejected results either way" if apart else "")


def _all(number: int, total: int) -> str:
    if number < total:
        return f"{number} of {total} classes"
    return "the one class" if total == 1 else f"all {total} classes"


def base_choice(scenario: Scenario, placements: Sequence[Placement]) -> list[Option | None]:
    """The base case's option of every class; what is on a capacity there bears its share of that alone."""
    found = [base_option(placement) for placement in placements]
    names = [placement.task_class for placement in placements]
    months = months_of(scenario, dict(zip(names, found, strict=True)))
    if not months:
        return found
    classes = {each.name: each for each in scenario.workload.task_classes}
    chosen = {
        name: tuple(other.task_class for other in placements if other.chosen and other.chosen.capacity == name)
        for name in months
    }
    kept = {name for name, month in months.items() if tuple(each.name for each in month.classes) == chosen[name]}
    return [
        option
        if option is None or option.capacity is None or option.capacity in kept
        else shared(scenario, classes[name], option, months)
        for name, option in zip(names, found, strict=True)
    ]


def base_option(placement: Placement) -> Option | None:
    """The cheapest feasible option paid by the token; what the plan chose where there is none."""
    remote = [
        option
        for option in placement.options
        if option.side is Side.DATACENTER and option.capacity is None and option.feasible
    ]
    best = min(remote, key=rank, default=None)
    if best is None or (placement.chosen and best.option_id == placement.chosen.option_id):
        return placement.chosen
    return best


def _money(scenario: Scenario, options: Sequence[Option | None], without: Collection[str] = ()) -> _Money:
    """Bills by side, the fleets and models in use (those of `without` left out), and what quality costs on top."""
    placed = [option for option in options if option]
    fleets = [
        usd
        for fleet in fleets_in_use(scenario, placed)
        if (usd := fleet_usd_per_month(scenario, fleet, placed, without)) is not None
    ]
    return _Money(
        edge=_sum([_bill(option) for option in placed if option.side is Side.EDGE]),
        datacenter=_sum([_bill(each) for each in placed if each.side is Side.DATACENTER and each.capacity is None]),
        capacity=_sum([_bill(option) for option in placed if option.capacity is not None]),
        fleet=_sum(fleets),
        quality=_sum([_quality(option) for option in placed]),
    )


def _bill(option: Option) -> Quantity:
    """Feasible options are priced in full."""
    if option.cost is None or option.cost.usd_per_month is None:
        return _sum([])
    return option.cost.usd_per_month


def _quality(option: Option) -> Quantity:
    """What review, rejected results and repeats add to the option's bill."""
    if option.cost is None or option.cost.true_usd_per_month is None or option.cost.usd_per_month is None:
        return _sum([])
    true, bill = option.cost.true_usd_per_month, option.cost.usd_per_month
    ends = [a - b for a, b in zip(true.bounds, bill.bounds, strict=True)]
    value = true.value - bill.value
    return Quantity(
        value=value,
        low=min(value, *ends),
        high=max(value, *ends),
        unit="USD/month",
        basis=true.basis,
    )


def _sum(parts: Sequence[Quantity]) -> Quantity:
    paid = [part for part in parts if any(part.bounds)]
    return Quantity(
        value=sum(part.value for part in parts),
        low=sum(part.bounds[0] for part in parts),
        high=sum(part.bounds[1] for part in parts),
        unit="USD/month",
        basis=weakest(*(part.basis for part in paid)) if paid else Basis.ESTIMATED,
    )


def _difference(first: Quantity, second: Quantity) -> Quantity:
    return Quantity(
        value=first.value - second.value,
        low=first.bounds[0] - second.bounds[1],
        high=first.bounds[1] - second.bounds[0],
        unit="USD/month",
        basis=weakest(first.basis, second.basis),
    )

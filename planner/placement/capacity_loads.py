"""What the classes placed on a capacity ask of it together, as the optimiser's whole units and as a month's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from planner.cost.capacity_share import class_share
from planner.cost.capacity_terms import CapacityTerms, capacity_terms
from planner.cost.overflow import overflow_usd_per_month
from planner.cost.token_load import accepted_load
from planner.placement.capacity_options import CapacityMonth, planned_month
from planner.placement.optimizer.problem import ALL_HOURS, Block, Solution, Units, chosen_ways
from planner.placement.optimizer.score import units_for
from planner.placement.options import Option
from planner.placement.plan import CapacityLoad
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, UnitLoad
from planner.scenario import Scenario
from planner.units import HOURS_PER_MONTH
from planner.workload.deferral import may_move
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import shape_of

ROUNDING = 1e-9  # of a plan's cost
LEEWAY = 1e-7  # of what an hour needs: sums in another order must not ask for one more unit


def units_of(
    scenario: Scenario, months: Sequence[CapacityMonth]
) -> tuple[tuple[Units, ...], dict[tuple[str, str], UnitLoad]]:
    """Every capacity with a price as units, and what each class asks of them, by class and option.

    A load is hours one unit is busy, runs repeated until they are accepted included: it adds up over classes, as the
    units' price, their power and their room do. What overflows costs every class its own price; as all go over alike,
    the mean of those on the capacity (`Way.over_usd`). Classes that state unlike weeks have their busiest hours at
    unlike times, and what may wait is done in whatever hours the others leave: then units are priced by who is there
    (`Units.priced`).
    """
    found: list[Units] = []
    loads: dict[tuple[str, str], UnitLoad] = {}
    for each in months:
        terms = capacity_terms(scenario, each.capacity, each.load, scenario.as_of)
        if terms.economics is None or each.speed is None or each.month.effective_usd_per_month is None:
            continue
        every = (*each.classes, *each.barred)  # what bars a class is left out where its reasons are searched
        prices = {one.name: _over_usd(scenario, each, one) for one in every}
        hours = {one.name: _hours(scenario, each, one) for one in every}
        least = min((prices[name] / hours[name] for name in hours if hours[name] > 0), default=0.0)
        units = _units(each, terms, least)
        peaks: dict[str, tuple[float, ...]] = {}
        weeks = [one.week or scenario.workload.week for one in each.classes]
        if any(week != weeks[0] for week in weeks) or any(may_move(one) for one in every):
            peaks = _peaks(scenario, each, every, units)
            units = _by_users(scenario, each, units)
        found.append(units)
        for one in every:
            beside = _beside_usd(scenario, each, one)
            if beside is not None:
                over = max(0.0, prices[one.name] - least * hours[one.name])
                loads[one.name, f"capacity:{each.capacity.name}"] = UnitLoad(
                    units.name,
                    hours[one.name],
                    beside,
                    over if over > least * hours[one.name] * 1e-12 else 0.0,
                    peaks.get(one.name, ()),
                )
    return tuple(found), loads


def _units(each: CapacityMonth, terms: CapacityTerms, least_usd_over: float) -> Units:
    economics, speed = terms.economics, each.speed
    assert economics is not None
    assert speed is not None
    hours = speed.busy_hours(each.load, "value")
    return Units(
        name=f"units:{each.capacity.name}",
        usd_per_unit=economics.fixed_usd_per_unit_month,
        load_per_unit=economics.volume_per_unit * hours,
        most=None,
        usd_per_load_over=None if economics.overflow_usd_per_volume is None else least_usd_over,
        usd_per_load=economics.variable_usd_per_volume / hours,
        least=economics.least_units,
        step=economics.step_units,
        spare=economics.spare_units,
        blocks=tuple(Block(block.share_of_hours, block.relative_load) for block in economics.blocks),
    )


def _peaks(
    scenario: Scenario, each: CapacityMonth, classes: Sequence[TaskClass], units: Units
) -> dict[str, tuple[float, ...]]:
    """Units that every class needs in the busiest hours of those that cannot wait: whoever joins, they need them then.

    What may wait needs none in any one hour.
    """
    kept = [one for one in classes if not may_move(one)]
    shapes = {one.name: shape_of(scenario.workload, one) for one in kept}
    busiest = sorted({shape.relative.index(max(shape.relative)) for shape in shapes.values()})
    room = units.load_per_unit * units.blocks[0].relative_load / each.load.active_hours_per_month
    found = {one.name: (0.0,) * len(busiest) for one in classes}
    for one in kept:
        load = accepted_load(scenario, each.capacity, (one,))
        assert each.speed is not None
        busy = each.speed.busy_hours(load, "value") / load.active_hours_per_month
        found[one.name] = tuple(busy * shapes[one.name].relative[hour] / room * (1 - LEEWAY) for hour in busiest)
    return found if busiest else {}


def _by_users(scenario: Scenario, each: CapacityMonth, units: Units) -> Units:
    """Every set of classes at its own month; at least what a load spread evenly over all active hours would need.

    Fewer classes may be active in more hours: what may wait goes into the night rather than beside a busy morning.
    """
    active = each.load.active_hours_per_month
    room = units.load_per_unit * units.blocks[0].relative_load / active  # of one unit, busy in one hour
    waits = any(may_move(one) for one in (*each.classes, *each.barred))
    hours = HOURS_PER_MONTH if waits else active
    known: dict[frozenset[str], tuple[int, float]] = {}

    def priced(users: frozenset[str]) -> tuple[int, float]:
        if users not in known:
            classes = [one for one in (*each.classes, *each.barred) if one.name in users]
            month = planned_month(scenario, each.capacity, classes).month
            usd = month.effective_usd_per_month
            known[users] = (month.units or 0, inf if usd is None else usd.value)
        return known[users]

    return replace(units, load_per_unit=room * hours, blocks=ALL_HOURS, priced=priced)


def _hours(scenario: Scenario, each: CapacityMonth, one: TaskClass) -> float:
    assert each.speed is not None
    return each.speed.busy_hours(accepted_load(scenario, each.capacity, (one,)), "value")


def _over_usd(scenario: Scenario, each: CapacityMonth, one: TaskClass) -> float:
    """The class's month at the price that takes what is too much; nothing where none is named."""
    offer = next((offer for offer in scenario.prices.offers if offer.sku == each.capacity.overflow_sku), None)
    if offer is None:
        return 0.0
    load = accepted_load(scenario, each.capacity, (one,))
    usd = overflow_usd_per_month(offer, load, scenario.as_of, scenario.prices.quotes)
    return 0.0 if isinstance(usd, str) else usd.value


def _beside_usd(scenario: Scenario, each: CapacityMonth, one: TaskClass) -> float | None:
    """What the class costs beside its share of the capacity: escalations, review, rejected results."""
    cost, month = each.cost_of(scenario, one), each.month.effective_usd_per_month
    if cost is None or cost.true_usd_per_month is None or month is None or each.speed is None:
        return None
    share = class_share(scenario, each.capacity, each.speed, each.load, one)
    return max(0.0, cost.true_usd_per_month.value - month.value * share)


@dataclass(frozen=True)
class Settled:
    """A choice whose capacities are costed with the classes really placed there."""

    candidates: list[Candidates]
    selection: Selection
    loads: tuple[CapacityLoad, ...]
    off_usd_per_month: float  # by which the choice's own sums were wrong: token prices that depend on the mean request

    @property
    def solution(self) -> Solution:
        """As sure as it is once what was off counts against it."""
        found = self.selection.solution
        if self.off_usd_per_month <= ROUNDING * abs(found.usd):
            return found
        return replace(found, gap_usd=found.gap_usd + self.off_usd_per_month, proven=False)


def settled(scenario: Scenario, candidates: Sequence[Candidates], selection: Selection) -> Settled:
    """Cost every capacity in use again for its classes, and every class by its share of that."""
    months = months_of(scenario, selection.chosen)
    if not months:
        return Settled(list(candidates), selection, (), 0.0)
    classes = {each.name: each for each in scenario.workload.task_classes}
    again = [
        Candidates(
            each.task_class,
            tuple(
                shared(scenario, classes[each.task_class], option, months)
                if option is selection.chosen[each.task_class]
                else option
                for option in each.options
            ),
        )
        for each in candidates
    ]
    ids = {name: option.option_id for name, option in selection.chosen.items() if option is not None}
    chosen = {each.task_class: each.named(ids.get(each.task_class)) for each in again}
    loads = tuple(_load(scenario, each) for each in months.values())
    return Settled(again, replace(selection, chosen=chosen), loads, _off_usd(selection, months))


def months_of(scenario: Scenario, chosen: Mapping[str, Option | None]) -> dict[str, CapacityMonth]:
    """The month of every capacity that this choice uses, in the order of the scenario."""
    placed = {
        capacity.name: [
            each
            for each in scenario.workload.task_classes
            if (option := chosen.get(each.name)) is not None and option.capacity == capacity.name
        ]
        for capacity in scenario.capacities
    }
    return {
        capacity.name: planned_month(scenario, capacity, placed[capacity.name])
        for capacity in scenario.capacities
        if placed[capacity.name]
    }


def shared(scenario: Scenario, task_class: TaskClass, option: Option, months: Mapping[str, CapacityMonth]) -> Option:
    """The option with its share of the month of those placed there, where it is on a capacity."""
    month = months.get(option.capacity or "")
    if month is None:
        return option
    return option.model_copy(update={"cost": month.cost_of(scenario, task_class), "note": month.note})


def _load(scenario: Scenario, each: CapacityMonth) -> CapacityLoad:
    return CapacityLoad(
        capacity=each.capacity.name,
        title=each.capacity.title,
        task_classes=tuple(one.name for one in each.classes),
        month=each.month,
        repeats_usd_per_month=sum(_repeats_usd(scenario, each, one) for one in each.classes),
    )


def _repeats_usd(scenario: Scenario, each: CapacityMonth, one: TaskClass) -> float:
    cost, month = each.cost_of(scenario, one), each.month.effective_usd_per_month
    if cost is None or month is None or each.speed is None:
        return 0.0
    return month.value * class_share(scenario, each.capacity, each.speed, each.load, one) * (1 - cost.acceptance.value)


def _off_usd(selection: Selection, months: Mapping[str, CapacityMonth]) -> float:
    used = chosen_ways(selection.problem, selection.solution.shares)
    by_name = {units.name: units for units in selection.problem.units}
    return sum(
        abs(each.month.effective_usd_per_month.value - units_for(by_name[f"units:{name}"], used)[1])
        for name, each in months.items()
        if each.month.effective_usd_per_month is not None
    )

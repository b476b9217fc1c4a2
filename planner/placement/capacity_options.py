"""Capacity paid for by the month as an option of every class it may take: what forbids it, and its share of a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from planner.basis import Doubt
from planner.capacities import Capacity
from planner.cost.capacity import asked_classes, capacity_classes, capacity_cost
from planner.cost.capacity_figures import CapacityCost
from planner.cost.capacity_share import class_cost
from planner.cost.capacity_unit import Speed, capacity_unit
from planner.cost.cost_doubts import stacked_shares
from planner.cost.escalation import further_parts
from planner.cost.figures import Cost
from planner.cost.token_load import TokenLoad, accepted_load
from planner.model.catalog import architectures
from planner.placement import constraints
from planner.placement.options import Option, Side, Violation
from planner.placement.quality import QualityIndex, find_quality, judge_quality
from planner.placement.rate_limits import too_many
from planner.scenario import Scenario
from planner.service.datacenter import remote_service
from planner.workload.task_classes import TaskClass


@dataclass(frozen=True)
class CapacityMonth:
    """A month of a capacity with the work of some classes on it."""

    capacity: Capacity
    classes: tuple[TaskClass, ...]
    load: TokenLoad
    month: CapacityCost
    speed: Speed | None
    is_planned: bool = False  # these are the classes placed there, not all it may take
    barred: tuple[TaskClass, ...] = ()  # classes it is meant for that may not go there, and so are not in the month

    def cost_of(self, scenario: Scenario, task_class: TaskClass) -> Cost | None:
        """The class's share of it by busy hours; None where it has no price or the class asks nothing."""
        return class_cost(scenario, self.capacity, task_class, month=self.month, speed=self.speed, together=self.load)

    @property
    def note(self) -> str:
        """Whose month it is a share of."""
        number, month = len(self.classes), self.month
        units = "" if month.units is None else f" on {counted(month.units, month.unit)}"
        if self.is_planned:
            return f"Its share of a month with {_classes(number, 'placed there')}{units}."
        return f"Its share of a month with {_classes(number, 'that it may take')}{units}."


def capacity_months(scenario: Scenario) -> tuple[CapacityMonth, ...]:
    """Every capacity with all the classes it may take on it, in the order of the scenario."""
    return tuple(
        _month(scenario, capacity, capacity_classes(scenario, capacity), is_planned=False)
        for capacity in scenario.capacities
    )


def planned_month(scenario: Scenario, capacity: Capacity, classes: Sequence[TaskClass]) -> CapacityMonth:
    """The capacity with just these classes (one at least) on it."""
    narrowed = capacity.model_copy(update={"task_classes": tuple(each.name for each in classes)})
    return _month(scenario, narrowed, tuple(classes), is_planned=True)


def capacity_options(
    scenario: Scenario,
    task_class: TaskClass,
    months: Sequence[CapacityMonth],
    index: QualityIndex,
    remote: Mapping[str, Option],
) -> Iterator[Option]:
    """An option for each capacity that may take the class; `remote` are the class's options by sku of their offer."""
    for each in months:
        if any(one.name == task_class.name for one in each.classes):
            yield _option(scenario, task_class, each, index, remote)
        elif any(one.name == task_class.name for one in each.barred):
            beside = _month(scenario, each.capacity, (*each.classes, task_class), is_planned=False)
            yield _option(scenario, task_class, beside, index, remote)


def counted(number: int, unit: str) -> str:
    """«1 machine», «3 boxes»."""
    plural = f"{unit}es" if unit.endswith("x") else f"{unit}s"
    return f"{number:,} {unit if number == 1 else plural}"


def _month(
    scenario: Scenario, capacity: Capacity, classes: tuple[TaskClass, ...], *, is_planned: bool
) -> CapacityMonth:
    load = accepted_load(scenario, capacity, classes)
    month = capacity_cost(scenario, capacity, load, scenario.as_of)
    speed = capacity_unit(scenario, capacity, scenario.as_of).speed
    barred = tuple(each for each in asked_classes(scenario, capacity) if each not in classes)
    return CapacityMonth(capacity, classes, load, month, speed, is_planned, barred)


def _option(
    scenario: Scenario,
    task_class: TaskClass,
    each: CapacityMonth,
    index: QualityIndex,
    remote: Mapping[str, Option],
) -> Option:
    capacity = each.capacity
    quality = find_quality(index, task_class, capacity.model, capacity.weight_format)
    name = f"{capacity.model} {capacity.weight_format or ''}".strip()
    quality_violations, doubts = judge_quality(quality, task_class, name, scenario.policy.unknown_quality)
    service = remote_service(capacity, task_class, scenario.assumptions.network_rtt_s)
    slo_violations, slo_doubts = (
        (constraints.unknown_speed(task_class, capacity.title), ())
        if service is None
        else constraints.latency(task_class, service, capacity.title)
    )
    cost = each.cost_of(scenario, task_class)
    return Option(
        option_id=f"capacity:{capacity.name}",
        side=Side.DATACENTER,
        target=capacity.title,
        model=capacity.model,
        weight_format=capacity.weight_format,
        service=service,
        memory_bytes=None,
        cost=cost,
        quality=quality,
        violations=(
            *constraints.leaving_the_device(task_class, capacity.title),
            *constraints.capacity_residency(task_class, capacity),
            *constraints.further_targets(scenario, task_class, capacity.model),
            *too_many(scenario, task_class, None),
            *constraints.context_length(task_class, capacity.title, _context_tokens(scenario, capacity)),
            *quality_violations,
            *slo_violations,
            *constraints.interruptions(task_class, capacity),
            *_overflow(capacity, remote),
            *_unpriced(task_class, each, cost),
        ),
        doubts=(*doubts, *slo_doubts, *_doubts(scenario, task_class, capacity, cost)),
        capacity=capacity.name,
        note=each.note,
    )


def _context_tokens(scenario: Scenario, capacity: Capacity) -> int | None:
    """Of the catalogue's architecture of that name, else of the scenario's offer of it; None: unknown."""
    known = next((each.context_tokens for each in architectures() if each.name == capacity.model), None)
    offered = (each.context_tokens for each in scenario.prices.offers if each.sku == capacity.model)
    return next(offered, None) if known is None else known


def _overflow(capacity: Capacity, remote: Mapping[str, Option]) -> Iterator[Violation]:
    """What goes over is answered by another offer, which must be allowed whatever an option of its own must be."""
    option = remote.get(capacity.overflow_sku or "")
    for violation in () if option is None else option.violations:
        if violation.constraint != "unpriced":  # of the month's own parts
            sentence = f"What {capacity.title} cannot take goes to {capacity.overflow_sku}: {violation.sentence}"
            yield Violation(constraint=violation.constraint, sentence=sentence)


def _unpriced(task_class: TaskClass, each: CapacityMonth, cost: Cost | None) -> Iterator[Violation]:
    title = each.capacity.title
    if task_class.requests_per_day == 0:
        sentence = f"{task_class.title} asks nothing, and nothing is bought for nothing: it has no share of {title}."
        yield Violation(constraint="unpriced", sentence=sentence)
        return
    reasons = each.month.missing if cost is None else cost.missing
    for reason in reasons:
        yield Violation(constraint="unpriced", sentence=f"The cost on {title} is unknown: {reason}.")
    if cost is not None and cost.acceptance.value == 0:
        sentence = (
            f"No result of {each.capacity.model} was accepted ({cost.acceptance.source}), so an accepted one has no "
            "price."
        )
        yield Violation(constraint="unpriced", sentence=sentence)


def _doubts(scenario: Scenario, task_class: TaskClass, capacity: Capacity, cost: Cost | None) -> tuple[Doubt, ...]:
    if cost is None:
        return ()
    further = further_parts(scenario, task_class, capacity.model)
    return (
        *further.warnings,
        *stacked_shares(task_class, cost.acceptance),
        *constraints.where_it_stands(task_class, capacity),
    )


def _classes(number: int, which: str) -> str:
    return f"the one class {which}" if number == 1 else f"the {number:,} classes {which}"

"""What a fleet costs whatever runs on it, and what the placed classes ask of it together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from planner import text
from planner.basis import Quantity, weakest
from planner.cost.hardware import incremental_usd_per_device_month
from planner.cost.part_sums import scaled
from planner.cost.upkeep import MonthlyPart, Upkeep
from planner.placement.edge_costs import upkeep_of
from planner.placement.options import Option, Placement, Side
from planner.placement.plan import FleetLoad
from planner.placement.shared import FixedCosts, Memory, fleet_of
from planner.placement.shared_device import waits_on
from planner.profiles.memory import memory_limit_bytes
from planner.profiles.performance import find_performance
from planner.scenario import Fleet, HardwarePolicy, Scenario
from planner.workload.week_shape import busiest_loads


def fixed_usd_per_month(scenario: Scenario, fleet: Fleet) -> Quantity:
    """Support of every device, plus incremental hardware under that policy; paid once if the fleet is in use.

    An unknown incremental price adds nothing here: it forbids the fleet's options outright (unpriced).
    """
    return _together(_device_parts(scenario, fleet))


def fleet_parts(
    scenario: Scenario, fleet: Fleet, options: Iterable[Option | None], without: Collection[str] = ()
) -> tuple[MonthlyPart, ...]:
    """What the fleet costs a month with these options on it, line by line: its devices, and every model once.

    `without` names models (by option_id) and the fleet (by profile_id) that are counted elsewhere.
    """
    upkeep: dict[str, tuple[MonthlyPart, ...]] = {}
    for option in options:
        if option is not None and fleet_of(option) == fleet.profile.profile_id and option.option_id not in without:
            upkeep.setdefault(option.option_id, option_upkeep(scenario, option).parts)
    devices = () if fleet.profile.profile_id in without else _device_parts(scenario, fleet)
    return (*devices, *(part for parts in upkeep.values() for part in parts))


def fleet_usd_per_month(
    scenario: Scenario, fleet: Fleet, options: Iterable[Option | None], without: Collection[str] = ()
) -> Quantity | None:
    """The sum of `fleet_parts`; None where there are none."""
    parts = fleet_parts(scenario, fleet, options, without)
    return _together(parts) if parts else None


def fixed_costs(scenario: Scenario, options: Iterable[Option]) -> FixedCosts:
    """What the choice among these options has to bear beside their own cost."""
    models = {option.option_id: option for option in options if fleet_of(option)}  # alike for every class
    by_model = {option_id: option_upkeep(scenario, option).usd_per_month for option_id, option in models.items()}
    memory = {option_id: found for option_id, option in models.items() if (found := _memory(scenario, option))}
    return FixedCosts(
        by_fleet={fleet.profile.profile_id: fixed_usd_per_month(scenario, fleet).value for fleet in scenario.fleets},
        by_model=by_model,
        memory=memory,
    )


def _memory(scenario: Scenario, option: Option) -> Memory | None:
    """The memory the option's model is kept in, that of its execution provider; None where its size is unknown."""
    fleet = next((each for each in scenario.fleets if each.profile.profile_id == fleet_of(option)), None)
    performance = fleet and find_performance(fleet.profile, option.model, option.weight_format or "")
    if fleet is None or performance is None:
        return None
    limit_bytes = memory_limit_bytes(fleet.profile.facts, performance.execution_provider)
    pool = f"{fleet.profile.profile_id}:{limit_bytes}"
    return None if limit_bytes is None else Memory(pool, limit_bytes)


def option_upkeep(scenario: Scenario, option: Option) -> Upkeep:
    """What keeping the option's model current on its fleet costs a month; nothing for a data center's."""
    fleet = next((each for each in scenario.fleets if each.profile.profile_id == fleet_of(option)), None)
    if fleet is None:
        return Upkeep()
    performance = find_performance(fleet.profile, option.model, option.weight_format or "")
    return Upkeep() if performance is None else upkeep_of(scenario, fleet, performance)


def _device_parts(scenario: Scenario, fleet: Fleet) -> tuple[MonthlyPart, ...]:
    parts = [("support", scenario.assumptions.support_usd_per_device_month)]
    if scenario.policy.hardware is HardwarePolicy.INCREMENTAL:
        hardware = incremental_usd_per_device_month(fleet.profile.ownership, scenario.assumptions)
        parts += [] if hardware is None else [("added hardware", hardware)]
    return tuple(
        MonthlyPart(
            name=name,
            usd_per_month=scaled(figure, fleet.count, "USD/month"),
            how=f"{fleet.count:,} × {text.quantity(figure, interval=False)}",
        )
        for name, figure in parts
    )


def _together(parts: Sequence[MonthlyPart]) -> Quantity:
    figures = [part.usd_per_month for part in parts]
    return Quantity(
        value=sum(figure.value for figure in figures),
        low=sum(figure.bounds[0] for figure in figures),
        high=sum(figure.bounds[1] for figure in figures),
        unit="USD/month",
        basis=weakest(*(figure.basis for figure in figures)),
        source=figures[0].source,
        as_of=figures[0].as_of,
    )


def fleet_load(scenario: Scenario, fleet: Fleet, placements: Sequence[Placement]) -> FleetLoad:
    """Utilization and memory of one device of the fleet with every class placed on it."""
    placed = [
        (placement, placement.chosen)
        for placement in placements
        if placement.chosen and fleet_of(placement.chosen) == fleet.profile.profile_id
    ]
    services = [option.service for _, option in placed if option.service]
    classes = {each.name: each for each in scenario.workload.task_classes}
    asked = [
        (classes[placement.task_class], option.service.utilization or 0.0)
        for placement, option in placed
        if option.service
    ]
    parts = fleet_parts(scenario, fleet, [option for _, option in placed])
    return FleetLoad(
        profile_id=fleet.profile.profile_id,
        title=fleet.profile.title,
        count=fleet.count,
        task_classes=tuple(placement.task_class for placement, _ in placed),
        utilization=sum(service.utilization or 0.0 for service in services),
        peak_utilization=sum(busiest_loads(scenario.workload, asked)),
        memory_bytes=_resident_bytes([option for _, option in placed]),
        memory_limit_bytes=_limit_bytes(fleet, [option for _, option in placed]),
        fixed_usd_per_month=_together(parts),
        fixed_parts=parts,
        shared=waits_on(scenario, fleet.profile.profile_id, {each.task_class: each.chosen for each in placements}),
    )


def fleets_in_use(scenario: Scenario, options: Sequence[Option | None]) -> tuple[Fleet, ...]:
    """The fleets at least one of these options runs on."""
    used = {fleet_of(option) for option in options if option and option.side is Side.EDGE}
    return tuple(fleet for fleet in scenario.fleets if fleet.profile.profile_id in used)


def _resident_bytes(options: Sequence[Option]) -> Quantity | None:
    """Every model once, at the largest need among its classes; None where one of them is unknown."""
    largest: dict[tuple[str, str | None], Quantity] = {}
    for option in options:
        if option.memory_bytes is None:
            return None
        key = (option.model, option.weight_format)
        if key not in largest or option.memory_bytes.value > largest[key].value:
            largest[key] = option.memory_bytes
    if not largest:
        return None
    return Quantity(
        value=sum(each.value for each in largest.values()),
        low=sum(each.bounds[0] for each in largest.values()),
        high=sum(each.bounds[1] for each in largest.values()),
        unit="B",
        basis=weakest(*(each.basis for each in largest.values())),
        source="one model resident" if len(largest) == 1 else f"{len(largest)} models resident together",
    )


def _limit_bytes(fleet: Fleet, options: Sequence[Option]) -> int | None:
    """The memory of the execution provider the placed models use; of the CPU where none is placed."""
    for option in options:
        performance = find_performance(fleet.profile, option.model, option.weight_format or "")
        if performance is not None:
            return memory_limit_bytes(fleet.profile.facts, performance.execution_provider)
    return memory_limit_bytes(fleet.profile.facts, "CPUExecutionProvider")

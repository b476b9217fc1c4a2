"""What a task class would cost on a fleet: the fleet's facts handed to the cost of one request on a device."""

from __future__ import annotations

from collections.abc import Sequence

from planner.basis import Basis, Doubt, Quantity
from planner.cost.accepted import acceptance_of, cost_of
from planner.cost.cost_doubts import power_doubts, stacked_shares
from planner.cost.edge import Surroundings, edge_cost
from planner.cost.edge_energy import DeviceUse
from planner.cost.edge_extras import Slowdown
from planner.cost.escalation import further_parts
from planner.cost.figures import Cost
from planner.cost.hardware import incremental_usd_per_device_month
from planner.cost.token_views import OnDevice
from planner.cost.upkeep import Upkeep, model_upkeep
from planner.measurement.contention_summary import ContentionSummary, summarise_contention
from planner.measurement.contentions import Contention
from planner.placement.uneven_users import (
    OwnDevices,
    accepted_of_both,
    kept_figure,
    kept_parts,
    overflow_parts,
)
from planner.placement.unlike_doubts import unlike_doubts
from planner.placement.user_groups import users_of
from planner.profiles.performance import ModelPerformance
from planner.scenario import Fleet, HardwarePolicy, Scenario
from planner.service.figures import Service
from planner.service.memory import file_bytes
from planner.workload.task_classes import TaskClass

Measured = tuple[Contention, ContentionSummary]


def contentions_of(scenario: Scenario) -> dict[str, tuple[Measured, ...]]:
    """How each fleet's users are slowed down, by profile_id; nothing is derived where nobody gave time a value."""
    if scenario.assumptions.user_time_usd_per_h is None:
        return {}
    return {
        fleet.profile.profile_id: tuple((each, summarise_contention(each)) for each in fleet.profile.contentions)
        for fleet in scenario.fleets
    }


def edge_option_cost(
    scenario: Scenario,
    task_class: TaskClass,
    fleet: Fleet,
    performance: ModelPerformance,
    service: Service,
    *,
    own: OwnDevices | None = None,
    contentions: Sequence[Measured] = (),
) -> tuple[Cost, tuple[Doubt, ...]]:
    """Cost of the class on this fleet with this model, and what to doubt about it.

    What overflows (`own`) runs elsewhere and is paid there: the device bears the rest of every request.
    """
    profile, active_days = fleet.profile, scenario.workload.active_days_per_month
    own = own or OwnDevices(service)
    edge = edge_cost(
        scenario,
        profile.ownership,
        _use(task_class, performance, service),
        requests_per_month=task_class.requests_per_day * active_days,
        runs_per_month=task_class.runs_per_day * own.kept.value * active_days,
        around=_surroundings(scenario, fleet, performance, contentions),
    )
    further = further_parts(scenario, task_class, None)
    missing = (*edge.missing, *further.missing)
    if (
        scenario.policy.hardware is HardwarePolicy.INCREMENTAL
        and incremental_usd_per_device_month(profile.ownership, scenario.assumptions) is None
    ):
        missing = (*missing, "the profile states no incremental price")
    acceptance = accepted_of_both(
        own,
        acceptance_of(task_class, performance.model, performance.weight_format, scenario.assumptions.acceptance),
    )
    cost = cost_of(
        kept_parts(edge.parts, own),
        missing,
        acceptance=acceptance,
        task_class=task_class,
        requests_per_month=task_class.requests_per_day * active_days,
        hardware_views=edge.hardware_views,
        further=(*kept_parts(further.parts, own), *overflow_parts(own)),
        device=OnDevice(utilization=service.utilization or 0.0, full_share=kept_figure(edge.full_share, own)),
        not_charged=(*edge.not_charged, *upkeep_of(scenario, fleet, performance).not_charged),
    )
    doubts = (
        *((_assumed_power(profile.title),) if edge.power_is_assumed else ()),
        *power_doubts(profile.title, profile.ownership, performance),
        *stacked_shares(task_class, acceptance),
        *further.warnings,
        *unlike_doubts(scenario, task_class, fleet, own),
    )
    return cost, doubts


def is_personal(scenario: Scenario, fleet: Fleet) -> bool:
    """A fleet with a device for each of its users: work on it does not leave its user's device."""
    return fleet.count >= users_of(scenario, fleet)


def upkeep_of(scenario: Scenario, fleet: Fleet, performance: ModelPerformance) -> Upkeep:
    """What keeping this model current on the fleet costs a month."""
    name = f"{performance.model} {performance.weight_format}"
    return model_upkeep(scenario.assumptions, name, file_bytes(performance), fleet.count)


def _use(task_class: TaskClass, performance: ModelPerformance, service: Service) -> DeviceUse:
    first = service.busy_ttft_s
    first_token_s = service.ttft_p95_s.value - (service.wait_p95_s or 0.0) if first is None else first.value
    return DeviceUse(
        busy_s=service.service_s,
        prefill_s=min(first_token_s, service.service_s.value),
        input_tokens=task_class.input_tokens,
        output_tokens=task_class.output_tokens,
        performance=performance,
    )


def _surroundings(
    scenario: Scenario, fleet: Fleet, performance: ModelPerformance, contentions: Sequence[Measured]
) -> Surroundings:
    battery_wh = fleet.profile.facts.power.battery_wh
    return Surroundings(
        devices=fleet.count,
        battery_wh=None
        if not battery_wh.value
        else Quantity(
            value=battery_wh.value, unit="Wh", basis=battery_wh.basis or Basis.ESTIMATED, source=battery_wh.source
        ),
        slowdown=_slowdown(contentions, performance),
        is_personal=is_personal(scenario, fleet),
    )


def _slowdown(contentions: Sequence[Measured], performance: ModelPerformance) -> Slowdown | None:
    """The newest contention of this model in this format, else the newest of another."""

    def is_same(each: Contention) -> bool:
        return (each.model.name, each.weight_format) == (performance.model, performance.weight_format)

    found = max(contentions, key=lambda each: (is_same(each[0]), each[0].started_at), default=None)
    return None if found is None else Slowdown(found[1], is_same(found[0]))


def _assumed_power(target: str) -> Doubt:
    return Doubt(
        kind="AssumedPower",
        subject=target,
        sentence=f"The watts of {target} are the scenario's assumption, not its own.",
        advice="Enter idle and active watts from a wall meter in the device's ownership.",
    )

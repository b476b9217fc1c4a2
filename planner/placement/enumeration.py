"""Every option of a task class: each model on each fleet and each offer of the data center, judged and costed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.basis import Doubt
from planner.cost.accepted import acceptance_of, cost_of
from planner.cost.cost_doubts import stacked_shares
from planner.cost.escalation import further_parts
from planner.cost.figures import Cost
from planner.cost.metered import metered_request
from planner.errors import PriceError
from planner.placement import constraints
from planner.placement.capacity_options import CapacityMonth, capacity_months, capacity_options
from planner.placement.edge_costs import Measured, contentions_of, edge_option_cost, is_personal
from planner.placement.options import Option, Side, Violation
from planner.placement.quality import QualityIndex, find_quality, judge_quality, quality_index
from planner.placement.rate_limits import too_many
from planner.placement.uneven_users import served_on_own
from planner.placement.user_groups import asks
from planner.prices.offers import TokenOffer
from planner.profiles.memory import memory_limit_bytes
from planner.profiles.performance import ModelPerformance, performances, to_deploy
from planner.scenario import Fleet, Scenario, contention_cap
from planner.service.datacenter import remote_service
from planner.service.memory import known_architecture, memory_needed
from planner.workload.task_classes import TaskClass


def requests_per_month(scenario: Scenario, task_class: TaskClass) -> float:
    """Requests of the whole organisation in a month of the workload's own active days (CONVENTION §6)."""
    return task_class.requests_per_day * scenario.workload.active_days_per_month


@dataclass(frozen=True)
class Known:
    """What does not depend on the class, derived once per plan."""

    performances: Mapping[str, tuple[ModelPerformance, ...]]  # by profile_id
    quality: QualityIndex
    contentions: Mapping[str, tuple[Measured, ...]]  # by profile_id; empty where nobody gave users' time a value
    capacities: tuple[CapacityMonth, ...] = ()  # each with all the classes it may take


def known_of(scenario: Scenario) -> Known:
    """What each fleet's devices run how fast, and the quality figures by model, format and scale."""
    return Known(
        performances={fleet.profile.profile_id: performances(fleet.profile) for fleet in scenario.fleets},
        quality=quality_index(scenario.quality),
        contentions=contentions_of(scenario),
        capacities=capacity_months(scenario),
    )


def options_of(scenario: Scenario, task_class: TaskClass, known: Known) -> tuple[Option, ...]:
    """All options, feasible or not, in a fixed order: fleets as listed, then offers, then capacities as listed."""
    remote = {
        offer.sku: _datacenter_option(scenario, task_class, known.quality, offer) for offer in scenario.prices.offers
    }
    edge = (
        _edge_option(scenario, task_class, known, fleet, performance, elsewhere=remote.values())
        for fleet in scenario.fleets
        if asks(fleet, task_class)
        for performance in _deployable(known.performances[fleet.profile.profile_id], task_class)
    )
    names = {capacity.name for capacity in scenario.capacities}
    months = [each for each in known.capacities if each.capacity.name in names]
    paid_for = capacity_options(scenario, task_class, months, known.quality, remote)
    return (*edge, *remote.values(), *paid_for)


def _deployable(known: Sequence[ModelPerformance], task_class: TaskClass) -> tuple[ModelPerformance, ...]:
    """One performance for every model and format: that of the runtime to deploy at the class's context."""
    context_tokens = task_class.input_tokens + task_class.output_tokens // 2
    by_name: dict[tuple[str, str], list[ModelPerformance]] = {}
    for performance in known:
        by_name.setdefault((performance.model, performance.weight_format), []).append(performance)
    found = (to_deploy(candidates, context_tokens=context_tokens) for candidates in by_name.values())
    return tuple(each for each in found if each is not None)


def _edge_option(
    scenario: Scenario,
    task_class: TaskClass,
    known: Known,
    fleet: Fleet,
    performance: ModelPerformance,
    *,
    elsewhere: Iterable[Option],
) -> Option:
    profile = fleet.profile
    name = f"{performance.model} {performance.weight_format}"
    quality = find_quality(known.quality, task_class, performance.model, performance.weight_format)
    quality_violations, doubts = judge_quality(quality, task_class, name, scenario.policy.unknown_quality)
    own = served_on_own(
        scenario, task_class, fleet, performance, elsewhere=elsewhere, is_personal=is_personal(scenario, fleet)
    )
    service = own.service
    architecture = known_architecture(performance)
    memory = memory_needed(performance, task_class.input_tokens + task_class.output_tokens)
    limit_bytes = memory_limit_bytes(profile.facts, performance.execution_provider)
    violations = [
        *_leaving(scenario, task_class, fleet),
        *constraints.further_targets(scenario, task_class, None),
        *too_many(scenario, task_class, None),
        *constraints.context_length(
            task_class, performance.model, None if architecture is None else architecture.context_tokens
        ),
        *constraints.memory(memory, limit_bytes, performance.model, profile.title),
        *quality_violations,
    ]
    cost: Cost | None = None
    if service is None:
        violations.append(_not_measured(performance, profile.title))
    else:
        slo_violations, slo_doubts = constraints.latency(task_class, service, profile.title)
        violations += [
            *slo_violations,
            *constraints.capacity(service, contention_cap(scenario, fleet), fleet.count),
        ]
        cost, cost_doubts = edge_option_cost(
            scenario,
            task_class,
            fleet,
            performance,
            service,
            own=own,
            contentions=known.contentions.get(profile.profile_id, ()),
        )
        violations += _unpriced(cost, name, profile.title)
        doubts = (*doubts, *slo_doubts, *cost_doubts)
    return Option(
        option_id=f"edge:{profile.profile_id}:{performance.model}:{performance.weight_format}",
        side=Side.EDGE,
        target=profile.title,
        model=performance.model,
        weight_format=performance.weight_format,
        service=service,
        memory_bytes=memory,
        cost=cost,
        quality=quality,
        violations=tuple(violations),
        doubts=doubts,
        overflow=own.overflow,
    )


def _leaving(scenario: Scenario, task_class: TaskClass, fleet: Fleet) -> tuple[Violation, ...]:
    if is_personal(scenario, fleet):
        return ()
    return constraints.leaving_the_device(task_class, f"the shared {fleet.profile.title}")


def _datacenter_option(scenario: Scenario, task_class: TaskClass, index: QualityIndex, offer: TokenOffer) -> Option:
    quality = find_quality(index, task_class, offer.sku, None)
    quality_violations, doubts = judge_quality(quality, task_class, offer.title, scenario.policy.unknown_quality)
    service = remote_service(offer, task_class, scenario.assumptions.network_rtt_s)
    slo_violations, slo_doubts = (
        (constraints.unknown_speed(task_class, offer.title), ())
        if service is None
        else constraints.latency(task_class, service, offer.title)
    )
    cost, cost_violations, cost_doubts = _remote_cost(scenario, task_class, offer)
    return Option(
        option_id=f"datacenter:{offer.sku}",
        side=Side.DATACENTER,
        target=offer.vendor,
        model=offer.sku,
        weight_format=None,
        service=service,
        memory_bytes=None,
        cost=cost,
        quality=quality,
        violations=(
            *constraints.leaving_the_device(task_class, offer.title),
            *constraints.residency(task_class, offer, offer.title),
            *constraints.further_targets(scenario, task_class, offer.sku),
            *constraints.context_length(task_class, offer.title, offer.context_tokens),
            *too_many(scenario, task_class, offer.sku),
            *quality_violations,
            *slo_violations,
            *cost_violations,
        ),
        doubts=(*doubts, *slo_doubts, *cost_doubts),
    )


def _remote_cost(
    scenario: Scenario, task_class: TaskClass, offer: TokenOffer
) -> tuple[Cost | None, list[Violation], tuple[Doubt, ...]]:
    """At the prices of the day the plan speaks of; where there is none, why."""
    try:
        metered = metered_request(
            offer,
            task_class,
            scenario.as_of,
            quotes=scenario.prices.quotes,
            active_hours_per_day=scenario.workload.active_hours_per_day,
        )
    except PriceError as refused:
        sentence = f"The cost of {offer.title} is unknown: {refused.what}."
        return None, [Violation(constraint="unpriced", sentence=sentence)], ()
    acceptance = acceptance_of(task_class, offer.sku, None, scenario.assumptions.acceptance)
    further = further_parts(scenario, task_class, offer.sku)
    cost = cost_of(
        metered.parts,
        further.missing,
        acceptance=acceptance,
        task_class=task_class,
        requests_per_month=requests_per_month(scenario, task_class),
        further=further.parts,
    )
    doubts = (*metered.warnings, *further.warnings, *stacked_shares(task_class, acceptance))
    return cost, _unpriced(cost, offer.title, offer.vendor), doubts


def _not_measured(performance: ModelPerformance, target: str) -> Violation:
    lacking = "prefill" if performance.decode else "decode"
    return Violation(
        constraint="not_measured",
        sentence=(
            f"No {lacking} figure of {performance.model} {performance.weight_format} on {target}, "
            "so its latency and cost are unknown; measure it on that device."
        ),
    )


def _unpriced(cost: Cost, name: str, target: str) -> list[Violation]:
    if cost.acceptance.value == 0:
        sentence = f"No result of {name} was accepted ({cost.acceptance.source}), so an accepted one has no price."
        return [Violation(constraint="unpriced", sentence=sentence)]
    return [
        Violation(constraint="unpriced", sentence=f"The cost on {target} is unknown: {reason}.")
        for reason in cost.missing
    ]

"""Warnings the plan raises by itself, each with its size and the next step (economics.md §6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner import text
from planner.basis import Basis, Doubt
from planner.cost.cost_doubts import device_use_doubts
from planner.placement.device_doubts import device_doubts
from planner.placement.optimizer.problem import WHOLE_SHARE
from planner.placement.options import Placement, Sureness
from planner.placement.plan import CapacityLoad, FleetLoad
from planner.prices.contradictions import contradiction_doubts
from planner.prices.freshness import card_age_doubts, profile_doubts
from planner.prices.rate_card import Offer, RateCard, region_of
from planner.scenario import Scenario, contention_cap


def plan_doubts(
    scenario: Scenario,
    placements: Sequence[Placement],
    loads: Sequence[FleetLoad],
    capacities: Sequence[CapacityLoad] = (),
    usd_per_month: float = 0.0,
) -> tuple[Doubt, ...]:
    """Doubts of the plan and of every chosen option, each said once for all it concerns, in a fixed order."""
    found = [
        *_unplaced(placements),
        *_fleet_doubts(scenario, loads),
        *device_doubts(scenario, placements, loads),
        *_over_budget(scenario, usd_per_month),
        *_prices(scenario),
        *_close_calls(placements),
        *_assumed_acceptance(scenario, placements),
        *(doubt for placement in placements for doubt in placement.doubts),
        *(doubt for load in capacities for doubt in load.month.doubts),
    ]
    return _merged(found)


def _merged(doubts: Sequence[Doubt]) -> tuple[Doubt, ...]:
    """Doubts that differ only in their subject become one that names all subjects."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    for doubt in doubts:
        named = subjects.setdefault((doubt.kind, doubt.sentence, doubt.advice), [])
        if doubt.subject not in named:
            named.append(doubt.subject)
    return tuple(
        Doubt(kind=kind, sentence=sentence, advice=advice, subject=", ".join(named))
        for (kind, sentence, advice), named in subjects.items()
    )


def _unplaced(placements: Sequence[Placement]) -> Iterator[Doubt]:
    for placement in placements:
        if placement.chosen is None and placement.requests_per_month == 0:
            yield Doubt(
                kind="AsksNothing",
                subject=placement.task_class,
                sentence=f"{placement.title} asks nothing, so nothing is bought for it; it is placed nowhere.",
                advice="Enter its requests, or delete it.",
            )
        elif placement.chosen is None:
            yield Doubt(
                kind="NoFeasibleOption",
                subject=placement.task_class,
                sentence=f"{placement.title} has no feasible option and is in no total.",
                advice="Loosen the constraint its options fail on, or measure what is unknown.",
            )


def _fleet_doubts(scenario: Scenario, loads: Sequence[FleetLoad]) -> Iterator[Doubt]:
    caps = {fleet.profile.profile_id: contention_cap(scenario, fleet) for fleet in scenario.fleets}
    for load in loads:
        cap = caps[load.profile_id]
        if not load.task_classes:
            continue
        if load.utilization > cap:
            yield Doubt(
                kind="Overloaded",
                subject=load.title,
                sentence=(
                    f"The classes on {load.title} keep each device busy {text.share(load.utilization)} of its active "
                    f"hours together, above the cap of {text.share(cap)}, and cannot run elsewhere."
                ),
                advice="Take a faster device or a smaller model, or raise the cap.",
            )
        else:
            yield from device_use_doubts(load.title, load.utilization, scenario.workload.active_hours_per_day)
        if (
            load.memory_bytes is not None
            and load.memory_limit_bytes is not None
            and load.memory_bytes.value > load.memory_limit_bytes
        ):
            yield Doubt(
                kind="MemoryTogether",
                subject=load.title,
                sentence=(
                    f"The models placed on {load.title} need {text.size(load.memory_bytes.value)} together; "
                    f"it has {text.size(load.memory_limit_bytes)}."
                ),
                advice="Use one model for several classes, or load models on demand.",
            )


def _over_budget(scenario: Scenario, usd_per_month: float) -> Iterator[Doubt]:
    """No choice of these options is within the budget: the plan is the one that exceeds it least."""
    budget_usd = scenario.policy.budget_usd_per_month
    if budget_usd is None or usd_per_month <= float(budget_usd) * (1 + WHOLE_SHARE):
        return
    over = usd_per_month - float(budget_usd)
    yield Doubt(
        kind="OverBudget",
        subject="the plan",
        sentence=(
            f"No choice that places as many classes keeps the budget of {text.money_per_month(float(budget_usd))}: "
            f"the plan exceeds it by {text.money(over)}."
        ),
        advice="Raise the budget, drop a class, or add a cheaper option.",
    )


def _prices(scenario: Scenario) -> Iterator[Doubt]:
    yield from profile_doubts(scenario.prices, scenario.as_of)
    yield from contradiction_doubts(scenario.prices, scenario.rate_cards, scenario.as_of)
    for card in scenario.rate_cards:
        for offer in _bought(scenario, card):  # one by one, in the words the capacity itself says it in
            yield from card_age_doubts(card, (offer,), scenario.as_of)


def _bought(scenario: Scenario, card: RateCard) -> tuple[Offer, ...]:
    """The offers of a card that capacities of the scenario are bought from."""
    bought = {
        (how.kind, how.sku, how.region)
        for how in (capacity.how for capacity in scenario.capacities)
        if how.kind != "owned" and how.rate_card == card.profile_id
    }
    return tuple(offer for offer in card.offers if (offer.kind, offer.sku, region_of(offer)) in bought)


def _close_calls(placements: Sequence[Placement]) -> Iterator[Doubt]:
    for placement in placements:
        if placement.sureness is Sureness.OVERLAP:
            yield Doubt(
                kind="CloseCall",
                subject=placement.task_class,
                sentence=f"{placement.title}: the cost intervals on the device and in the data center overlap.",
                advice="Measure the device's power and speed before deciding.",
            )


def _assumed_acceptance(scenario: Scenario, placements: Sequence[Placement]) -> Iterator[Doubt]:
    """What one percent of rejected results costs where a class prices them and nobody evaluated the chosen model."""
    failures = {each.name: each.failure_usd for each in scenario.workload.task_classes}
    for placement in placements:
        failure_usd = failures[placement.task_class]
        if failure_usd is None or placement.chosen is None or placement.chosen.cost is None:
            continue
        acceptance = placement.chosen.cost.acceptance
        if acceptance.basis is Basis.ASSUMED:
            per_percent = placement.requests_per_month * float(failure_usd) / 100
            yield Doubt(
                kind="AcceptanceAssumed",
                subject=placement.task_class,
                sentence=(
                    f"{placement.title}: {text.share(acceptance.value)} of results are assumed to be accepted; each "
                    f"percentage point less costs {text.money_per_month(per_percent)}."
                ),
                advice="Evaluate the chosen model on your own samples and enter how many were accepted.",
            )

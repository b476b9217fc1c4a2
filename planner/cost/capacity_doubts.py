"""What to doubt about the cost of a capacity: its prices, its use, and what it is compared with (economics.md §6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from planner import text
from planner.basis import Doubt
from planner.capacities import Capacity, RentedMachine, ReservedUnits
from planner.cost.bought import Bought
from planner.cost.capacity_figures import PromisedLevel
from planner.cost.capacity_unit import CapacityUnit
from planner.cost.cost_doubts import HIGH_UTILIZATION, OFFICE_HOURS_A_DAY, batching_doubts
from planner.prices.card_checks import card_doubts
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.kinds.provisioned import Overflow
from planner.scenario import Scenario
from planner.workload.deferral import is_deferrable
from planner.workload.task_classes import TaskClass

DAYS_PER_YEAR = 365.25  # of the calendar


def price_doubts(scenario: Scenario, unit: CapacityUnit, on: date) -> Iterator[Doubt]:
    """What the rate card's own checks say of the rows this purchase rests on; a quote of one's own is not among them.

    `EstimatedPrice`, `SecondarySource`, `StalePrices`, `IntroductoryEnds` inside the horizon, `ZeroPrice`.
    """
    if unit.bought is not None and unit.bought.quoted:
        return
    end = on + timedelta(days=round(scenario.horizon.years * DAYS_PER_YEAR))
    for card, offer in unit.cards:
        alone = card.model_copy(update={"offers": (offer,)})
        yield from (doubt for doubt in card_doubts(alone, on, end) if doubt.kind != "NoOnDemandPrice")


def kind_doubts(
    scenario: Scenario, capacity: Capacity, unit: CapacityUnit, classes: Sequence[TaskClass]
) -> Iterator[Doubt]:
    """Doubts that lie in the way it is bought: spot for people who wait, promises beside on demand, batches."""
    how = capacity.how
    if isinstance(how, RentedMachine):
        waiting = [each.title for each in classes if not is_deferrable(each)]
        if how.option is PurchaseOption.SPOT and waiting:
            yield Doubt(
                kind="SpotForInteractive",
                subject=capacity.title,
                sentence=f"Spot machines may be taken away, and {', '.join(waiting)} cannot wait for another one.",
                advice="Give spot machines only to classes that may wait an hour and have no bound on the first token.",
            )
        yield from _unlike(scenario, capacity, how)
    if isinstance(how, ReservedUnits) and capacity.overflow_sku is None:
        yield from _overflow(capacity, unit.overflow)
    yield from batching_doubts(capacity, scenario.workload.seats)
    if not classes:
        yield Doubt(
            kind="NoClassForCapacity",
            subject=capacity.title,
            sentence=f"No task class may use {capacity.title}.",
            advice="Name classes that may leave the device, or take the capacity out.",
        )


def _unlike(scenario: Scenario, capacity: Capacity, how: RentedMachine) -> Iterator[Doubt]:
    """A promise beside the same model on demand: the one can be ended today, the other cannot."""
    if how.option is not PurchaseOption.COMMITMENT:
        return
    others = [
        other.title
        for other in scenario.capacities
        if other.model == capacity.model
        and isinstance(other.how, RentedMachine)
        and other.how.option is PurchaseOption.ON_DEMAND
    ]
    if others:
        term = "the whole term" if how.term_months is None else f"{how.term_months} months"
        yield Doubt(
            kind="OnDemandAgainstCommitted",
            subject=capacity.title,
            sentence=f"{capacity.title} is paid for {term}, but {', '.join(others)} only while running: prices unlike.",
            advice="Compare promises of one term, or weigh what you would still pay if the load went away.",
        )


def _overflow(capacity: Capacity, overflow: Overflow | None) -> Iterator[Doubt]:
    said = {
        Overflow.THROTTLE: f"{capacity.title} refuses requests beyond its units.",
        Overflow.SPILLOVER: f"What {capacity.title} cannot take spills over at a per-token price nobody named.",
        Overflow.UNKNOWN: f"What happens to requests beyond the units of {capacity.title} is not stated.",
    }
    if overflow is not None:
        yield Doubt(
            kind="OverflowUnpriced",
            subject=capacity.title,
            sentence=said[overflow],
            advice="Name the token offer that takes the rest in overflow_sku, or buy units for the dearest case.",
        )


def use_doubts(
    scenario: Scenario,
    capacity: Capacity,
    bought: Bought | None,
    *,
    utilization: float | None,
    needed_share: float = 0.0,
    promise: PromisedLevel | None = None,
) -> Iterator[Doubt]:
    """Doubts on how busy it is: unknown, above 80 % in office hours, or too idle for a promise."""
    if utilization is None:
        yield Doubt(
            kind="UtilizationUnknown",
            subject=capacity.title,
            sentence=f"How busy {capacity.title} would be cannot be computed.",
            advice="Give its classes requests and tokens, and state its prefill and decode speed.",
        )
        return
    hours = scenario.workload.active_hours_per_day
    if utilization > HIGH_UTILIZATION and hours <= OFFICE_HOURS_A_DAY:
        yield Doubt(
            kind="HighUtilization",
            subject=capacity.title,
            sentence=(
                f"{text.share(utilization)} of paid hours busy is high for a load of {text.significant(hours)} h a day."
            ),
            advice="Check peak_to_mean and headroom: people do not arrive evenly.",
        )
    least = None if bought is None else bought.break_even_utilization
    if least is not None and needed_share < least:
        yield Doubt(
            kind="CommitmentTooIdle",
            subject=capacity.title,
            sentence=(
                f"{capacity.title} is needed in {text.share(needed_share)} of the promised hours; "
                f"the promise pays from {text.share(least)} on."
            ),
            advice=_fewer(promise),
        )


def _fewer(promise: PromisedLevel | None) -> str:
    rest = "and rent the rest on demand, in active hours only"
    if promise is None:
        return f"Promise fewer machines {rest}."
    number = f"{promise.machines:,} machine{'' if promise.machines == 1 else 's'}" if promise.machines else "none"
    return f"Promise {number} {rest}: {text.money(promise.usd_per_month)} a month."


def unserved_doubts(capacity: Capacity, share: float) -> Iterator[Doubt]:
    """Requests refused in the dearest case, where nothing takes them."""
    if share > 0:
        yield Doubt(
            kind="RequestsRefused",
            subject=capacity.title,
            sentence=f"In the dearest case {text.share(share)} of the work does not fit the units bought.",
            advice="Buy spare units, or name an overflow_sku.",
        )

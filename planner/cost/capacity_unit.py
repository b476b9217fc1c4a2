"""One unit of any capacity: what it costs, and how much of a load it carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from planner.basis import Doubt, Quantity, weakest
from planner.capacities import Capacity, OwnedBox, RentedMachine, ReservedUnits
from planner.cost.bought import Bought, Unpriced
from planner.cost.capacity_speed import Speed, machine_speed, reserved_speed, sold
from planner.cost.month_load import TokenLoad
from planner.cost.owned import owned_usd_per_h
from planner.cost.provisioned import reserved_unit, unit_model
from planner.cost.rented import rows_of
from planner.cost.rented_machine import Purchase, rented_machine
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.kinds.provisioned import Overflow, ProvisionedOffer
from planner.prices.rate_card import RateCard
from planner.scenario import Scenario
from planner.service.curves import Edge
from planner.units import HOURS_PER_MONTH, MONTHS_PER_YEAR


@dataclass(frozen=True)
class CapacityUnit:
    """One unit with its price, its speed and the steps in which it is sold; reasons where one of them is unknown."""

    bought: Bought | None
    speed: Speed | None
    least_units: int
    step_units: int
    overflow: Overflow | None  # what the vendor does with too much; None: machines queue
    missing: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    cards: tuple[tuple[RateCard, InstanceOffer | ProvisionedOffer], ...] = ()  # offers with the rows of this purchase


def capacity_unit(scenario: Scenario, capacity: Capacity, on: date) -> CapacityUnit:
    """The unit of this capacity on this day."""
    how = capacity.how
    match how:
        case RentedMachine():
            return _rented(scenario, capacity, how, on)
        case ReservedUnits():
            return _reserved(scenario, how, on)
        case OwnedBox():
            return CapacityUnit(_owned(scenario, how), machine_speed(capacity), 1, 1, None, (), ())
        case _:
            assert_never(how)


def _rented(scenario: Scenario, capacity: Capacity, how: RentedMachine, on: date) -> CapacityUnit:
    card, offer = sold(scenario, how)
    if offer.kind != "instance":
        raise AssertionError("the scenario checks the kind")
    found = rented_machine(Purchase(how, card, offer, scenario.workload, scenario.prices.quotes, on))
    used = rows_of(offer, how.option, how.term_months)
    if how.option is PurchaseOption.SPOT:
        used = (*used, *rows_of(offer, PurchaseOption.ON_DEMAND))  # its fallback
    return _unit(found, machine_speed(capacity), ((card, offer.model_copy(update={"prices": used})),))


def _reserved(scenario: Scenario, how: ReservedUnits, on: date) -> CapacityUnit:
    card, offer = sold(scenario, how)
    if offer.kind != "provisioned":
        raise AssertionError("the scenario checks the kind")
    found = reserved_unit(card, offer, how.term_months, on, scenario.prices.quotes)
    model = unit_model(offer, how.unit_model)
    speed, reasons = reserved_speed(card, offer, how.unit_model)
    used = tuple(row for row in offer.prices if row.term_months == how.term_months)
    unit = _unit(found, speed, ((card, offer.model_copy(update={"prices": used})),))
    return CapacityUnit(
        bought=unit.bought,
        speed=speed,
        least_units=model.min_units or offer.min_units,
        step_units=model.step_units or offer.step_units,
        overflow=offer.overflow,
        missing=(*unit.missing, *reasons),
        doubts=unit.doubts,
        cards=unit.cards,
    )


def _unit(
    found: Bought | Unpriced, speed: Speed | None, cards: tuple[tuple[RateCard, InstanceOffer | ProvisionedOffer], ...]
) -> CapacityUnit:
    if isinstance(found, Unpriced):
        return CapacityUnit(None, speed, 1, 1, None, found.reasons, found.doubts, cards)
    return CapacityUnit(found, speed, 1, 1, None, (), found.doubts, cards)


def _owned(scenario: Scenario, box: OwnedBox) -> Bought:
    """A month of a box that stands idle, and what every busy hour adds: its power over idle."""
    idle, busy = (owned_usd_per_h(box, scenario.assumptions, utilization) for utilization in (0.0, 1.0))
    fixed, full = idle.usd_per_month, busy.usd_per_month

    def an_hour(low: float, high: float, hours: float) -> float:
        return (high - low) / hours

    hours = HOURS_PER_MONTH * box.availability.value
    value = an_hour(fixed.value, full.value, hours)
    ends = [
        an_hour(first, second, HOURS_PER_MONTH * share)
        for first, second, share in zip(fixed.bounds, full.bounds, box.availability.bounds, strict=True)
    ]
    return Bought(
        unit="box",
        effective_usd_per_month=fixed,
        upfront_usd=float(box.price_usd) * (1 + (box.spares_share.value if box.spares_share else 0)),
        recurring_usd_per_month=sum(
            part.usd_per_month.value for part in idle.parts if part.name not in {"capital", "spares"}
        ),
        term_months=box.life_years.value * MONTHS_PER_YEAR,
        paid_hours_per_month=HOURS_PER_MONTH,
        driver="device_price",
        how="capital, power at idle, room, people and software",
        variable_usd_per_busy_h=Quantity(
            value=value,
            low=min(value, *ends),
            high=max(value, *ends),
            unit="USD/h",
            basis=weakest(box.active_w.basis, box.idle_w.basis),
            source="power above idle",
        ),
        availability=box.availability,
    )


def mean_busy_units(speed: Speed, load: TokenLoad, edge: Edge) -> float:
    """Units the load keeps busy in the mean active hour."""
    return speed.busy_hours(load, edge) / load.active_hours_per_month

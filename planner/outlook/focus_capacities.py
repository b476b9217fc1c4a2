"""A month of every capacity as FOCUS charges: use, promises with what they cover and lose, boxes of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner import text
from planner.capacities import Capacity, RentedMachine, ReservedUnits
from planner.cost.capacity import capacity_month
from planner.cost.capacity_figures import CapacityCost, MonthPart
from planner.cost.capacity_parts import OVERFLOW
from planner.cost.focus import Charge
from planner.placement.plan import CapacityLoad
from planner.prices.kinds.instance import PurchaseOption
from planner.scenario import Scenario

REQUESTS, HOURS = "Requests", "Hours"
BOUGHT = frozenset({"capital", "spares"})  # parts of an owned box that are paid with its purchase


def capacity_charges(scenario: Scenario, in_use: Sequence[CapacityLoad] = ()) -> Iterator[Charge]:
    """The month of every capacity that has a price; billed sums to its first month's cash, effective to its cost.

    Those in use have role «chosen» and the classes the plan puts there, the others all they may take.
    """
    planned = {each.capacity: each.month for each in in_use}
    for capacity in scenario.capacities:
        month = planned.get(capacity.name) or capacity_month(scenario, capacity, scenario.as_of)
        role = "chosen" if capacity.name in planned else "alternative"
        for each in _charges(scenario, capacity, month):
            yield replace(each, role=role)


def _charges(scenario: Scenario, capacity: Capacity, month: CapacityCost) -> Iterator[Charge]:
    if month.effective_usd_per_month is None or month.billed is None or month.units is None:
        return
    how = capacity.how
    if isinstance(how, RentedMachine | ReservedUnits):
        yield from _rented(scenario, capacity, how, month)
    else:
        yield from _owned(scenario, capacity, month)
    spilled = next((part for part in month.parts if part.name == OVERFLOW), None)
    if spilled is not None:
        yield _overflow(scenario, capacity, month, spilled)


def _rented(
    scenario: Scenario, capacity: Capacity, how: RentedMachine | ReservedUnits, month: CapacityCost
) -> Iterator[Charge]:
    """Hours by use; for a term its purchase, and the hours it covers apart from those it does not."""
    card = next(each for each in scenario.rate_cards if each.profile_id == how.rate_card)
    units, hours = month.units or 0, (month.units or 0) * (month.paid_hours_per_unit or 0.0)
    part = next(each for each in month.parts if each.name != OVERFLOW)
    row = month.prices[0] if month.prices else None
    machines = isinstance(how, RentedMachine)

    def charge(description: str, *, billed_usd: float, effective_usd: float, **more: object) -> Charge:
        return Charge(
            provider=card.vendor.host,
            service=card.vendor.service,
            category="Compute" if machines else "AI and Machine Learning",
            sku=how.sku,
            description=f"{capacity.title}: {description}",
            billed_usd=billed_usd,
            effective_usd=effective_usd,
            on=scenario.as_of,
            region=how.region,
            resource=capacity.name,
            task_classes=month.task_classes,
            basis=part.basis,
            source=card.provenance.source if row is None else row.source,
            **more,  # pyright: ignore[reportArgumentType]
        )

    list_usd = None if row is None else row.list_usd
    if month.billed is None or not month.billed.term_months:
        usd = part.usd_per_month
        yield charge(
            part.how,
            billed_usd=usd,
            effective_usd=usd,
            quantity=hours,
            unit=HOURS,
            list_usd=list_usd,
            contracted_usd=usd / hours,
            pricing_category="Standard" if row is None else row.category,
        )
        return
    is_block = machines and how.option is PurchaseOption.CAPACITY_BLOCK
    upfront, recurring = month.billed.upfront_usd, _recurring(month)
    promise = _promise(capacity, how, month)
    for usd, frequency, words in ((upfront, "One-Time", "paid up front"), (recurring, "Recurring", "paid monthly")):
        if usd:
            yield charge(
                f"{text.significant(month.billed.term_months)} months, {words}",
                billed_usd=usd,
                effective_usd=0.0,
                quantity=float(units),
                unit="Units",
                contracted_usd=usd / units,
                list_usd=usd / units,
                charge_category="Purchase",
                frequency=frequency,
                **({} if is_block else promise),
            )
    lost = month.forfeited_usd_per_month or 0.0
    lost_hours = hours * lost / part.usd_per_month if part.usd_per_month else 0.0
    by_hour = list_usd if row is None or row.unit != "unit-month" or list_usd is None else list_usd * units / hours
    for status, usd, covered in (("Used", part.usd_per_month - lost, hours - lost_hours), ("Unused", lost, lost_hours)):
        if not usd:
            continue
        used = status == "Used"
        yield charge(
            f"hours {'covered' if used else 'nobody needed'}",
            billed_usd=0.0,
            effective_usd=usd,
            quantity=covered if used else None,
            unit=HOURS if used else None,
            list_usd=by_hour if used else None,
            contracted_usd=by_hour if used else None,
            pricing_category="Standard" if is_block else "Committed",
            **(
                {"reservation": capacity.name, "reservation_status": status}
                if is_block
                else promise | {"commitment_status": status, "commitment_quantity": covered, "commitment_unit": HOURS}
            ),
        )


def _promise(capacity: Capacity, how: RentedMachine | ReservedUnits, month: CapacityCost) -> dict[str, object]:
    """The commitment's columns."""
    spend = any("(Spend)" in part.how for part in month.parts)
    kind = "Savings plan" if spend else "Reservation"
    term = month.billed.term_months if month.billed else 0
    return {
        "commitment": capacity.name,
        "commitment_category": "Spend" if spend else "Usage",
        "commitment_type": f"{kind}, {term:g} months" + ("" if isinstance(how, RentedMachine) else ", units"),
    }


def _recurring(month: CapacityCost) -> float:
    """A month's cash without what overflows, which is a charge of its own."""
    spilled = sum(part.usd_per_month for part in month.parts if part.name == OVERFLOW)
    recurring = month.billed.recurring_usd_per_month if month.billed else 0.0
    return max(0.0, recurring - spilled)


def _owned(scenario: Scenario, capacity: Capacity, month: CapacityCost) -> Iterator[Charge]:
    """The purchase as cash, and every part of the month: capital amortised, the rest as it is paid."""
    own = Charge(
        provider="own",
        service="Own machines",
        category="Compute",
        sku=capacity.name,
        description=f"{capacity.title}: purchase of the machines",
        billed_usd=0.0 if month.billed is None else month.billed.upfront_usd,
        effective_usd=0.0,
        on=scenario.as_of,
        charge_category="Purchase",
        frequency="One-Time",
        quantity=float(month.units or 0),
        unit="Units",
        resource=capacity.name,
        task_classes=month.task_classes,
        basis=month.parts[0].basis,
        source="the scenario",
    )
    yield own
    for part in month.parts:
        if part.name != OVERFLOW:
            yield replace(
                own,
                description=f"{capacity.title}: {part.name}, {part.how}",
                billed_usd=0.0 if part.name in BOUGHT else part.usd_per_month,
                effective_usd=part.usd_per_month,
                charge_category="Usage",
                frequency="Recurring",
                basis=part.basis,
            )


def _overflow(scenario: Scenario, capacity: Capacity, month: CapacityCost, part: MonthPart) -> Charge:
    offer = next(each for each in scenario.prices.offers if each.sku == capacity.overflow_sku)
    requests = month.overflow_share * month.requests_per_month
    return Charge(
        provider=offer.vendor,
        service=f"{offer.vendor} API",
        category="AI and Machine Learning",
        sku=offer.sku,
        description=f"{capacity.title}: {part.how}",
        billed_usd=part.usd_per_month,
        effective_usd=part.usd_per_month,
        on=scenario.as_of,
        quantity=requests,
        unit=REQUESTS,
        contracted_usd=part.usd_per_month / requests if requests else None,
        list_usd=part.usd_per_month / requests if requests else None,
        resource=capacity.name,
        task_classes=month.task_classes,
        basis=part.basis,
        source=offer.source,
    )

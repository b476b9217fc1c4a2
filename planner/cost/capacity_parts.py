"""The lines of a capacity's month, in cash and amortised, and what they make of a million tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.capacities import Capacity, OwnedBox
from planner.cost.bought import Bought
from planner.cost.capacity_figures import BilledMoney, MonthPart
from planner.cost.capacity_terms import SPEEDS, CapacityTerms, Case
from planner.cost.capacity_unit import Speed
from planner.cost.overflow import overflow_words
from planner.cost.owned import owned_usd_per_h
from planner.cost.per_mtok import HourPerMtok, all_on_output, input_and_output_apart
from planner.cost.token_load import TokenLoad
from planner.scenario import Assumptions, Scenario
from planner.units import SECONDS_PER_HOUR

OVERFLOW = "overflow"
CASES: tuple[Case, ...] = ("cheap", "value", "dear")


@dataclass(frozen=True)
class CaseMonth:
    """One case of a month: units bought, the share of the load they carry, and how busy they are."""

    units: int
    carried: float
    utilization: float  # of the hours a unit can be used


Months = dict[Case, CaseMonth]


def month_parts(scenario: Scenario, capacity: Capacity, terms: CapacityTerms, months: Months) -> tuple[MonthPart, ...]:
    """What the units cost, line by line, and the overflow; each end of an interval is one consistent case.

    How many units there are rests on the speed and the peak, so no line is better known than they are (CONVENTION §4).
    """
    bought = terms.unit.bought
    if bought is None:
        return ()
    how = capacity.how
    machines = (
        _owned_parts(how, scenario.assumptions, months)
        if isinstance(how, OwnedBox)
        else (_rented_part(bought, terms, months),)
    )
    spilled = _overflow_part(scenario, capacity, terms, months)
    every = machines if spilled is None else (*machines, spilled)
    sized = terms.volume_per_unit.basis if terms.volume_per_unit else Basis.ASSUMED
    return tuple(part.model_copy(update={"basis": weakest(part.basis, sized)}) for part in every)


def _rented_part(bought: Bought, terms: CapacityTerms, months: Months) -> MonthPart:
    cheap, value, dear = (months[case].units * terms.case(case).fixed_usd_per_unit_month for case in CASES)
    return MonthPart(
        name=f"{bought.unit}s",
        usd_per_month=value,
        low_usd=min(cheap, value),
        high_usd=max(dear, value),
        basis=bought.effective_usd_per_month.basis,
        how=f"{months['value'].units:,} × {bought.how}",
        driver=bought.driver,
    )


def _owned_parts(box: OwnedBox, assumptions: Assumptions, months: Months) -> tuple[MonthPart, ...]:
    cheap, value, dear = (owned_usd_per_h(box, assumptions, months[case].utilization) for case in CASES)
    return tuple(
        MonthPart(
            name=part.name,
            usd_per_month=months["value"].units * part.usd_per_month.value,
            low_usd=min(
                months["cheap"].units * low.usd_per_month.bounds[0], months["value"].units * part.usd_per_month.value
            ),
            high_usd=max(
                months["dear"].units * high.usd_per_month.bounds[1], months["value"].units * part.usd_per_month.value
            ),
            basis=part.usd_per_month.basis,
            how=f"{months['value'].units:,} × {part.how}",
            driver=part.driver,
        )
        for low, part, high in zip(cheap.parts, value.parts, dear.parts, strict=True)
    )


def _overflow_part(scenario: Scenario, capacity: Capacity, terms: CapacityTerms, months: Months) -> MonthPart | None:
    price = terms.overflow_usd_per_volume
    if price is None:
        return None
    cheap, value, dear = (
        (1 - months[case].carried) * (terms.case(case).overflow_usd_per_volume or 0.0) for case in CASES
    )
    offer = next(each for each in scenario.prices.offers if each.sku == capacity.overflow_sku)
    return MonthPart(
        name=OVERFLOW,
        usd_per_month=value,
        low_usd=min(cheap, value),
        high_usd=max(dear, value),
        basis=weakest(price.basis, Basis.ASSUMED),  # how the load lies between its mean and its peak
        how=overflow_words(offer, 1 - months["value"].carried),
        driver="token_price",
    )


def parts_total(parts: Sequence[MonthPart]) -> Quantity:
    """The lines together; as well known as the least known that costs anything."""
    paid = [part for part in parts if part.high_usd] or list(parts)
    return Quantity(
        value=sum(part.usd_per_month for part in parts),
        low=sum(part.low_usd for part in parts),
        high=sum(part.high_usd for part in parts),
        unit="USD/month",
        basis=weakest(*(part.basis for part in paid)),
    )


def billed_money(bought: Bought, units: int, parts: Sequence[MonthPart]) -> BilledMoney:
    """Cash of all units: what begins a term, and every month's rest with power above idle and overflow."""
    fixed_usd = units * bought.effective_usd_per_month.value
    growing_usd = sum(part.usd_per_month for part in parts) - fixed_usd
    return BilledMoney(
        upfront_usd=units * bought.upfront_usd,
        recurring_usd_per_month=units * bought.recurring_usd_per_month + growing_usd,
        term_months=bought.term_months,
    )


def unit_hour(scenario: Scenario, capacity: Capacity, bought: Bought, utilization: float) -> Quantity:
    """USD for an hour in which one unit can be used, at a utilization of those hours."""
    if isinstance(capacity.how, OwnedBox):
        return owned_usd_per_h(capacity.how, scenario.assumptions, utilization).usd_per_h
    low, high = bought.effective_usd_per_month.bounds
    hours = bought.paid_hours_per_month
    return Quantity(
        value=bought.effective_usd_per_month.value / hours,
        low=low / hours,
        high=high / hours,
        unit="USD/h",
        basis=bought.effective_usd_per_month.basis,
        source=bought.effective_usd_per_month.source,
        as_of=bought.effective_usd_per_month.as_of,
    )


def token_prices(
    usd_per_h: Quantity, full_usd_per_h: Quantity, speed: Speed, load: TokenLoad, utilization: float
) -> tuple[HourPerMtok, ...]:
    """$/Mtok of what the units carry: input (not cached) and output apart, then all on output; 100 % beside each.

    The figures at the computed utilization are no better known than the peak it rests on.
    """
    if utilization <= 0 or load.output_tokens <= 0:
        return ()
    usd_per_h = usd_per_h.model_copy(update={"basis": weakest(usd_per_h.basis, load.peak_to_mean.basis)})
    cheap, value, dear = (
        load.output_tokens / (speed.busy_hours(load, SPEEDS[case]) * SECONDS_PER_HOUR) for case in CASES
    )
    output_tok_s = Quantity(
        value=value,
        low=min(dear, value),
        high=max(cheap, value),
        unit="tok/s",
        basis=speed.basis,
        source=f"{text.rate(value)} of output while prompts of this mix are read as well",
    )
    return (
        input_and_output_apart(usd_per_h, full_usd_per_h, speed.prefill_tok_s, speed.decode_tok_s, utilization),
        all_on_output(usd_per_h, full_usd_per_h, output_tok_s, utilization),
    )

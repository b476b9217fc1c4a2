"""What one request costs on its option in every month, at the prices known for each day and their change beyond."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basis import Quantity
from planner.cost.cash_flow import Flows
from planner.cost.figures import Cost, CostPart, Driver
from planner.cost.price_paths import at_refresh, change_days, compound, dated_path, introductory_ends, quote_days
from planner.outlook.calendar import Calendar
from planner.placement.enumeration import Known, options_of
from planner.placement.options import Option, Side
from planner.placement.selection import fleet_of
from planner.prices.offers import TokenOffer, Variant
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass

DRIVERS: tuple[Driver, ...] = ("token_price", "tariff", "device_price", "rented_price", "none")
ROUNDING = 1e-9  # of a bill


@dataclass(frozen=True)
class CostPath:
    """USD of one request by month; 3 rows each: low end, value, high end."""

    bill: dict[Driver, Flows]  # by the price it follows, for the prices that are in it
    quality: Flows  # review, rejected results and repeats beside the bill
    prices_end: date | None  # from this day on a token price is not known and the last one is carried on
    introductory_ends: tuple[date, ...]  # announced, inside the horizon
    follows: frozenset[Driver]  # prices with a part in it


def beside(accepted: Flows, bill: Flows) -> Flows:
    """What an accepted result costs beside its bill; nothing where the two differ in their last bits only."""
    return np.where(accepted - bill > ROUNDING * bill, accepted - bill, 0.0)


def cost_path(
    scenario: Scenario,
    calendar: Calendar,
    *,
    task_class: TaskClass,
    option: Option,
    known: Known,
    life_months: int | None,
) -> CostPath:
    """The path of one request of the class on a feasible option.

    On every day on which a token price of its changes, the option is costed again as the plan would cost it on that
    day. Every part then follows its own yearly change, token prices from the last price known. What an accepted
    result costs moves by 1/a of what its parts move by (CONVENTION §15).
    """
    offers = _offers(scenario, task_class, option)
    rows = [row for offer in offers for row in offer.prices if row.variant is Variant.STANDARD]
    skus = {offer.sku for offer in offers}
    quoted = [quote for quote in scenario.prices.quotes if quote.sku in skus and quote.price is not None]
    days = (*change_days(rows), *quote_days(quoted))

    def costs_on(day: date) -> Flows | None:
        if day == scenario.as_of:
            return None if option.cost is None else _column(option.cost)
        cost = _cost_on(_narrowed(scenario, option, offers, day), task_class, option, known)
        return None if cost is None else _column(cost)

    dated = dated_path(costs_on, days, calendar.starts)
    after = dated.known_until_month
    bill, extra, accepted = dated.usd[: _BILL.stop], dated.usd[_QUALITY], dated.usd[_ACCEPTED]
    paths: dict[Driver, Flows] = {}
    moved = np.zeros((3, calendar.months))
    for number, driver in enumerate(DRIVERS):
        rows_of = slice(3 * number, 3 * number + 3)
        multiple = _multiple(calendar, driver, after, life_months)
        if bill[rows_of].any() or any(part.driver == driver for part in _parts(option)):
            paths[driver] = bill[rows_of] * multiple
        moved += (bill[rows_of] + extra[rows_of]) * (multiple - 1)
    total = sum(paths.values(), np.zeros((3, calendar.months)))
    quality = beside(accepted + moved / _acceptance(option), total)
    return CostPath(
        bill=paths,
        quality=np.stack([quality.min(axis=0), quality[1], quality.max(axis=0)]),
        prices_end=dated.ended,
        introductory_ends=introductory_ends(rows, calendar.starts),
        follows=frozenset(part.driver for part in _parts(option) if part.high_usd),
    )


_BILL = slice(0, 3 * len(DRIVERS))
_QUALITY = slice(_BILL.stop, 2 * _BILL.stop)
_ACCEPTED = slice(2 * _BILL.stop, 2 * _BILL.stop + 3)


def _column(cost: Cost) -> Flows | None:
    """Bill and quality parts by driver and the cost of an accepted result, as one column; None where unpriced."""
    if cost.usd_per_accepted is None:
        return None
    low, high = cost.usd_per_accepted.bounds
    ends = [
        *(end for parts in (cost.parts, cost.quality_parts) for driver in DRIVERS for end in _ends(parts, driver)),
        low,
        cost.usd_per_accepted.value,
        high,
    ]
    return np.array(ends)[:, None]


def _ends(parts: Iterable[CostPart], driver: Driver) -> tuple[float, float, float]:
    picked = [part for part in parts if part.driver == driver]
    return (
        sum(part.low_usd for part in picked),
        sum(part.usd_per_request for part in picked),
        sum(part.high_usd for part in picked),
    )


def _multiple(calendar: Calendar, driver: Driver, after: int, life_months: int | None) -> Flows:
    """Multiples of the known price in each month, at the low end, the value and the high end of its yearly change.

    A price without a change has one column for all months.
    """
    horizon, months = calendar.horizon, calendar.months
    change = {
        "token_price": horizon.token_price_change_per_year,
        "tariff": horizon.tariff_change_per_year,
        "rented_price": horizon.rented_price_change_per_year,
        "device_price": horizon.device_price_change_per_year,
        "none": None,
    }[driver]
    if change is None:
        return np.ones((3, 1))
    if driver == "device_price":
        return at_refresh(change, life_months or months, months)
    return compound(change, months, after if driver == "token_price" else 0)


def _parts(option: Option) -> tuple[CostPart, ...]:
    return () if option.cost is None else (*option.cost.parts, *option.cost.quality_parts)


def _acceptance(option: Option) -> Flows:
    """The accepted share at the end that makes results cheap, as stated, and at the end that makes them dear."""
    if option.cost is None:
        return np.ones((3, 1))
    acceptance: Quantity = option.cost.acceptance
    low, high = acceptance.bounds
    return np.array([[high], [acceptance.value], [low or acceptance.value]])


def _offers(scenario: Scenario, task_class: TaskClass, option: Option) -> tuple[TokenOffer, ...]:
    """The token offers that this option of the class pays."""
    skus = {task_class.escalates_to, task_class.judge.sku if task_class.judge else None}
    skus.add(option.overflow.sku if option.overflow else None)
    if option.side is Side.DATACENTER:
        skus.add(option.model)
    return tuple(offer for offer in scenario.prices.offers if offer.sku in skus)


def _narrowed(scenario: Scenario, option: Option, offers: Sequence[TokenOffer], day: date) -> Scenario:
    """The scenario on another day, with nothing in it but what this option needs."""
    return scenario.model_copy(
        update={
            "as_of": day,
            "fleets": tuple(fleet for fleet in scenario.fleets if fleet.profile.profile_id == fleet_of(option)),
            "prices": scenario.prices.model_copy(update={"offers": tuple(offers)}),
            "capacities": (),
        }
    )


def _cost_on(narrow: Scenario, task_class: TaskClass, option: Option, known: Known) -> Cost | None:
    """What the option costs on that scenario's day; None where one of its prices is not known then."""
    found = (each for each in options_of(narrow, task_class, known) if each.option_id == option.option_id)
    again = next(found, None)
    return None if again is None else again.cost

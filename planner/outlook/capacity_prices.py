"""What a unit of capacity costs in every month it may be bought or run in: dated rows, and yearly changes beyond."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.basis import Quantity
from planner.capacities import Capacity, OwnedBox
from planner.cost.bought import Bought
from planner.cost.capacity_unit import CapacityUnit, capacity_unit
from planner.cost.cash_flow import Flows
from planner.cost.figures import Driver
from planner.cost.overflow import overflow_usd_per_month
from planner.cost.owned import owned_usd_per_h
from planner.cost.price_paths import change_days, compound, dated_path, introductory_ends, quote_days
from planner.outlook.calendar import Calendar
from planner.outlook.growing_load import GrowingLoad
from planner.outlook.horizon_view import FlowKind
from planner.prices.dated import DatedRow
from planner.prices.offers import Variant
from planner.scenario import Scenario

BOUGHT_ONCE = frozenset({"capital", "spares"})
"""Lines of an owned box that are its purchase."""

KINDS: Mapping[Driver, FlowKind] = {
    "token_price": "token prices",
    "tariff": "electricity",
    "device_price": "hardware",
    "rented_price": "rented capacity",
    "none": "other running costs",
}


@dataclass(frozen=True)
class UnitPrices:
    """USD of one unit by month (3 × months: cheapest case, figure, dearest case).

    Effective and cash lines are those of a month; `up_front` is paid before the month it is bought in, `resale` comes
    back when its term ends.
    """

    effective: Mapping[FlowKind, Flows]
    monthly: Mapping[FlowKind, Flows]
    locked: frozenset[FlowKind]  # lines that keep the price of the month of purchase
    up_front: Flows
    resale: Flows
    up_front_kind: FlowKind
    term_months: int  # 1: ended at will
    prices_end: date | None  # from this day on no price is known
    introductory_ends: tuple[date, ...] = ()  # announced, inside the horizon


def unit_prices(scenario: Scenario, calendar: Calendar, capacity: Capacity, bought: Bought) -> UnitPrices:
    """The prices of one unit, from what it costs on the horizon's first day (`bought`)."""
    if isinstance(capacity.how, OwnedBox):
        return _owned(scenario, calendar, capacity.how, bought)
    return _rented(scenario, calendar, capacity, bought)


def _rented(scenario: Scenario, calendar: Calendar, capacity: Capacity, bought: Bought) -> UnitPrices:
    """At will, every month pays its own days' prices; a promise keeps the price of the day its term begins."""
    term = max(1, round(bought.term_months))
    rows = _rows(capacity, capacity_unit(scenario, capacity, calendar.starts[0]))
    quoted = [quote for quote in scenario.prices.quotes if quote.price is None]

    days = sorted({*change_days(rows), *quote_days(quoted)})
    known: dict[int, Flows | None] = {}

    def prices_on(day: date) -> Flows | None:
        since = bisect_right(days, day)
        if since not in known:
            unit = capacity_unit(scenario, capacity, day).bought
            known[since] = None if unit is None else column(unit.effective_usd_per_month)
        return known[since]

    path = dated_path(prices_on, days, calendar.starts)
    usd = path.usd
    if bought.term_months:
        on_the_day = [prices_on(day) for day in calendar.starts[:-1]]
        usd = np.concatenate([each if each is not None else path.usd[:, [n]] for n, each in enumerate(on_the_day)], 1)
    usd = usd * compound(calendar.horizon.rented_price_change_per_year, calendar.months, path.known_until_month)
    share = bought.recurring_usd_per_month / bought.effective_usd_per_month.value
    up_front = bought.upfront_usd / bought.effective_usd_per_month.value
    if bought.term_months:
        up_front *= term / bought.term_months  # blocks of so many days, one after another
    return UnitPrices(
        effective={"rented capacity": usd},
        monthly={"rented capacity": usd * share},
        locked=frozenset({"rented capacity"}),
        up_front=usd * up_front,
        resale=np.zeros_like(usd),
        up_front_kind="rented capacity",
        term_months=term,
        prices_end=path.ended,
        introductory_ends=introductory_ends(rows, calendar.starts),
    )


def _owned(scenario: Scenario, calendar: Calendar, box: OwnedBox, bought: Bought) -> UnitPrices:
    """The box at idle: bought at the device price of the month, run at the tariff of each month."""
    months, horizon = calendar.months, calendar.horizon
    device = compound(horizon.device_price_change_per_year, months)
    multiples: Mapping[Driver, Flows] = {
        "device_price": device,
        "tariff": compound(horizon.tariff_change_per_year, months),
    }
    level = np.ones((3, months))
    effective: dict[FlowKind, Flows] = {}
    monthly: dict[FlowKind, Flows] = {}
    for part in owned_usd_per_h(box, scenario.assumptions, 0.0).parts:
        kind, usd = KINDS[part.driver], column(part.usd_per_month) * multiples.get(part.driver, level)
        effective[kind] = effective.get(kind, np.zeros_like(usd)) + usd
        if part.name not in BOUGHT_ONCE:
            monthly[kind] = monthly.get(kind, np.zeros_like(usd)) + usd
    return UnitPrices(
        effective=effective,
        monthly=monthly,
        locked=frozenset({"hardware"}),
        up_front=bought.upfront_usd * device,
        resale=float(box.resale_usd or 0) * device,
        up_front_kind="hardware",
        term_months=max(1, round(bought.term_months)),
        prices_end=None,
    )


def overflow_path(scenario: Scenario, calendar: Calendar, capacity: Capacity, load: GrowingLoad) -> Flows | None:
    """USD of each month's whole load at the token price that takes what is too much; None where none is named."""
    offer = next((each for each in scenario.prices.offers if each.sku == capacity.overflow_sku), None)
    if offer is None:
        return None
    loads = [load.in_month(month) for month in range(calendar.months)]
    rows = [row for row in offer.prices if row.variant is Variant.STANDARD]
    quoted = [quote for quote in scenario.prices.quotes if quote.sku == offer.sku]

    def prices_on(day: date) -> Flows | None:
        found = [overflow_usd_per_month(offer, each, day, scenario.prices.quotes) for each in loads]
        priced = [each.value for each in found if not isinstance(each, str)]
        return np.array(priced)[:, None] if len(priced) == len(loads) else None

    path = dated_path(prices_on, (*change_days(rows), *quote_days(quoted)), calendar.starts)
    change = calendar.horizon.token_price_change_per_year
    return np.diagonal(path.usd) * compound(change, calendar.months, path.known_until_month)


def _rows(capacity: Capacity, unit: CapacityUnit) -> list[DatedRow]:
    """The price rows of its offers that are bought in the same way."""
    option = getattr(capacity.how, "option", None)
    rows = (row for _, offer in unit.cards for row in offer.prices)
    return [row for row in rows if option is None or getattr(row, "option", None) == option]


def column(figure: Quantity) -> Flows:
    """Low end, value and high end as a column."""
    low, high = figure.bounds
    return np.array([[low], [figure.value], [high]])

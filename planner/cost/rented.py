"""What an hour and a month of a rented machine cost: billed steps, the price of every day, and how it is bought."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from planner.basis import Basis, Quantity, weakest
from planner.cost.bought import DAYS_PER_MONTH
from planner.prices.dated import row_on
from planner.prices.kinds.instance import Billing, InstanceOffer, InstancePrice, PurchaseOption
from planner.prices.offers import Quote
from planner.prices.quotes import instance_usd_per_h, quote_words
from planner.prices.rate_card import RateCard
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR


def billed_s(run_s: float, granularity_s: int, minimum_s: int) -> int:
    """Seconds charged for one run: whole steps, and at least the minimum for every start; nothing for no run.

    AWS: «one second increments, with a minimum of 60 seconds» (EC2 per-second billing, October 2017).
    """
    if run_s <= 0:
        return 0
    return max(minimum_s, math.ceil(run_s / granularity_s - 1e-9) * granularity_s)


def billed_hours_per_month(
    hours: Literal["always", "active"], billing: Billing, active_days_per_month: float, active_hours_per_day: float
) -> float:
    """Hours charged for one machine in a month of 730 h: all of them, or one start on every active day.

    A machine that is given back outside active hours starts anew on each active day, so steps and minimum count
    once a day. It never costs more hours than one that is kept.
    """
    if hours == "always" or active_hours_per_day >= HOURS_PER_MONTH / DAYS_PER_MONTH:
        return HOURS_PER_MONTH
    daily_s = billed_s(active_hours_per_day * SECONDS_PER_HOUR, billing.granularity_s, billing.minimum_s)
    return min(HOURS_PER_MONTH, active_days_per_month * daily_s / SECONDS_PER_HOUR)


@dataclass(frozen=True)
class MonthPrice:
    """USD an hour over the month that begins on a day, and the rows it came from with the days each held."""

    usd_per_h: Quantity
    rows: tuple[tuple[InstancePrice, float], ...]  # row, days; in the order of the calendar
    quote: Quote | None = None


def rows_of(offer: InstanceOffer, option: PurchaseOption, term_months: int | None = None) -> tuple[InstancePrice, ...]:
    """The offer's rows of one way to buy, past and announced; commitments of that term (None: of any)."""
    return tuple(
        row
        for row in offer.prices
        if row.option is option
        and (row.commitment is None or term_months is None or row.commitment.term_months == term_months)
    )


def committed_row(offer: InstanceOffer, term_months: int | None, on: date) -> InstancePrice | None:
    """The commitment in force on a day for that term; of several payment plans the one cheapest an hour."""
    rows = [row for row in rows_of(offer, PurchaseOption.COMMITMENT, term_months) if row.in_force(on)]
    priced = [row for row in rows if row.usd_per_h is not None]
    return min(priced, key=lambda row: row.usd_per_h or 0, default=rows[0] if rows else None)


def month_price(
    card: RateCard, rows: Sequence[InstancePrice], on: date, quote: Quote | None = None
) -> MonthPrice | str:
    """The mean price of the 730 hours that begin on a day, each day at the row in force on it; a reason where none is.

    `rows` are of one way to buy. A price that changes inside the month counts for its days. A quote that holds on the
    first day is the price of the month, and the vendor's rows stay beside it.
    """
    used: list[tuple[InstancePrice, float]] = []
    if not rows and quote is None:
        return "the rate card lists no such price"
    for day, days in _days(on):
        row = row_on(rows, day)
        if row is None and quote is None:
            return f"no price in force on {day.isoformat()}"
        if row is None or (row.usd_per_h is None and quote is not None):
            continue
        if row.usd_per_h is None:
            return row.reason
        if used and used[-1][0] is row:
            used[-1] = (row, used[-1][1] + days)
        else:
            used.append((row, days))
    if quote is not None and quote.usd_per_h is not None:
        return MonthPrice(_quoted(quote), tuple(used), quote)
    return MonthPrice(_mean(card, used), tuple(used))


def quote_for(
    card: RateCard, offer: InstanceOffer, option: PurchaseOption, quotes: Sequence[Quote], on: date
) -> Quote | None:
    """The user's own price of an hour of this machine, bought in this way, that holds on the day (prices.md §4)."""
    rows = rows_of(offer, option)
    return instance_usd_per_h(card, offer, rows[0], quotes, on).quote if rows else None


def _days(on: date) -> list[tuple[date, float]]:
    """The calendar days of a month of 730 h, the last of them in part."""
    whole = int(DAYS_PER_MONTH)
    days = [(on + timedelta(days=day), 1.0) for day in range(whole)]
    return [*days, (on + timedelta(days=whole), DAYS_PER_MONTH - whole)]


def _quoted(quote: Quote) -> Quantity:
    """A user's own price: as good as a published one."""
    value = float(quote.usd_per_h or 0)
    return Quantity(value=value, unit="USD/h", basis=Basis.PUBLISHED, source=quote_words(quote), as_of=quote.date)


def _mean(card: RateCard, used: Sequence[tuple[InstancePrice, float]]) -> Quantity:
    """Weighted by days; one row keeps its digits."""
    total = sum(days for _, days in used)

    def mean(price: Callable[[InstancePrice], Decimal | None]) -> float:
        if len(used) == 1:
            return float(price(used[0][0]) or 0)
        return sum(float(price(row) or 0) * days for row, days in used) / total

    value = mean(lambda row: row.usd_per_h)
    low = mean(lambda row: row.usd_per_h if row.usd_per_h_low is None else row.usd_per_h_low)
    high = mean(lambda row: row.usd_per_h if row.usd_per_h_high is None else row.usd_per_h_high)
    provenance = [card.provenance_of(row) for row, _ in used]
    return Quantity(
        value=value,
        low=min(low, value),
        high=max(high, value),
        unit="USD/h",
        basis=weakest(*(each.confidence.basis for each in provenance)),
        source="; ".join(dict.fromkeys(each.source for each in provenance)),
        as_of=min(each.retrieved for each in provenance),
    )

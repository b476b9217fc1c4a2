"""One machine of an instance offer as a capacity buys it: on demand, on spot, for a promise or in reserved blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner import text
from planner.basis import Doubt, Quantity, weakest
from planner.capacities import RentedMachine
from planner.cost.bought import DAYS_PER_MONTH, HOURS_PER_DAY, Bought, PriceRow, PricingCategory, Unpriced
from planner.cost.commitments import block_usd, break_even_utilization, upfront_usd
from planner.cost.rented import (
    MonthPrice,
    billed_hours_per_month,
    billed_s,
    committed_row,
    month_price,
    quote_for,
    rows_of,
)
from planner.cost.spot import ASSUMED_FALLBACK_SHARE, ASSUMED_LOST_SHARE, restarts_per_run, spot_usd_per_h
from planner.cost.week_load import stated_stretches_h
from planner.prices.dated import row_on
from planner.prices.kinds.instance import InstanceOffer, InstancePrice, PurchaseOption
from planner.prices.offers import Quote
from planner.prices.rate_card import RateCard
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR
from planner.workload.task_classes import Workload
from planner.workload.week_shape import weeks_per_month


@dataclass(frozen=True)
class Purchase:
    """Everything that decides what one rented machine costs."""

    how: RentedMachine
    card: RateCard
    offer: InstanceOffer
    workload: Workload
    quotes: Sequence[Quote]
    on: date


def rented_machine(purchase: Purchase) -> Bought | Unpriced:
    """A month of one machine in the way the capacity buys it, from the day on; the reason where that has no price."""
    if not purchase.offer.host_included:
        return _with_host(purchase)
    return _WAYS[purchase.how.option](purchase)


def _with_host(purchase: Purchase) -> Bought | Unpriced:
    """The accelerator and the host it is attached to, charged apart: both, or no price (prices.md §2)."""
    offer = purchase.offer
    host = next(
        (
            each
            for each in purchase.card.offers
            if each.kind == "instance" and each.sku == offer.host_sku and each.region == offer.region
        ),
        None,
    )
    if host is None:
        return Unpriced((f"{offer.sku} is charged without its host, and {offer.host_sku} is not in the rate card",))
    parts = [
        _WAYS[purchase.how.option](
            Purchase(purchase.how, purchase.card, each, purchase.workload, purchase.quotes, purchase.on)
        )
        for each in (offer, host)
    ]
    reasons = tuple(reason for part in parts if isinstance(part, Unpriced) for reason in part.reasons)
    first, second = parts
    if isinstance(first, Unpriced) or isinstance(second, Unpriced):
        return Unpriced(reasons)
    return Bought(
        unit="machine",
        effective_usd_per_month=_sum(first.effective_usd_per_month, second.effective_usd_per_month),
        upfront_usd=first.upfront_usd + second.upfront_usd,
        recurring_usd_per_month=first.recurring_usd_per_month + second.recurring_usd_per_month,
        term_months=first.term_months,
        paid_hours_per_month=first.paid_hours_per_month,
        driver="rented_price",
        how=f"accelerator: {first.how}; host: {second.how}",
        rows=(*first.rows, *second.rows),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
    )


def _price(purchase: Purchase, option: PurchaseOption) -> MonthPrice | str:
    quote = _quote(purchase, option)
    return month_price(purchase.card, rows_of(purchase.offer, option), purchase.on, quote)


def _quote(purchase: Purchase, option: PurchaseOption) -> Quote | None:
    return quote_for(purchase.card, purchase.offer, option, purchase.quotes, purchase.on)


def _on_demand(purchase: Purchase) -> Bought | Unpriced:
    price = _price(purchase, PurchaseOption.ON_DEMAND)
    if isinstance(price, str):
        return Unpriced((f"{purchase.offer.sku} on demand: {price}",))
    rows = _rows(purchase, price, "Standard")
    return _by_the_hour(purchase, price.usd_per_h, rows, quoted=price.quote is not None)


def _spot(purchase: Purchase) -> Bought | Unpriced:
    """Spot with rework and fallback; what nobody stated is assumed, labelled and doubted."""
    price, on_demand = (_price(purchase, each) for each in (PurchaseOption.SPOT, PurchaseOption.ON_DEMAND))
    if isinstance(price, str):
        return Unpriced((f"{purchase.offer.sku} on spot: {price}",))
    how = purchase.how
    fallback = how.fallback_share or ASSUMED_FALLBACK_SHARE
    if isinstance(on_demand, str):
        if fallback.bounds[1] > 0:
            return Unpriced((f"the fallback of spot {purchase.offer.sku} on demand: {on_demand}",))
        on_demand = price
    interruption = price.rows[0][0].interruption if price.rows else None
    lost = how.lost_work_share or ASSUMED_LOST_SHARE
    usd = spot_usd_per_h(price.usd_per_h, on_demand.usd_per_h, restarts_per_run(interruption), lost, fallback)
    stated = (("the interruption rate", interruption), ("lost work", how.lost_work_share))
    assumed = [name for name, figure in (*stated, ("the fallback share", how.fallback_share)) if figure is None]
    doubts = (
        ()
        if not assumed
        else (
            Doubt(
                kind="SpotAssumptions",
                subject=purchase.offer.sku,
                sentence=f"Assumed of {purchase.offer.sku} on spot: {', '.join(assumed)}.",
                advice="State lost_work_share and fallback_share from your own runs; the interval shows their weight.",
            ),
        )
    )
    rows = _rows(purchase, price, "Dynamic")
    bought = _by_the_hour(purchase, usd, rows, quoted=price.quote is not None, doubts=doubts)
    return replace(
        bought,
        how=(
            f"{bought.how}: {text.money(price.usd_per_h.value)} with work done again, "
            f"{text.share(fallback.value)} of the hours at {text.money(on_demand.usd_per_h.value)} on demand"
        ),
    )


def _committed(purchase: Purchase) -> Bought | Unpriced:
    """Every hour of the term at the price of the day it is bought, used or not."""
    offer, term = purchase.offer, purchase.how.term_months
    quote = _quote(purchase, PurchaseOption.COMMITMENT)
    row = committed_row(offer, term, purchase.on)
    if row is None or row.commitment is None:
        wanted = "" if term is None else f" for {term} months"
        return Unpriced((f"{offer.sku} is sold for no commitment{wanted} on {purchase.on.isoformat()}",))
    price = _on_the_day(purchase, row, quote)
    if isinstance(price, str):
        return Unpriced((f"{offer.sku} committed: {price}",))
    usd, terms = price.usd_per_h, row.commitment
    month = _month(usd, HOURS_PER_MONTH)
    on_demand = _price(purchase, PurchaseOption.ON_DEMAND)
    listed = None if isinstance(on_demand, str) else on_demand.usd_per_h
    return Bought(
        unit="machine",
        effective_usd_per_month=month,
        upfront_usd=upfront_usd(month.value, terms.term_months, terms.upfront_share),
        recurring_usd_per_month=month.value * (1 - terms.upfront_share),
        term_months=terms.term_months,
        paid_hours_per_month=HOURS_PER_MONTH,
        driver="none",  # fixed for the term
        how=(
            f"{text.money(usd.value)} in every hour for {terms.term_months} months ({terms.category.value}), "
            f"{terms.payment.value.replace('_', ' ')}"
        ),
        rows=_rows(purchase, price, "Committed", None if listed is None else listed.value),
        quoted=price.quote is not None,
        break_even_utilization=None if listed is None else break_even_utilization(usd.value, listed.value),
        on_demand_usd_per_h=listed,
    )


def _block(purchase: Purchase) -> Bought | Unpriced:
    """Blocks one after another, each paid up front: the shortest that lasts a month, else the longest."""
    row = row_on(rows_of(purchase.offer, PurchaseOption.CAPACITY_BLOCK), purchase.on)
    if row is None:
        return Unpriced((f"{purchase.offer.sku} is sold in no capacity block on {purchase.on.isoformat()}",))
    price = _on_the_day(purchase, row, _quote(purchase, PurchaseOption.CAPACITY_BLOCK))
    if isinstance(price, str):
        return Unpriced((f"{purchase.offer.sku} in a capacity block: {price}",))
    if not row.block_days:
        return Unpriced((f"the rate card names no length of a capacity block of {purchase.offer.sku}",))
    lengths = sorted(row.block_days)
    days = next((each for each in lengths if each >= DAYS_PER_MONTH), lengths[-1])
    usd = price.usd_per_h
    return Bought(
        unit="machine",
        effective_usd_per_month=_month(usd, HOURS_PER_MONTH),
        upfront_usd=block_usd(usd.value, (days,)),
        recurring_usd_per_month=0.0,
        term_months=days * HOURS_PER_DAY / HOURS_PER_MONTH,
        paid_hours_per_month=HOURS_PER_MONTH,
        driver="rented_price",
        how=f"{text.money(usd.value)} an hour in blocks of {days} days, each paid up front",
        rows=_rows(purchase, price, "Standard"),
        quoted=price.quote is not None,
    )


_WAYS: dict[PurchaseOption, Callable[[Purchase], Bought | Unpriced]] = {
    PurchaseOption.ON_DEMAND: _on_demand,
    PurchaseOption.SPOT: _spot,
    PurchaseOption.COMMITMENT: _committed,
    PurchaseOption.CAPACITY_BLOCK: _block,
}


def _on_the_day(purchase: Purchase, row: InstancePrice, quote: Quote | None) -> MonthPrice | str:
    """The price a promise is made at: that of its first day, whatever the row does later."""
    kept = row.model_copy(update={"effective_from": None, "effective_to": None, "introductory": False})
    price = month_price(purchase.card, (kept,), purchase.on, quote)
    if isinstance(price, str):
        return price
    return MonthPrice(price.usd_per_h, ((row, DAYS_PER_MONTH),), quote)


def _hours(purchase: Purchase) -> float:
    """As `billed_hours_per_month`; in a stated week one start for every stretch of hours in which anything comes."""
    workload, billing = purchase.workload, purchase.offer.billing
    stretches_h = stated_stretches_h(workload)
    if stretches_h is None or purchase.how.hours == "always":
        return billed_hours_per_month(
            purchase.how.hours, billing, workload.active_days_per_month, workload.active_hours_per_day
        )
    charged_s = [billed_s(each * SECONDS_PER_HOUR, billing.granularity_s, billing.minimum_s) for each in stretches_h]
    return min(HOURS_PER_MONTH, sum(charged_s) / SECONDS_PER_HOUR * weeks_per_month(workload))


def _by_the_hour(
    purchase: Purchase, usd: Quantity, rows: tuple[PriceRow, ...], *, quoted: bool, doubts: tuple[Doubt, ...] = ()
) -> Bought:
    hours = _hours(purchase)
    month = _month(usd, hours)
    return Bought(
        unit="machine",
        effective_usd_per_month=month,
        upfront_usd=0.0,
        recurring_usd_per_month=month.value,
        term_months=0,
        paid_hours_per_month=hours,
        driver="rented_price",
        how=f"{text.significant(hours)} h at {text.money(usd.value)} ({purchase.how.option.value.replace('_', ' ')})",
        rows=rows,
        quoted=quoted,
        doubts=doubts,
    )


def _month(usd_per_h: Quantity, hours: float) -> Quantity:
    low, high = usd_per_h.bounds
    return Quantity(
        value=usd_per_h.value * hours,
        low=low * hours,
        high=high * hours,
        unit="USD/month",
        basis=usd_per_h.basis,
        source=usd_per_h.source,
        as_of=usd_per_h.as_of,
    )


def _sum(first: Quantity, second: Quantity) -> Quantity:
    days = [each.as_of for each in (first, second) if each.as_of]
    return Quantity(
        value=first.value + second.value,
        low=first.bounds[0] + second.bounds[0],
        high=first.bounds[1] + second.bounds[1],
        unit="USD/month",
        basis=weakest(first.basis, second.basis),
        source=first.source,
        as_of=min(days, default=None),
    )


def _rows(
    purchase: Purchase, price: MonthPrice, category: PricingCategory, list_usd: float | None = None
) -> tuple[PriceRow, ...]:
    """The rows of the month, in the order of the calendar; a quote where the vendor's price is not public is one."""
    found: list[PriceRow] = []
    if not price.rows:
        usd = price.usd_per_h
        return (PriceRow(purchase.offer.sku, "hour", usd.value, list_usd, category, usd.source),)
    for row, _ in price.rows:
        provenance = purchase.card.provenance_of(row)
        usd = float(row.usd_per_h or 0) if price.quote is None else price.usd_per_h.value
        found.append(
            PriceRow(
                sku=purchase.offer.sku,
                unit="hour",
                usd=usd,
                list_usd=list_usd if list_usd is not None or category == "Committed" else float(row.usd_per_h or 0),
                category=category,
                source=price.usd_per_h.source if price.quote else provenance.source,
                source_url=provenance.source_url,
                effective_from="" if row.effective_from is None else row.effective_from.isoformat(),
                confidence=provenance.confidence,
            )
        )
    return tuple(found)

"""The answer to «what does this usage cost»: the costing, the price it used, and the prices that lie ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, time

from planner import text
from planner.basis import Doubt
from planner.documents import Frozen, Money
from planner.errors import PriceError
from planner.prices.choice import chosen_price, prices_ahead
from planner.prices.costing import Costing
from planner.prices.offers import Quote, TokenOffer, TokenPrice, Variant
from planner.prices.usage import TokenUsage, price_usage


class LaterPrice(Frozen):
    """A price that is announced to begin, and what the same usage costs then; None where it depends on the hour."""

    price: TokenPrice
    total_usd: Money | None


class PriceAnswer(Frozen):
    """A usage priced on one day."""

    sku: str
    title: str
    vendor: str
    on: date
    at: time | None  # UTC
    variant: Variant
    residency: str | None
    usage: dict[str, int]
    total_usd: Money
    price: TokenPrice  # the row in force
    above_input_tokens: int | None  # threshold of the context tier that applied; None: the rates below every tier
    quoted: bool  # the user's own price, not the list's
    costing: Costing
    ahead: tuple[LaterPrice, ...]
    as_of: date  # the day of the price data
    note: str


def price_answer(
    offer: TokenOffer,
    usage: TokenUsage,
    *,
    on: date,
    variant: Variant = Variant.STANDARD,
    at: time | None = None,
    residency: str | None = None,
    quotes: Sequence[Quote] = (),
) -> PriceAnswer:
    """`price_usage` with everything a reader needs to check it by hand."""

    def priced(day: date, own: Sequence[Quote]) -> Costing:
        return price_usage(offer, usage, on=day, variant=variant, at=at, residency=residency, quotes=own)

    costing = priced(on, quotes)
    chosen = chosen_price(offer, on=on, variant=variant, at=at, quotes=quotes)
    total_usd = costing.billed_usd
    assert total_usd is not None
    if chosen.quote is None and chosen.price.effective_from is None and on < offer.as_of:
        costing = costing.model_copy(update={"warnings": (*costing.warnings, _undated(offer, on))})
    later: list[LaterPrice] = []
    for price in prices_ahead(offer, on, variant):
        if price.hours is not None and (at is None or not price.hours.hold(at)):
            continue
        assert price.effective_from is not None
        try:
            then = priced(price.effective_from, ()).billed_usd
        except PriceError:
            then = None
        later.append(LaterPrice(price=price, total_usd=then))
    return PriceAnswer(
        sku=offer.sku,
        title=offer.title,
        vendor=offer.vendor,
        on=on,
        at=at,
        variant=variant,
        residency=residency,
        usage=asdict(usage),
        total_usd=total_usd,
        price=chosen.price,
        above_input_tokens=chosen.price.rates_at(usage.input_tokens)[1],
        quoted=chosen.quote is not None,
        costing=costing,
        ahead=tuple(later),
        as_of=offer.as_of,
        note=offer.note,
    )


def _undated(offer: TokenOffer, on: date) -> Doubt:
    return Doubt(
        kind="UndatedPrice",
        subject=offer.sku,
        sentence=(
            f"The price data do not say since when this price holds, nor whether {offer.title} was sold on "
            f"{text.day(on)}."
        ),
        advice="Check it against an invoice of the time.",
    )

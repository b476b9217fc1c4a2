"""Which of an offer's prices a request pays: by variant, day and hour; what is not known is refused, never zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from planner import text
from planner.errors import PriceError
from planner.prices.dated import Confidence
from planner.prices.offers import DailyHours, Quote, TokenOffer, TokenPrice, Variant

FIRST_TOKEN_PRICE = date(2020, 6, 11)  # OpenAI opened the first paid API; a price without a first day is no older


@dataclass(frozen=True)
class PriceChosen:
    """A price with where it comes from."""

    price: TokenPrice
    confidence: Confidence
    source: str
    source_url: str
    quote: Quote | None = None  # the user's own, where it is one


def chosen_price(
    offer: TokenOffer, *, on: date, variant: Variant, at: time | None = None, quotes: Sequence[Quote] = ()
) -> PriceChosen:
    """The price in force on this day and hour, a quote before a list price; a PriceError says what there is instead."""
    if on < FIRST_TOKEN_PRICE:
        raise PriceError(
            f"nobody sold a language model by the token on {text.day(on)}",
            where=offer.sku,
            remedy=f"Name a day from {text.day(FIRST_TOKEN_PRICE)} on.",
        )
    quote = _quote(quotes, offer.sku, on, variant, at)
    if quote is not None and quote.price is not None:
        source = f"own quote, {quote.author}, {text.day(quote.date)}: {quote.reason}"
        return PriceChosen(quote.price, Confidence.QUOTED, source, "", quote)
    hourly = offer.hourly_prices_on(on, variant)
    if hourly and at is None:
        raise PriceError(
            f"its price depends on the hour of the day: {', '.join(_hour_words(row) for row in hourly)}",
            where=offer.sku,
            remedy="Say at which hour (UTC) it is used.",
        )
    price = offer.price_on(on, variant, at)
    if price is None:
        raise _no_price(offer, on, variant)
    stated = price.provenance
    if stated is not None:
        return PriceChosen(price, stated.confidence, stated.source, stated.source_url)
    return PriceChosen(price, offer.confidence, f"{offer.source}, {text.day(offer.as_of)}", offer.source_url)


def prices_ahead(offer: TokenOffer, on: date, variant: Variant) -> tuple[TokenPrice, ...]:
    """The prices of the variant that begin after this day, the soonest first."""
    later = [row for row in offer.prices if row.variant is variant and (row.effective_from or date.min) > on]
    return tuple(sorted(later, key=lambda row: row.effective_from or date.min))


def residency_factor(offer: TokenOffer, residency: str | None) -> Decimal:
    """What keeping requests in this place multiplies every token price by; refused where it is not stated."""
    if residency is None:
        return Decimal(1)
    priced = {each.residency.casefold(): each.multiplier for each in offer.residency_multipliers}
    wanted = residency.casefold()
    if wanted in priced:
        return priced[wanted]
    if wanted in {each.casefold() for each in offer.residency}:
        return Decimal(1)
    known = sorted(offer.stated_places)
    raise PriceError(
        f"what it costs to keep requests in {residency} is not stated",
        where=offer.sku,
        remedy=f"Stated: {', '.join(known)}." if known else "Leave the place out, or choose an offer that states it.",
    )


def hours_words(hours: DailyHours | None) -> str:
    """«01:00 to 04:00 UTC»."""
    return "all other hours" if hours is None else f"{hours.start:%H:%M} to {hours.end:%H:%M} UTC"


def _hour_words(row: TokenPrice) -> str:
    return f"{hours_words(row.hours)} ${text.exact(row.rates.output_usd_per_mtok)}/Mtok of output"


def _no_price(offer: TokenOffer, on: date, variant: Variant) -> PriceError:
    rows = [row for row in offer.prices if row.variant is variant]
    if not rows:
        known = ", ".join(dict.fromkeys(row.variant.value for row in offer.prices))
        return PriceError(f"it has no {variant.value} price", where=offer.sku, remedy=f"It is sold as: {known}.")
    first = min(row.effective_from or date.min for row in rows)
    if on < first:
        said = f"The first known holds from {text.day(first)}."
    else:
        ends = [row.effective_to for row in rows if row.effective_to is not None and row.effective_to <= on]
        said = f"The last before it ended on {text.day(max(ends))}." if ends else "Name another hour."
    return PriceError(f"it has no known {variant.value} price on {text.day(on)}", where=offer.sku, remedy=said)


def _quote(quotes: Sequence[Quote], sku: str, on: date, variant: Variant, at: time | None) -> Quote | None:
    """The user's newest quote that speaks of this sku, variant, day and hour."""
    for quote in reversed(quotes):
        price = quote.price
        if quote.sku != sku or price is None or price.variant is not variant:
            continue
        holds = quote.date <= on and (quote.valid_until is None or on < quote.valid_until) and price.in_force(on)
        if holds and (price.hours is None or (at is not None and price.hours.hold(at))):
            return quote
    return None

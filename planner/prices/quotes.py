"""A user's own prices: which quote goes before the list on a day, and what a document says with quotes laid over it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Literal

from planner import text
from planner.errors import PriceError
from planner.prices.choice import chosen_price
from planner.prices.dated import Confidence, Provenance
from planner.prices.freshness import quote_holds
from planner.prices.kinds.instance import InstanceOffer, InstancePrice
from planner.prices.kinds.provisioned import ProvisionedOffer, UnitPrice
from planner.prices.offers import PriceProfile, Quote, TokenOffer, TokenPrice, Variant
from planner.prices.rate_card import RateCard
from planner.prices.timeline import clipped


@dataclass(frozen=True)
class PriceInForce:
    """The price of tokens that holds: the quote's where there is one, else the list's."""

    price: TokenPrice
    quote: Quote | None
    offer: TokenOffer


@dataclass(frozen=True)
class MoneyInForce:
    """One amount that holds, and whose it is; None: not public, and `reason` says why."""

    usd: Decimal | None
    per: Literal["hour", "month"]
    quote: Quote | None
    source: str
    reason: str = ""


def price_in_force(
    profile: PriceProfile, sku: str, on: date, variant: Variant = Variant.STANDARD, at: time | None = None
) -> PriceInForce:
    """The price of a token offer on a day (and hour): a user's quote before the list price (prices.md §4)."""
    offer = offer_named(profile, sku)
    chosen = chosen_price(offer, on=on, variant=variant, at=at, quotes=profile.quotes)
    return PriceInForce(chosen.price, chosen.quote, offer)


def instance_usd_per_h(
    card: RateCard, offer: InstanceOffer, row: InstancePrice, quotes: Sequence[Quote], on: date
) -> MoneyInForce:
    """Dollars for an hour of a machine bought as the row says: the newest quote for that option, else the row."""
    quote = _newest(
        quote
        for quote in quotes
        if quote.sku == offer.sku and quote.usd_per_h is not None and quote.option == row.option.value
        if quote_holds(quote, on)
    )
    if quote is not None:
        return MoneyInForce(quote.usd_per_h, "hour", quote, quote_words(quote))
    return MoneyInForce(row.usd_per_h, "hour", None, card.provenance_of(row).source, row.reason)


def unit_usd(
    card: RateCard, offer: ProvisionedOffer, row: UnitPrice, quotes: Sequence[Quote], on: date
) -> MoneyInForce:
    """Dollars for a unit: the newest quote, which is for a month, else the row, which may be for an hour."""
    quote = _newest(
        quote
        for quote in quotes
        if quote.sku == offer.sku and quote.usd_per_unit_month is not None and quote_holds(quote, on)
    )
    if quote is not None:
        return MoneyInForce(quote.usd_per_unit_month, "month", quote, quote_words(quote))
    source = card.provenance_of(row).source
    if row.usd_per_unit_h is not None:
        return MoneyInForce(row.usd_per_unit_h, "hour", None, source)
    return MoneyInForce(row.usd_per_unit_month, "month", None, source, row.reason)


def with_quote(
    profile: PriceProfile, quote: Quote, cards: Iterable[RateCard] = (), *, check: bool = True
) -> PriceProfile:
    """The profile with a quote in force from its day on; earlier quotes stay as history.

    One for the same purchase of the same day is a correction and takes its place. Refused with a PriceError: a sku that
    neither the profile nor the cards offer, or an option it is not sold in.
    """
    if check:
        _require_sold(profile, quote, tuple(cards))
    others = [each for each in profile.quotes if (_purchase(each), each.date) != (_purchase(quote), quote.date)]
    return profile.model_copy(update={"quotes": tuple(sorted([*others, quote], key=lambda each: each.date))})


def without_quote(profile: PriceProfile, quote: Quote) -> PriceProfile:
    """The profile without a quote that was entered by mistake; one that ended stays, with its `valid_until`."""
    if quote not in profile.quotes:
        raise PriceError("there is no such quote", where=quote.sku, remedy="It may have been taken out already.")
    return profile.model_copy(update={"quotes": tuple(each for each in profile.quotes if each != quote)})


def offers_in_force(profile: PriceProfile, on: date) -> tuple[TokenOffer, ...]:
    """Every offer with the quotes given by this day laid over its list prices, each row naming who says so."""
    return tuple(_overlaid(offer, profile.quotes, on) for offer in profile.offers)


def offer_named(profile: PriceProfile, sku: str) -> TokenOffer:
    """The offer of this sku; refused with the names nearest to it."""
    found = next((offer for offer in profile.offers if offer.sku == sku), None)
    if found is None:
        raise not_sold(sku, [offer.sku for offer in profile.offers])
    return found


def quote_words(quote: Quote) -> str:
    """«own quote, Ada, 10 Nov 2026: framework contract»."""
    return f"own quote, {quote.author}, {text.day(quote.date)}: {quote.reason}"


def not_sold(sku: str, known: Sequence[str]) -> PriceError:
    """The refusal of a sku that nobody sells, with the names nearest to it."""
    near = difflib.get_close_matches(sku, sorted(set(known)), n=3, cutoff=0.5)
    said = f"Did you mean {', '.join(near)}?" if near else "A quote is for an offer that the scenario holds."
    return PriceError("there is no such offer", where=sku, remedy=said)


def _newest(quotes: Iterable[Quote]) -> Quote | None:
    return max(quotes, key=lambda quote: quote.date, default=None)


def _purchase(quote: Quote) -> tuple[object, ...]:
    price = quote.price
    if price is not None:
        return quote.sku, price.variant, price.hours
    return quote.sku, quote.option, quote.usd_per_h is None


def _overlaid(offer: TokenOffer, quotes: Sequence[Quote], on: date) -> TokenOffer:
    rows = offer.prices
    for quote in sorted(quotes, key=lambda each: each.date):
        price = quote.price
        if quote.sku != offer.sku or price is None or quote.date > on:
            continue
        own = clipped(price, quote.date, quote.valid_until)
        if own is None:
            continue
        source = Provenance(source=quote_words(quote), retrieved=quote.date, confidence=Confidence.QUOTED)
        beside = [part for row in rows for part in _beside(row, own)]
        rows = (*beside, own.model_copy(update={"provenance": source}))
    return offer if rows is offer.prices else TokenOffer.model_validate({**dict(offer), "prices": rows})


def _beside(row: TokenPrice, quoted: TokenPrice) -> list[TokenPrice]:
    """What is left of a row on the days before and after a quote that takes its place."""
    meets = quoted.hours is None or (row.hours is not None and row.hours.meet(quoted.hours))
    if row.variant is not quoted.variant or not meets:
        return [row]
    before = None if quoted.effective_from is None else clipped(row, None, quoted.effective_from)
    after = None if quoted.effective_to is None else clipped(row, quoted.effective_to, None)
    return [part for part in (before, after) if part is not None]


def _require_sold(profile: PriceProfile, quote: Quote, cards: Sequence[RateCard]) -> None:
    if quote.price is not None:
        offer_named(profile, quote.sku)
        return
    kind = ProvisionedOffer if quote.usd_per_h is None else InstanceOffer
    sold = [offer for card in cards for offer in card.offers if isinstance(offer, kind)]
    named = [offer for offer in sold if offer.sku == quote.sku]
    if not named:
        raise not_sold(quote.sku, [offer.sku for offer in sold])
    options = sorted({row.option.value for offer in named for row in offer.prices if isinstance(row, InstancePrice)})
    if options and quote.option not in options:
        raise PriceError(
            f"a quote by the hour says how the machine is bought, not {quote.option!r}",
            where=quote.sku,
            remedy=f"It is sold as: {', '.join(options)}.",
        )

"""Every offer there is to choose from, as a table shows it: price, source, age, basis and the quote over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from planner.basis import Basis
from planner.prices.amounts import Amount, amounts_of, way_words
from planner.prices.dated import DatedRow
from planner.prices.freshness import age_days, is_stale, offer_read_on, quote_holds
from planner.prices.joining import held_provenance
from planner.prices.kinds.instance import InstanceOffer, InstancePrice, PurchaseOption
from planner.prices.kinds.local import EnergyOffer
from planner.prices.offers import PriceProfile, Quote, TokenOffer, TokenPrice, Variant
from planner.prices.quotes import quote_words
from planner.prices.rate_card import Offer, RateCard, region_of


@dataclass(frozen=True)
class Shelved:
    """One offer on a day."""

    offer: Offer
    card: RateCard | None  # None: of a price profile
    vendor: str
    region: str
    title: str
    row: DatedRow | None  # the row a table shows first: standard tokens, on-demand hours; None: no price that day
    way: str
    figures: tuple[Amount, ...]
    quote: Quote | None  # the user's own, where it goes before that row
    source: str
    source_url: str
    basis: Basis
    read_on: date
    age_days: int
    is_stale: bool


def shelf(on: date, profile: PriceProfile | None, cards: Iterable[RateCard]) -> tuple[Shelved, ...]:
    """The token offers of a profile, then the offers of the cards, as they stand on this day."""
    quotes = () if profile is None else profile.quotes
    tokens = () if profile is None else profile.offers
    held = [(offer, None) for offer in tokens]
    carded = [(offer, card) for card in cards for offer in card.offers]
    return tuple(_shelved(offer, card, quotes, on) for offer, card in [*held, *carded])


def cards_in_force(own: Sequence[RateCard], bundled: Iterable[RateCard]) -> tuple[RateCard, ...]:
    """A user's own cards, and the bundled ones whose place none of them takes (prices.md §4)."""
    names = {card.profile_id for card in own}
    return (*own, *(card for card in bundled if card.profile_id not in names))


def found(
    shelved: Iterable[Shelved], *, kind: str | None = None, vendor: str | None = None, words: str = ""
) -> Iterator[Shelved]:
    """The offers of a kind and a vendor in which every word is found, in whatever case."""
    sought = words.casefold().split()
    for each in shelved:
        if kind is not None and each.offer.kind != kind:
            continue
        text = _searched(each)
        if vendor is not None and vendor.casefold() not in each.vendor.casefold():
            continue
        if all(word in text for word in sought):
            yield each


def _shelved(offer: Offer, card: RateCard | None, quotes: Sequence[Quote], on: date) -> Shelved:
    row = _first_row(offer, on)
    quote = _quote(offer, row, quotes, on)
    own = held_provenance(offer, card)
    read = own if row is None or row.provenance is None else row.provenance
    read_on = quote.date if quote is not None else read.retrieved
    if row is None and card is not None:
        read_on = offer_read_on(card, offer, on)
    shown = row if quote is None or quote.price is None else quote.price
    return Shelved(
        offer=offer,
        card=card,
        vendor=offer.vendor if isinstance(offer, TokenOffer) else "" if card is None else card.vendor.service,
        region=region_of(offer),
        title=offer.title or offer.sku,
        row=row,
        way="" if row is None else way_words(row),
        figures=_quoted(quote) or (() if shown is None else amounts_of(shown)),
        quote=quote,
        source=read.source if quote is None else quote_words(quote),
        source_url=read.source_url if quote is None else "",
        basis=Basis.PUBLISHED if quote is not None else read.confidence.basis,
        read_on=read_on,
        age_days=age_days(read_on, on),
        is_stale=quote is None and is_stale(read_on, on),
    )


def _first_row(offer: Offer, on: date) -> DatedRow | None:
    rows = [row for row in offer.prices if row.in_force(on)]
    first = next((row for row in rows if _comes_first(row)), None)
    return first or next(iter(rows), None)


def _comes_first(row: DatedRow) -> bool:
    if isinstance(row, TokenPrice):
        return row.variant is Variant.STANDARD and row.hours is None
    return not isinstance(row, InstancePrice) or row.option is PurchaseOption.ON_DEMAND


def _quote(offer: Offer, row: DatedRow | None, quotes: Sequence[Quote], on: date) -> Quote | None:
    fitting = [
        quote for quote in quotes if quote.sku == offer.sku and quote_holds(quote, on) and _speaks_of(quote, row)
    ]
    return fitting[-1] if fitting else None


def _speaks_of(quote: Quote, row: DatedRow | None) -> bool:
    """Whether the quote is for what the row sells."""
    if isinstance(row, TokenPrice):
        return quote.price is not None and way_words(quote.price) == way_words(row)
    if isinstance(row, InstancePrice):
        return quote.usd_per_h is not None and quote.option == row.option.value
    return row is not None and quote.usd_per_unit_month is not None


def _quoted(quote: Quote | None) -> tuple[Amount, ...]:
    if quote is None or quote.price is not None:
        return ()
    if quote.usd_per_h is not None:
        return (("an hour", quote.usd_per_h, "USD/h"),)
    return (("a unit's month", quote.usd_per_unit_month, "USD/month"),)


def _searched(each: Shelved) -> str:
    offer = each.offer
    named = [offer.kind, offer.sku, each.title, each.vendor, each.region, each.source]
    if isinstance(offer, InstanceOffer) and offer.accelerator is not None:
        named.append(offer.accelerator.name)
    if isinstance(offer, EnergyOffer):
        named.append(offer.customer)
    return " ".join(named).casefold()

"""How old a price is, from which age on that is worth a warning, and which quotes no longer hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from planner import text
from planner.basis import Doubt
from planner.prices.dated import DatedRow
from planner.prices.kinds.local import EnergyOffer
from planner.prices.offers import PriceProfile, Quote, TokenOffer
from planner.prices.rate_card import Offer, RateCard

STALE_DAYS = 60
NAMED_AT_MOST = 3


def age_days(read_on: date, on: date) -> int:
    """Whole days from the day a price was read to this day; negative where it was read later."""
    return (on - read_on).days


def is_stale(read_on: date, on: date) -> bool:
    """Whether a price read on that day has to be looked up again."""
    return age_days(read_on, on) > STALE_DAYS


def row_read_on(card: RateCard, row: DatedRow) -> date:
    """The day a row was read."""
    return card.provenance_of(row).retrieved


def offer_read_on(card: RateCard, offer: Offer, on: date) -> date:
    """The day the oldest price of an offer that holds on this day was read; without a price, that of the card."""
    if isinstance(offer, TokenOffer):
        return offer.as_of
    rows = [row for row in offer.prices if row.in_force(on)]
    days = [row_read_on(card, row) for row in rows]
    if not days and isinstance(offer, EnergyOffer) and offer.carbon_provenance is not None:
        return offer.carbon_provenance.retrieved
    return min(days, default=card.provenance.retrieved)


def quote_holds(quote: Quote, on: date) -> bool:
    """Whether a quote was given by this day and is still valid."""
    return quote.date <= on and (quote.valid_until is None or on < quote.valid_until)


def profile_doubts(prices: PriceProfile, on: date) -> Iterator[Doubt]:
    """`StalePrices` where the token offers were read too long ago, `ExpiredQuote` for quotes past their day."""
    read_on = prices.data_as_of
    if is_stale(read_on, on):
        yield Doubt(
            kind="StalePrices",
            subject=prices.title,
            sentence=f"The price data are {age_days(read_on, on)} days old (of {text.day(read_on)}).",
            advice="Upgrade genai-prices, or enter your own quotes.",
        )
    yield from quote_doubts(prices.quotes, on)


def card_age_doubts(card: RateCard, offers: Iterable[Offer], on: date) -> Iterator[Doubt]:
    """`StalePrices`, once for a card, where one of these offers of it was read too long ago."""
    old = {offer.sku: read_on for offer in offers if is_stale(read_on := offer_read_on(card, offer, on), on)}
    if old:
        oldest = min(old.values())
        was_read = "was read" if len(old) == 1 else "were read, the oldest"
        yield Doubt(
            kind="StalePrices",
            subject=card.title,
            sentence=(
                f"{card.title}: {prices_named(tuple(old))} {was_read} {age_days(oldest, on)} days ago "
                f"(on {text.day(oldest)})."
            ),
            advice="Look it up again at its source, or enter your own quote.",
        )


def quote_doubts(quotes: Sequence[Quote], on: date) -> Iterator[Doubt]:
    """`ExpiredQuote` for each quote that ended, unless a later one for the same purchase took its place."""
    holding = {_purchase(quote) for quote in quotes if quote_holds(quote, on)}
    for quote in quotes:
        ended = quote.valid_until
        if ended is None or ended > on or _purchase(quote) in holding:
            continue
        yield Doubt(
            kind="ExpiredQuote",
            subject=quote.sku,
            sentence=f"{quote.author}'s quote for {quote.sku} ended on {text.day(ended)}; the list price is used.",
            advice="Ask for a new quote and enter it.",
        )


def prices_named(skus: Sequence[str]) -> str:
    """«the price of a», «the prices of a, b, c and 4 more»: as many names as a sentence bears."""
    unique = tuple(dict.fromkeys(skus))
    return f"the {'price' if len(unique) == 1 else 'prices'} of {named(unique)}"


def named(skus: Sequence[str]) -> str:
    """«a, b, c and 4 more»."""
    if len(skus) <= NAMED_AT_MOST:
        return ", ".join(skus)
    return f"{', '.join(skus[:NAMED_AT_MOST])} and {len(skus) - NAMED_AT_MOST} more"


def _purchase(quote: Quote) -> tuple[str, str]:
    """What a quote is for: the sku and how it is bought or asked."""
    return quote.sku, quote.option if quote.price is None else quote.price.variant.value

"""A user's own price for an offer, put together from what was typed; what makes no quote is refused in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import ValidationError

from planner import text
from planner.errors import PlannerError
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.offers import Quote, TokenOffer, TokenPrice, TokenRates, Variant
from planner.prices.rate_card import Offer
from ui.pages.offer_columns import OfferRow
from ui.pages.price_words import amounts_words

BY_HAND = "typed into the table"


@dataclass(frozen=True)
class QuoteTerms:
    """What every quote says, whatever it is for."""

    author: str
    on: date
    reason: str
    valid_until: date | None = None


def is_quotable(offer: Offer) -> bool:
    """Whether a quote can go before this offer's list price."""
    return isinstance(offer, TokenOffer | InstanceOffer | ProvisionedOffer)


def token_quote(sku: str, terms: QuoteTerms, price: TokenPrice) -> Quote:
    """A quote by the token."""
    return _made(sku, terms, price=price)


def hour_quote(sku: str, terms: QuoteTerms, usd_per_h: Decimal, option: str) -> Quote:
    """A quote for an hour of a machine bought in one way."""
    return _made(sku, terms, usd_per_h=usd_per_h, option=option)


def unit_quote(sku: str, terms: QuoteTerms, usd_per_unit_month: Decimal) -> Quote:
    """A quote for a unit's month."""
    return _made(sku, terms, usd_per_unit_month=usd_per_unit_month)


def token_price(
    variant: Variant, rates: dict[str, Decimal | None], listed: TokenPrice | None, *, keep_tiers: bool
) -> TokenPrice:
    """Quoted rates by field; a rate left empty is not named. Tiers, hours and fees of the list stay where kept."""
    for name, title in (("input_usd_per_mtok", "input"), ("output_usd_per_mtok", "output")):
        if rates.get(name) is None:
            raise PlannerError(f"a quote for tokens needs its {title} price", remedy="Type dollars per million tokens.")
    try:
        made = TokenRates.model_validate(rates)
        free = not all((made.input_usd_per_mtok, made.output_usd_per_mtok)) or made.cached_input_usd_per_mtok == 0
        kept = listed if keep_tiers and listed is not None else None
        return TokenPrice(
            variant=variant,
            rates=made,
            free=free,
            hours=None if listed is None else listed.hours,
            tiers=() if kept is None else kept.tiers,
            usd_per_request=None if kept is None else kept.usd_per_request,
            minimum_usd_per_request=None if kept is None else kept.minimum_usd_per_request,
        )
    except ValidationError as error:
        raise _refused(error) from error


def typed_quote(row: OfferRow, author: str, today: date) -> Quote:
    """The quote that a price typed into the table is."""
    typed = row.typed
    terms = QuoteTerms(author, today, BY_HAND)
    sku = row.shelved.offer.sku
    if typed is not None and typed.price is not None:
        return token_quote(sku, terms, typed.price)
    if typed is None or typed.usd_per_h is None:
        raise PlannerError("nothing was typed")
    return hour_quote(sku, terms, typed.usd_per_h, option_of(row))


def option_of(row: OfferRow) -> str:
    """How the machine is bought at the price that is shown."""
    quote = row.shelved.quote
    if quote is not None and quote.option:
        return quote.option
    return getattr(row.shelved.row, "option", "on_demand")


def quote_words(quote: Quote) -> str:
    """«input $0.30/Mtok, output $1.00/Mtok by Ada, from 10 Nov 2026»."""
    until = "" if quote.valid_until is None else f" until {text.day(quote.valid_until)}"
    if quote.price is not None:
        rates = quote.price.rates
        amounts = amounts_words(
            (
                ("input", rates.input_usd_per_mtok, "USD/Mtok"),
                ("cached input", rates.cached_input_usd_per_mtok, "USD/Mtok"),
                ("output", rates.output_usd_per_mtok, "USD/Mtok"),
            )
        )
    elif quote.usd_per_h is not None:
        amounts = f"{amounts_words((('', quote.usd_per_h, 'USD/h'),))} {quote.option.replace('_', ' ')}"
    else:
        amounts = amounts_words((("", quote.usd_per_unit_month, "USD/month"),))
    return f"{amounts} by {quote.author}, from {text.day(quote.date)}{until}"


def _made(sku: str, terms: QuoteTerms, **price: object) -> Quote:
    for words, what in ((terms.author, "author"), (terms.reason, "reason")):
        if not words.strip():
            raise PlannerError(f"a quote needs its {what}", remedy="It stands beside the price in every report.")
    if terms.valid_until is not None and terms.valid_until <= terms.on:
        raise PlannerError("a quote must end after the day from which it holds")
    parts = {"author": terms.author.strip(), "reason": " ".join(terms.reason.split()), "date": terms.on}
    try:
        return Quote.model_validate({"sku": sku, "valid_until": terms.valid_until, **parts, **price})
    except ValidationError as error:
        raise _refused(error) from error


def _refused(error: ValidationError) -> PlannerError:
    said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
    return PlannerError(said, remedy="Correct the quote.")

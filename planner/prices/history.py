"""What an offer has cost: every known row over time, those an import replaced, and the user's quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from planner import text
from planner.documents import Frozen, Money
from planner.prices.amounts import Amount, amounts_of, way_words
from planner.prices.dated import Confidence, DatedRow, Provenance
from planner.prices.joining import held_provenance
from planner.prices.offers import PriceProfile, Quote, TokenOffer
from planner.prices.quotes import offer_named, quote_words
from planner.prices.rate_card import Offer, RateCard
from planner.prices.timeline import same_terms


class Standing(StrEnum):
    """Whose word a row of history is."""

    LIST = "list"  # the vendor's, as the document holds it
    REPLACED = "replaced"  # what the document held before an import
    QUOTE = "quote"  # the user's own


class Figure(Frozen):
    """One amount of a row."""

    what: str
    usd: Money | None
    unit: str


class HistoryRow(Frozen):
    """What was charged in one way over some days, and who says so."""

    sku: str
    way: str  # «standard», «spot»
    standing: Standing
    effective_from: date | None
    effective_to: date | None
    figures: tuple[Figure, ...]
    source: str
    source_url: str = ""
    retrieved: date
    confidence: Confidence
    introductory: bool = False
    note: str = ""


def price_history(profile: PriceProfile, sku: str) -> tuple[HistoryRow, ...]:
    """Every known price of a token offer, by way and then by day: list rows, replaced ones, quotes."""
    offer = offer_named(profile, sku)
    return tuple(
        sorted(
            (*offer_history(offer), *_replaced(profile, offer), *quote_history(profile.quotes, sku)),
            key=_place,
        )
    )


def offer_history(offer: Offer, card: RateCard | None = None) -> tuple[HistoryRow, ...]:
    """The rows of one offer; one of a rate card needs the card, which says where they were read."""
    own = held_provenance(offer, card)
    return tuple(
        sorted((_row(offer.sku, Standing.LIST, row, row.provenance or own) for row in offer.prices), key=_place)
    )


def quote_history(quotes: Sequence[Quote], sku: str) -> tuple[HistoryRow, ...]:
    """The quotes of a sku, past ones too, each until its own end or the next one's day."""
    return tuple(_quoted(quote) for quote in quotes if quote.sku == sku)


def series(rows: Sequence[HistoryRow], what: str, way: str = "standard") -> tuple[tuple[date | None, Decimal], ...]:
    """One figure of list prices over time, as the steps of a chart: (first day, amount), the oldest first."""
    return tuple(
        (row.effective_from, figure.usd)
        for row in rows
        if row.standing is Standing.LIST and row.way == way
        for figure in row.figures
        if figure.what == what and figure.usd is not None
    )


def _place(row: HistoryRow) -> tuple[str, date, int]:
    return row.way, row.effective_from or date.min, list(Standing).index(row.standing)


def _replaced(profile: PriceProfile, offer: TokenOffer) -> Iterator[HistoryRow]:
    """Rows an import took out of the offer: those that the timeline of today does not hold any more."""
    told: list[DatedRow] = list(offer.prices)
    for each in reversed(profile.replaced):
        if each.offer.sku != offer.sku:
            continue
        own = held_provenance(each.offer, None)
        for row in each.offer.prices:
            if any(same_terms(row, other) and row.overlaps(other) for other in told):
                continue
            told.append(row)
            found = _row(offer.sku, Standing.REPLACED, row, row.provenance or own)
            said = f"Replaced on {text.day(each.replaced_on)} by {each.by}."
            yield found.model_copy(update={"note": " ".join(filter(None, (said, found.note)))})


def _row(sku: str, standing: Standing, row: DatedRow, read: Provenance) -> HistoryRow:
    return HistoryRow(
        sku=sku,
        way=way_words(row),
        standing=standing,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        figures=_figures(amounts_of(row)),
        source=read.source,
        source_url=read.source_url,
        retrieved=read.retrieved,
        confidence=read.confidence,
        introductory=row.introductory,
        note=row.note,
    )


def _figures(amounts: Sequence[Amount]) -> tuple[Figure, ...]:
    return tuple(Figure(what=what, usd=usd, unit=unit) for what, usd, unit in amounts)


def _quoted(quote: Quote) -> HistoryRow:
    if quote.price is not None:
        way, figures = way_words(quote.price), _figures(amounts_of(quote.price))
    elif quote.usd_per_h is not None:
        way, figures = quote.option.replace("_", " "), _figures([("an hour", quote.usd_per_h, "USD/h")])
    else:
        way, figures = "a month", _figures([("a unit's month", quote.usd_per_unit_month, "USD/month")])
    return HistoryRow(
        sku=quote.sku,
        way=way,
        standing=Standing.QUOTE,
        effective_from=quote.date,
        effective_to=quote.valid_until,
        figures=figures,
        source=quote_words(quote),
        retrieved=quote.date,
        confidence=Confidence.QUOTED,
    )

"""Two sources that price the same thing on the same day and do not agree: both are shown (economics.md §6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from planner import text
from planner.basis import Doubt
from planner.prices.amounts import amounts_of, way_words
from planner.prices.dated import DatedRow
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import Offer, RateCard, region_of
from planner.prices.timeline import same_terms, way_of

Said = tuple[str, DatedRow]  # who says it, and the price


def contradiction_doubts(profile: PriceProfile, cards: Sequence[RateCard], on: date) -> tuple[Doubt, ...]:
    """Offers that two of these documents price apart on this day; what the user has a quote for is settled."""
    quoted = {quote.sku for quote in profile.quotes}
    sources: list[tuple[str, Offer]] = [(profile.title, offer) for offer in profile.offers]
    sources += [(card.title, offer) for card in cards for offer in card.offers]
    said: dict[tuple[object, ...], list[Said]] = {}
    for title, offer in sources:
        if offer.sku in quoted:
            continue
        for row in offer.prices:
            if row.in_force(on):
                said.setdefault((offer.kind, offer.sku, region_of(offer), way_of(row)), []).append((title, row))
    return tuple(_doubts(said))


def _doubts(said: dict[tuple[object, ...], list[Said]]) -> Iterator[Doubt]:
    for (_, sku, region, _), found in said.items():
        (_, first), *others = found
        if all(same_terms(first, row) for _, row in others):
            continue
        way = way_words(first)
        told = "; ".join(f"{_words(row)} ({title})" for title, row in found)
        yield Doubt(
            kind="ContradictingPrices",
            subject=str(sku),
            sentence=f"Two sources price {' '.join(filter(None, (str(sku), str(region), way)))} apart: {told}.",
            advice="Check which of them holds for you, and enter it as a quote.",
        )


def _words(row: DatedRow) -> str:
    known = (
        f"{what} {text.exact(usd)} {unit}" if usd is not None else f"{what} {text.UNKNOWN}"
        for what, usd, unit in amounts_of(row)
    )
    return ", ".join(known)

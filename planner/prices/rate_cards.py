"""Which rate cards come with the program, and where a user's own are kept."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

from planner.documents import read_document, save_document
from planner.errors import DocumentError, UnknownNameError
from planner.prices.kinds.local import EnergyOffer
from planner.prices.rate_card import RateCard

CARDS = Path(__file__).with_name("cards")


def rate_card_ids() -> tuple[str, ...]:
    """Names of the bundled rate cards, sorted."""
    return tuple(sorted(path.stem for path in CARDS.glob("*.toml")))


def rate_card(profile_id: str) -> RateCard:
    """The bundled rate card of this name; an unknown name is refused with the names nearest to it."""
    known = rate_card_ids()
    if profile_id in known:
        return _bundled(profile_id)
    near = difflib.get_close_matches(profile_id.lower(), known, n=3, cutoff=0.4)
    offer = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    raise UnknownNameError(f"no rate card is called {profile_id!r}", remedy=f"{offer} Or name a rate card file.")


def all_rate_cards() -> tuple[RateCard, ...]:
    """Every bundled rate card, by name; each is read once."""
    return tuple(_bundled(name) for name in rate_card_ids())


def load_rate_card(path: Path) -> RateCard:
    """Read a user's rate card (`.toml` or `.json`) strictly."""
    return read_document(path, RateCard)


def save_rate_card(path: Path, card: RateCard) -> None:
    """Save a rate card as JSON, atomically, keeping backups of what stood there."""
    save_document(path, card)


@cache
def _bundled(profile_id: str) -> RateCard:
    path = CARDS / f"{profile_id}.toml"
    card = read_document(path, RateCard)
    if card.profile_id != profile_id:
        raise DocumentError(f"the card calls itself {card.profile_id!r}", where=str(path), remedy="Rename one of them.")
    unsourced = _without_address(card)
    if unsourced:
        raise DocumentError(f"no source_url for {unsourced}", where=str(path), remedy="Name where it can be looked up.")
    return card


def _without_address(card: RateCard) -> str:
    """The first offer with a figure nobody could look up; a bundled figure without its source is not shipped."""
    for offer in card.offers:
        read = [card.provenance_of(row) for row in offer.prices]
        if isinstance(offer, EnergyOffer) and offer.carbon_provenance is not None:
            read.append(offer.carbon_provenance)
        if not all(each.source_url for each in read):
            return offer.sku
    return ""

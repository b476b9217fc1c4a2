"""What a price verb works on: a scenario, a rate card or a price profile by name, and writing it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from planner.cli.names import draft_named, format_of, is_file_name
from planner.documents import Frozen, read_document, save_document
from planner.errors import PriceError
from planner.prices.managed import price_profile
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import FORMAT as RATE_CARD
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import all_rate_cards, load_rate_card, rate_card, rate_card_ids
from planner.prices.shelf import cards_in_force
from planner.scenario import Scenario

PRICE_PROFILE = "edgewise.price-profile"


@dataclass(frozen=True)
class Priced:
    """Token offers and rate cards, and the document they are of."""

    profile: PriceProfile
    cards: tuple[RateCard, ...]  # a user's own before the bundled ones
    scenario: Scenario | None = None

    @property
    def day(self) -> date:
        """The day the document speaks of; today where it speaks of none."""
        return date.today() if self.scenario is None else self.scenario.as_of


def priced(name: str | None) -> Priced:
    """A scenario's prices and the bundled cards it does not replace; without a name, what comes with the program."""
    if name is None:
        return Priced(price_profile(), all_rate_cards())
    scenario = draft_named(name)
    return Priced(scenario.prices, cards_in_force(scenario.rate_cards, all_rate_cards()), scenario)


def price_document(name: str) -> Scenario | RateCard | PriceProfile:
    """What prices are imported into: a scenario or sample, a rate card (file or bundled), or a price profile."""
    if not is_file_name(name):
        return rate_card(name) if name in rate_card_ids() else draft_named(name)
    path = Path(name)
    found = format_of(path)
    if found == RATE_CARD or (found is None and path.suffix.lower() == ".toml"):  # authored cards leave it out
        return load_rate_card(path)
    return read_document(path, PriceProfile) if found == PRICE_PROFILE else draft_named(name)


def card_of(scenario: Scenario, profile_id: str) -> RateCard:
    """A rate card of the scenario, or the bundled one it would take a copy of."""
    own = next((card for card in scenario.rate_cards if card.profile_id == profile_id), None)
    return rate_card(profile_id) if own is None else own


def with_prices(scenario: Scenario, prices: PriceProfile) -> Scenario:
    """The scenario with other token offers and quotes."""
    return Scenario.model_validate({**dict(scenario), "prices": prices})


def with_card(scenario: Scenario, card: RateCard) -> Scenario:
    """The scenario with a rate card in the place of the one of that name, or beside the others."""
    others = tuple(each for each in scenario.rate_cards if each.profile_id != card.profile_id)
    return Scenario.model_validate({**dict(scenario), "rate_cards": (*others, card)})


def place_to_write(name: str, out: Path | None) -> Path:
    """Where a changed document goes: --out, or back into the file it came from; what is bundled is never written."""
    if out is not None:
        if out.suffix.lower() == ".toml":
            raise PriceError("documents are written as JSON", where=str(out), remedy="Name a .json file with --out.")
        return out
    if not is_file_name(name):
        raise PriceError(f"{name!r} comes with the program and is not changed", remedy="Name a file with --out.")
    if Path(name).suffix.lower() == ".toml":
        raise PriceError(
            "an authored TOML file is not rewritten: its comments would be lost",
            where=name,
            remedy="Name a .json file with --out.",
        )
    return Path(name)


def write(path: Path, document: Frozen) -> None:
    """Save atomically, keeping backups of what stood there."""
    save_document(path, document)

"""The Prices page's half of the engine's verbs; importing this loads the engine, so it happens off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from planner.basis import Doubt
from planner.capacities import Capacity
from planner.cost.capacity import capacity_month
from planner.cost.capacity_figures import CapacityCost
from planner.errors import PlannerError, PriceError
from planner.prices.card_checks import card_doubts
from planner.prices.differences import PriceChange, apply_difference, difference
from planner.prices.freshness import quote_doubts
from planner.prices.history import HistoryRow, offer_history, price_history, quote_history
from planner.prices.importing.files import read_prices
from planner.prices.importing.findings import Imported
from planner.prices.offers import PriceProfile, Quote, TokenOffer
from planner.prices.quotes import with_quote, without_quote
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import all_rate_cards
from planner.prices.refresh import installed_prices
from planner.prices.shelf import Shelved, cards_in_force, shelf
from planner.repricing import scenario_priced_on
from planner.scenario import Scenario
from ui.price_verbs import ImportPreview, Priced, PriceVerbs


def every_offer(scenario: Scenario) -> tuple[Shelved, ...]:
    """The scenario's token offers, its rate cards, and the bundled cards it does not replace, as of its day."""
    return shelf(scenario.as_of, scenario.prices, _cards(scenario))


def history(scenario: Scenario, shelved: Shelved) -> tuple[HistoryRow, ...]:
    """Every known price of an offer: list rows, what an import replaced, and quotes."""
    offer = shelved.offer
    if shelved.card is None:
        return price_history(scenario.prices, offer.sku)
    return (*offer_history(offer, shelved.card), *quote_history(scenario.prices.quotes, offer.sku))


def doubts(scenario: Scenario, shelved: Shelved) -> tuple[Doubt, ...]:
    """What to doubt about one offer and the quotes for it."""
    quotes = [quote for quote in scenario.prices.quotes if quote.sku == shelved.offer.sku]
    found = quote_doubts(quotes, scenario.as_of)
    card = shelved.card
    if card is None:
        return tuple(found)
    alone = card.model_copy(update={"offers": (shelved.offer,)})  # so that every doubt is about this offer
    return (*card_doubts(alone, scenario.as_of), *found)


def quoted(scenario: Scenario, quote: Quote) -> Scenario:
    """The scenario with a quote in force from its day on."""
    return _with_prices(scenario, with_quote(scenario.prices, quote, _cards(scenario)))


def unquoted(scenario: Scenario, quote: Quote) -> Scenario:
    """The scenario without a quote."""
    return _with_prices(scenario, without_quote(scenario.prices, quote))


def read_import(scenario: Scenario, path: Path | None) -> Imported:
    """What a price file, or the installed price data, offers."""
    return installed_prices(scenario.prices) if path is None else read_prices(path)


def preview(scenario: Scenario, imported: Imported, card: str | None) -> ImportPreview:
    """What taking an import over would change, offer by offer; machines go into a rate card."""
    day = imported.report.as_of
    if imported.card is None and all(isinstance(offer, TokenOffer) for offer in imported.offers):
        return ImportPreview(imported, difference(scenario.prices, imported, day), None, is_new_card=False)
    known = {each.profile_id: each for each in _cards(scenario)}
    read = imported.card
    if read is not None and read.profile_id not in known:
        empty = read.model_copy(update={"offers": ()})  # what the ticked offers are added to
        return ImportPreview(imported, difference(empty, imported, day), read.profile_id, is_new_card=True)
    name = read.profile_id if read is not None else card or _likeliest(imported, known)
    if name not in known:
        raise PriceError(f"there is no rate card {name!r}", remedy="Choose one of those listed.")
    return ImportPreview(
        imported,
        difference(known[name], imported, day),
        name,
        is_new_card=False,
        cards=() if read is not None else tuple((each.profile_id, each.title) for each in known.values()),
    )


def take_over(
    scenario: Scenario, shown: ImportPreview, changes: tuple[PriceChange, ...], quotes: tuple[Quote, ...]
) -> Scenario:
    """The scenario with those changes and quotes taken over; replaced offers stay as history."""
    chosen = shown.difference.model_copy(update={"changes": changes, "quotes": quotes})
    if shown.card is None:
        return _with_prices(scenario, apply_difference(scenario.prices, chosen))
    read = shown.imported.card
    held = next((each for each in _cards(scenario) if each.profile_id == shown.card), None)
    if held is None and read is not None:
        held = read.model_copy(update={"offers": ()})
    if held is None:
        raise PriceError(f"the rate card {shown.card!r} is gone", remedy="Import again.")
    try:
        return _with_card(scenario, apply_difference(held, chosen))
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise PriceError(f"the ticked offers do not go together: {said}", remedy="Tick what it names too.") from error


def priced_on(scenario: Scenario, on: date) -> Priced:
    """The same work at the prices of another day."""
    found = scenario_priced_on(scenario, on)
    return Priced(found.scenario, found.doubts)


def capacity_costs(scenario: Scenario) -> tuple[CapacityCost, ...]:
    """A month of every capacity under the load of the classes it may take."""
    return tuple(_month(scenario, each) for each in scenario.capacities)


def with_capacity(scenario: Scenario, capacity: Capacity) -> Scenario:
    """The scenario with a capacity, and with the bundled card it is bought from where it holds that not yet."""
    how = capacity.how
    cards = scenario.rate_cards
    if how.kind != "owned" and how.rate_card not in {card.profile_id for card in cards}:
        cards = (*cards, *(card for card in all_rate_cards() if card.profile_id == how.rate_card))
    others = tuple(each for each in scenario.capacities if each.name != capacity.name)
    return _changed(scenario, rate_cards=cards, capacities=(*others, capacity))


def without_capacity(scenario: Scenario, name: str) -> Scenario:
    """The scenario without a capacity, and without a bundled card that nothing is bought from any more."""
    kept = tuple(each for each in scenario.capacities if each.name != name)
    needed = {each.how.rate_card for each in kept if each.how.kind != "owned"}
    bundled = all_rate_cards()
    cards = tuple(card for card in scenario.rate_cards if card.profile_id in needed or card not in bundled)
    return _changed(scenario, rate_cards=cards, capacities=kept)


def _month(scenario: Scenario, capacity: Capacity) -> CapacityCost:
    return capacity_month(scenario, capacity, scenario.as_of)


def _cards(scenario: Scenario) -> tuple[RateCard, ...]:
    return cards_in_force(scenario.rate_cards, all_rate_cards())


def _likeliest(imported: Imported, known: dict[str, RateCard]) -> str:
    """The card that holds most of these offers, else one that holds machines at all."""
    skus = {offer.sku for offer in imported.offers}
    return max(known, key=lambda name: sum(offer.sku in skus for offer in known[name].offers))


def _with_prices(scenario: Scenario, prices: PriceProfile) -> Scenario:
    return _changed(scenario, prices=prices)


def _with_card(scenario: Scenario, card: RateCard) -> Scenario:
    others = tuple(each for each in scenario.rate_cards if each.profile_id != card.profile_id)
    return _changed(scenario, rate_cards=(*others, card))


def _changed(scenario: Scenario, **parts: object) -> Scenario:
    """The scenario with other parts, validated as a whole."""
    try:
        return Scenario.model_validate({**dict(scenario), **parts})
    except ValidationError as error:
        said = "; ".join(_reasons(error))
        raise PlannerError(f"the scenario would not hold together: {said}", remedy="Nothing was changed.") from error


def _reasons(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False):
        yield each["msg"].removeprefix("Value error, ")


PRICE_VERBS = PriceVerbs(
    shelf=every_offer,
    history=history,
    doubts=doubts,
    with_quote=quoted,
    without_quote=unquoted,
    read_import=read_import,
    preview=preview,
    take_over=take_over,
    priced_on=priced_on,
    capacity_costs=capacity_costs,
    with_capacity=with_capacity,
    without_capacity=without_capacity,
)

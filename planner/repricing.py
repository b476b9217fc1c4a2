"""A scenario at the prices of another day: the same work, weighed with what was charged then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner import text
from planner.basis import Doubt
from planner.capacities import Capacity, OwnedBox, RentedMachine, ReservedUnits
from planner.prices.dated import DatedRow
from planner.prices.freshness import prices_named, quote_holds, row_read_on
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.rate_card import Offer, RateCard
from planner.prices.repricing import repriced
from planner.scenario import Scenario

How = RentedMachine | ReservedUnits | OwnedBox


@dataclass(frozen=True)
class RepricedScenario:
    """The scenario as if it were that day, and what to doubt about the prices of then."""

    scenario: Scenario
    doubts: tuple[Doubt, ...]


def scenario_priced_on(scenario: Scenario, on: date) -> RepricedScenario:
    """The scenario judged on this day: token offers as they were sold then, rate cards and quotes by their own days.

    A price of a rate card that states no first day is taken, and doubted where it was read only later.

    What is left out is said in the description, so that a saved plan and its report tell it too.
    """
    then = repriced(scenario.prices, on)
    doubts = (*then.doubts, *_undated_cards(scenario, on))
    told = " ".join(doubt.sentence for doubt in doubts)
    changes = {
        "title": f"{scenario.title}, at prices of {text.day(on)}",
        "description": " ".join(filter(None, (scenario.description, told))),
        "as_of": on,
        "prices": then.profile,
    }
    return RepricedScenario(Scenario.model_validate({**dict(scenario), **changes}), doubts)


def _undated_cards(scenario: Scenario, on: date) -> Iterator[Doubt]:
    """A price that capacities are bought at, read later and without a first day, says nothing of this day."""
    for card in scenario.rate_cards:
        bought = [each.how for each in scenario.capacities if _is_sold_by(card, each)]
        rows = [
            (offer, row_read_on(card, row))
            for offer in card.offers
            for row in _rows(offer, bought)
            if row.effective_from is None and row.in_force(on) and row_read_on(card, row) > on
        ]
        quoted = {quote.sku for quote in scenario.prices.quotes if quote_holds(quote, on)}
        found = {offer.sku: read_on for offer, read_on in rows if offer.sku not in quoted}
        if found:
            yield Doubt(
                kind="UndatedPrice",
                subject=card.title,
                sentence=(
                    f"{card.title}: {prices_named(tuple(found))}, taken for {text.day(on)}, {_were_read(found)}; "
                    "since when it holds is not stated."
                ),
                advice="Check it against an invoice of the time, or enter what was charged then as a quote.",
            )


def _is_sold_by(card: RateCard, capacity: Capacity) -> bool:
    return capacity.how.kind != "owned" and capacity.how.rate_card == card.profile_id


def _rows(offer: Offer, bought: Sequence[How]) -> tuple[DatedRow, ...]:
    """The rows of an offer that these purchases are priced by."""
    found: dict[int, DatedRow] = {}
    for how in bought:
        if isinstance(offer, InstanceOffer) and isinstance(how, RentedMachine):
            same = (offer.sku, offer.region) == (how.sku, how.region)
            found |= {id(row): row for row in offer.prices if same and row.option is how.option}
        elif isinstance(offer, ProvisionedOffer) and isinstance(how, ReservedUnits):
            same = (offer.sku, offer.region) == (how.sku, how.region)
            found |= {id(row): row for row in offer.prices if same and row.term_months == how.term_months}
    return tuple(found.values())


def _were_read(found: Mapping[str, date]) -> str:
    first = text.day(min(found.values()))
    return f"was read on {first}" if len(found) == 1 else f"were read from {first} on"

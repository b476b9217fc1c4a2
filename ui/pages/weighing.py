"""A machine or units of a rate card as capacity to weigh, put together from what was chosen and typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from planner import text
from planner.basis import Basis, Quantity
from planner.capacities import Capacity, RentedMachine, ReservedUnits
from planner.errors import PlannerError
from planner.prices.amounts import amounts_of, way_words
from planner.prices.kinds.instance import InstanceOffer, PurchaseOption
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.shelf import Shelved
from planner.scenario import Scenario
from ui.pages import typed
from ui.pages.price_words import amounts_words


@dataclass(frozen=True)
class Purchase:
    """One way to buy an offer, with its price in words."""

    words: str  # «commitment Usage, 12 months, no upfront · $38/h»
    option: PurchaseOption | None = None  # of a machine
    term_months: float | None = None


@dataclass(frozen=True)
class Speed:
    """A throughput as it was typed, how it is known and from where."""

    words: str
    basis: Basis
    source: str


@dataclass(frozen=True)
class Weighed:
    """What was chosen and typed about a capacity."""

    title: str
    model: str
    purchase: Purchase
    weight_format: str = ""
    prefill: Speed | None = None  # of machines
    decode: Speed | None = None
    unit_model: str = ""  # of units
    active_hours_only: bool = False
    lost_work: str = ""  # of spot, in percent; empty: the engine says that it is unknown
    fallback: str = ""
    spare: int = 0
    headroom_percent: float = 80.0
    overflow_sku: str | None = None


def purchases(shelved: Shelved, on: date) -> tuple[Purchase, ...]:
    """Every way to buy the offer on this day, each once."""
    offer = shelved.offer
    found: dict[tuple[object, object], Purchase] = {}
    match offer:
        case InstanceOffer():
            for row in offer.prices:
                if row.in_force(on):
                    term = None if row.commitment is None else row.commitment.term_months
                    words = f"{way_words(row)} · {amounts_words(amounts_of(row))}"
                    found.setdefault((row.option, term), Purchase(words, row.option, term))
        case ProvisionedOffer():
            for row in offer.prices:
                if row.in_force(on):
                    words = f"{way_words(row)} · {amounts_words(amounts_of(row))}"
                    found.setdefault((None, row.term_months), Purchase(words, None, row.term_months))
        case _:
            pass
    return tuple(found.values())


def capacity_of(shelved: Shelved, weighed: Weighed, scenario: Scenario) -> Capacity:
    """The capacity; a PlannerError says which field makes none."""
    card = shelved.card
    if card is None:
        raise PlannerError("only offers of a rate card can be weighed")
    try:
        return Capacity(
            name=free_name(weighed.title, (each.name for each in scenario.capacities)),
            title=typed.text_of(weighed.title, "title"),
            model=typed.text_of(weighed.model, "model"),
            weight_format=weighed.weight_format.strip() or None,
            how=_how(shelved, card.profile_id, weighed),
            prefill_tok_s=_speed(weighed.prefill, "prefill", scenario.as_of),
            decode_tok_s=_speed(weighed.decode, "decode", scenario.as_of),
            spare=weighed.spare,
            headroom=weighed.headroom_percent / 100,
            residency=card.locality.residency,
            overflow_sku=weighed.overflow_sku,
        )
    except ValidationError as error:
        said = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
        raise PlannerError(said, remedy="Correct it, or cancel.") from error


def free_name(title: str, taken: Iterable[str]) -> str:
    """A short name for documents and the command line that nothing else has."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "capacity"
    names = set(taken)
    number = 2
    name = plain
    while name in names:
        name = f"{plain}-{number}"
        number += 1
    return name


def _how(shelved: Shelved, card: str, weighed: Weighed) -> RentedMachine | ReservedUnits:
    purchase, sku, region = weighed.purchase, shelved.offer.sku, shelved.region
    if purchase.option is None:
        return ReservedUnits(
            rate_card=card,
            sku=sku,
            region=region,
            unit_model=weighed.unit_model,
            term_months=purchase.term_months or 0,
        )
    spot = purchase.option is PurchaseOption.SPOT
    return RentedMachine(
        rate_card=card,
        sku=sku,
        region=region,
        option=purchase.option,
        term_months=None if purchase.term_months is None else int(purchase.term_months),
        hours="active" if weighed.active_hours_only else "always",
        lost_work_share=_share(weighed.lost_work) if spot else None,
        fallback_share=_share(weighed.fallback) if spot else None,
    )


def _share(words: str) -> Quantity | None:
    """A share typed in percent, assumed; nothing is unknown."""
    if typed.is_nothing(words):
        return None
    return typed.quantity(words.replace("%", ""), "share", factor=0.01)


def _speed(speed: Speed | None, what: str, today: date) -> Quantity | None:
    if speed is None:
        return None
    if typed.is_nothing(speed.words):
        raise PlannerError(
            f"the {what} throughput of one machine is needed",
            remedy="Measure it under load, or take a published figure and name it; a wide interval is honest.",
        )
    if not speed.source.strip():
        raise PlannerError(f"the {what} throughput needs its source", remedy="Name the benchmark, page or test.")
    figure = typed.quantity(speed.words, "tok/s", above=0)
    return typed.changed(figure, basis=speed.basis, source=" ".join(speed.source.split()), as_of=today)


def suggested_title(shelved: Shelved) -> str:
    """What the capacity is called until somebody says better."""
    region = f", {shelved.region}" if shelved.region else ""
    return text.printable(f"{shelved.title}{region}")

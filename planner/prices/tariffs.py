"""Which electricity tariffs one can choose from: country, customer, price and carbon, each with its source."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from planner.basis import Quantity
from planner.errors import PriceError, UnknownNameError
from planner.prices.dated import row_on
from planner.prices.kinds.local import Customer, EnergyOffer, EnergyPrice
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import all_rate_cards


@dataclass(frozen=True)
class EnergyChoice:
    """Electricity of one country for one kind of customer on a day, and the card that states it."""

    card: RateCard
    offer: EnergyOffer
    price: EnergyPrice | None  # None: no tariff is known for that day

    @property
    def name(self) -> str:
        """What one types for it: «DE/non_household»."""
        return self.offer.sku


def energy_choices(on: date, cards: Iterable[RateCard] | None = None) -> tuple[EnergyChoice, ...]:
    """Every tariff of these cards (None: the bundled ones), by country and customer, as it holds on this day."""
    found = [
        EnergyChoice(card=card, offer=offer, price=row_on(offer.prices, on))
        for card in (all_rate_cards() if cards is None else cards)
        for offer in card.offers
        if isinstance(offer, EnergyOffer)
    ]
    return tuple(sorted(found, key=lambda each: (each.offer.region, each.offer.customer, each.card.profile_id)))


def energy_offer(region: str, customer: Customer, on: date, cards: Iterable[RateCard] | None = None) -> EnergyChoice:
    """Electricity of a region (ISO 3166: «DE», «US-CA») for a kind of customer; refused with names near it."""
    known = energy_choices(on, cards)
    for each in known:
        if (each.offer.region, each.offer.customer) == (region.upper(), customer):
            return each
    wanted = f"{region.upper()}/{customer}"
    here = [each.name for each in known if each.offer.region == region.upper()]
    near = here or difflib.get_close_matches(wanted, [each.name for each in known], n=3, cutoff=0.4)
    remedy = f"There is {' or '.join(near)}." if near else "Enter the tariff of your own contract."
    raise UnknownNameError(f"no electricity tariff is known for {wanted}", remedy=remedy)


def tariff(choice: EnergyChoice) -> Quantity:
    """The tariff as an assumption of a scenario takes it (USD/kWh), with interval, source and day."""
    price = choice.price
    if price is None:
        why = choice.offer.reason or "no tariff holds on that day"
        raise PriceError(f"{choice.offer.title}: {why}", where=choice.name, remedy="Enter your own contract's tariff.")
    read = choice.card.provenance_of(price)
    return Quantity(
        value=float(price.usd_per_kwh),
        low=None if price.usd_per_kwh_low is None else float(price.usd_per_kwh_low),
        high=None if price.usd_per_kwh_high is None else float(price.usd_per_kwh_high),
        unit="USD/kWh",
        basis=read.confidence.basis,
        source=f"{choice.offer.title}, {choice.offer.band}, {price.period}: {read.source} ({read.source_url})",
        as_of=read.retrieved,
    )


def carbon(choice: EnergyChoice) -> Quantity | None:
    """The carbon intensity of that electricity (gCO2e/kWh); None where nobody stated it."""
    offer = choice.offer
    if offer.gco2e_per_kwh is None or offer.carbon_provenance is None:
        return None
    read = offer.carbon_provenance
    return Quantity(
        value=offer.gco2e_per_kwh,
        unit="gCO2e/kWh",
        basis=read.confidence.basis,
        source=f"{offer.title}, {offer.carbon_year}: {read.source} ({read.source_url})",
        as_of=read.retrieved,
    )

"""The price document of one vendor channel: offers of every kind, dated, sourced, in one currency."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen, Money
from planner.prices.dated import DatedRow, Provenance
from planner.prices.kinds.charges import EgressOffer, RequestOffer, StorageOffer
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.local import ROUNDING, EdgeDeviceOffer, EnergyOffer
from planner.prices.kinds.provisioned import ProvisionedOffer
from planner.prices.offers import TokenOffer

FORMAT = "edgewise.rate-card"

Offer = Annotated[
    TokenOffer
    | InstanceOffer
    | ProvisionedOffer
    | RequestOffer
    | EgressOffer
    | StorageOffer
    | EnergyOffer
    | EdgeDeviceOffer,
    Field(discriminator="kind"),
]


class Vendor(Frozen):
    """Who sells (service), on whose machines (host), through which kind of channel."""

    service: str = Field(min_length=1)
    host: str = Field(min_length=1)
    channel: Literal["first_party", "hyperscaler", "gateway", "neocloud", "edge", "statistics"]


class Locality(Frozen):
    """Where the card's offers are, unless an offer says its own region."""

    region: str = ""
    residency: tuple[str, ...] = ()
    sla_uptime: float | None = Field(default=None, gt=0, le=1)


class ExchangeRate(Frozen):
    """What one unit of another currency was worth on a day; every price published in it was converted with it."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    usd: Money = Field(gt=0, le=10**6)
    as_of: date
    source: str = Field(min_length=1)
    source_url: str = ""


class CommitmentTerms(Frozen):
    """An instrument that sells a discount for a promise: what it covers and what is lost."""

    name: str = Field(min_length=1)
    category: Literal["Usage", "Spend", "none"]
    terms: str  # «1 and 3 years»
    payment: str
    max_discount: float | None = Field(default=None, ge=0, lt=1)  # published; None: not public
    applies_to: str
    ways_out: str  # cancellation, exchange, resale
    forfeit_unit: Literal["hour", "month", "reserved window", "none"]
    provenance: Provenance | None = None


class RateCard(Frozen):
    """All offers of one vendor channel."""

    format: Literal["edgewise.rate-card"] = FORMAT
    version: Literal[1] = 1
    profile_id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    vendor: Vendor
    currency: Literal["USD"] = "USD"
    provenance: Provenance
    locality: Locality = Locality()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    offers: tuple[Offer, ...] = Field(min_length=1)
    commitments: tuple[CommitmentTerms, ...] = ()
    notes: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        seen: set[tuple[str, str, str]] = set()
        for offer in self.offers:
            key = (offer.kind, offer.sku, region_of(offer))
            if key in seen:
                raise ValueError(f"the {offer.kind} offer {offer.sku!r} stands twice")
            seen.add(key)
        self._hosts_are_sold()
        self._conversions_hold()
        return self

    def provenance_of(self, row: DatedRow) -> Provenance:
        """Where a row was read: its own statement, else the card's."""
        return row.provenance or self.provenance

    def host_of(self, offer: InstanceOffer) -> InstanceOffer | None:
        """The machine whose hours are charged beside the offer's; None where they are included."""
        if offer.host_included:
            return None
        return next(host for host in self._instances() if (host.sku, host.region) == (offer.host_sku, offer.region))

    def _instances(self) -> tuple[InstanceOffer, ...]:
        return tuple(offer for offer in self.offers if isinstance(offer, InstanceOffer))

    def _hosts_are_sold(self) -> None:
        whole = {(offer.sku, offer.region) for offer in self._instances() if offer.host_included}
        for offer in self._instances():
            if not offer.host_included and (offer.host_sku, offer.region) not in whole:
                raise ValueError(f"{offer.sku!r}: its host {offer.host_sku!r} has no offer in {offer.region!r}")

    def _conversions_hold(self) -> None:
        """A tariff published in another currency is the stated number of dollars at the card's exchange rate."""
        rates = {rate.currency: rate.usd for rate in self.exchange_rates}
        if len(rates) < len(self.exchange_rates):
            raise ValueError("a currency has two exchange rates")
        for offer in self.offers:
            for row in offer.prices if isinstance(offer, EnergyOffer) else ():
                if row.published is None:
                    continue
                rate = rates.get(row.published.currency)
                if rate is None:
                    raise ValueError(f"{offer.sku}: no exchange rate of {row.published.currency}")
                if abs(row.published.per_kwh * rate - row.usd_per_kwh) > ROUNDING:
                    raise ValueError(f"{offer.sku}: {row.usd_per_kwh} USD is not {row.published.per_kwh} × {rate}")


def region_of(offer: Offer) -> str:
    """The region an offer states; empty where it holds everywhere."""
    return "" if isinstance(offer, TokenOffer) else offer.region

"""The price document of one vendor channel: offers of every kind, dated, sourced, in one currency."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.dated import DatedRow, Provenance
from planner.prices.kinds.charges import EgressOffer, RequestOffer, StorageOffer
from planner.prices.kinds.instance import InstanceOffer
from planner.prices.kinds.local import EdgeDeviceOffer, EnergyOffer
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

    service: str
    host: str
    channel: Literal["first_party", "hyperscaler", "gateway", "neocloud", "edge", "statistics"]


class Locality(Frozen):
    """Where the card's offers are, unless an offer says its own region."""

    region: str = ""
    residency: tuple[str, ...] = ()
    sla_uptime: float | None = Field(default=None, gt=0, le=1)


class CommitmentTerms(Frozen):
    """An instrument that sells a discount for a promise: what it covers and what is lost."""

    name: str
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
    offers: tuple[Offer, ...] = Field(min_length=1)
    commitments: tuple[CommitmentTerms, ...] = ()
    notes: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        keys = [(offer.kind, offer.sku, getattr(offer, "region", "")) for offer in self.offers]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"the {twice[0]} offer {twice[1]!r} stands twice")
        return self

    def provenance_of(self, row: DatedRow) -> Provenance:
        """Where a row was read: its own statement, else the card's."""
        return row.provenance or self.provenance

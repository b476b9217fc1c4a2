"""What is charged beside tokens and machines: requests, bytes leaving the data center, kept caches."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.dated import DatedRow, require_apart
from planner.ranges import Usd

MOST_GB = 1e12  # a month's traffic; a GB is 10^9 bytes unless the row's note says otherwise


class RequestPrice(DatedRow):
    """Dollars for a thousand requests or searches."""

    usd_per_1000: Usd
    free_per_month: int = Field(default=0, ge=0, le=10**12)


class RequestOffer(Frozen):
    """A fee for every call of a service."""

    kind: Literal["request"] = "request"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str = ""
    prices: tuple[RequestPrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        return self


class EgressTier(Frozen):
    """The price of a GB between the tier before and this one's end."""

    up_to_gb: float | None = Field(default=None, gt=0, le=MOST_GB)  # per month; None: without end
    usd_per_gb: Usd


class EgressPrice(DatedRow):
    """Tiers of a month's traffic to the internet, each priced for the part inside it."""

    free_gb_per_month: float = Field(default=0.0, ge=0, le=MOST_GB)
    tiers: tuple[EgressTier, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        ends = [tier.up_to_gb for tier in self.tiers]
        if ends[-1] is not None or None in ends[:-1]:
            raise ValueError("the last tier, and only it, has no end")
        bounds = [end for end in ends if end is not None]
        if any(later <= earlier for earlier, later in pairwise([self.free_gb_per_month, *bounds])):
            raise ValueError("tiers must ascend, beginning above the free GB")
        return self


class EgressOffer(Frozen):
    """Traffic that leaves a region for the internet."""

    kind: Literal["egress"] = "egress"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str
    prices: tuple[EgressPrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        return self


class StoragePrice(DatedRow):
    """What keeping something costs, in exactly one unit."""

    usd_per_mtok_h: Usd | None = None  # rent of a prompt cache
    usd_per_gb_month: Usd | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if (self.usd_per_mtok_h is None) == (self.usd_per_gb_month is None):
            raise ValueError("state the price per Mtok and hour or per GB and month: one of them")
        return self


class StorageOffer(Frozen):
    """A kept cache or stored bytes."""

    kind: Literal["storage"] = "storage"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str = ""
    model: str | None = None  # whose cache it is, as the token offers name it
    prices: tuple[StoragePrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        return self

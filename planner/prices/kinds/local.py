"""What running things oneself costs: electricity with its carbon, and devices to buy."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen, Money
from planner.prices.dated import DatedRow, Provenance, require_apart
from planner.ranges import Usd

ROUNDING = Decimal("0.00005")  # dollars for a kWh; tariffs are published to a hundredth of a cent


class LocalTariff(Frozen):
    """A tariff as it was published; the card's exchange rate of that currency turns it into dollars."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")  # ISO 4217
    per_kwh: Money = Field(ge=0, le=10**6)


class EnergyPrice(DatedRow):
    """A tariff over one period of statistics."""

    usd_per_kwh: Usd
    usd_per_kwh_low: Usd | None = None
    usd_per_kwh_high: Usd | None = None
    published: LocalTariff | None = None  # None: published in dollars
    taxes: Literal["included", "excluded", "vat_excluded"]
    period: str = Field(min_length=1)  # «2025-S2»: what the statistic covers

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.usd_per_kwh_low, self.usd_per_kwh_high
        if (low is None) != (high is None):
            raise ValueError("a range needs both ends")
        if low is not None and high is not None and not low <= self.usd_per_kwh <= high:
            raise ValueError("the range does not contain the tariff")
        return self


Customer = Literal["household", "non_household", "commercial", "industrial"]


class EnergyOffer(Frozen):
    """Electricity of a country (or a part of one) for one kind of customer; carbon may be known where no tariff is."""

    kind: Literal["energy"] = "energy"
    sku: str = Field(min_length=1)  # "DE/non_household"
    title: str = ""
    region: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")  # ISO 3166
    customer: Customer
    band: str = Field(min_length=1)  # who pays this: "household DC 2.5-5 MWh", "non-household IC 500-2000 MWh"
    prices: tuple[EnergyPrice, ...] = ()
    reason: str = ""  # why there is no tariff
    gco2e_per_kwh: float | None = Field(default=None, ge=0, le=5000)
    carbon_year: int | None = Field(default=None, ge=1990, le=2100)
    carbon_provenance: Provenance | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        if not self.prices and not self.reason:
            raise ValueError("an offer without a tariff must say why in `reason`")
        if not self.prices and self.gco2e_per_kwh is None:
            raise ValueError("neither a tariff nor a carbon intensity: there is nothing to state")
        if (self.gco2e_per_kwh is None) != (self.carbon_year is None):
            raise ValueError("carbon needs its year")
        if (self.gco2e_per_kwh is None) != (self.carbon_provenance is None):
            raise ValueError("carbon needs its source")
        return self


class DevicePrice(DatedRow):
    """What a device costs, and what it fetches at the end of its life."""

    usd: Usd
    resale_usd: Usd | None = None


class EdgeDeviceOffer(Frozen):
    """A device one can buy; `profile_id` names its profile where there is one."""

    kind: Literal["edge_device"] = "edge_device"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str = ""
    profile_id: str | None = None
    life_years: float | None = Field(default=None, ge=0.1, le=100)
    attribution: Literal["sunk", "incremental", "full_share"] = "full_share"
    prices: tuple[DevicePrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        return self

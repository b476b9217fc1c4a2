"""What running things oneself costs: electricity with its carbon, and devices to buy."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.dated import DatedRow, Provenance, require_apart
from planner.ranges import Usd


class EnergyPrice(DatedRow):
    """A tariff over one period of statistics."""

    usd_per_kwh: Usd
    usd_per_kwh_low: Usd | None = None
    usd_per_kwh_high: Usd | None = None
    taxes: Literal["included", "excluded", "vat_excluded"]
    period: str  # «2025-S2»: what the statistic covers

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low, high = self.usd_per_kwh_low, self.usd_per_kwh_high
        if (low is None) != (high is None):
            raise ValueError("a range needs both ends")
        if low is not None and high is not None and not low <= self.usd_per_kwh <= high:
            raise ValueError("the range does not contain the tariff")
        return self


class EnergyOffer(Frozen):
    """Electricity of a country for one kind of customer."""

    kind: Literal["energy"] = "energy"
    sku: str = Field(min_length=1)  # "DE/non-household-IC"
    title: str = ""
    region: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")  # ISO 3166
    band: str  # who pays this: "household DC 2.5-5 MWh", "non-household IC 500-2000 MWh", "commercial"
    prices: tuple[EnergyPrice, ...] = Field(min_length=1)
    gco2e_per_kwh: float | None = Field(default=None, ge=0, le=5000)
    carbon_year: int | None = None
    carbon_provenance: Provenance | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        require_apart(self.prices, self.sku)
        if (self.gco2e_per_kwh is None) != (self.carbon_year is None):
            raise ValueError("carbon needs its year")
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

"""Capacity an architect weighs against metered prices: rented machines, reserved units, a box of one's own."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.kinds.instance import PurchaseOption
from planner.prices.offers import RemoteService
from planner.ranges import Share, ShareOfTime, TokensPerSecond, Usd, UsdPerKwh, UsdPerMonth, Watts, Years


class RentedMachine(Frozen):
    """Whole machines of an instance offer, as many as the load needs."""

    kind: Literal["instance"] = "instance"
    rate_card: str  # profile_id of a rate card in the scenario
    sku: str
    region: str
    option: PurchaseOption
    term_months: int | None = None  # which commitment
    hours: Literal["always", "active"] = "always"  # whether machines are given back outside active hours
    lost_work_share: Share | None = None  # spot: of a run's work lost and done again for each interruption
    fallback_share: Share | None = None  # spot: of hours served on demand because no spot machine is to be had


class ReservedUnits(Frozen):
    """Units of a provisioned offer, rounded up to its minimum and step."""

    kind: Literal["provisioned"] = "provisioned"
    rate_card: str
    sku: str
    region: str
    unit_model: str  # a model of that offer
    term_months: float = 0


class OwnedBox(Frozen):
    """A machine bought, run and replaced by its owner (economics.md §2)."""

    kind: Literal["owned"] = "owned"
    price_usd: Usd
    resale_usd: Usd | None = None
    life_years: Years
    active_w: Watts  # at the wall, serving
    idle_w: Watts  # at the wall, waiting
    pue: float = Field(default=1.0, ge=1, le=5)  # power of the room over power of the machine
    tariff_usd_per_kwh: UsdPerKwh | None = None  # None: the scenario's
    colocation_usd_per_month: UsdPerMonth | None = None  # None: it stands where rent is paid anyway
    maintenance_share_per_year: Share | None = None  # of the price
    staff_usd_per_month: UsdPerMonth | None = None  # the share of people's time for one box
    software_usd_per_month: UsdPerMonth | None = None
    spares_share: Share | None = None  # of the price, bought with it
    availability: ShareOfTime  # of the hours it can be used
    price_source: str = ""

    @model_validator(mode="after")
    def _loses_value(self) -> Self:
        if self.resale_usd is not None and self.resale_usd > self.price_usd:
            raise ValueError("resale_usd is more than price_usd")
        return self


class Capacity(Frozen):
    """One model on capacity that is paid for whether it is used or not."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    model: str
    weight_format: str | None = None
    how: Annotated[RentedMachine | ReservedUnits | OwnedBox, Field(discriminator="kind")]
    prefill_tok_s: TokensPerSecond | None = None  # of one machine busy with prompts alone; units state their own
    decode_tok_s: TokensPerSecond | None = None  # system throughput of one machine busy with answers alone
    service: RemoteService | None = None  # how it answers under that load; None: nobody measured it
    spare: int = Field(default=0, ge=0, le=1000)  # machines beyond those the load needs (N + spare)
    headroom: float = Field(default=0.8, gt=0, le=1)  # largest utilization in the busiest hour
    residency: tuple[str, ...] = ()
    on_premises: bool = False  # it stays in the organisation, though not on the user's device
    task_classes: tuple[str, ...] = ()  # whose work it may take; empty: every class that may leave the device
    overflow_sku: str | None = None  # the token offer that takes what is too much; None: another machine does

    @model_validator(mode="after")
    def _has_a_speed(self) -> Self:
        if self.how.kind != "provisioned" and (self.prefill_tok_s is None or self.decode_tok_s is None):
            raise ValueError("machines need prefill_tok_s and decode_tok_s: measure them, or take published figures")
        return self

    @property
    def is_given_back(self) -> bool:
        """Whether its machines are there only in the hours in which people work."""
        return self.how.kind == "instance" and self.how.hours == "active"

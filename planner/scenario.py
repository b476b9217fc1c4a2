"""The document a user edits: devices, prices, workload and assumptions, frozen; everything `plan` may look at."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.capacities import Capacity
from planner.documents import Frozen
from planner.horizon import Horizon
from planner.model.quality import QualityFigure
from planner.model.weight_formats import weight_formats
from planner.prices.offers import PriceProfile
from planner.prices.rate_card import RateCard
from planner.profiles.profile import DeviceProfile
from planner.ranges import (
    MOST_DEVICES,
    Acceptance,
    Efficiency,
    EventsPerYear,
    Spread,
    Usd,
    UsdOnce,
    UsdPerGb,
    UsdPerHour,
    UsdPerKwh,
    UsdPerMonth,
    Wait,
    Watts,
    YearlyRate,
    Years,
)
from planner.workload.task_classes import Workload

FORMAT = "edgewise.scenario"
VERSION = 3
OLDER_VERSIONS = (1, 2)


class HardwarePolicy(StrEnum):
    """Which part of the device's price local inference carries."""

    SUNK = "sunk"  # the device is there anyway
    INCREMENTAL = "incremental"  # only what was spent because of local inference
    FULL_SHARE = "full_share"  # capital recovery times the share of use


class UnknownQuality(StrEnum):
    """What happens to an option whose quality is unknown where a class has a floor."""

    FORBID = "forbid"
    FLAG = "flag"


class Fleet(Frozen):
    """`count` devices of one profile. As many as there are seats: each user has one. Fewer: users share them."""

    profile: DeviceProfile
    count: int = Field(gt=0, le=MOST_DEVICES)
    contention_cap: float | None = Field(default=None, gt=0, le=1)  # as the policy's, for this one
    seats: int | None = Field(default=None, gt=0, le=MOST_DEVICES)  # users who have one; None: nobody said whose
    user_classes: tuple[str, ...] | None = None  # names of the task classes these users ask; None: every class


class Policy(Frozen):
    """Decisions of the organisation, not facts."""

    hardware: HardwarePolicy = HardwarePolicy.SUNK
    unknown_quality: UnknownQuality = UnknownQuality.FORBID
    device_contention_cap: float = Field(
        default=0.3, gt=0, le=1
    )  # largest share of active hours a device may spend on inference
    budget_usd_per_month: Usd | None = None  # hard: the whole plan's cost, review and rejected results included


class Assumptions(Frozen):
    """Numbers nobody measured here; every one carries its basis, source and interval."""

    tariff_usd_per_kwh: UsdPerKwh
    network_rtt_s: Wait
    discount_rate_per_year: YearlyRate
    support_usd_per_device_month: UsdPerMonth  # help desk and updates for local inference, and what is not stated below
    active_w: Watts  # used, and flagged, where a profile states no watts
    idle_w: Watts
    device_life_years: Years  # used, and flagged, where a profile states no life
    acceptance: Acceptance  # share of results accepted where nobody evaluated, the same for every option
    # Each of these is charged once somebody states it; until then the costs say that it is not.
    wall_efficiency: Efficiency | None = None  # of power supplies, where a meter reads behind one
    packaging_usd_per_release: UsdOnce | None = None  # of one model for one kind of device
    evaluation_usd_per_release: UsdOnce | None = None
    releases_per_year: EventsPerYear | None = None  # of a model: every one is packaged, evaluated and downloaded
    download_usd_per_gb: UsdPerGb | None = None  # of model files, for every device
    user_time_usd_per_h: UsdPerHour | None = None  # what an hour a user waits for the device costs
    demand_spread: Spread | None = None  # of requests a user, standard deviation over mean; None: nobody stated it


class Scenario(Frozen):
    """Everything that decides the plan. Same scenario, same plan, byte for byte."""

    format: Literal["edgewise.scenario"] = FORMAT
    version: Literal[3] = VERSION
    title: str
    description: str = ""
    is_sample: bool = False
    as_of: date  # the day the plan speaks of; prices and ages are judged against it
    fleets: tuple[Fleet, ...] = Field(max_length=8)  # every subset of them is tried
    prices: PriceProfile
    workload: Workload
    quality: tuple[QualityFigure, ...] = ()  # published figures the plan may rely on
    policy: Policy = Policy()
    assumptions: Assumptions
    rate_cards: tuple[RateCard, ...] = Field(default=(), max_length=64)  # what capacities are bought from
    capacities: tuple[Capacity, ...] = Field(default=(), max_length=32)
    horizon: Horizon = Horizon()

    @field_validator("version", mode="before")
    @classmethod
    def _from_older(cls, version: object) -> object:
        """Version 1 knew no capacity and looked at one month, 2 no budget; the fields they lack have their defaults."""
        return VERSION if type(version) is int and version in OLDER_VERSIONS else version

    @model_validator(mode="after")
    def _capacities_are_sold(self) -> Self:
        """Every capacity names a rate card and an offer the scenario holds."""
        names = [capacity.name for capacity in self.capacities]
        if len(set(names)) != len(names):
            raise ValueError("two capacities have the same name")
        sold = {
            (card.profile_id, offer.kind, offer.sku, getattr(offer, "region", ""))
            for card in self.rate_cards
            for offer in card.offers
        }
        for capacity in self.capacities:
            how = capacity.how
            if how.kind != "owned" and (how.rate_card, how.kind, how.sku, how.region) not in sold:
                raise ValueError(f"capacity {capacity.name!r}: no {how.kind} offer {how.sku!r} in {how.rate_card!r}")
        return self

    @model_validator(mode="after")
    def _profiles_differ(self) -> Self:
        ids = [fleet.profile.profile_id for fleet in self.fleets]
        if len(set(ids)) != len(ids):
            raise ValueError("two fleets have the same profile_id")
        return self


def contention_cap(scenario: Scenario, fleet: Fleet) -> float:
    """Largest share of its active hours a device of this fleet may spend on inference."""
    return scenario.policy.device_contention_cap if fleet.contention_cap is None else fleet.contention_cap


def quantized_models(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """(model, weight format) of every local model with a quality figure in a quantized format that is built here.

    Wider formats are left to who names them: x86 CPUs run fp16 as fp32, at twice the memory.
    """
    quantized = {known.name for known in weight_formats() if known.synthesisable and known.block_size is not None}
    named = (
        (figure.model, figure.weight_format)
        for figure in scenario.quality
        if figure.weight_format is not None and figure.weight_format in quantized
    )
    return tuple(dict.fromkeys(named))

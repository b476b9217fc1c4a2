"""A device as we know it: facts, what it did (runs) or is published to do (figures), and who pays for it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.basis import Basis
from planner.device.facts import DeviceFacts
from planner.documents import Frozen
from planner.measurement.contentions import Contention
from planner.measurement.roofline import Roofline
from planner.measurement.runs import Run
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soaks import Soak
from planner.ranges import (
    MOST_TOKENS,
    BatteryEnergy,
    ChargeCycles,
    Duration,
    Efficiency,
    PeakMemory,
    Share,
    Tokens,
    TokensPerSecond,
    Usd,
    UsdPerKwh,
    Watts,
)

FORMAT = "edgewise.device-profile"
VERSION = 3
OLDER = (1, 2)


class Ownership(Frozen):
    """What the device costs its owner; None where nobody said."""

    price_usd: Usd | None = None  # purchase price of the device
    incremental_usd: Usd | None = None  # what local inference adds: the dearer configuration, the earlier refresh
    resale_usd: Usd | None = None  # at the end of its life, no more than the price
    life_years: float | None = Field(default=None, ge=0.1, le=100)
    idle_w: Watts | None = None  # whole device, at the wall
    active_w: Watts | None = None  # whole device while generating, at the wall
    tariff_usd_per_kwh: UsdPerKwh | None = None  # where this device stands; None: the scenario's tariff
    price_source: str = ""
    nameplate_w: Watts | None = None  # what its maker states it draws at most while working
    wall_efficiency: Efficiency | None = None  # of its power supply; None: the scenario's
    battery_price_usd: Usd | None = None  # of a new pack, fitted; None: wear is not charged
    battery_cycles: ChargeCycles | None = None  # full cycles a pack lasts
    battery_wh: BatteryEnergy | None = None  # of a new pack; None: what the probe read
    battery_share: Share | None = None  # of use while unplugged

    @model_validator(mode="after")
    def _loses_value(self) -> Self:
        if self.price_usd is not None and self.resale_usd is not None and self.resale_usd > self.price_usd:
            raise ValueError("resale_usd is more than price_usd")
        return self


class PublishedFigure(Frozen):
    """Throughput somebody else published for this device: basis published, never measured."""

    model: str
    weight_format: str
    runtime: str
    execution_provider: str
    prefill_tok_s: TokensPerSecond | None = None
    prefill_tokens: Tokens | None = None  # prompt length of the prefill figure
    decode_tok_s: TokensPerSecond | None = None
    decode_context_tokens: int | None = Field(default=None, ge=0, le=MOST_TOKENS)  # mean context of the decode figure
    ttft_s: Duration | None = None  # where the source gives it; at prefill_tokens
    peak_memory_bytes: PeakMemory | None = None

    @model_validator(mode="after")
    def _published(self) -> Self:
        for figure in (self.prefill_tok_s, self.decode_tok_s, self.ttft_s, self.peak_memory_bytes):
            if figure is not None and figure.basis is Basis.MEASURED:
                raise ValueError("a published figure cannot have the basis measured")
        if self.prefill_tok_s is not None and self.prefill_tokens is None:
            raise ValueError("a prefill figure needs its prompt length (prefill_tokens)")
        return self


class DeviceProfile(Frozen):
    """The document a device is known by."""

    format: Literal["edgewise.device-profile"] = FORMAT
    version: Literal[3] = VERSION
    profile_id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    notes: str = ""
    facts: DeviceFacts
    runs: tuple[Run, ...] = ()
    figures: tuple[PublishedFigure, ...] = ()
    ownership: Ownership = Ownership()
    roofline: Roofline | None = None  # the newest; None: not measured
    slices: tuple[DepthSlices, ...] = ()  # oldest first
    soaks: tuple[Soak, ...] = ()  # oldest first
    contentions: tuple[Contention, ...] = ()  # oldest first

    @field_validator("version", mode="before")
    @classmethod
    def _from_older(cls, version: object) -> object:
        """What older versions lack may be absent (`migration.STEPS`); a scenario may still hold such a profile."""
        return VERSION if version is not True and version in OLDER else version

"""A rented machine by the hour: its accelerators, how it is billed, and each way to buy it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.dated import DatedRow, require_apart
from planner.ranges import Usd

SENTINELS = frozenset({700, 9999})  # catalogs that say «unknown» in dollars an hour


class PurchaseOption(StrEnum):
    """How an instance is bought."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"  # may be taken away: for work that can wait only
    COMMITMENT = "commitment"  # a term paid whether used or not
    CAPACITY_BLOCK = "capacity_block"  # a reserved window, paid up front


class CommitmentCategory(StrEnum):
    """What is promised (FOCUS CommitmentDiscountCategory)."""

    USAGE = "Usage"  # hours of this machine
    SPEND = "Spend"  # dollars an hour at committed rates


class Payment(StrEnum):
    """When a commitment is paid."""

    NO_UPFRONT = "no_upfront"
    PARTIAL_UPFRONT = "partial_upfront"
    ALL_UPFRONT = "all_upfront"


class Accelerator(Frozen):
    """What computes in the machine."""

    name: str = Field(min_length=1)
    count: float = Field(gt=0, le=10**6)  # a fraction where a slice of one is rented
    memory_gib: float | None = Field(default=None, gt=0, le=10**6)  # of one
    custom_silicon: bool = False


class Billing(Frozen):
    """The steps in which hours are charged."""

    granularity_s: int = Field(default=1, gt=0, le=86_400)
    minimum_s: int = Field(default=60, ge=0, le=31_536_000)


class Commitment(Frozen):
    """What is promised for the committed price."""

    category: CommitmentCategory
    term_months: int = Field(gt=0, le=120)
    payment: Payment = Payment.NO_UPFRONT
    upfront_share: float = Field(default=0.0, ge=0, le=1)  # of the term's whole price

    @model_validator(mode="after")
    def _payment_matches(self) -> Self:
        share = {Payment.NO_UPFRONT: self.upfront_share == 0, Payment.ALL_UPFRONT: self.upfront_share == 1}
        if not share.get(self.payment, 0 < self.upfront_share < 1):
            raise ValueError(f"upfront_share {self.upfront_share} does not go with payment {self.payment.value}")
        return self


class Interruption(Frozen):
    """How often a spot machine is taken away."""

    share_low: float = Field(ge=0, le=1)  # of running instances in a month, the vendor's own bucket
    share_high: float = Field(ge=0, le=1)
    notice_s: int = Field(ge=0, le=86_400)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.share_low > self.share_high:
            raise ValueError("share_low is above share_high")
        return self


class InstancePrice(DatedRow):
    """Dollars for an hour of the machine bought in one way; None: the price is not public."""

    option: PurchaseOption
    usd_per_h: Usd | None = None
    usd_per_h_low: Usd | None = None  # spot: least and most seen over zones and days
    usd_per_h_high: Usd | None = None
    commitment: Commitment | None = None
    interruption: Interruption | None = None
    block_days: tuple[int, ...] = ()  # lengths a capacity block is sold in
    reason: str = ""  # why there is no price

    @model_validator(mode="after")
    def _fits_its_option(self) -> Self:
        if self.usd_per_h is None and not self.reason:
            raise ValueError("a row without a price must say why in `reason`")
        self._say_no_sentinel()
        if (self.option is PurchaseOption.COMMITMENT) != (self.commitment is not None):
            raise ValueError("a commitment needs its terms, and only a commitment has them")
        if self.interruption is not None and self.option is not PurchaseOption.SPOT:
            raise ValueError("only spot instances are interrupted")
        if self.block_days and self.option is not PurchaseOption.CAPACITY_BLOCK:
            raise ValueError("only capacity blocks are sold in lengths of days")
        self._lie_in_range()
        return self

    def _say_no_sentinel(self) -> None:
        for amount in (self.usd_per_h, self.usd_per_h_low, self.usd_per_h_high):
            if amount in SENTINELS:
                raise ValueError(f"{amount} is a catalog's mark for «unknown», not a price")

    def _lie_in_range(self) -> None:
        low, high = self.usd_per_h_low, self.usd_per_h_high
        if (low is None) != (high is None):
            raise ValueError("a range needs both ends")
        if low is None or high is None:
            return
        if low > high or (self.usd_per_h is not None and not low <= self.usd_per_h <= high):
            raise ValueError("the range does not contain the price")

    @property
    def dearest_usd_per_h(self) -> Decimal | None:
        """The most that is known to have been charged for an hour; None where nothing is public."""
        return self.usd_per_h if self.usd_per_h_high is None else self.usd_per_h_high


class InstanceOffer(Frozen):
    """One machine type in one region."""

    kind: Literal["instance"] = "instance"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str
    accelerator: Accelerator | None = None  # None: the bare host of accelerators that are charged apart
    vcpus: float | None = Field(default=None, gt=0, le=10**6)
    memory_gib: float | None = Field(default=None, gt=0, le=10**6)
    host_included: bool = True
    host_sku: str | None = None  # the machine the accelerator is attached to, where that is charged apart
    billing: Billing = Billing()
    prices: tuple[InstancePrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.host_included and self.host_sku is None:
            raise ValueError("an accelerator without its host: name the host_sku")
        if self.accelerator is None and self.vcpus is None:
            raise ValueError("a machine without an accelerator must state its vcpus")
        ways: dict[tuple[object, ...], list[InstancePrice]] = {}
        for row in self.prices:
            ways.setdefault((row.option, row.commitment, row.block_days), []).append(row)
        for (option, *_), rows in ways.items():
            require_apart(rows, f"{self.sku} ({option})")
        self._spot_is_no_dearer()
        return self

    def _spot_is_no_dearer(self) -> None:
        """Where both are sold on a day, spot is at most the on-demand price; more is a misread row."""
        for spot in self._bought(PurchaseOption.SPOT):
            for full in self._bought(PurchaseOption.ON_DEMAND):
                dearest = spot.dearest_usd_per_h
                if dearest is None or full.usd_per_h is None or not spot.overlaps(full):
                    continue
                if dearest > full.usd_per_h:
                    raise ValueError(f"spot at {dearest} USD/h is dearer than on demand at {full.usd_per_h} USD/h")

    def _bought(self, option: PurchaseOption) -> tuple[InstancePrice, ...]:
        return tuple(row for row in self.prices if row.option is option)

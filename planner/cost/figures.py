"""What an option costs, in figures that add up."""

from __future__ import annotations

from typing import Literal

from planner.basis import Basis, Quantity
from planner.documents import Frozen

Driver = Literal["token_price", "tariff", "device_price", "rented_price", "none"]
"""The price a cost follows when prices change over the horizon; none: people and fixed fees."""


class CostPart(Frozen):
    """One line of a cost; the lines of a total sum to it exactly as shown."""

    name: str
    usd_per_request: float
    low_usd: float
    high_usd: float
    basis: Basis
    how: str  # the arithmetic in words: "1,000 input tokens at $0.40/Mtok"
    driver: Driver = "none"
    input_share: float | None = None  # what input tokens bear of it, output tokens the rest; None: the request does


class HardwareView(Frozen):
    """The device's hardware cost under one policy, for comparison side by side; None with the reason where unknown."""

    policy: str
    usd_per_request: float | None
    usd_per_month: float | None
    reason: str = ""
    low_usd: float | None = None  # of `usd_per_request`
    high_usd: float | None = None
    basis: Basis = Basis.ASSUMED
    usd_per_accepted: Quantity | None = None  # of the whole option under this policy, per accepted result
    usd_per_mtok: Quantity | None = None  # the bill of the whole option under this policy


class Cost(Frozen):
    """What one option costs; `None` totals mean a part has no price, and `missing` says which.

    `usd_per_request` and `usd_per_month` are the bill for inference (the sum of `parts`, retries and escalations
    included); review and rejected results (`quality_parts`) are apart, and both together, divided by the accepted
    share, are `usd_per_accepted`.
    """

    parts: tuple[CostPart, ...]
    quality_parts: tuple[CostPart, ...]
    missing: tuple[str, ...]
    usd_per_request: Quantity | None
    usd_per_accepted: Quantity | None  # bill + review + rejected results, per accepted result: ranks the options
    usd_per_month: Quantity | None
    true_usd_per_month: Quantity | None  # usd_per_accepted for every request of the month: what plans add up
    usd_per_mtok: Quantity | None  # all tokens of the class's own input:output ratio
    blended_ratio: float  # input tokens per output token
    acceptance: Quantity
    hardware_views: tuple[HardwareView, ...] = ()
    usd_per_mtok_in: Quantity | None = None  # what input tokens bear of the bill, over the class's input tokens
    usd_per_mtok_out: Quantity | None = None
    convention: str = ""  # which tokens bear what, in words
    utilization: float | None = None  # share of a device's active hours this class takes; None in the data center
    usd_per_mtok_at_utilization: Quantity | None = None  # a device bought for this class alone, at that utilization
    usd_per_mtok_at_full_utilization: Quantity | None = None  # a device bought for such work, never idle
    utilization_reason: str = ""  # why the last three are unknown
    not_charged: tuple[str, ...] = ()  # costs that nobody stated a figure for, and what is lacking

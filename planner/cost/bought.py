"""One unit of capacity as it is paid for: a rented machine, a reserved unit, an owned box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.cost.figures import Driver
from planner.prices.dated import Confidence
from planner.units import HOURS_PER_MONTH

HOURS_PER_DAY = 24.0
DAYS_PER_MONTH = HOURS_PER_MONTH / HOURS_PER_DAY  # of the calendar (CONVENTION §6)
PricingCategory = Literal["Standard", "Dynamic", "Committed", "Other"]
"""FOCUS 1.2: Standard is agreed beforehand, Dynamic the vendor may change, Committed is reduced for a promise."""


@dataclass(frozen=True)
class PriceRow:
    """A price that was used: where it was read, and since when it holds."""

    sku: str
    unit: str  # FOCUS PricingUnit: «hour», «unit-hour», «unit-month»
    usd: float  # per unit, as it was paid
    list_usd: float | None  # per unit at the undiscounted rate (FOCUS ListUnitPrice); None: not public
    category: PricingCategory
    source: str
    source_url: str = ""
    effective_from: str = ""
    confidence: Confidence = Confidence.QUOTED


@dataclass(frozen=True)
class Bought:
    """What a month of one unit costs: effective money amortises what is paid up front, billed money is cash.

    For what is rented, upfront + term × recurring = term × effective over a term, exactly; an owner's effective money
    holds the cost of capital as well.
    """

    unit: str  # «machine», «PTU», «box»
    effective_usd_per_month: Quantity
    upfront_usd: float  # of one unit, at the start of every term
    recurring_usd_per_month: float
    term_months: float  # 0: ended at will
    paid_hours_per_month: float
    driver: Driver
    how: str  # the price in words
    rows: tuple[PriceRow, ...] = ()
    variable_usd_per_busy_h: Quantity | None = None  # what a busy hour adds: owned power
    break_even_utilization: float | None = None  # commitments: 1 − discount (prices.md §2)
    on_demand_usd_per_h: Quantity | None = None  # what the same machine costs without a promise
    availability: Quantity | None = None  # share of paid hours it can be used; None: all of them
    quoted: bool = False  # at the user's own price: the vendor's rows are not what is paid
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_promise(self) -> bool:
        """Rented for a term: hours nobody needs are paid and lost."""
        return self.term_months > 0 and self.variable_usd_per_busy_h is None


@dataclass(frozen=True)
class Unpriced:
    """Why one unit has no price; unknown money is never zero (CONVENTION §3)."""

    reasons: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()

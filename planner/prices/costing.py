"""What a usage costs as an answer: billed and effective money, the rows used, what has no price, and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import model_validator

from planner.basis import Doubt
from planner.documents import Frozen, Money
from planner.prices.dated import Confidence

EXACT = Context(prec=200)
"""Far beyond any sane rate times any count, so that a sum of rows is never rounded."""


class CostingStatus(StrEnum):
    """Whether every part has a price."""

    PRICED = "priced"
    PARTIAL = "partial"
    UNPRICED = "unpriced"


class CostingRow(Frozen):
    """So much of something at one unit price; billed is cash, effective amortised (FOCUS BilledCost, EffectiveCost)."""

    sku: str
    what: str  # «input», «on-demand hours», «commitment, upfront»
    quantity: Money
    unit: str  # FOCUS PricingUnit: «token», «hour», «unit-hour», «GB», «request»
    unit_price_usd: Money  # per `unit`, or per 10^6 tokens where `unit_price_per` says so
    unit_price_per: int = 1  # how many units the price is for
    billed_usd: Money
    effective_usd: Money
    category: Literal["Standard", "Dynamic", "Committed", "Other"] = "Standard"  # FOCUS PricingCategory
    charge_category: Literal["Usage", "Purchase"] = "Usage"  # FOCUS ChargeCategory
    effective_from: date | None = None
    confidence: Confidence = Confidence.QUOTED
    source: str
    source_url: str = ""


class Costing(Frozen):
    """A priced usage: every total equals the sum of its rows, to the last digit."""

    billed_usd: Money | None  # None where nothing has a price
    effective_usd: Money | None
    currency: Literal["USD"] = "USD"
    status: CostingStatus
    missing: tuple[str, ...] = ()
    rows: tuple[CostingRow, ...] = ()
    warnings: tuple[Doubt, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """A priced usage lacks nothing and is the sum of its rows; what lacks a price has no total (CONVENTION §3)."""
        if self.status is CostingStatus.PRICED and self.missing:
            raise ValueError("a priced usage has nothing missing")
        if self.status is CostingStatus.UNPRICED and (self.billed_usd, self.effective_usd) != (None, None):
            raise ValueError("what has no price has no total")
        if self.status is not CostingStatus.PRICED:
            return self
        for total, amounts in (
            (self.billed_usd, [row.billed_usd for row in self.rows]),
            (self.effective_usd, [row.effective_usd for row in self.rows]),
        ):
            if total != sum_exactly(amounts):
                raise ValueError(f"the total {total} is not the sum of its rows")
        return self


def sum_exactly(amounts: Iterable[Decimal]) -> Decimal:
    """The sum with every digit, whatever the ambient context."""
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total

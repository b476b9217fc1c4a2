"""What a usage costs as an answer: billed and effective money, the rows used, what has no price, and warnings."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from planner.basis import Doubt
from planner.documents import Frozen, Money
from planner.prices.dated import Confidence


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

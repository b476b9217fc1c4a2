"""A month's charges in the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification).

`planner.outlook.focus_export.focus_csv` writes those of a scenario.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from planner.basis import Basis
from planner.cost.bought import PricingCategory
from planner.csv_cells import Cell, csv_text
from planner.units import HOURS_PER_MONTH

ACCOUNT = "edgewise-plan"
"""There is no billing account behind a plan; the specification wants one named."""


@dataclass(frozen=True)
class Charge:
    """One row of the cost and usage dataset; names as the specification's columns, ours begin with x_.

    BilledCost is what an invoice of the month would hold, EffectiveCost is amortised; a purchase that covers later use
    has none (effectivecost.md). The specification's rules on nulls are kept: a cost is never null, a price may be.
    """

    provider: str
    service: str
    category: Literal["AI and Machine Learning", "Compute"]  # ServiceCategory
    sku: str
    description: str
    billed_usd: float
    effective_usd: float
    on: date
    pricing_category: PricingCategory = "Standard"
    charge_category: Literal["Usage", "Purchase"] = "Usage"
    frequency: Literal["One-Time", "Recurring", "Usage-Based"] = "Usage-Based"
    quantity: float | None = None
    unit: str | None = None  # PricingUnit, in the plural: «Hours», «1000000 Tokens»
    list_usd: float | None = None  # ListUnitPrice
    contracted_usd: float | None = None  # ContractedUnitPrice: own quotes in it, promises not
    region: str = ""
    resource: str = ""  # the capacity, or the class the tokens are for
    commitment: str | None = None  # CommitmentDiscountId
    commitment_category: Literal["Usage", "Spend"] | None = None
    commitment_type: str | None = None
    commitment_status: Literal["Used", "Unused"] | None = None
    commitment_quantity: float | None = None
    commitment_unit: str | None = None
    reservation: str | None = None  # CapacityReservationId
    reservation_status: Literal["Used", "Unused"] | None = None
    role: Literal["chosen", "alternative"] = "chosen"  # an alternative is in no total of the plan
    task_classes: tuple[str, ...] = ()
    basis: Basis = Basis.PUBLISHED
    source: str = ""

    @property
    def list_cost_usd(self) -> float:
        """ListCost: list price × quantity, the effective cost where no list price is known; 0 for what covers use."""
        if self.list_usd is None or self.quantity is None:
            return 0.0 if self.commitment_status == "Unused" else self.effective_usd or self.billed_usd
        return self.list_usd * self.quantity

    @property
    def contracted_cost_usd(self) -> float:
        """ContractedCost: contracted price × quantity, the list cost where none is agreed."""
        if self.contracted_usd is None or self.quantity is None:
            return self.list_cost_usd
        return self.contracted_usd * self.quantity


def _row(charge: Charge) -> dict[str, Cell]:
    begins = datetime.combine(charge.on, time(), UTC)
    start, end = (_moment(each) for each in (begins, begins + timedelta(hours=HOURS_PER_MONTH)))
    return {
        "BilledCost": _number(charge.billed_usd),
        "BillingAccountId": ACCOUNT,
        "BillingAccountName": ACCOUNT,
        "BillingAccountType": "Plan",
        "BillingCurrency": "USD",
        "BillingPeriodEnd": end,
        "BillingPeriodStart": start,
        "CapacityReservationId": charge.reservation,
        "CapacityReservationStatus": charge.reservation_status,
        "ChargeCategory": charge.charge_category,
        "ChargeClass": None,  # no corrections of earlier bills
        "ChargeDescription": charge.description,
        "ChargeFrequency": charge.frequency,
        "ChargePeriodEnd": end,
        "ChargePeriodStart": start,
        "CommitmentDiscountCategory": charge.commitment_category,
        "CommitmentDiscountId": charge.commitment,
        "CommitmentDiscountName": charge.commitment,
        "CommitmentDiscountQuantity": _number(charge.commitment_quantity),
        "CommitmentDiscountStatus": charge.commitment_status,
        "CommitmentDiscountType": charge.commitment_type,
        "CommitmentDiscountUnit": charge.commitment_unit,
        "ConsumedQuantity": _number(charge.quantity) if charge.charge_category == "Usage" else None,
        "ConsumedUnit": charge.unit if charge.charge_category == "Usage" else None,
        "ContractedCost": _number(charge.contracted_cost_usd),
        "ContractedUnitPrice": _number(charge.contracted_usd),
        "EffectiveCost": _number(charge.effective_usd),
        "InvoiceIssuerName": charge.provider,
        "ListCost": _number(charge.list_cost_usd),
        "ListUnitPrice": _number(charge.list_usd),
        "PricingCategory": charge.pricing_category,
        "PricingQuantity": _number(charge.quantity),
        "PricingUnit": charge.unit,
        "ProviderName": charge.provider,
        "PublisherName": charge.provider,
        "RegionId": charge.region or None,
        "RegionName": charge.region or None,
        "ResourceId": charge.resource or None,
        "ResourceName": charge.resource or None,
        "ServiceCategory": charge.category,
        "ServiceName": charge.service,
        "SkuId": charge.sku,
        "SkuPriceId": charge.sku,
        "x_Basis": charge.basis.value,
        "x_Role": charge.role,
        "x_Source": charge.source,
        "x_TaskClasses": ", ".join(charge.task_classes),
    }


def columns() -> tuple[str, ...]:
    """The names of the columns, as the specification lists them; ours last."""
    empty = Charge("", "", "Compute", "", "", billed_usd=0.0, effective_usd=0.0, on=date(2000, 1, 1))
    return tuple(_row(empty))


def focus_text(charges: Iterable[Charge]) -> str:
    """The charges as CSV (RFC 4180), no cell of which starts a formula."""
    return csv_text([columns(), *(tuple(_row(charge).values()) for charge in charges)])


def _number(value: float | None) -> str | None:
    """Every digit, without an exponent."""
    return None if value is None else format(Decimal(repr(float(value))), "f")


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")

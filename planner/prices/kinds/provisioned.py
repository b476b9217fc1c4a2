"""Reserved throughput of a managed model, bought in units: PTU, GSU, model units."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen
from planner.prices.dated import DatedRow, require_apart
from planner.ranges import Usd


class Overflow(StrEnum):
    """What happens to requests beyond the bought units."""

    THROTTLE = "throttle"  # refused, to be tried again
    SPILLOVER = "spillover"  # served at the per-token price
    UNKNOWN = "unknown"


class UnitModel(Frozen):
    """What one unit serves of one model."""

    model: str  # as the token offers name it, where they do
    throughput_per_unit: float | None = Field(default=None, gt=0)  # None: not public
    basis: Literal["input_tok_per_min", "weighted_tok_per_s"]
    input_weight: float = Field(default=1.0, ge=0, le=1000)  # what one token takes of the throughput
    cached_weight: float | None = Field(default=None, ge=0, le=1000)
    output_weight: float | None = Field(default=None, ge=0, le=1000)
    min_units: int | None = Field(default=None, gt=0)  # None: the offer's own
    step_units: int | None = Field(default=None, gt=0)
    note: str = ""


class UnitPrice(DatedRow):
    """The price of one unit for one term; None: not public."""

    term_months: float = Field(ge=0, le=120)  # 0: by the hour, ended at will
    usd_per_unit_h: Usd | None = None
    usd_per_unit_month: Usd | None = None
    paid_upfront: bool = False
    reason: str = ""

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if self.usd_per_unit_h is not None and self.usd_per_unit_month is not None:
            raise ValueError("state the price by the hour or by the month, not both")
        if self.usd_per_unit_h is None and self.usd_per_unit_month is None and not self.reason:
            raise ValueError("a row without a price must say why in `reason`")
        return self


class ProvisionedOffer(Frozen):
    """Units of one vendor, what each serves and costs."""

    kind: Literal["provisioned"] = "provisioned"
    sku: str = Field(min_length=1)
    title: str = ""
    region: str
    unit_name: str
    min_units: int = Field(default=1, gt=0)
    step_units: int = Field(default=1, gt=0)
    overflow: Overflow = Overflow.UNKNOWN
    reserves_capacity: bool | None = None  # a discount alone may buy no guarantee of hardware
    models: tuple[UnitModel, ...] = Field(min_length=1)
    prices: tuple[UnitPrice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [each.model for each in self.models]
        if len(set(names)) != len(names):
            raise ValueError("a model stands twice")
        terms: dict[float, list[UnitPrice]] = {}
        for row in self.prices:
            terms.setdefault(row.term_months, []).append(row)
        for term, rows in terms.items():
            require_apart(rows, f"{self.sku} for {term:g} months")
        return self

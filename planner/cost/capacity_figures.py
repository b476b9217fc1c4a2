"""What a capacity costs a month, in figures that add up."""

from __future__ import annotations

from datetime import date
from typing import Literal

from planner.basis import Basis, Doubt, Quantity
from planner.cost.bought import PricingCategory
from planner.cost.figures import Driver
from planner.cost.per_mtok import HourPerMtok
from planner.documents import Frozen
from planner.prices.costing import CostingStatus
from planner.prices.dated import Confidence


class MonthPart(Frozen):
    """One line of a month's effective cost; the lines sum to the total exactly."""

    name: str
    usd_per_month: float
    low_usd: float
    high_usd: float
    basis: Basis
    how: str
    driver: Driver


class UtilizationFactor(Frozen):
    """One factor of the utilization; their product is it (economics.md §1)."""

    name: Literal["load factor", "headroom", "whole units", "availability"]
    value: float
    how: str


class UsedPrice(Frozen):
    """A price row that was used (FOCUS names in `planner.cost.focus`)."""

    sku: str
    unit: str
    usd: float
    list_usd: float | None
    category: PricingCategory
    source: str
    source_url: str
    effective_from: str
    confidence: Confidence


class BilledMoney(Frozen):
    """Cash: what is paid when a term begins and in each of its months; over the term it sums to the effective cost."""

    upfront_usd: float
    recurring_usd_per_month: float
    term_months: float  # 0: ended at will, nothing is paid up front


class PromisedLevel(Frozen):
    """How many machines a promise would best cover, the rest on demand in the hours it is needed."""

    machines: int
    usd_per_month: float  # of both together, overflow not in it


class CapacityCost(Frozen):
    """A month of one capacity under a load; None with the reasons in `missing` where something has no price.

    `effective_usd_per_month` amortises what is paid up front and holds the unused part (FOCUS EffectiveCost);
    `billed` is the invoice (FOCUS BilledCost). Utilization is computed, of the hours that are paid.
    """

    capacity: str
    title: str
    model: str
    unit: str  # «machine», «PTU», «box»
    on: date
    task_classes: tuple[str, ...]  # whose work it may take
    requests_per_month: float
    units: int | None  # bought, spare ones included
    spare_units: int
    least_units: int | None  # in the cheapest and in the dearest case
    most_units: int | None
    paid_hours_per_unit: float | None
    utilization: Quantity | None  # share of paid hours in which units are busy; None: nothing to serve
    factors: tuple[UtilizationFactor, ...] = ()
    break_even_utilization: float | None = None  # of a commitment: below it on demand is cheaper
    parts: tuple[MonthPart, ...] = ()
    billed: BilledMoney | None = None
    effective_usd_per_month: Quantity | None = None
    idle_usd_per_month: float | None = None  # of it: paid for units that stood idle
    forfeited_usd_per_month: float | None = None  # of it: promised hours in which a machine was not needed at all
    least_cost_promise: PromisedLevel | None = None  # of a commitment whose machine has an on-demand price
    overflow_share: float = 0.0  # of the work, at the per-token price
    unserved_share: float = 0.0  # of the work refused in the dearest case, where nothing takes it
    usd_per_h: Quantity | None = None  # of one unit in an hour it can be used
    per_mtok: tuple[HourPerMtok, ...] = ()  # input and output apart, then all on output
    usd_per_request: Quantity | None = None
    status: CostingStatus
    missing: tuple[str, ...] = ()
    prices: tuple[UsedPrice, ...] = ()
    doubts: tuple[Doubt, ...] = ()

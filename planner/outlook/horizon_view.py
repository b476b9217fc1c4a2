"""What the coming months cost, as a value: plan and base case in lines that add up, payback, one-offs, doubts."""

from __future__ import annotations

from datetime import date
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.cost.one_off import Crossing
from planner.documents import Frozen

FlowKind = Literal[
    "token prices",
    "electricity",
    "hardware",
    "salvage",
    "support and upkeep",
    "rented capacity",
    "other running costs",
    "review and rejected results",
    "one-offs",
]
"""Lines of a stream in the order they are shown; salvage is money that comes back and so negative."""


class Line(Frozen):
    """One kind of cost by month, USD: entry 0 before the first month, entry m at the end of month m."""

    kind: FlowKind
    billed_usd: tuple[float, ...]  # cash on the day it is paid
    effective_usd: tuple[float, ...]  # purchases spread over their life with interest, as the plan's month shows them


class Stream(Frozen):
    """All money of one choice over the horizon; every total is the sum of its lines."""

    title: str
    lines: tuple[Line, ...]
    billed_usd: tuple[float, ...]
    effective_usd: tuple[float, ...]
    cumulative_usd: tuple[float, ...]  # of billed
    discounted_cumulative_usd: tuple[float, ...]  # of billed, at today's worth
    total_usd: Quantity  # billed, undiscounted
    npv_usd: Quantity  # billed, at today's worth; its ends are the cheapest and dearest ends of the inputs


class Year(Frozen):
    """The months of one year of the horizon together, USD; year 0 is what is paid before the first month."""

    year: int
    months: int
    plan_billed_usd: float
    plan_effective_usd: float
    base_billed_usd: float
    base_effective_usd: float
    saving_usd: float  # base less plan, billed
    discounted_cumulative_saving_usd: float  # at the year's end


class ClassCrossing(Frozen):
    """When one class's inference alone passes a one-off."""

    task_class: str
    title: str
    passes: Crossing


class OneOffOutlook(Frozen):
    """A one-off against the inference it serves in this plan."""

    name: str
    kind: str
    side: str
    total_usd: float  # of every time it is paid within the horizon
    times: int
    in_plan: bool
    in_base: bool
    passes: Crossing  # of all classes it serves together
    by_class: tuple[ClassCrossing, ...]


class Outgrown(Frozen):
    """The first month in which growth asks more of a fleet than a device may give."""

    profile_id: str
    title: str
    month: int
    begins: date
    utilization: float  # of active hours, in that month
    peak_utilization: float


class CapacityOutlook(Frozen):
    """The base case with every class that is feasible on a capacity moved from token prices onto it."""

    capacity: str
    title: str
    model: str
    task_classes: tuple[str, ...]  # moved onto it, beside those the base case has there
    missing: tuple[str, ...]  # why there are no figures
    units: tuple[int, ...] = ()  # there in months 1 …, spare ones included
    stream: Stream | None = None  # of all classes, those on the capacity included
    saving_npv_usd: Quantity | None = None  # base case less this
    extra_up_front_usd: float | None = None
    payback: Crossing | None = None
    prices_end: date | None = None  # from this day on no price of it is known and the last one goes on
    introductory_ends: tuple[date, ...] = ()  # announced, inside the horizon


class CumulativeChart(Frozen):
    """What a chart of the horizon draws: cumulative money of both choices at today's worth, and where they cross."""

    month: tuple[int, ...]
    plan_usd: tuple[float, ...]
    base_usd: tuple[float, ...]
    crossing_month: int | None  # from which on the plan has cost no more than the base case; None: they do not cross
    crossing_usd: float | None  # cumulative cost of the plan by then


class HorizonView(Frozen):
    """Plan and base case over the horizon, and when the plan's extra money is back."""

    format: Literal["edgewise.horizon"] = "edgewise.horizon"
    version: Literal[1] = 1
    engine: str
    scenario_sha256: str
    title: str
    starts: date
    months: int
    begins: tuple[date, ...]  # first day of months 1 …
    discount_rate_per_year: Quantity
    sentence: str
    plan: Stream
    base: Stream
    base_case: str  # what the plan is compared with, in words
    saving_npv_usd: Quantity  # base less plan; what both have in common is left out of the interval
    extra_up_front_usd: float  # of the plan, before the first month; negative where the base case pays more
    payback: Crossing  # first month in which the discounted saving, salvage aside, covers it
    payback_earliest: Crossing  # with the base case at its dearest and the plan at its cheapest
    payback_latest: Crossing
    years: tuple[Year, ...]
    one_offs: tuple[OneOffOutlook, ...]
    capacities: tuple[CapacityOutlook, ...]
    outgrown: tuple[Outgrown, ...]
    unplaced: tuple[str, ...]  # classes without a feasible option, in no figure here
    chart: CumulativeChart
    doubts: tuple[Doubt, ...]

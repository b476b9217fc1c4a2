"""The plan as a value: every class placed, what the fleets carry, what it costs, what to doubt."""

from __future__ import annotations

from datetime import date
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.cost.capacity_figures import CapacityCost
from planner.cost.upkeep import MonthlyPart
from planner.documents import Frozen
from planner.placement.optimality import Optimality, ShadowPrice
from planner.placement.options import Placement
from planner.placement.week import WeekCheck
from planner.scenario import Scenario
from planner.service.figures import SharedWait
from planner.workload.task_classes import TaskClass


class FleetLoad(Frozen):
    """What the placed classes ask of one fleet together."""

    profile_id: str
    title: str
    count: int
    task_classes: tuple[str, ...]
    utilization: float  # share of active hours one device is busy, in the mean hour
    peak_utilization: float  # in the busiest hour
    memory_bytes: Quantity | None  # of all resident models together; None where one of them is unknown
    memory_limit_bytes: int | None
    fixed_usd_per_month: Quantity  # the sum of its parts; paid if in use
    fixed_parts: tuple[MonthlyPart, ...] = ()  # support, added hardware by policy, upkeep of the models placed
    shared: tuple[SharedWait, ...] = ()  # p95 of each class in the busiest hour, all together; empty: none shares


class CapacityLoad(Frozen):
    """A month of one capacity with the classes placed on it; its cost is their shares and their repeats."""

    capacity: str  # its name
    title: str
    task_classes: tuple[str, ...]
    month: CapacityCost  # units, how busy, what overflows, every part of the cost
    repeats_usd_per_month: float  # of its cost: runs beyond those that are accepted, in `quality_usd_per_month`


class PlanTotals(Frozen):
    """Money of the whole plan, per accepted results; each total is the sum of the parts shown."""

    plan_usd_per_month: Quantity  # edge + datacenter + capacity + fleet + quality; unplaced classes are not in it
    edge_usd_per_month: float  # bill of the classes on devices
    datacenter_usd_per_month: float  # bill of the classes on managed models, by the token
    fleet_usd_per_month: float  # support and incremental hardware of the fleets in use, upkeep of their models
    quality_usd_per_month: float  # review, rejected results, and repeats until accepted
    base_case: str  # what the plan is compared with, in words
    base_usd_per_month: Quantity
    base_edge_usd_per_month: float  # its parts, as those of the plan; they sum to it
    base_datacenter_usd_per_month: float
    base_fleet_usd_per_month: float
    base_quality_usd_per_month: float
    saving_usd_per_month: Quantity
    saving_share: float | None  # of the base case; None where that costs nothing
    unplaced: tuple[str, ...]  # classes without a feasible option
    capacity_usd_per_month: float = 0.0  # bill of the classes on rented, reserved and owned capacity
    base_capacity_usd_per_month: float = 0.0


class Plan(Frozen):
    """Every class placed, with costs, reasons, doubts; a pure function of the scenario."""

    format: Literal["edgewise.plan"] = "edgewise.plan"
    version: Literal[1] = 1
    engine: str  # "edgewise 0.1.0"
    scenario_sha256: str
    title: str
    as_of: date
    sentence: str  # the decision in one sentence with numbers
    placements: tuple[Placement, ...]
    fleet_loads: tuple[FleetLoad, ...]
    totals: PlanTotals
    doubts: tuple[Doubt, ...]
    optimality: Optimality | None = None  # None: made before plans were proven
    shadow_prices: tuple[ShadowPrice, ...] = ()  # of what classes share on devices
    capacity_loads: tuple[CapacityLoad, ...] = ()  # of the capacities in use
    user_groups: tuple[TaskClass, ...] = ()  # what was placed where users of unlike devices are told apart
    week_checks: tuple[WeekCheck, ...] = ()  # the plan held against every hour of the week, by target in use

    def classes_of(self, scenario: Scenario) -> dict[str, TaskClass]:
        """Every class that was placed, by name: the scenario's own, or each group of users' part of them."""
        return {each.name: each for each in (self.user_groups or scenario.workload.task_classes)}


class SavedPlan(Frozen):
    """plan.json: the plan with the scenario it came from, so that it reopens and recomputes to the same bytes."""

    format: Literal["edgewise.saved-plan"] = "edgewise.saved-plan"
    version: Literal[1] = 1
    scenario: Scenario
    plan: Plan

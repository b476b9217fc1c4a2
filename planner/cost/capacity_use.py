"""How busy bought units are: the computed utilization with its factors, the hours nobody needs, the work refused."""

from __future__ import annotations

import math

from planner import text
from planner.capacities import Capacity
from planner.cost.capacity_figures import PromisedLevel, UtilizationFactor
from planner.cost.commitments import least_cost_level
from planner.cost.token_load import TokenLoad
from planner.cost.unit_economics import TOLERANCE, UnitEconomics
from planner.units import HOURS_PER_MONTH


def carried_share(economics: UnitEconomics, units: int) -> float:
    """Share of volume 1 these units carry; the rest is at the overflow price where there is one."""
    if economics.overflow_usd_per_volume is None:
        return 1.0
    return 1.0 - economics.overflow_volume(1.0, units)


def factors(
    capacity: Capacity,
    economics: UnitEconomics,
    units: int,
    load: TokenLoad,
    *,
    availability: float,
    hours_per_unit: float,
) -> tuple[UtilizationFactor, ...]:
    """Load factor × headroom × whole units × availability = busy hours/paid hours, exactly (economics.md §1).

    The load factor is the mean of the carried load over paid hours against its busiest hour.
    """
    carried = carried_share(economics, units)
    peak = economics.blocks[0].relative_load
    share_of_hours = load.active_hours_per_month / hours_per_unit
    load_factor = carried * share_of_hours / peak
    exact = 1.0 / economics.volume_per_unit
    return (
        UtilizationFactor(
            name="load factor",
            value=load_factor,
            how=(
                f"{text.significant(load.active_hours_per_month)} active of {text.significant(hours_per_unit)} paid "
                f"hours, the busiest at {text.significant(peak)} times the mean"
                + ("" if carried == 1 else f", {text.share(carried)} of the work carried")
            ),
        ),
        UtilizationFactor(
            name="headroom", value=capacity.headroom, how="largest utilization allowed in the busiest hour"
        ),
        UtilizationFactor(
            name="whole units",
            value=exact / units,
            how=f"{text.significant(exact)} needed, {units:,} bought, {economics.spare_units:,} of them spare",
        ),
        UtilizationFactor(name="availability", value=availability, how="share of paid hours a unit can be used"),
    )


def units_in_use(economics: UnitEconomics, units: int, load: TokenLoad) -> tuple[tuple[int, float], ...]:
    """How many units are needed for how many active hours of the month, spare ones with their service.

    In a block of hours with relative load r, ⌈r/(K·r_max)⌉ units are switched on, as many as there are at most.
    """
    peak = economics.blocks[0].relative_load
    working = units - economics.spare_units
    return tuple(
        (
            economics.spare_units
            + min(working, math.ceil(block.relative_load / (economics.volume_per_unit * peak) - TOLERANCE)),
            block.share_of_hours * load.active_hours_per_month,
        )
        for block in economics.blocks
    )


def needed_unit_hours(economics: UnitEconomics, units: int, load: TokenLoad) -> float:
    """Unit-hours of a month in which a unit is needed at all."""
    return sum(needed * hours for needed, hours in units_in_use(economics, units, load))


def least_cost_promise(
    economics: UnitEconomics, units: int, load: TokenLoad, committed_usd_per_h: float, on_demand_usd_per_h: float
) -> PromisedLevel:
    """The number of machines to promise that costs least over the month, the rest on demand while needed."""
    use = units_in_use(economics, units, load)
    rest_hours = max(0.0, HOURS_PER_MONTH - sum(hours for _, hours in use))
    found = least_cost_level(
        [*(float(needed) for needed, _ in use), 0.0],
        committed_usd_per_h,
        on_demand_usd_per_h,
        hours=[*(hours for _, hours in use), rest_hours],
    )
    return PromisedLevel(machines=round(found.machines), usd_per_month=found.usd)


def unserved_share(planned: UnitEconomics, dear: UnitEconomics, units: int, headroom: float) -> float:
    """Share of the work refused if the dearest case comes true on the units bought for the planned one.

    The headroom is there to be used then, so units carry volume_per_unit/headroom.
    """
    full = UnitEconomics(
        fixed_usd_per_unit_month=0.0,
        volume_per_unit=dear.volume_per_unit / headroom,
        least_units=dear.least_units,
        step_units=dear.step_units,
        spare_units=planned.spare_units,
        variable_usd_per_volume=0.0,
        overflow_usd_per_volume=None,
        blocks=dear.blocks,
    )
    return full.overflow_volume(1.0, units)

"""What a capacity costs as a curve over volume: whole units, what each carries, and what each further volume adds."""

from __future__ import annotations

from dataclasses import dataclass

from planner.basis import Doubt, Quantity
from planner.cost.unit_economics import UnitEconomics


@dataclass(frozen=True)
class CapacityTerms:
    """Integer economics of one capacity; volume 1 is the reference load, money is effective USD a month.

    cost(V) = units_for(V)·fixed + V·variable + overflow(V)·overflow price: `economics.usd_per_month(V)`, exactly what
    `capacity_cost` answers for that load. `cheap` and `dear` are the same at the ends of every figure's interval.
    `economics` is None where something has no price: `missing` says what.
    """

    capacity: str  # its name
    title: str
    fixed_usd_per_unit_month: Quantity | None  # USD/month
    volume_per_unit: Quantity | None  # multiples of the reference load, headroom kept in the busiest hour
    least_units: int
    step_units: int
    spare_units: int
    variable_usd_per_volume: Quantity | None  # USD/month for each multiple carried: grows with use, as owned power
    overflow_usd_per_volume: Quantity | None  # USD/month for each multiple spilled; None: a further unit takes it
    economics: UnitEconomics | None
    cheap: UnitEconomics | None
    dear: UnitEconomics | None
    missing: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

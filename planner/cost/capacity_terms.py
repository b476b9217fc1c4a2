"""What a capacity costs as a curve over volume: whole units, what each carries, and what each further volume adds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from planner.basis import Basis, Doubt, Quantity, weakest
from planner.capacities import Capacity
from planner.cost.bought import Bought
from planner.cost.capacity_unit import CapacityUnit, Speed, capacity_unit, mean_busy_units
from planner.cost.overflow import overflow_usd_per_month
from planner.cost.token_load import TokenLoad, load_blocks
from planner.cost.unit_economics import UnitEconomics
from planner.scenario import Scenario
from planner.service.curves import Edge
from planner.units import Unit

Case = Literal["cheap", "value", "dear"]
SPEEDS: dict[Case, Edge] = {"cheap": "high", "value": "value", "dear": "low"}


@dataclass(frozen=True)
class CapacityTerms:
    """Integer economics of one capacity; volume 1 is the reference load, money is effective USD a month.

    cost(V) = units_for(V)·fixed + carried(V)·variable + overflow(V)·overflow price: `economics.usd_per_month(V)`,
    exactly what `capacity_cost` answers for that load. `cheap` and `dear` are the same with every figure at the end of
    its interval that makes the capacity cheaper or dearer. `economics` is None where something is not known: `missing`
    says what.
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
    unit: CapacityUnit
    missing: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def case(self, which: Case) -> UnitEconomics:
        """The economics of one case; only where nothing is missing."""
        found = {"cheap": self.cheap, "value": self.economics, "dear": self.dear}[which]
        if found is None:
            raise ValueError(f"{self.capacity} has no price: {'; '.join(self.missing)}")
        return found


def capacity_terms(scenario: Scenario, capacity: Capacity, load_at_one: TokenLoad, on: date) -> CapacityTerms:
    """The economics of a capacity on a day, in multiples of a reference load (economics.md §4, integer instances).

    One unit carries volume_per_unit = headroom × availability/(units busy in the mean hour × peak-to-mean) of it.
    """
    unit = capacity_unit(scenario, capacity, on)
    missing = list(unit.missing)
    if load_at_one.uncached_tokens + load_at_one.output_tokens <= 0:
        missing.append("the load has no tokens")
    overflow = _overflow(scenario, capacity, load_at_one, on)
    if isinstance(overflow, str):
        missing.append(f"what overflows: {overflow}")
        overflow = None
    if missing or unit.bought is None or unit.speed is None:
        return _unknown(capacity, unit, tuple(missing))
    bought, speed = unit.bought, unit.speed
    cases = {
        case: _economics(case, capacity, unit, load_at_one, parts=(bought, speed), overflow=overflow) for case in SPEEDS
    }
    value, cheap, dear = cases["value"], cases["cheap"], cases["dear"]
    carried_basis = weakest(speed.basis, load_at_one.peak_to_mean.basis, _availability(bought).basis)
    variable = bought.variable_usd_per_busy_h
    return CapacityTerms(
        capacity=capacity.name,
        title=capacity.title,
        fixed_usd_per_unit_month=bought.effective_usd_per_month,
        volume_per_unit=_ordered(
            (dear.volume_per_unit, value.volume_per_unit, cheap.volume_per_unit), "count", carried_basis
        ),
        least_units=unit.least_units,
        step_units=unit.step_units,
        spare_units=capacity.spare,
        variable_usd_per_volume=_ordered(
            (cheap.variable_usd_per_volume, value.variable_usd_per_volume, dear.variable_usd_per_volume),
            "USD/month",
            speed.basis if variable is None else weakest(variable.basis, speed.basis),
        ),
        overflow_usd_per_volume=overflow,
        economics=value,
        cheap=cheap,
        dear=dear,
        unit=unit,
        doubts=unit.doubts,
    )


def _overflow(scenario: Scenario, capacity: Capacity, load: TokenLoad, on: date) -> Quantity | str | None:
    """The reference load at the per-token price that takes what is too much; None where none is named."""
    if capacity.overflow_sku is None:
        return None
    offer = next((each for each in scenario.prices.offers if each.sku == capacity.overflow_sku), None)
    if offer is None:
        return f"the scenario holds no offer {capacity.overflow_sku!r}"
    return overflow_usd_per_month(offer, load, on, scenario.prices.quotes)


def _economics(
    case: Case,
    capacity: Capacity,
    unit: CapacityUnit,
    load: TokenLoad,
    *,
    parts: tuple[Bought, Speed],
    overflow: Quantity | None,
) -> UnitEconomics:
    """Every figure at the end that makes the capacity cheaper, dearer, or as it is stated."""
    bought, speed = parts
    peak = _end(load.peak_to_mean, case)
    busy = mean_busy_units(speed, load, SPEEDS[case])
    availability = _end(_availability(bought), _opposite(case))
    per_busy_h = bought.variable_usd_per_busy_h
    busy_hours = busy * load.active_hours_per_month
    return UnitEconomics(
        fixed_usd_per_unit_month=_end(bought.effective_usd_per_month, case),
        volume_per_unit=capacity.headroom * availability / (busy * peak),
        least_units=unit.least_units,
        step_units=unit.step_units,
        spare_units=capacity.spare,
        variable_usd_per_volume=0.0 if per_busy_h is None else _end(per_busy_h, case) * busy_hours,
        overflow_usd_per_volume=None if overflow is None else _end(overflow, case),
        blocks=load.blocks or load_blocks(peak),
    )


def _availability(bought: Bought) -> Quantity:
    return bought.availability or Quantity(value=1.0, unit="share", basis=Basis.MEASURED)


def _end(figure: Quantity, case: Case) -> float:
    low, high = figure.bounds
    return {"cheap": low, "value": figure.value, "dear": high}[case]


def _opposite(case: Case) -> Case:
    opposites: dict[Case, Case] = {"cheap": "dear", "value": "value", "dear": "cheap"}
    return opposites[case]


def _ordered(ends: tuple[float, float, float], unit: Unit, basis: Basis) -> Quantity:
    low, value, high = ends
    return Quantity(value=value, low=min(ends), high=max(low, value, high), unit=unit, basis=basis)


def _unknown(capacity: Capacity, unit: CapacityUnit, missing: tuple[str, ...]) -> CapacityTerms:
    return CapacityTerms(
        capacity=capacity.name,
        title=capacity.title,
        fixed_usd_per_unit_month=None if unit.bought is None else unit.bought.effective_usd_per_month,
        volume_per_unit=None,
        least_units=unit.least_units,
        step_units=unit.step_units,
        spare_units=capacity.spare,
        variable_usd_per_volume=None,
        overflow_usd_per_volume=None,
        economics=None,
        cheap=None,
        dear=None,
        unit=unit,
        missing=missing,
        doubts=unit.doubts,
    )

"""What one request costs on a device its owner pays for: electricity, and hardware by policy (economics.md §2)."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.capital import annual_capital_usd, energy_usd
from planner.cost.figures import CostPart, HardwareView
from planner.profiles.profile import Ownership
from planner.scenario import Assumptions, HardwarePolicy, Scenario
from planner.units import MONTHS_PER_YEAR, SECONDS_PER_HOUR
from planner.workload.task_classes import Workload


@dataclass(frozen=True)
class EdgeCost:
    """Parts of one request's bill on a device, what is missing for a total, and the three policies side by side."""

    parts: tuple[CostPart, ...]
    missing: tuple[str, ...]
    hardware_views: tuple[HardwareView, ...]
    power_is_assumed: bool


def edge_cost(scenario: Scenario, ownership: Ownership, busy_s: Quantity, requests_per_month: float) -> EdgeCost:
    """Cost of one request that keeps the device busy for `busy_s`."""
    full = full_share_usd(ownership, scenario.assumptions, scenario.workload, busy_s)
    views = hardware_views(ownership, scenario.assumptions, full, requests_per_month)
    hardware, missing = _hardware_part(scenario, views, full)
    power, assumed = net_power_w(ownership, scenario.assumptions)
    tariff = ownership.tariff_usd_per_kwh or scenario.assumptions.tariff_usd_per_kwh
    energy = _energy_part(power, busy_s, tariff)
    parts = (energy, hardware) if hardware else (energy,)
    return EdgeCost(parts=parts, missing=missing, hardware_views=views, power_is_assumed=assumed)


def net_power_w(ownership: Ownership, assumptions: Assumptions) -> tuple[Quantity, bool]:
    """Watts above idle while generating, and whether they rest on the scenario's assumption.

    A device whose idle watts are not stated is charged its whole active power: too much rather than too little.
    """
    active, idle = ownership.active_w, ownership.idle_w
    assumed = active is None
    if active is None:
        active, idle = assumptions.active_w, assumptions.idle_w
    if idle is None:
        return active.model_copy(update={"source": "idle not known and not deducted"}), False
    low, high = active.bounds[0] - idle.bounds[1], active.bounds[1] - idle.bounds[0]
    value = max(0.0, active.value - idle.value)
    net = Quantity(
        value=value,
        unit="W",
        basis=weakest(active.basis, idle.basis),
        low=min(value, max(0.0, low)),
        high=max(value, high),
        source="above idle",
        as_of=active.as_of,
    )
    return net, assumed


def _energy_part(power: Quantity, busy_s: Quantity, tariff: Quantity) -> CostPart:
    basis = weakest(power.basis, busy_s.basis, tariff.basis)
    return CostPart(
        name="electricity",
        usd_per_request=energy_usd(power.value, busy_s.value, tariff.value),
        low_usd=energy_usd(power.bounds[0], busy_s.bounds[0], tariff.bounds[0]),
        high_usd=energy_usd(power.bounds[1], busy_s.bounds[1], tariff.bounds[1]),
        basis=basis,
        how=(
            f"{text.seconds(busy_s.value)} at {text.significant(power.value)} W, {power.source} "
            f"({power.basis.value}), {text.quantity(tariff, interval=False)}"
        ),
        driver="tariff",
    )


def full_share_usd(
    ownership: Ownership, assumptions: Assumptions, workload: Workload, busy_s: Quantity
) -> Quantity | None:
    """Capital of one request: a year's capital × busy seconds / active seconds a year; None without a price (§14)."""
    if ownership.price_usd is None:
        return None
    annual = annual_usd(float(ownership.price_usd), float(ownership.resale_usd or 0), ownership, assumptions)
    active_s_per_year = (
        workload.active_days_per_month * MONTHS_PER_YEAR * workload.active_hours_per_day * SECONDS_PER_HOUR
    )
    (low_usd, high_usd), (low_s, high_s) = annual.bounds, busy_s.bounds
    return Quantity(
        value=annual.value * busy_s.value / active_s_per_year,
        low=low_usd * low_s / active_s_per_year,
        high=high_usd * high_s / active_s_per_year,
        unit="USD/request",
        basis=weakest(annual.basis, busy_s.basis),
        source=f"{text.money(annual.value)} a year of capital, {text.seconds(busy_s.value)} of its active hours",
    )


def annual_usd(price_usd: float, resale_usd: float, ownership: Ownership, assumptions: Assumptions) -> Quantity:
    """Yearly capital cost in USD; its ends are a low rate with a long life, and a high rate with a short one."""
    rate, life = assumptions.discount_rate_per_year, life_years(ownership, assumptions)
    (low_rate, high_rate), (short, long) = rate.bounds, life.bounds
    return Quantity(
        value=annual_capital_usd(price_usd, resale_usd, rate.value, life.value),
        low=annual_capital_usd(price_usd, resale_usd, low_rate, long),
        high=annual_capital_usd(price_usd, resale_usd, high_rate, short),
        unit="USD",
        basis=weakest(rate.basis, life.basis),
    )


def life_years(ownership: Ownership, assumptions: Assumptions) -> Quantity:
    """The profile's life as its owner states it, or the scenario's assumption."""
    if ownership.life_years is None:
        return assumptions.device_life_years
    return Quantity(value=ownership.life_years, unit="years", basis=Basis.PUBLISHED, source="the device's profile")


def incremental_usd_per_device_month(ownership: Ownership, assumptions: Assumptions) -> Quantity | None:
    """Monthly capital cost of what local inference added to one device; None where the profile does not say."""
    if ownership.incremental_usd is None:
        return None
    annual = annual_usd(float(ownership.incremental_usd), 0.0, ownership, assumptions)
    low, high = annual.bounds
    return Quantity(
        value=annual.value / MONTHS_PER_YEAR,
        low=low / MONTHS_PER_YEAR,
        high=high / MONTHS_PER_YEAR,
        unit="USD/month",
        basis=annual.basis,
    )


def hardware_views(
    ownership: Ownership, assumptions: Assumptions, full: Quantity | None, requests_per_month: float
) -> tuple[HardwareView, ...]:
    """The class's hardware cost under each policy; unknown where the profile states no price (CONVENTION §14)."""
    sunk = HardwareView(
        policy=HardwarePolicy.SUNK.value,
        usd_per_request=0.0,
        usd_per_month=0.0,
        reason="sunk: the device is there anyway",
    )
    per_month = incremental_usd_per_device_month(ownership, assumptions)
    incremental = HardwareView(
        policy=HardwarePolicy.INCREMENTAL.value,
        usd_per_request=None,
        usd_per_month=None,
        reason="the profile states no incremental price"
        if per_month is None
        else f"{text.money_per_month(per_month.value)} per device, whatever runs on it; carried by the fleet",
    )
    share = HardwareView(
        policy=HardwarePolicy.FULL_SHARE.value,
        usd_per_request=None if full is None else full.value,
        usd_per_month=None if full is None else full.value * requests_per_month,
        reason="the profile states no price" if full is None else full.source,
    )
    return sunk, incremental, share


def _hardware_part(
    scenario: Scenario, views: tuple[HardwareView, ...], full: Quantity | None
) -> tuple[CostPart | None, tuple[str, ...]]:
    """The part the scenario's policy puts into the bill of one request."""
    policy = scenario.policy.hardware
    view = next(view for view in views if view.policy == policy.value)
    if policy is HardwarePolicy.INCREMENTAL:
        return None, ()  # a fixed cost of the fleet, charged once per plan
    if view.usd_per_request is None:
        return None, (view.reason,)
    low, high = full.bounds if full is not None and policy is HardwarePolicy.FULL_SHARE else (0.0, 0.0)
    part = CostPart(
        name=f"hardware ({policy.value.replace('_', ' ')})",
        usd_per_request=view.usd_per_request,
        low_usd=low,
        high_usd=high,
        basis=Basis.ASSUMED if full is None else full.basis,
        how=view.reason,
        driver="device_price",
    )
    return part, ()

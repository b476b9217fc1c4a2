"""What the hardware under a request costs by policy: sunk, incremental or its full share of use (economics.md §2)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.capital import annual_capital_usd
from planner.cost.figures import CostPart, HardwareView
from planner.profiles.profile import Ownership
from planner.scenario import Assumptions, HardwarePolicy, Scenario
from planner.units import MONTHS_PER_YEAR, SECONDS_PER_HOUR
from planner.workload.task_classes import Workload


@dataclass(frozen=True)
class Hardware:
    """The policy's part of the bill, what is missing for it, and every policy beside it."""

    part: CostPart | None  # None: a fixed cost of the fleet, or unknown
    missing: tuple[str, ...]
    views: tuple[HardwareView, ...]
    full: Quantity | None  # USD/request at full share


def hardware_of(
    scenario: Scenario,
    ownership: Ownership,
    busy_s: Quantity,
    *,
    requests_per_month: float,
    runs_per_month: float,
    devices: int,
    input_share: float,
) -> Hardware:
    """Hardware of one run of `busy_s` under the scenario's policy, and all three side by side."""
    full = full_share_usd(ownership, scenario.assumptions, scenario.workload, busy_s)
    views = hardware_views(
        ownership,
        scenario.assumptions,
        full,
        requests_per_month=requests_per_month,
        runs_per_month=runs_per_month,
        devices=devices,
    )
    part, missing = _part(scenario.policy.hardware, views, full, input_share)
    return Hardware(part=part, missing=missing, views=views, full=full)


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
    ownership: Ownership,
    assumptions: Assumptions,
    full: Quantity | None,
    *,
    requests_per_month: float,
    runs_per_month: float,
    devices: int,
) -> tuple[HardwareView, ...]:
    """The class's hardware cost under each policy; unknown where the profile states no price (CONVENTION §14).

    What was added for local inference is paid whatever runs there: the view puts the whole fleet's on this one class,
    while a plan charges it once for all of them.
    """
    sunk = HardwareView(
        policy=HardwarePolicy.SUNK.value,
        usd_per_request=0.0,
        usd_per_month=0.0,
        reason="sunk: the device is there anyway",
        low_usd=0.0,
        high_usd=0.0,
    )
    return (
        sunk,
        _incremental_view(incremental_usd_per_device_month(ownership, assumptions), requests_per_month, devices),
        _share_view(full, requests_per_month, runs_per_month),
    )


def _incremental_view(per_month: Quantity | None, requests_per_month: float, devices: int) -> HardwareView:
    policy = HardwarePolicy.INCREMENTAL.value
    if per_month is None:
        reason = "the profile states no incremental price"
        return HardwareView(policy=policy, usd_per_request=None, usd_per_month=None, reason=reason)
    each = text.money_per_month(per_month.value)
    of_all = "" if devices == 1 else f" of {devices:,}"
    reason = f"{each} per device{of_all}, whatever runs on it; carried by the fleet, here by this class alone"
    fleet = [usd * devices for usd in (per_month.value, *per_month.bounds)]
    value, low, high = (usd / requests_per_month if requests_per_month else math.inf for usd in fleet)
    if not math.isfinite(high):  # no request, or next to none: nothing a request could be charged
        return HardwareView(policy=policy, usd_per_request=None, usd_per_month=fleet[0], reason=reason)
    return HardwareView(
        policy=policy,
        usd_per_request=value,
        usd_per_month=fleet[0],
        reason=reason,
        low_usd=low,
        high_usd=high,
        basis=per_month.basis,
    )


def _share_view(full: Quantity | None, requests_per_month: float, runs_per_month: float) -> HardwareView:
    policy = HardwarePolicy.FULL_SHARE.value
    if full is None:
        return HardwareView(
            policy=policy, usd_per_request=None, usd_per_month=None, reason="the profile states no price"
        )
    runs = runs_per_month / requests_per_month if requests_per_month else 1.0
    low, high = full.bounds
    return HardwareView(
        policy=policy,
        usd_per_request=full.value * runs,
        usd_per_month=full.value * runs_per_month,
        reason=full.source,
        low_usd=low * runs,
        high_usd=high * runs,
        basis=full.basis,
    )


def _part(
    policy: HardwarePolicy, views: tuple[HardwareView, ...], full: Quantity | None, input_share: float
) -> tuple[CostPart | None, tuple[str, ...]]:
    """The part the scenario's policy puts into the bill of one run; its repeats are counted with the other parts'."""
    view = next(view for view in views if view.policy == policy.value)
    if policy is HardwarePolicy.INCREMENTAL:
        return None, ()  # a fixed cost of the fleet, charged once per plan
    if policy is HardwarePolicy.FULL_SHARE and full is None:
        return None, (view.reason,)
    charged = full if policy is HardwarePolicy.FULL_SHARE else None
    low, high = (0.0, 0.0) if charged is None else charged.bounds
    part = CostPart(
        name=f"hardware ({policy.value.replace('_', ' ')})",
        usd_per_request=0.0 if charged is None else charged.value,
        low_usd=low,
        high_usd=high,
        basis=Basis.ASSUMED if full is None else full.basis,
        how=view.reason,
        driver="device_price",
        input_share=input_share,
    )
    return part, ()

"""What one request costs on a device its owner pays for, in parts that add up (economics.md §2)."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.basis import Quantity, weakest
from planner.cost.edge_energy import DeviceUse, RequestEnergy, request_energy
from planner.cost.edge_extras import Slowdown, battery_wear, waiting_user
from planner.cost.ends import ends
from planner.cost.figures import CostPart, HardwareView
from planner.cost.hardware import hardware_of, incremental_usd_per_device_month, life_years
from planner.profiles.profile import Ownership
from planner.scenario import Scenario
from planner.units import kwh

__all__ = ["EdgeCost", "Surroundings", "edge_cost", "incremental_usd_per_device_month", "life_years"]


@dataclass(frozen=True)
class EdgeCost:
    """Parts of one run's bill on a device, what is missing for a total, and the three policies side by side."""

    parts: tuple[CostPart, ...]  # electricity first, then hardware, then the rest
    missing: tuple[str, ...]
    hardware_views: tuple[HardwareView, ...]
    full_share: Quantity | None  # USD of capital of one run, whatever the policy; None: no price
    power_is_assumed: bool
    not_charged: tuple[str, ...]  # what nobody stated a figure for, and what is lacking


@dataclass(frozen=True)
class Surroundings:
    """What is known of the devices of a fleet beside the model's speed."""

    devices: int = 1
    battery_wh: Quantity | None = None  # as probed
    slowdown: Slowdown | None = None
    is_personal: bool = True  # somebody works on it meanwhile


def edge_cost(
    scenario: Scenario,
    ownership: Ownership,
    use: DeviceUse,
    *,
    requests_per_month: float,
    runs_per_month: float,
    around: Surroundings,
) -> EdgeCost:
    """Cost of one run of a request on a device; runs are requests and those of them that are done again."""
    assumptions = scenario.assumptions
    energy = request_energy(ownership, assumptions, use)
    busy_share = use.prefill_s / use.busy_s.value if use.busy_s.value else 0.0
    hardware = hardware_of(
        scenario,
        ownership,
        use.busy_s,
        requests_per_month=requests_per_month,
        runs_per_month=runs_per_month,
        devices=around.devices,
        input_share=busy_share,
    )
    wear, no_wear = battery_wear(ownership, around.battery_wh, energy)
    waiting, no_waiting = (
        waiting_user(around.slowdown, assumptions.user_time_usd_per_h, use.busy_s, busy_share)
        if around.is_personal
        else (None, "")
    )
    electricity = _electricity(energy, ownership.tariff_usd_per_kwh or assumptions.tariff_usd_per_kwh)
    parts = (electricity, hardware.part, wear, waiting)
    return EdgeCost(
        parts=tuple(part for part in parts if part is not None),
        missing=hardware.missing,
        hardware_views=hardware.views,
        full_share=hardware.full,
        power_is_assumed=energy.is_assumed,
        not_charged=tuple(filter(None, (no_wear, no_waiting))),
    )


def _electricity(energy: RequestEnergy, tariff: Quantity) -> CostPart:
    """Joules at the wall/3.6e6 × USD/kWh."""
    low, value, high = (kwh(joules) * usd for joules, usd in zip(energy.wall_j, ends(tariff), strict=True))
    return CostPart(
        name="electricity",
        usd_per_request=value,
        low_usd=low,
        high_usd=high,
        basis=weakest(energy.basis, tariff.basis),
        how=f"{energy.how}, {text.quantity(tariff, interval=False)}",
        driver="tariff",
        input_share=energy.input_share,
    )

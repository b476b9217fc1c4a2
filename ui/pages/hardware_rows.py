"""What the hardware of every class on a device would cost under each policy, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.cost.figures import HardwareView
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.scenario import HardwarePolicy
from ui.tables.columns import Column

POLICY_WORDS = {
    HardwarePolicy.SUNK: "Sunk: the device is there anyway",
    HardwarePolicy.INCREMENTAL: "Incremental: only what local inference adds",
    HardwarePolicy.FULL_SHARE: "Full share: the device's price by share of use",
}
_TITLES = {
    HardwarePolicy.SUNK: "Sunk",
    HardwarePolicy.INCREMENTAL: "Incremental",
    HardwarePolicy.FULL_SHARE: "Full share",
}


@dataclass(frozen=True)
class HardwareRow:
    """A class on a device, and its hardware under the three policies."""

    title: str
    target: str
    views: tuple[HardwareView, ...]

    def view(self, policy: HardwarePolicy) -> HardwareView | None:
        """What one policy would charge."""
        return next((view for view in self.views if view.policy == policy.value), None)


def hardware_rows(plan: Plan | None) -> tuple[HardwareRow, ...]:
    """Every class that the plan runs on a device."""
    return tuple(
        HardwareRow(placement.title, placement.chosen.target, placement.chosen.cost.hardware_views)
        for placement in (plan.placements if plan else ())
        if placement.chosen is not None and placement.chosen.side is Side.EDGE and placement.chosen.cost is not None
    )


def _words(row: HardwareRow, policy: HardwarePolicy) -> str:
    view = row.view(policy)
    if view is None:
        return text.UNKNOWN
    return view.reason if view.usd_per_month is None else text.money(view.usd_per_month)


def _explained(row: HardwareRow, policy: HardwarePolicy) -> str:
    """Why, and what the class would cost in all under that policy."""
    view = row.view(policy)
    if view is None:
        return ""
    if view.usd_per_accepted is None or view.usd_per_mtok is None:
        return view.reason
    accepted = f"{text.money(view.usd_per_accepted.value)} an accepted result in all"
    return f"{view.reason}\n{accepted}, {text.money_per_mtok(view.usd_per_mtok.value)} of inference"


def _column(policy: HardwarePolicy) -> Column[HardwareRow]:
    return Column(
        _TITLES[policy],
        lambda row: _words(row, policy),
        unit="per month",
        sort=lambda row: view.usd_per_month if (view := row.view(policy)) else None,
        numeric=True,
        tooltip=lambda row: _explained(row, policy),
        widest_px=300,
    )


HARDWARE_COLUMNS: tuple[Column[HardwareRow], ...] = (
    Column("Class", lambda row: row.title, widest_px=190),
    Column("Device", lambda row: row.target, tooltip=lambda row: row.target, widest_px=180),
    *(_column(policy) for policy in HardwarePolicy),
)

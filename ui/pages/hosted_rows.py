"""What each rented, reserved or owned capacity carries: units against work, idle and overflow, a month's cost."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.placement.plan import CapacityLoad, Plan
from planner.placement.week import WeekCheck
from ui.charts.fills import Fill, FillGroup
from ui.pages.option_words import bare_money, explained, value_of
from ui.tables.columns import Column

TITLE_PX = 252


@dataclass(frozen=True)
class HostedRow:
    """What one capacity carries."""

    load: CapacityLoad
    titles: tuple[str, ...]

    @property
    def busy(self) -> float | None:
        """Share of the paid hours in which units are busy."""
        return value_of(self.load.month.utilization)


def hosted_rows(plan: Plan) -> tuple[HostedRow, ...]:
    """Every capacity that the plan uses."""
    titles = {placement.task_class: placement.title for placement in plan.placements}
    return tuple(HostedRow(load, tuple(titles[name] for name in load.task_classes)) for load in plan.capacity_loads)


def hosted_fills(rows: tuple[HostedRow, ...], checks: tuple[WeekCheck, ...]) -> tuple[FillGroup, ...]:
    """How busy each is in the hours that are paid, and in its busiest hour where hours were checked."""
    by_name = {check.target: check for check in checks if check.kind == "capacity"}
    return tuple(
        FillGroup(_group_title(row), (_busy_fill(row), *_busiest_fill(by_name.get(row.load.capacity)))) for row in rows
    )


def _group_title(row: HostedRow) -> str:
    units = row.load.month.units
    return f"{'unknown how many' if units is None else f'{units:,}'} × {row.load.title}{_spare(row)}"


def _busiest_fill(check: WeekCheck | None) -> tuple[Fill, ...]:
    if check is None:
        return ()
    words = f"{text.share(check.worst_share)} of each unit's time, {text.share(check.limit)} allowed"
    return (Fill("busiest hour", check.worst_share / check.limit if check.limit else None, words, "datacenter"),)


def _spare(row: HostedRow) -> str:
    spare = row.load.month.spare_units
    return f", {spare:,} of them spare" if spare else ""


def _busy_fill(row: HostedRow) -> Fill:
    used = row.load.month.utilization
    words = "unknown how busy they are" if used is None else f"{text.quantity(used)} of the hours paid"
    return Fill("paid hours", row.busy, f"{words}{_beside(row)}", "datacenter")


def _beside(row: HostedRow) -> str:
    month = row.load.month
    over = f"; {text.share(month.overflow_share)} of the work goes over" if month.overflow_share else ""
    refused = f"; up to {text.share(month.unserved_share)} may be refused" if month.unserved_share else ""
    return f"{over}{refused}"


def _units(row: HostedRow) -> str:
    month = row.load.month
    if month.units is None:
        return text.UNKNOWN
    return f"{month.units:,} × {month.unit}"


def _units_tip(row: HostedRow) -> str:
    month = row.load.month
    if month.units is None:
        return "\n".join(month.missing) or text.UNKNOWN
    least = month.units if month.least_units is None else month.least_units
    most = month.units if month.most_units is None else month.most_units
    return f"{least:,} in the cheapest case, {most:,} in the dearest; {month.spare_units:,} of them spare"


HOSTED_COLUMNS: tuple[Column[HostedRow], ...] = (
    Column("Capacity", lambda row: row.load.title, tooltip=lambda row: row.load.title, widest_px=TITLE_PX),
    Column("Units", _units, sort=lambda row: row.load.month.units, numeric=True, tooltip=_units_tip),
    Column(
        "Spare",
        lambda row: text.exact(row.load.month.spare_units),
        sort=lambda row: row.load.month.spare_units,
        numeric=True,
        hint="Units that stand in when others fail; they are among the units",
    ),
    Column(
        "Busy",
        lambda row: text.quantity(row.load.month.utilization, interval=False),
        unit="of paid hours",
        sort=lambda row: row.busy,
        numeric=True,
        tooltip=lambda row: explained(row.load.month.utilization),
    ),
    Column(
        "Goes over",
        lambda row: text.share(row.load.month.overflow_share),
        unit="of the work",
        sort=lambda row: row.load.month.overflow_share,
        numeric=True,
        hint="Work beyond what the units can do, at a price by the token",
    ),
    Column(
        "Cost",
        lambda row: bare_money(row.load.month.effective_usd_per_month),
        unit="per month",
        sort=lambda row: value_of(row.load.month.effective_usd_per_month),
        numeric=True,
        tooltip=lambda row: explained(row.load.month.effective_usd_per_month),
        hint="What is paid up front spread over its term, units that stand idle included",
    ),
    Column(
        "Idle",
        lambda row: text.money(row.load.month.idle_usd_per_month),
        unit="per month",
        sort=lambda row: row.load.month.idle_usd_per_month,
        numeric=True,
        hint="Of the cost: paid for units that stood idle",
    ),
    Column("Runs", lambda row: ", ".join(row.titles) or "nothing", tooltip=lambda row: ", ".join(row.titles)),
)

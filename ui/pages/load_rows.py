"""What each fleet carries as a table: hours against the contention cap, models against memory, the fixed cost."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.placement.plan import FleetLoad, Plan
from planner.scenario import Scenario
from ui.charts.fills import Fill, FillGroup
from ui.pages.option_words import bare_money, explained, value_of
from ui.tables.columns import Column

TITLE_PX = 252


@dataclass(frozen=True)
class LoadRow:
    """What one fleet carries, and how much it may."""

    load: FleetLoad
    cap: float
    titles: tuple[str, ...]


def load_rows(plan: Plan, scenario: Scenario) -> tuple[LoadRow, ...]:
    """Every fleet of the scenario, those that the plan leaves idle too."""
    titles = {placement.task_class: placement.title for placement in plan.placements}
    own = {fleet.profile.profile_id: fleet.contention_cap for fleet in scenario.fleets if fleet.contention_cap}
    cap = scenario.policy.device_contention_cap
    return tuple(
        LoadRow(load, own.get(load.profile_id, cap), tuple(titles.get(name, name) for name in load.task_classes))
        for load in plan.fleet_loads
    )


def _busy_against_cap(row: LoadRow) -> str:
    return f"{text.share(row.load.utilization)} / {text.share(row.cap)}"


def _memory_is_short(row: LoadRow) -> bool:
    need, limit = row.load.memory_bytes, row.load.memory_limit_bytes
    return need is not None and limit is not None and need.value > limit


LOAD_COLUMNS: tuple[Column[LoadRow], ...] = (
    Column("Fleet", lambda row: row.load.title, tooltip=lambda row: row.load.title, widest_px=TITLE_PX),
    Column("Devices", lambda row: text.exact(row.load.count), sort=lambda row: row.load.count, numeric=True),
    Column(
        "Classes",
        lambda row: text.exact(len(row.titles)),
        sort=lambda row: len(row.titles),
        numeric=True,
        tooltip=lambda row: ", ".join(row.titles) or "none: not used by this plan",
    ),
    Column(
        "Busy / cap",
        _busy_against_cap,
        sort=lambda row: row.load.utilization,
        numeric=True,
        meaning=lambda row: "caution" if row.load.utilization > row.cap else None,
        hint="Share of active hours one device is busy in the mean hour, against the contention cap",
    ),
    Column(
        "Busiest hour",
        lambda row: text.share(row.load.peak_utilization),
        sort=lambda row: row.load.peak_utilization,
        numeric=True,
    ),
    Column(
        "Models in memory / allowed",
        lambda row: (
            f"{text.quantity(row.load.memory_bytes, interval=False) if row.titles else 'none'}"
            f" / {text.size(row.load.memory_limit_bytes)}"
        ),
        sort=lambda row: value_of(row.load.memory_bytes),
        numeric=True,
        tooltip=lambda row: explained(row.load.memory_bytes),
        meaning=lambda row: "caution" if _memory_is_short(row) else None,
    ),
    Column(
        "Fixed cost",
        lambda row: bare_money(row.load.fixed_usd_per_month) if row.titles else "not paid",
        unit="per month",
        sort=lambda row: row.load.fixed_usd_per_month.value,
        numeric=True,
        tooltip=lambda row: explained(row.load.fixed_usd_per_month),
        hint="Support, and incremental hardware where the policy says so",
    ),
    Column("Runs", lambda row: ", ".join(row.titles) or "nothing", tooltip=lambda row: ", ".join(row.titles)),
)


def load_fills(rows: tuple[LoadRow, ...]) -> tuple[FillGroup, ...]:
    """Every fleet's hours and memory against what it may use; nothing to draw of one that is idle."""
    return tuple(FillGroup(f"{row.load.count:,} × {row.load.title}", _fills(row)) for row in rows if row.titles)


def load_finding(groups: tuple[FillGroup, ...]) -> str:
    """What is nearest to its limit, or beyond it: the chart's title."""
    known = [
        (fill.share, fill.label, group.title) for group in groups for fill in group.fills if fill.share is not None
    ]
    if not groups:
        return "The plan uses no device of yours"
    if not known:
        return "How full the devices are is unknown"
    share, label, title = max(known)
    if share > 1:
        return f"{title}: {label} exceeds what is allowed"
    return f"Nearest to its limit: {label} of {title}, at {text.share(share)}"


def _fills(row: LoadRow) -> tuple[Fill, ...]:
    load = row.load
    busy = f"{text.share(load.utilization)} of active hours, {text.share(row.cap)} allowed"
    return (
        Fill("mean hour", load.utilization / row.cap if row.cap else None, busy),
        Fill("busiest hour", load.peak_utilization, f"{text.share(load.peak_utilization)} of that hour"),
        Fill("memory", _memory_share(row), _memory_words(row)),
    )


def _memory_share(row: LoadRow) -> float | None:
    need, limit = row.load.memory_bytes, row.load.memory_limit_bytes
    return None if need is None or not limit else need.value / limit


def _memory_words(row: LoadRow) -> str:
    need, limit = row.load.memory_bytes, row.load.memory_limit_bytes
    if need is None:
        return f"unknown: the size of a model is not known; the limit is {text.size(limit)}"
    if not limit:
        return f"{text.quantity(need, interval=False)}; unknown how much the device allows"
    return f"{text.quantity(need, interval=False)} of {text.size(limit)}"

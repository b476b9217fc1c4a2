"""Capacities that are weighed, as data: a month's cost, how busy it is, what a token then costs, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner import text
from planner.basis import Quantity
from planner.capacities import Capacity
from planner.cost.capacity_figures import CapacityCost
from planner.cost.per_mtok import CONVENTIONS, HourPerMtok
from ui.charts.bars import Bar, Part
from ui.tables.columns import Column
from ui.widgets.details import Section

TITLE_PX, MODEL_PX = 180, 120
Line = str | tuple[str, str]


@dataclass(frozen=True)
class CapacityRow:
    """A capacity with its month."""

    capacity: Capacity
    cost: CapacityCost

    @property
    def apart(self) -> HourPerMtok | None:
        """The figures per Mtok that keep input and output apart, where there are any."""
        return next(iter(self.cost.per_mtok), None)


def capacity_rows(capacities: tuple[Capacity, ...], costs: tuple[CapacityCost, ...]) -> tuple[CapacityRow, ...]:
    """Rows in the scenario's order."""
    by_name = {cost.capacity: cost for cost in costs}
    return tuple(CapacityRow(each, by_name[each.name]) for each in capacities if each.name in by_name)


def capacity_finding(rows: tuple[CapacityRow, ...]) -> str:
    """«Qwen on 2 × H100 is cheapest a month at $4,120, busy 31 % of the hours paid»."""
    known = [(row, row.cost.effective_usd_per_month) for row in rows]
    priced = [(row, month) for row, month in known if month is not None]
    if not priced:
        return "None of them has a price yet"
    row, month = min(priced, key=lambda pair: pair[1].value)
    busy = row.cost.utilization
    used = "" if busy is None else f", busy {text.share(busy.value)} of the hours paid"
    least = "costs least" if len(priced) > 1 else "costs"
    return f"{row.capacity.title} {least}, {text.money_per_month(month.value)}{used}"


def capacity_bars(rows: tuple[CapacityRow, ...]) -> tuple[Bar, ...]:
    """A month's cost of each, what stands idle apart."""
    bars: list[Bar] = []
    for row in rows:
        month, idle = row.cost.effective_usd_per_month, row.cost.idle_usd_per_month
        if month is None:
            continue
        wasted = min(idle or 0.0, month.value)
        used = Part("used", month.value - wasted, text.money(month.value - wasted), "datacenter")
        parts = (used, Part("idle", wasted, text.money(wasted), "datacenter", hatched=True)) if wasted else (used,)
        bars.append(Bar(row.capacity.title, parts, text.money_per_month(month.value)))
    return tuple(bars)


def units_words(cost: CapacityCost) -> str:
    """«3 machines, 1 of them spare», «2 … 4 machines»."""
    if cost.units is None:
        return text.UNKNOWN
    plural = "boxes" if cost.unit == "box" else f"{cost.unit}s"
    words = f"{cost.units:,} {cost.unit if cost.units == 1 else plural}"
    if cost.least_units != cost.most_units and cost.least_units is not None and cost.most_units is not None:
        words += f" ({cost.least_units:,} … {cost.most_units:,})"
    return words


def _figure(title: str, unit: str, of: Callable[[CapacityRow], Quantity | None], hint: str = "") -> Column[CapacityRow]:
    """A figure with its interval in the tooltip; unknown where there is none."""

    def words(row: CapacityRow) -> str:
        found = of(row)
        return text.UNKNOWN if found is None else text.in_unit(found.value, found.unit).split("/")[0]

    def tip(row: CapacityRow) -> str:
        found = of(row)
        if found is None:
            return "; ".join(row.cost.missing) or text.UNKNOWN
        return f"{text.quantity(found)}\n{text.provenance(found)}"

    def order(row: CapacityRow) -> float | None:
        found = of(row)
        return None if found is None else found.value

    return Column(title, words, unit=unit, sort=order, numeric=True, tooltip=tip, hint=hint)


def _apart(name: str) -> Callable[[CapacityRow], Quantity | None]:
    return lambda row: None if row.apart is None else getattr(row.apart, name)


CAPACITY_COLUMNS: tuple[Column[CapacityRow], ...] = (
    Column("Capacity", lambda row: row.capacity.title, tooltip=lambda row: row.capacity.title, widest_px=TITLE_PX),
    Column("Model", lambda row: row.capacity.model, tooltip=lambda row: row.capacity.model, widest_px=MODEL_PX),
    Column(
        "Needed",
        lambda row: units_words(row.cost),
        sort=lambda row: row.cost.units,
        tooltip=lambda row: f"{row.cost.spare_units:,} of them spare",
        hint="Whole units for the busiest hour with its headroom; in brackets those of the cheapest and dearest case",
    ),
    _figure("Month", "$", lambda row: row.cost.effective_usd_per_month, "What a month costs, up-front money amortised"),
    _figure("Busy", "of paid", lambda row: row.cost.utilization, "Computed from your workload, never assumed"),
    _figure("In", "$/Mtok", _apart("usd_per_mtok_in"), CONVENTIONS["apart"]),
    _figure("Out", "$/Mtok", _apart("usd_per_mtok_out"), CONVENTIONS["apart"]),
    _figure("In at 100 %", "$/Mtok", _apart("usd_per_mtok_in_at_full_utilization"), "If it were busy in every hour"),
    _figure("Out at 100 %", "$/Mtok", _apart("usd_per_mtok_out_at_full_utilization"), "If it were busy in every hour"),
    _figure("Request", "$", lambda row: row.cost.usd_per_request),
)


def capacity_sections(row: CapacityRow) -> tuple[Section, ...]:
    """Parts that sum to the month, factors of the utilization, prices used, what to doubt."""
    cost = row.cost
    sections = [Section(f"{row.capacity.title}: what a month is made of", _month_lines(cost))]
    if cost.factors:
        factors = tuple((each.name, f"{text.share(each.value)} · {each.how}") for each in cost.factors)
        sections.append(Section("How busy it is: these multiply", factors))
    if row.capacity.how.kind != "provisioned":
        speeds = (("prefill", row.capacity.prefill_tok_s), ("decode", row.capacity.decode_tok_s))
        stated = tuple((name, f"{text.based(speed)} · {speed.source}") for name, speed in speeds if speed is not None)
        sections.append(Section("Throughput of one machine", stated))
    used = tuple(
        (each.sku, f"${text.significant(each.usd)}/{each.unit} · {each.source}, {each.effective_from or 'not dated'}")
        for each in cost.prices
    )
    sections.append(Section("Prices used", used or ("None is public.",)))
    doubts = tuple(f"▲ {doubt.sentence} {doubt.advice}" for doubt in cost.doubts)
    sections.append(Section("Doubts", doubts or ("None.",)))
    return tuple(sections)


def _month_lines(cost: CapacityCost) -> tuple[Line, ...]:
    lines: list[Line] = [("takes", ", ".join(cost.task_classes) or "no class")]
    lines += [("missing", each) for each in cost.missing]
    lines += [
        (part.name, f"{text.money_per_month(part.usd_per_month)} · {part.basis.value} · {part.how}")
        for part in cost.parts
    ]
    if cost.effective_usd_per_month is not None:
        lines.append(("together", text.quantity(cost.effective_usd_per_month)))
    if cost.billed is not None and cost.billed.upfront_usd:
        upfront = f"{text.money(cost.billed.upfront_usd)} up front for {cost.billed.term_months:g} months"
        later = text.money_per_month(cost.billed.recurring_usd_per_month)
        lines.append(("on the invoice", f"{upfront}, then {later}"))
    for name, usd in (("of it idle", cost.idle_usd_per_month), ("of it forfeited", cost.forfeited_usd_per_month)):
        if usd:
            lines.append((name, text.money_per_month(usd)))
    if cost.break_even_utilization is not None:
        lines.append(("beats on demand from", f"{text.share(cost.break_even_utilization)} busy on"))
    if cost.overflow_share:
        lines.append(("work beyond it", f"{text.share(cost.overflow_share)} at the price by the token"))
    if cost.unserved_share:
        lines.append(("refused at worst", f"{text.share(cost.unserved_share)} of the work"))
    return tuple(lines)

"""What the scenario's capacities would cost with their classes on them: cash, amortised, how busy, line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from planner import text
from planner.basis import Doubt
from planner.cost.capacity import capacity_month
from planner.cost.capacity_figures import CapacityCost, MonthPart
from planner.placement.plan import Plan
from planner.report.blocks import Block, Bullets, Cell, Column, Paragraph, Section, Table, numeric, row, table
from planner.report.words import figure_cell
from planner.scenario import Scenario

ABOUT = (
    "Each capacity in use with the classes this plan puts there, each other with all the classes it may take, at the "
    "prices of the plan's day; what runs again until it is accepted is counted. Billed is cash, effective "
    "spreads what is paid up front. How busy it is follows from the load: nobody typed it in. Input (not cached) and "
    "output bear the hours they take; beside them all cost on output."
)


def sections(plan: Plan, scenario: Scenario) -> tuple[Section, ...]:
    """One section, or none where the scenario names no capacity."""
    if not scenario.capacities:
        return ()
    in_use = {load.capacity: load.month for load in plan.capacity_loads}
    months = [in_use.get(each.name) or capacity_month(scenario, each, scenario.as_of) for each in scenario.capacities]
    blocks: list[Block] = [Paragraph(text=ABOUT), _overview(months, in_use), _prices(months), _parts(months)]
    doubts: dict[Doubt, None] = dict.fromkeys(doubt for month in months for doubt in month.doubts)
    if doubts:
        blocks.append(Bullets(items=tuple((doubt.sentence, doubt.advice) for doubt in doubts)))
    return (Section(section_id="capacities", title="What capacity would cost", blocks=tuple(blocks)),)


def _overview(months: Sequence[CapacityCost], in_use: Collection[str]) -> Table:
    columns = [
        Column(title="Capacity"),
        Column(title="In this plan"),
        *numeric("Units", "Busy", "Paid up front", "Billed per month", "Effective per month", "Idle of it"),
    ]
    note = "; ".join(f"{month.title} has no price: {', '.join(month.missing)}" for month in months if month.missing)
    return table("A month of every capacity", columns, [_overview_row(month, in_use) for month in months], note)


def _overview_row(month: CapacityCost, in_use: Collection[str]) -> tuple[Cell, ...]:
    if month.units is None or month.billed is None:
        return row(Cell(text=month.title, detail=month.model), "not used", *[text.UNKNOWN] * 6)
    span = "" if month.least_units == month.most_units else f"{month.least_units:,} … {month.most_units:,}"
    return row(
        Cell(text=month.title, detail=", ".join((month.model, *month.task_classes))),
        Cell(text="in use", strong=True) if month.capacity in in_use else "not used",
        Cell(text=f"{month.units:,} × {month.unit}", detail=span),
        Cell(
            text=text.share(None if month.utilization is None else month.utilization.value),
            detail=" × ".join(text.significant(factor.value, 2) for factor in month.factors),
        ),
        text.money(month.billed.upfront_usd),
        text.money(month.billed.recurring_usd_per_month),
        figure_cell(month.effective_usd_per_month),
        text.money(month.idle_usd_per_month),
    )


def _prices(months: Sequence[CapacityCost]) -> Table:
    columns = [
        Column(title="Capacity"),
        *numeric("Input per Mtok", "at 100 %", "Output per Mtok", "at 100 %", "All on output per Mtok", "at 100 %"),
    ]
    note = "At 100 %: were a unit busy in every hour it can be used."
    return table("What its tokens cost, as busy as it is and never idle", columns, list(_price_rows(months)), note)


def _price_rows(months: Sequence[CapacityCost]) -> Iterator[tuple[Cell, ...]]:
    for month in months:
        if len(month.per_mtok) == 2:  # noqa: PLR2004 - input and output apart, then all on output
            apart, on_output = month.per_mtok
            yield row(
                month.title,
                figure_cell(apart.usd_per_mtok_in),
                figure_cell(apart.usd_per_mtok_in_at_full_utilization),
                figure_cell(apart.usd_per_mtok_out),
                figure_cell(apart.usd_per_mtok_out_at_full_utilization),
                figure_cell(on_output.usd_per_mtok_out),
                figure_cell(on_output.usd_per_mtok_out_at_full_utilization),
            )


def _parts(months: Sequence[CapacityCost]) -> Table:
    columns = [
        Column(title="Capacity"),
        Column(title="Part"),
        *numeric("Per month"),
        Column(title="How it comes about"),
        Column(title="Basis"),
    ]
    rows = [_part_row(month, part) for month in months for part in month.parts]
    return table("Parts of the effective cost of a month", columns, rows)


def _part_row(month: CapacityCost, part: MonthPart) -> tuple[Cell, ...]:
    interval = "" if part.low_usd == part.high_usd else f"{text.money(part.low_usd)} … {text.money(part.high_usd)}"
    figure = Cell(text=text.money(part.usd_per_month), detail=interval)
    return row(month.title, part.name, figure, part.how, part.basis.value)

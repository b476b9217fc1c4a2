"""The coming months in a report: what plan and base case cost by year, when they cross, and what is paid once."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.errors import PriceError, ScenarioError
from planner.outlook.horizon import horizon_of
from planner.outlook.horizon_view import HorizonView, OneOffOutlook, Stream, Year
from planner.outlook.horizon_words import capacity_words, crossing_words, span, year_words
from planner.placement.plan import Plan
from planner.report.blocks import (
    Block,
    Bullets,
    Cell,
    Column,
    Figures,
    KeyFigure,
    LineChart,
    Mark,
    Paragraph,
    Section,
    Series,
    Table,
    numeric,
    row,
    table,
)
from planner.report.words import basis_note
from planner.scenario import Scenario

HOW = (
    "Money before the first month counts as it is, that of a month at its end, discounted by (1 + rate)^(−months/12). "
    "Volume grows class by class while every class stays where the plan put it for the first month. Billed is cash on "
    "the day it is paid; effective spreads purchases over the device's life, with interest."
)


def section(plan: Plan, scenario: Scenario) -> Section:
    """The horizon of the plan; nothing but the reason where it cannot be told or no class is placed."""
    try:
        view = horizon_of(scenario, plan)
    except (PriceError, ScenarioError) as refused:
        return Section(section_id="horizon", title="The horizon", blocks=(Paragraph(text=refused.sentence),))
    return Section(section_id="horizon", title=f"The next {span(view.months)}", blocks=blocks(view))


def blocks(view: HorizonView) -> tuple[Block, ...]:
    """Sentence, figures, chart, years, lines, one-offs and doubts of a look ahead."""
    if not view.plan.lines:
        return (Paragraph(text="No class is placed, so there is no cost to look ahead to."),)
    found: list[Block] = [
        Paragraph(text=view.sentence),
        Figures(figures=_figures(view)),
        chart_block(view),
        _years(view),
        _lines(view),
    ]
    if view.one_offs:
        found.append(_one_offs(view))
    if view.capacities:
        found.append(_capacities(view))
    if view.doubts:
        found.append(Bullets(items=tuple((doubt.sentence, doubt.advice) for doubt in view.doubts)))
    found.append(Paragraph(text=HOW, muted=True))
    return tuple(found)


def chart_block(view: HorizonView) -> LineChart:
    """Cumulative cost of plan and base case at today's worth, the crossing marked."""
    chart = view.chart
    marks: tuple[Mark, ...] = ()
    if chart.crossing_month and chart.crossing_usd is not None:
        marks = (Mark(x=chart.crossing_month, y=chart.crossing_usd, label=f"month {chart.crossing_month}"),)
    ours, theirs = view.plan.npv_usd.value, view.base.npv_usd.value
    return LineChart(
        title=_finding(view),
        description=(
            f"Cumulative cost at today's worth over {view.months} months. This plan ends at {text.money(ours)}, the "
            f"base case at {text.money(theirs)}. {_crossing(view)}"
        ),
        x_axis="months",
        y_axis="cumulative cost at today's worth, USD",
        unit="USD",
        series=(
            Series(name="This plan", values=chart.plan_usd),
            Series(name="Base case", values=chart.base_usd, is_reference=True),
        ),
        marks=marks,
        step=_step(view.months),
        note=f"Base case: {view.base_case}.",
    )


def _step(months: int) -> int:
    """Labels at whole years, or closer together where the horizon is short."""
    return next((step for step in (1, 3, 6, 12) if months / step <= 12), 12)  # noqa: PLR2004


def _finding(view: HorizonView) -> str:
    saving = view.saving_npv_usd.value
    if saving == 0:
        return f"Over {span(view.months)} the plan costs what the base case does"
    words = "saves" if saving > 0 else "costs"
    more = "" if saving > 0 else " more than the base case"
    return f"Over {span(view.months)} the plan {words} {text.money(abs(saving))} at today's worth{more}"


def _crossing(view: HorizonView) -> str:
    month = view.chart.crossing_month
    if month is None:
        return f"They do not cross: {view.payback.reason}."
    return f"They cross in month {month}." if month else "The plan needs no extra money up front."


def _figures(view: HorizonView) -> tuple[KeyFigure, ...]:
    return (
        _money("This plan, at today's worth", view.plan.npv_usd),
        _money("Base case, at today's worth", view.base.npv_usd),
        _money("Saving, at today's worth", view.saving_npv_usd),
        KeyFigure(
            label="Extra money up front",
            value=text.money(view.extra_up_front_usd),
            note=f"paid back: {crossing_words(view.payback)}",
        ),
    )


def _money(label: str, figure: Quantity) -> KeyFigure:
    return KeyFigure(label=label, value=text.quantity(figure, interval=False), note=basis_note(figure))


def _years(view: HorizonView) -> Table:
    columns = [
        Column(title="Year"),
        *numeric(
            "This plan, billed",
            "Base case, billed",
            "Saving",
            "Saving so far, at today's worth",
            "This plan, effective",
            "Base case, effective",
        ),
    ]
    rows = [_year(each) for each in view.years if each.months or each.plan_billed_usd or each.base_billed_usd]
    total = row(
        Cell(text="All", strong=True),
        text.money(view.plan.total_usd.value),
        text.money(view.base.total_usd.value),
        text.money(view.base.total_usd.value - view.plan.total_usd.value),
        text.money(view.saving_npv_usd.value),
        text.money(sum(view.plan.effective_usd)),
        text.money(sum(view.base.effective_usd)),
    )
    return table("What plan and base case cost by year, USD", columns, [*rows, total])


def _year(year: Year) -> tuple[Cell, ...]:
    return row(
        year_words(year),
        text.money(year.plan_billed_usd),
        text.money(year.base_billed_usd),
        text.money(year.saving_usd),
        text.money(year.discounted_cumulative_saving_usd),
        text.money(year.plan_effective_usd),
        text.money(year.base_effective_usd),
    )


def _lines(view: HorizonView) -> Table:
    """What the totals are made of, over the whole horizon."""
    kinds = dict.fromkeys(line.kind for stream in (view.base, view.plan) for line in stream.lines)
    rows = [row(kind, *_usd(view.plan, kind), *_usd(view.base, kind)) for kind in kinds]
    columns = [
        Column(title="Kind of cost"),
        *numeric("This plan, billed", "This plan, effective", "Base case, billed", "Base case, effective"),
    ]
    note = "Salvage is money that comes back: resale, and the rest of a device's value at the end of the horizon."
    return table(
        f"The cost of {span(view.months)} by kind, undiscounted, USD",
        columns,
        rows,
        note if "salvage" in kinds else "",
    )


def _usd(stream: Stream, kind: str) -> tuple[str, str]:
    line = next((each for each in stream.lines if each.kind == kind), None)
    if line is None:
        return "none", "none"
    return text.money(sum(line.billed_usd)), text.money(sum(line.effective_usd))


def _capacities(view: HorizonView) -> Table:
    """Rented, reserved and owned capacity against the base case's token prices."""
    titles = ("Units", "Cost, at today's worth", "Saving, at today's worth", "Extra up front")
    return table(
        "The base case with the work a capacity may take moved onto it, one capacity at a time, USD",
        [Column(title="Capacity"), *numeric(*titles), Column(title="Paid back")],
        [row(Cell(text=each.title, detail=each.model), *capacity_words(each)) for each in view.capacities],
        "Units are bought for their whole term as work grows; saving is base case less this.",
    )


def _one_offs(view: HorizonView) -> Table:
    columns = [
        *(Column(title=title) for title in ("Paid once", "Which choice pays it")),
        *numeric("Within the horizon"),
        *(Column(title=title) for title in ("Passed by the plan's inference", "Class by class")),
    ]
    return table(
        "What is paid once, and when the inference it serves has cost as much",
        columns,
        [_one_off(each) for each in view.one_offs],
    )


def _one_off(each: OneOffOutlook) -> tuple[Cell, ...]:
    choices = [name for name, pays in (("this plan", each.in_plan), ("base case", each.in_base)) if pays]
    times = "" if each.times == 1 else f"{each.times} times"
    return row(
        Cell(text=each.name, detail=each.kind.replace("_", "-")),
        " and ".join(choices) or "neither",
        Cell(text=text.money(each.total_usd), detail=times),
        Cell(text=crossing_words(each.passes), detail="" if each.passes.month is None else each.passes.reason),
        "; ".join(f"{one.title}: {crossing_words(one.passes)}" for one in each.by_class) or "none",
    )

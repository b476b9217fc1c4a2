"""Page 1: the decision in one sentence, the figures it stands on, and the base case beside it."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.placement.options import Placement, Side, Sureness
from planner.placement.plan import Plan
from planner.report.blocks import Bar, BarChart, BarRow, Figures, KeyFigure, Paragraph, Section
from planner.report.words import basis_note, sureness_words

QUALITY = "review and rejected results"
NOT_KNOWN_YET = (
    "Intervals here are bounds from the stated ranges of the inputs, not probabilities: this version gives no chance "
    "of being best and no expected regret."
)


def section(plan: Plan) -> Section:
    """The decision, its key figures and the chart of plan against base case (none where nothing is placed)."""
    placed = len(plan.placements) > len(plan.totals.unplaced)
    chart = (_cost_chart(plan),) if placed else ()
    return Section(
        section_id="decision",
        title="Decision",
        blocks=(
            Paragraph(text=plan.sentence),
            Figures(figures=tuple(_figures(plan))),
            *chart,
            Paragraph(text=_certainty(plan)),
            *(() if plan.optimality is None else (Paragraph(text=plan.optimality.sentence),)),
            Paragraph(text=NOT_KNOWN_YET, muted=True),
        ),
    )


def _figures(plan: Plan) -> list[KeyFigure]:
    totals = plan.totals
    here = sum(_placed_on(placement, Side.EDGE) for placement in plan.placements)
    there = sum(_placed_on(placement, Side.DATACENTER) for placement in plan.placements)
    review = ", review and rejected results included" if totals.quality_usd_per_month else ""
    money = [
        _money(f"This plan{review}", totals.plan_usd_per_month),
        _money(f"Base case{review}", totals.base_usd_per_month),
        _money("Saving", totals.saving_usd_per_month, totals.saving_share),
    ]
    return [
        *(money if here + there else []),
        KeyFigure(
            label="Task classes placed",
            value=f"{here} on devices, {there} in the data center",
            note=f"{len(plan.placements) - here - there} without a feasible option, of {len(plan.placements)}",
        ),
    ]


def _money(label: str, figure: Quantity, share: float | None = None) -> KeyFigure:
    value = text.quantity(figure, interval=False)
    if share is not None:
        value = f"{value} ({text.share(share)})"
    return KeyFigure(label=label, value=value, note=basis_note(figure))


def _placed_on(placement: Placement, side: Side) -> bool:
    return placement.chosen is not None and placement.chosen.side is side


def _cost_chart(plan: Plan) -> BarChart:
    """Base case and plan, each in the parts the totals name."""
    totals = plan.totals
    base = BarRow(
        label="Base case",
        bars=_bars(
            totals.base_datacenter_usd_per_month,
            totals.base_capacity_usd_per_month,
            totals.base_edge_usd_per_month,
            totals.base_fleet_usd_per_month,
            totals.base_quality_usd_per_month,
        ),
        total=_month(totals.base_usd_per_month),
    )
    mine = BarRow(
        label="This plan",
        bars=_bars(
            totals.datacenter_usd_per_month,
            totals.capacity_usd_per_month,
            totals.edge_usd_per_month,
            totals.fleet_usd_per_month,
            totals.quality_usd_per_month,
        ),
        total=_month(totals.plan_usd_per_month),
    )
    sums = {row.label: ", ".join(f"{bar.name} {bar.label}" for bar in row.bars) for row in (base, mine)}
    return BarChart(
        title=_finding(plan),
        description=f"Base case: {base.total}, of which {sums['Base case']}. "
        f"This plan: {mine.total}, of which {sums['This plan']}.",
        axis="cost per month, USD",
        unit="USD",
        rows=(base, mine),
        note=f"This plan: {sums['This plan']}. Fleet is support, added hardware and upkeep of models. "
        f"Base case: {sums['Base case']}; it is {totals.base_case}.",
    )


def _bars(
    datacenter_usd: float, capacity_usd: float, edge_usd: float, fleet_usd: float, quality_usd: float
) -> tuple[Bar, ...]:
    """The parts that cost something, in one order for both rows."""
    parts: tuple[tuple[str, float, Side | None], ...] = (
        ("data center", datacenter_usd, Side.DATACENTER),
        ("rented and owned capacity", capacity_usd, Side.DATACENTER),
        ("devices", edge_usd, Side.EDGE),
        ("fleet", fleet_usd, Side.EDGE),
        (QUALITY, quality_usd, None),
    )
    return tuple(Bar(name=name, value=usd, label=text.money(usd), side=side) for name, usd, side in parts if usd > 0)


def _month(figure: Quantity) -> str:
    return text.quantity(figure, interval=False)


def _finding(plan: Plan) -> str:
    """The chart's title says what it shows."""
    saving, share = plan.totals.saving_usd_per_month, plan.totals.saving_share
    if saving.value > 0:
        portion = f", {text.share(share)} of the base case" if share is not None else ""
        return f"The plan saves {text.money_per_month(saving.value)}{portion}"
    if saving.value == 0:
        return "The plan costs as much as the base case"
    return f"The plan costs {text.money_per_month(-saving.value)} more than the base case"


def _certainty(plan: Plan) -> str:
    counts = {kind: sum(placement.sureness is kind for placement in plan.placements) for kind in Sureness}
    told = [f"{count} {sureness_words(kind)}" for kind, count in counts.items() if count]
    head = f"How the choice between device and data center stands for the {len(plan.placements)} classes"
    return f"{head}: {'; '.join(told)}."

"""Where the decision turns: intervals of volume, prices and sizes, and the exact curves behind them."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import BreakEvenView, By, CurveView, Pair
from planner.outlook.break_even_words import cheaper_words, place
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.report.blocks import (
    Band,
    Block,
    Bullets,
    Cell,
    Column,
    Curve,
    CurveChart,
    Paragraph,
    Section,
    Stretch,
    Table,
    numeric,
    row,
    table,
)
from planner.scenario import Scenario

OF_THE_PLAN: tuple[By, ...] = ("seats", "tariff", "price")
UNITS: dict[By, str] = {
    "volume": "count",
    "seats": "count",
    "months": "count",
    "price": "count",
    "utilization": "share",
    "tariff": "USD/kWh",
}
HOW = (
    "Every curve is the month's cost as it is: straight between kinks, with a jump where another whole machine is "
    "bought; nothing is smoothed. «At best» and «at worst» put every figure at the end of its interval that favours "
    "the first or the second of two alternatives."
)


def section(plan: Plan, scenario: Scenario) -> Section:
    """By volume all pairs, by seats, tariff and price the plan against its base case."""
    view = break_even(scenario, "volume", plan=plan)
    blocks: list[Block] = [Paragraph(text=view.sentence)]
    if view.pairs:
        blocks += [chart_block(view, pair) for pair in _charted(view)]
        blocks.append(_table(view))
    others = tuple(_others(plan, scenario))
    if others:
        blocks.append(Bullets(items=others))
    if view.left_out:
        blocks.append(Paragraph(text=" ".join(view.left_out), muted=True))
    if view.doubts:
        blocks.append(Bullets(items=tuple((doubt.sentence, doubt.advice) for doubt in view.doubts)))
    blocks.append(Paragraph(text=f"{HOW} {' '.join(view.assumptions)}", muted=True))
    return Section(section_id="break-even", title="Where it turns", blocks=tuple(blocks))


def chart_block(view: BreakEvenView, pair: Pair) -> CurveChart:
    """Both curves of a pair, the stretches where the first is cheaper shaded."""
    shown = [curve for curve in pair.curves if curve.segments]
    end = max(segment.to_x for curve in shown for segment in curve.segments)
    bands = tuple(
        Band(from_x=each.low, to_x=end if each.high is None else each.high, label=f"{pair.ours} costs less")
        for each in pair.cheaper
        if each.low < end
    )
    where = cheaper_words(view.by, pair.cheaper)
    finding = f"{pair.ours} never costs less than {pair.theirs}" if where == "never" else _finding(pair, where)
    return CurveChart(
        title=finding,
        description=pair.sentence,
        x_axis=view.axis,
        y_axis="USD a month",
        x_unit=UNITS[view.by],
        unit="USD",
        curves=tuple(_curve(curve, is_reference=curve is shown[-1] and len(shown) > 1) for curve in shown),
        bands=bands,
        today=pair.today,
        note=" ".join(pair.assumptions),
    )


def _finding(pair: Pair, where: str) -> str:
    return f"{pair.ours[:1].upper()}{pair.ours[1:]} costs less than {pair.theirs} {where}"


def _curve(curve: CurveView, *, is_reference: bool) -> Curve:
    return Curve(
        name=curve.title,
        stretches=tuple(
            Stretch(from_x=each.from_x, from_y=each.from_usd, to_x=each.to_x, to_y=each.to_usd)
            for each in curve.segments
        ),
        is_reference=is_reference,
        ends=curve.ends_at is not None,
    )


def _charted(view: BreakEvenView) -> list[Pair]:
    """The first pair, and the one that turns most often where it is another: a capacity in whole units."""
    most = max(view.pairs, key=lambda pair: len(pair.cheaper))
    pairs = [view.pairs[0]] if most is view.pairs[0] or len(most.cheaper) <= 1 else [view.pairs[0], most]
    return [pair for pair in pairs if any(curve.segments for curve in pair.curves)]


def _table(view: BreakEvenView) -> Table:
    columns = [
        *(Column(title=title) for title in ("This", "Costs less than", "Where", "At best", "At worst")),
        *numeric("Today", "Cost today", "Instead of"),
    ]
    return table("Break-even by volume, USD a month", columns, [_row(view, pair) for pair in view.pairs])


def _row(view: BreakEvenView, pair: Pair) -> tuple[Cell, ...]:
    side = pair.curves[0].side
    return row(
        Cell(text=pair.ours[:1].upper() + pair.ours[1:], side=side if side is Side.EDGE else None),
        pair.theirs,
        Cell(text=cheaper_words(view.by, pair.cheaper), detail=pair.basis.value, strong=True),
        cheaper_words(view.by, pair.cheaper_at_best),
        cheaper_words(view.by, pair.cheaper_at_worst),
        text.UNKNOWN if pair.today is None else place(view.by, pair.today),
        "cannot serve" if pair.ours_usd_today is None else text.money(pair.ours_usd_today),
        "cannot serve" if pair.theirs_usd_today is None else text.money(pair.theirs_usd_today),
    )


def _others(plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str]]:
    for by in OF_THE_PLAN:
        view = break_even(scenario, by, plan=plan, only_the_plan=True)
        for pair in view.pairs:
            yield f"By {by}", pair.sentence

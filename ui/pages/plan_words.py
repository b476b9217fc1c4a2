"""What the Plan page says of a plan: key figures, sureness and proof, the cost bars, what to doubt."""

from __future__ import annotations

from collections.abc import Mapping

from planner import text
from planner.basis import Doubt
from planner.placement.options import Side
from planner.placement.plan import Plan
from ui.charts.bars import Bar, Part
from ui.pages.option_words import explained
from ui.pages.plan_rows import SURENESS
from ui.widgets.details import Section
from ui.widgets.key_figures import KeyFigure

COST_AXIS = "USD per month"
QUALITY = "review and rejected results"
NOT_PROVEN = "This plan was made before plans were proven: plan its scenario again to learn the gap."
SAVING_INTERVAL = "Bounds from its inputs; what plan and base case have in common is left out."


def key_figures(plan: Plan) -> tuple[KeyFigure, ...]:
    """Plan, base case, what is saved, how many classes run on devices."""
    totals = plan.totals
    local = sum(one.chosen is not None and one.chosen.side is Side.EDGE for one in plan.placements)
    if len(totals.unplaced) == len(plan.placements):
        return (KeyFigure(f"0 of {len(plan.placements)}", "classes placed"),)
    saved = totals.saving_usd_per_month
    share = f"{text.share(totals.saving_share)} of the base case, " if totals.saving_share is not None else ""
    low, high = saved.bounds
    return (
        KeyFigure(
            text.quantity(totals.plan_usd_per_month, interval=False),
            f"this plan, all cost · {totals.plan_usd_per_month.basis.value}",
            explained(totals.plan_usd_per_month),
        ),
        KeyFigure(
            text.quantity(totals.base_usd_per_month, interval=False),
            f"base case · {totals.base_usd_per_month.basis.value}",
            f"{explained(totals.base_usd_per_month)}\n{totals.base_case}",
        ),
        KeyFigure(
            text.money_per_month(saved.value),
            f"saving, {share}{text.money(low)} … {text.money(high)} · {saved.basis.value}",
            f"{explained(saved)}\n{SAVING_INTERVAL}",
        ),
        KeyFigure(f"{local} of {len(plan.placements)}", "classes on the device"),
    )


def sureness_line(plan: Plan) -> str:
    """«≈ 1 too close to call: measure first · ✓ 5 clear over the whole interval · ● 5 allowed on one side only»."""
    counts = {kind: sum(one.sureness is kind for one in plan.placements) for kind in SURENESS}
    told = [f"{SURENESS[kind].icon} {count} {SURENESS[kind].count_words}" for kind, count in counts.items() if count]
    return "   ·   ".join(told)


def proof(plan: Plan) -> str:
    """What the search for the cheapest choice came to, its gap always said."""
    return NOT_PROVEN if plan.optimality is None else plan.optimality.sentence


def cost_finding(plan: Plan) -> str:
    """The chart's title: who is cheaper and by how much."""
    saved = plan.totals.saving_usd_per_month.value
    if saved > 0:
        return f"The plan saves {text.money_per_month(saved)} against the base case"
    if saved < 0:
        return f"The plan costs {text.money_per_month(-saved)} more than the base case"
    return "The plan costs as much as the base case"


def cost_bars(plan: Plan) -> tuple[Bar, ...]:
    """Base case and plan in the parts of their totals."""
    totals = plan.totals
    return (
        Bar(
            "Base case",
            _parts(
                totals.base_datacenter_usd_per_month,
                totals.base_capacity_usd_per_month,
                totals.base_edge_usd_per_month,
                totals.base_fleet_usd_per_month,
                totals.base_quality_usd_per_month,
            ),
            text.quantity(totals.base_usd_per_month, interval=False),
        ),
        Bar(
            "This plan",
            _parts(
                totals.datacenter_usd_per_month,
                totals.capacity_usd_per_month,
                totals.edge_usd_per_month,
                totals.fleet_usd_per_month,
                totals.quality_usd_per_month,
            ),
            text.quantity(totals.plan_usd_per_month, interval=False),
        ),
    )


def _parts(datacenter: float, capacity: float, edge: float, fleet: float, quality: float) -> tuple[Part, ...]:
    named = (
        ("data center", datacenter, "datacenter", False),
        ("rented and owned capacity", capacity, "datacenter", True),
        ("devices", edge, "edge", False),
        ("fleet", fleet, "edge", True),
        (QUALITY, quality, "band", False),
    )
    return tuple(Part(name, usd, text.money(usd), meaning, hatched) for name, usd, meaning, hatched in named if usd > 0)


def cost_caption(bars: tuple[Bar, ...]) -> str:
    """Every part in words, since a narrow stretch holds no name."""
    return "\n".join(f"{bar.label}: {' + '.join(f'{part.name} {part.words}' for part in bar.parts)}." for bar in bars)


def doubt_sections(doubts: tuple[Doubt, ...], titles: Mapping[str, str] | None = None) -> tuple[Section, ...]:
    """Doubts as sentence and next step; with the classes concerned, by title, where the sentence names none."""
    lines: list[str] = []
    for doubt in doubts:
        named = [titles[name] for name in doubt.subject.split(", ") if name in titles] if titles else []
        concerned = f" Concerns {', '.join(named)}." if any(title not in doubt.sentence for title in named) else ""
        lines += [f"▲ {doubt.sentence}{concerned}", f"→ {doubt.advice}"]
    return (Section("Doubts", tuple(lines)),) if lines else ()

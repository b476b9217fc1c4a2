"""How far to trust the plan: doubts with advice, the share of cost that rests on assumptions, limits, reproduction."""

from __future__ import annotations

from planner import text
from planner.basis import Basis
from planner.placement.plan import Plan
from planner.report.blocks import Bullets, Cell, Column, Paragraph, Section, numeric, row, table
from planner.scenario import Scenario

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "Uncertainty",
        "Intervals are bounds carried through the formulas, not samples: no probability, regret or value of measuring.",
    ),
    (
        "One device, several classes",
        "They are judged together in the busiest hour of the mean device; heavy users wait longer than it says.",
    ),
    (
        "Time",
        "Classes are placed for the first month. The horizon follows that choice and moves no class on the way.",
    ),
    (
        "Hosted capacity",
        "Whole units follow from its stated speeds and service; no wait is computed for each hour of the week.",
    ),
    (
        "Mixed placement",
        "A class runs in one place. Only what is too much for a capacity or a heavy user's device may go elsewhere.",
    ),
    ("Heat", "A device counts as fast as in short runs where nobody soaked it; a doubt says where that is so."),
    (
        "Quality",
        "Published scores decide the quality floor; your own evaluation changes the cost per accepted result only.",
    ),
)


def doubts_section(plan: Plan) -> Section:
    """Every doubt with what to do about it."""
    items = tuple((doubt.sentence, doubt.advice) for doubt in plan.doubts)
    blocks = (Bullets(items=items),) if items else (Paragraph(text="The engine raised no doubt."),)
    return Section(section_id="doubts", title=f"Doubts ({len(items)})", blocks=blocks)


def cost_by_basis(plan: Plan) -> dict[Basis, float]:
    """Monthly cost of the plan by the basis of each part, USD; parts of a class are divided by its accepted share."""
    shares = dict.fromkeys(Basis, 0.0)
    for placement in plan.placements:
        cost = placement.chosen.cost if placement.chosen is not None else None
        if cost is None or cost.usd_per_accepted is None:
            continue
        for part in (*cost.parts, *cost.quality_parts):
            shares[part.basis] += part.usd_per_request / cost.acceptance.value * placement.requests_per_month
    for load in plan.fleet_loads:
        if load.task_classes:
            shares[load.fixed_usd_per_month.basis] += load.fixed_usd_per_month.value
    return shares


def basis_section(plan: Plan) -> Section:
    """How much of the money rests on what."""
    shares = cost_by_basis(plan)
    total = sum(shares.values())
    rows = [
        row(basis.value, text.money_per_month(usd), text.share(usd / total) if total else text.UNKNOWN)
        for basis, usd in shares.items()
    ]
    columns = [Column(title="Basis"), *numeric("Cost per month", "Share of the plan")]
    note = "A part counts under the weakest basis of its inputs; the accepted share itself is listed under Assumptions."
    assumed = text.share(shares[Basis.ASSUMED] / total) if total else text.UNKNOWN
    return Section(
        section_id="basis",
        title="How much of the cost rests on assumptions",
        blocks=(
            Paragraph(text=f"{assumed} of the plan's cost per month rests on at least one assumed input."),
            table("Cost of the plan by the basis of its parts", columns, rows, note),
        ),
    )


def limits_section() -> Section:
    """What this version does not model."""
    return Section(section_id="limits", title="Not modelled yet", blocks=(Bullets(items=LIMITS),))


def reproduction_section(plan: Plan, scenario: Scenario) -> Section:
    """What is needed to get the same plan again."""
    runtimes = dict.fromkeys(run.settings.runtime for fleet in scenario.fleets for run in fleet.profile.runs)
    rows = [
        row("Engine", plan.engine),
        row("Runtime of the measured figures", ", ".join(runtimes) or "nothing was measured for this plan"),
        row("Price data", f"{scenario.prices.data_source}, {text.day(scenario.prices.data_as_of)}"),
        row("Scenario, SHA-256", Cell(text=plan.scenario_sha256)),
        row("Random seed", "none: nothing is sampled"),
        row("Command", "edgewise plan plan.json"),
    ]
    return Section(
        section_id="reproduction",
        title="Getting the same plan again",
        blocks=(
            Paragraph(
                text="plan.json beside this report holds scenario and plan; the command recomputes and compares it."
            ),
            table("Reproduction", [Column(title="Item"), Column(title="Value")], rows),
        ),
    )

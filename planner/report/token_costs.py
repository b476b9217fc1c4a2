"""What a million tokens cost on the option chosen: input and output apart, at its utilization and at 100 %."""

from __future__ import annotations

from planner import text
from planner.cost.figures import Cost
from planner.placement.options import Placement
from planner.placement.plan import Plan
from planner.report.blocks import Cell, Column, Table, numeric, row, table
from planner.report.words import figure_cell, placed_cell


def per_mtok_table(plan: Plan) -> Table:
    """One row a placed class; a price of tokens never stands without utilization and the figure at 100 %."""
    columns = [
        Column(title="Task class"),
        Column(title="Where"),
        *numeric("Input", "Output", "All tokens, at the class's ratio"),
        *numeric("Utilization", "Device for this alone, at that utilization", "The same at 100 %"),
    ]
    rows = [
        _row(placement, placement.chosen.cost)
        for placement in plan.placements
        if placement.chosen is not None and placement.chosen.cost is not None
    ]
    note = (
        "In USD per million tokens of the class, retries and escalations included. Each part of the bill is borne by "
        "the tokens that cause it: prompts by input, answers by output; what a request costs whatever its length is in "
        "the blended figure only. Utilization is the share of active hours one device is busy with the class. The last "
        "two columns let the class bear the device's whole price, first with its idle hours, then as if it had none."
    )
    return table("What a million tokens cost", columns, rows, note)


def not_charged_table(plan: Plan) -> Table:
    """Costs of devices that nobody stated a figure for, and what is lacking."""
    lacking: dict[tuple[str, str], None] = {}
    for placement in plan.placements:
        chosen = placement.chosen
        if chosen is not None and chosen.cost is not None:
            lacking.update({(chosen.target, each): None for each in chosen.cost.not_charged})
    rows = [row(target, *words.split(": ", 1)) for target, words in lacking]
    return table("Costs of local inference that are not charged on their own", ["Device", "Cost", "Because"], rows)


def _row(placement: Placement, cost: Cost) -> tuple[Cell, ...]:
    ratio = f"{text.significant(cost.blended_ratio)} input tokens per output token"
    where = placed_cell(placement.chosen)
    if cost.utilization is None:
        unused = Cell(text="does not apply", detail=cost.utilization_reason)
    else:
        unused = Cell(text=text.share(cost.utilization), detail=cost.utilization_reason)
    return row(
        placement.title,
        where,
        figure_cell(cost.usd_per_mtok_in),
        figure_cell(cost.usd_per_mtok_out),
        Cell(text=text.quantity(cost.usd_per_mtok, interval=False), detail=ratio),
        unused,
        _or_not(cost, figure_cell(cost.usd_per_mtok_at_utilization), cost.usd_per_mtok_at_utilization is None),
        _or_not(
            cost, figure_cell(cost.usd_per_mtok_at_full_utilization), cost.usd_per_mtok_at_full_utilization is None
        ),
    )


def _or_not(cost: Cost, cell: Cell, is_unknown: bool) -> Cell:
    """Paid by the token there is no such figure; on a device it may be unknown."""
    return Cell(text="does not apply") if cost.utilization is None and is_unknown else cell

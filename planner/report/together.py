"""What classes that share a device make each other wait, as the report shows it."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.placement.plan import Plan
from planner.report.blocks import Cell, Column, Table, numeric, row, table
from planner.report.words import figure_cell
from planner.service.figures import SharedWait

NOTE = (
    "In the busiest hour, with every class of the device in one queue. What cannot be deferred goes first; what has "
    "begun is never interrupted. The placement table judges each class alone."
)


def together_tables(plan: Plan) -> tuple[Table, ...]:
    """One table for each fleet on which at least two classes meet; none where no class meets another."""
    titles = {placement.task_class: placement.title for placement in plan.placements}
    columns = [
        *(Column(title=title) for title in ("Task class", "Turn")),
        *numeric("Wait p95", "TTFT p95 (bound)", "End to end p95 (bound)"),
        Column(title="Keeps its bounds"),
    ]
    return tuple(
        table(
            f"Together on one {load.title}",
            columns,
            [_row(titles.get(wait.task_class, wait.task_class), wait) for wait in load.shared],
            NOTE,
        )
        for load in plan.fleet_loads
        if load.shared
    )


def turn_words(wait: SharedWait) -> str:
    """Whose turn comes first."""
    return "first" if wait.is_urgent else "after the others"


def kept_words(wait: SharedWait) -> str:
    """Whether its bounds hold, or that it has none."""
    if wait.wait_p95_s is None:
        return "its queue does not clear in that hour"
    if wait.ttft_slo_s is None and wait.e2e_slo_s is None:
        return "it has none"
    return "yes" if wait.keeps_slo else "no"


def _row(title: str, wait: SharedWait) -> tuple[Cell, ...]:
    waits = "it grows" if wait.wait_p95_s is None else text.seconds(wait.wait_p95_s)
    return row(
        title,
        turn_words(wait),
        waits,
        _against(wait, wait.ttft_p95_s, wait.ttft_slo_s),
        _against(wait, wait.e2e_p95_s, wait.e2e_slo_s),
        kept_words(wait),
    )


def _against(wait: SharedWait, figure: Quantity, bound_s: float | None) -> Cell:
    """Without a wait there is no percentile."""
    bound = "no bound" if bound_s is None else f"bound {text.seconds(bound_s)}"
    if wait.wait_p95_s is None:
        return Cell(text=text.UNKNOWN, detail=bound)
    cell = figure_cell(figure)
    return Cell(text=cell.text, detail=f"{bound} · {cell.detail}" if cell.detail else bound)

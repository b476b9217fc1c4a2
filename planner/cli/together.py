"""What classes that share a device make each other wait, as a terminal shows it."""

from __future__ import annotations

from planner import text
from planner.cli.console import Column, say_heading, say_table
from planner.placement.plan import Plan
from planner.service.figures import SharedWait

COLUMNS = (
    Column("Task class"),
    Column("Turn"),
    Column("Wait p95", numeric=True),
    Column("TTFT p95", numeric=True),
    Column("bound", numeric=True),
    Column("E2E p95", numeric=True),
    Column("bound", numeric=True),
)


def show_together(plan: Plan) -> None:
    """Each fleet on which at least two classes meet, in the busiest hour."""
    titles = {placement.task_class: placement.title for placement in plan.placements}
    for load in plan.fleet_loads:
        if load.shared:
            say_heading(f"Together on one {load.title}, in the busiest hour")
            say_table(COLUMNS, [_row(titles.get(wait.task_class, wait.task_class), wait) for wait in load.shared])


def _row(title: str, wait: SharedWait) -> tuple[str, ...]:
    bounds = ["-" if each is None else text.seconds(each) for each in (wait.ttft_slo_s, wait.e2e_slo_s)]
    if wait.wait_p95_s is None:
        figures = ["never clears", text.UNKNOWN, text.UNKNOWN]
    else:
        figures = [text.seconds(each) for each in (wait.wait_p95_s, wait.ttft_p95_s.value, wait.e2e_p95_s.value)]
    waits, ttft, e2e = figures
    return title, "first" if wait.is_urgent else "after", waits, ttft, bounds[0], e2e, bounds[1]

"""`edgewise horizon`: what plan and base case cost over the coming years, and when they cross."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.console import say_json, tell
from planner.cli.looked_ahead import show_horizon
from planner.cli.names import require_writable
from planner.cli.planned_scenarios import HELP, scenario_of
from planner.csv_cells import csv_text
from planner.documents import save_text
from planner.horizon import Horizon
from planner.outlook.horizon import horizon_of
from planner.outlook.monthly_rows import monthly_rows
from planner.ranges import MOST_MONTHS
from planner.scenario import Scenario
from planner.units import MONTHS_PER_YEAR


def command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=HELP)],
    years: Annotated[
        float | None,
        typer.Option(
            "--years",
            min=1 / MONTHS_PER_YEAR,
            max=MOST_MONTHS / MONTHS_PER_YEAR,
            show_default=False,
            help="How far to look ahead; default: as the scenario says.",
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", show_default=False, help="Write every month, line by line."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole look ahead as JSON on stdout.")] = False,
) -> None:
    """Look ahead month by month: growth, dated and changing prices, refresh, one-offs, and what it is worth today.

    The plan is that of the first month, kept; beside it stands the base case, everything in the data center.
    """
    if csv is not None:
        require_writable(csv)
    view = horizon_of(_over(scenario_of(scenario), years))
    if csv is not None:
        save_text(csv, csv_text(monthly_rows(view)))
        tell(f"Months: {csv}")
    if as_json:
        say_json(view)
    else:
        show_horizon(view)


def _over(scenario: Scenario, years: float | None) -> Scenario:
    """The scenario looked at over so many years."""
    if years is None:
        return scenario
    horizon = Horizon.model_validate(dict(scenario.horizon) | {"years": years})
    return scenario.model_copy(update={"horizon": horizon})

"""`edgewise break-even`: where one choice becomes cheaper than another, by volume, seats, prices or time."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from planner.cli.broken_even import show_break_even
from planner.cli.console import say_json
from planner.cli.planned_scenarios import HELP, scenario_of
from planner.outlook.break_even import break_even

Quantities = Literal["volume", "utilization", "seats", "months", "tariff", "price"]


def command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=HELP)],
    by: Annotated[
        Quantities,
        typer.Option(
            "--by",
            show_default=False,
            help="What varies: requests a day, share of paid hours, seats, months, USD/kWh, or a metered price.",
        ),
    ],
    task_class: Annotated[
        str | None, typer.Option("--class", metavar="NAME", show_default=False, help="One task class alone.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="NAME",
            show_default=False,
            help="A token offer or a capacity of the scenario; default: the cheapest metered model.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every interval and the curves as JSON on stdout.")
    ] = False,
) -> None:
    """Find where alternatives cost the same: a set of intervals, exact with whole machines, or never.

    Compared are the plan and its base case, each task class on a device and in the data center, and each capacity and
    metered tokens.
    """
    view = break_even(scenario_of(scenario), by, task_class=task_class, against=against)
    if as_json:
        say_json(view)
    else:
        show_break_even(view)

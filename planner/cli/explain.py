"""`edgewise explain`: why task classes are placed where they are, why not on the other side, and what would flip it."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.cli.console import say_json
from planner.cli.explained import show_explanation, show_overview
from planner.cli.planned_scenarios import HELP, scenario_of
from planner.outlook.explanation import explanation, overview


def command(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help=HELP)],
    task_class: Annotated[
        str | None,
        typer.Option("--class", metavar="NAME", show_default=False, help="One class; default: all, short."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON on stdout.")] = False,
) -> None:
    """Why a class is placed where it is: each answer is found by placing all classes anew under another condition.

    Why not on the other side is what the whole plan would cost more with the class there, or the smallest set of
    constraints that forbid it together and what would lift them. A figure flips the class where it makes another plan
    best. The next plans are the cheapest after the best. Every option follows with its own cost, what the whole plan
    would cost more with the class on it, and what rules it out.
    """
    found = scenario_of(scenario)
    if task_class is None:
        every = overview(found)
        if as_json:
            say_json(every)
        else:
            show_overview(every)
        return
    explained = explanation(found, task_class)
    if as_json:
        say_json(explained)
    else:
        show_explanation(explained)

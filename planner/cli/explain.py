"""`edgewise explain`: why a task class is placed where it is, why not on the other side, and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner import text
from planner.cli.console import Column, say, say_heading, say_json, say_pairs, say_table
from planner.cli.names import format_of, is_file_name, scenario_named
from planner.outlook.explanation import Explanation, explanation
from planner.outlook.other_plans import NextPlan, OptionLine
from planner.plan_files import load_plan

SAVED_PLAN_FORMAT = "edgewise.saved-plan"
NONE = "–"


def command(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A scenario file, a sample («edgewise samples») or a saved plan.json."),
    ],
    task_class: Annotated[str, typer.Option("--class", metavar="NAME", show_default=False, help="The task class.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON on stdout.")] = False,
) -> None:
    """Why a class is placed where it is: each answer is found by placing all classes anew under another condition.

    Why not on the other side is what the whole plan would cost more with the class there, or the smallest set of
    constraints that forbid it together. The next plans are the cheapest after the best. Every option follows with its
    own cost, what the whole plan would cost more with the class on it, and what rules it out.
    """
    is_plan = is_file_name(scenario) and format_of(Path(scenario)) == SAVED_PLAN_FORMAT
    found = load_plan(Path(scenario)).scenario if is_plan else scenario_named(scenario)
    explained = explanation(found, task_class)
    if as_json:
        say_json(explained)
    else:
        show(explained)


def show(explained: Explanation) -> None:
    """The reasons first, then the plans and the options they are taken from."""
    say(f"{explained.title}: {explained.chosen or 'nowhere'}.")
    say_heading("Why")
    say_pairs(
        [
            ("why here", explained.why_here),
            *([("why not there", explained.why_not_there)] if explained.why_not_there else []),
            ("what flips it", explained.flips),
            ("runner-up", _runner_up(explained)),
            *([("how sure", explained.optimality.sentence)] if explained.optimality else []),
            *((each.resource, each.sentence) for each in explained.shadow_prices),
        ]
    )
    say_heading("Next-best plans")
    if explained.next_plans:
        columns = (Column("More a month", numeric=True), Column("What it does otherwise"))
        say_table(columns, [_plan_row(each) for each in explained.next_plans])
    else:
        say("There is no other plan that places as many classes.")
    say_heading("Options")
    columns = (
        Column("Option"),
        Column("Cost/month", numeric=True),
        Column("Plan/month", numeric=True),
        Column("Ruled out by"),
    )
    say_table(columns, [_option_row(each) for each in explained.options])


def _runner_up(explained: Explanation) -> str:
    if explained.runner_up is None:
        return "none"
    return f"{explained.runner_up}, {text.money_per_month(explained.runner_up_extra_usd_per_month)} more"


def _plan_row(plan: NextPlan) -> tuple[str, str]:
    changes = "; ".join(f"{each.title}: {each.option}" for each in plan.changes)
    return text.money(plan.extra_usd_per_month), changes


def _option_row(line: OptionLine) -> tuple[str, str, str, str]:
    remark = "chosen" if line.is_chosen else " ".join(line.ruled_out) or NONE
    extra = NONE if line.extra_usd_per_month is None else f"+{text.money(line.extra_usd_per_month)}"
    return line.option, text.money(line.usd_per_month), extra, remark

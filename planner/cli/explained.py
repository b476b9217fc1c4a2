"""Explanations as a terminal shows them: the reasons first, then the plans and options they are taken from."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.cli.console import Column, say, say_heading, say_pairs, say_table
from planner.outlook.explanation import ClassLine, Explanation, Overview
from planner.outlook.flip_points import Flip, FlipPoint
from planner.outlook.other_plans import NextPlan, OptionLine
from planner.placement.near_optimal import NearOptimal
from planner.placement.options import Side
from planner.placement.overruns import Overrun
from planner.placement.shadow_ranges import ShadowRange

NONE = "–"
PLACES = {Side.EDGE: "device", Side.DATACENTER: "data center", None: "nowhere"}


def show_overview(overview: Overview) -> None:
    """Every class in a line, and what holds for the whole plan."""
    say(overview.sentence)
    say_heading("Classes")
    columns = (
        Column("Task class"),
        Column("Placed on"),
        Column("Other side, a year", numeric=True),
        Column("Within", numeric=True),
        Column("In one sentence"),
    )
    say_table(columns, [_class_row(each) for each in overview.classes])
    say("«Within» is how much dearer a plan may be for the class to be possible on the other side as well.")
    _show_overruns(overview.overruns)
    _show_near_optimal(overview.near_optimal)
    _show_ranges(overview.shadow_ranges)
    if overview.optimality is not None:
        say(overview.optimality.sentence)


def show_explanation(explained: Explanation) -> None:
    """One class in full."""
    say(f"{explained.title}: {explained.chosen or 'nowhere'}.")
    say(explained.closing)
    say_heading("Why")
    say_pairs(
        [
            ("why here", explained.why_here),
            *([("why not there", explained.why_not_there)] if explained.why_not_there else []),
            *(("what would lift it", each.sentence) for each in explained.easings),
            ("what flips it", explained.flips),
            ("runner-up", _runner_up(explained)),
            *([("how sure", explained.optimality.sentence)] if explained.optimality else []),
            *((each.resource, each.sentence) for each in explained.shadow_prices),
        ]
    )
    _show_overruns(explained.overruns)
    if explained.flip_points:
        _show_flips(explained.flip_points)
    _show_near_optimal(explained.near_optimal)
    _show_ranges(explained.shadow_ranges)
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


def _show_flips(flips: Sequence[Flip]) -> None:
    say_heading("Flip points")
    columns = (
        Column("Figure"),
        Column("Today", numeric=True),
        Column("Below", numeric=True),
        Column("goes to"),
        Column("Above", numeric=True),
        Column("goes to"),
    )
    say_table(columns, [_flip_row(each) for each in flips])
    say("One figure at a time, from a tenth to ten times today's; a dash: nowhere on the way is another plan best.")


def _flip_row(flip: Flip) -> tuple[str, ...]:
    today = text.in_unit(flip.today, flip.unit)
    return flip.name, today, *_point(flip.down, flip.unit), *_point(flip.up, flip.unit)


def _point(point: FlipPoint | None, unit: str) -> tuple[str, str]:
    return (NONE, "") if point is None else (text.in_unit(point.figure, unit), point.becomes or "nowhere")


def _show_near_optimal(near: NearOptimal) -> None:
    say_heading("Near-equal plans")
    columns = (Column("Cost at most"), Column("Requests on devices"), Column("Classes on devices"))
    rows = [("this plan", text.share(near.requests), f"{text.number(near.classes)} of {near.of_classes}")]
    rows += [
        (
            f"+{text.share(each.within)}",
            _from_to(text.share(each.least_requests), text.share(each.most_requests)),
            _from_to(text.number(each.least_classes), text.number(each.most_classes)),
        )
        for each in near.ranges
    ]
    say_table(columns, rows)


def _from_to(least: str, most: str) -> str:
    return least if least == most else f"{least} to {most}"


def _show_overruns(overruns: Sequence[Overrun]) -> None:
    if overruns:
        say_heading("What does not fit")
    for each in overruns:
        say(each.sentence)


def _show_ranges(ranges: Sequence[ShadowRange]) -> None:
    if ranges:
        say_heading("Limits")
    for each in ranges:
        say(each.sentence)


def _class_row(line: ClassLine) -> tuple[str, ...]:
    regret = line.regret_usd_per_year
    other = "forbidden" if regret is None else f"+{text.money(regret)}"
    within = NONE if line.within is None else f"+{text.share(line.within)}"
    return line.title, PLACES[line.side], other, within, line.closing


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

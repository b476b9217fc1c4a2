"""`edgewise week`: when requests come, by a log, and a workload that keeps to those hours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.cli.console import Column, say, say_heading, say_json, say_pairs, say_table, tell
from planner.cli.names import require_writable
from planner.errors import PlannerError
from planner.text import number, quantity, significant
from planner.workload.files import load_workload, save_workload
from planner.workload.load_blocks import load_blocks
from planner.workload.log_week import is_dated, logged_profile, logged_week, whole_weeks, with_week
from planner.workload.rate_profile import WeeklyProfile
from planner.workload.request_log import RequestLog, load_request_log
from planner.workload.week import DAYS, HOURS_PER_DAY, Week, hour_words

DAY_COLUMNS = (
    Column("Day"),
    Column("Requests", numeric=True),
    Column("Busiest hour"),
    Column("Requests in it", numeric=True),
)
BLOCK_COLUMNS = (Column("Hours of the week", numeric=True), Column("Requests/h", numeric=True))
UNDATED = (
    "The log counts from 0, so which day it began on is unknown: a Thursday at 0:00 is taken. Ratios of hours hold, "
    "their names may not."
)


def command(
    *,
    log: Annotated[
        Path, typer.Argument(metavar="LOG", help="A request log of at least a whole week, as «edgewise queue» reads.")
    ],
    workload: Annotated[
        Path | None,
        typer.Option("--workload", "-w", metavar="FILE", help="The workload (.toml or .json) that gets these hours."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Where that workload is written.")
    ] = None,
    task_class: Annotated[
        str | None, typer.Option("--class", metavar="NAME", help="Only this class comes in these hours.")
    ] = None,
    utc_offset: Annotated[
        int, typer.Option("--utc-offset", min=-12, max=14, help="Hours by which people's clock is ahead of the log's.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the week as JSON on stdout.")] = False,
) -> None:
    """The 168 hours of a log's mean week, its busiest hour and its blocks of like hours.

    With --workload and --out, a workload that states these hours and, for all classes, the busiest one: plans are then
    checked in every hour of this week, and capacity is bought for it.
    """
    if (workload is None) is not (out is None):
        raise PlannerError("--workload and --out go together", remedy="Name the workload, and the file to write.")
    if task_class is not None and workload is None:
        raise PlannerError("--class names a class of --workload", where="--class", remedy="Add --workload and --out.")
    if out is not None:
        require_writable(out)
    found = load_request_log(log)
    profile = logged_profile(found, utc_offset)
    remarks: tuple[str, ...] = () if is_dated(found) else (UNDATED,)
    if workload is not None and out is not None:
        remarks += _written(workload, out, logged_week(found, utc_offset), task_class)
    if as_json:
        say_json(_as_json(found, profile))
    else:
        _show(found, profile)
    for each in remarks:
        tell(each)


def _written(workload: Path, out: Path, week: Week, task_class: str | None) -> tuple[str, ...]:
    """Write the workload in these hours, and say what changed beside them."""
    before = load_workload(workload)
    after = with_week(before, week, task_class)
    save_workload(out, after)
    written = f"Written: {out}"
    if after.peak_to_mean == before.peak_to_mean:
        return (written,)
    was, now = quantity(before.peak_to_mean), quantity(after.peak_to_mean)
    return (f"peak_to_mean is {now} now, by the log; it was {was}.", written)


def _show(log: RequestLog, profile: WeeklyProfile) -> None:
    active = [each for each in profile.requests if each > 0]
    busiest = profile.requests.index(profile.peak)
    say_pairs(
        [
            ("requests", f"{len(log.arrivals_s):,} in {whole_weeks(log)} whole weeks and the rest"),
            (
                "a week",
                f"{significant(sum(profile.requests))} requests in {len(active)} of {len(profile.requests)} hours",
            ),
            ("busiest hour", f"{hour_words(busiest)}, {significant(profile.peak)} requests"),
            ("over the mean of hours with requests", number(profile.peak / (sum(active) / len(active)))),
        ]
    )
    say_heading("Day by day")
    say_table(DAY_COLUMNS, [_day_row(profile, day) for day in range(len(DAYS))])
    say_heading("Load blocks")
    say_table(BLOCK_COLUMNS, [(str(each.hours), significant(each.rate)) for each in load_blocks(profile)])
    say("The first block is the busiest hour or hours; together the blocks keep all requests.")


def _day_row(profile: WeeklyProfile, day: int) -> tuple[str, ...]:
    hours = profile.requests[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY]
    most = max(hours)
    at = f"{hours.index(most)}:00" if most else "none"
    return DAYS[day], significant(sum(hours)), at, significant(most)


def _as_json(log: RequestLog, profile: WeeklyProfile) -> dict[str, Any]:
    return {
        "log": log.name,
        "requests": len(log.arrivals_s),
        "whole_weeks": whole_weeks(log),
        "is_dated": is_dated(log),
        "requests_by_hour": list(profile.requests),  # Monday 0:00 first
        "busiest_hour": profile.requests.index(profile.peak),
        "blocks": [{"hours": each.hours, "requests_per_h": each.rate} for each in load_blocks(profile)],
    }

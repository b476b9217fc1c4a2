"""The load of every target in use over the hours of the week, against what it may take."""

from __future__ import annotations

from collections.abc import Iterator

from planner import text
from planner.placement.hour_words import LIMIT_NAMES
from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.placement.week import WeekCheck
from planner.report.blocks import Block, Cell, Column, Paragraph, Section, Table, WeekChart, numeric, row, table
from planner.workload.week import DAYS, HOURS_PER_DAY, hour_words

ABOUT = (
    "Every hour of a week without holidays, all classes of a target together: share of the time of one device. What "
    "may wait is moved, within its window, into hours that have room below the limit, the earliest deadline first; "
    "on people's own devices only into hours in which people work. "
)
ASSUMED = (
    "The workload states no hours: its active days are taken from Monday on, each from 9:00 with one busiest hour at "
    "the stated peak."
)


def sections(plan: Plan) -> tuple[Section, ...]:
    """One section, or none where the plan uses no device or was made before hours were checked."""
    if not plan.week_checks:
        return ()
    is_assumed = not any(check.is_stated for check in plan.week_checks)
    blocks: list[Block] = [Paragraph(text=ABOUT + (ASSUMED if is_assumed else "")), _overview(plan)]
    blocks += [_chart(check) for check in plan.week_checks]
    return (Section(section_id="weeks", title="Load over the week", blocks=tuple(blocks)),)


def _overview(plan: Plan) -> Table:
    titles = {placement.task_class: placement.title for placement in plan.placements}
    columns = [
        Column(title="Target"),
        *numeric("Busiest hour", "As it comes", "Limit", "Hours above", "Wait p95 in it"),
        Column(title="Moved to another hour"),
    ]
    rows = [_row(check, titles) for check in plan.week_checks]
    note = "Wait p95 is that of requests that cannot wait for another hour; as it comes: were nothing moved."
    return table("The busiest hour of every target", columns, rows, note)


def _row(check: WeekCheck, titles: dict[str, str]) -> tuple[Cell, ...]:
    moved = [
        f"{titles[each.task_class]}: {text.share(each.moved_share)}, by at most {each.longest_wait_h} h"
        for each in check.deferred
        if each.moved_share
    ]
    return row(
        Cell(text=check.title, detail=", ".join(titles[name] for name in check.task_classes)),
        Cell(text=text.share(check.worst_share), detail=hour_words(check.worst_hour) if check.is_stated else ""),
        text.share(max(check.asked)),
        text.share(check.limit),
        f"{check.hours_over} of {len(check.busy)}",
        _wait(check),
        "; ".join(moved) or "nothing",
    )


def _wait(check: WeekCheck) -> str:
    if check.interactive[check.worst_hour] == 0:
        return "nobody waits"
    wait_s = check.wait_p95_s[check.worst_hour]
    return "without end" if wait_s is None and check.worst_share >= 1 else text.seconds(wait_s)


def _chart(check: WeekCheck) -> WeekChart:
    return WeekChart(
        title=f"{check.title}: {check.sentence}",
        description=". ".join(_days(check)) + ".",
        unit="share",
        values=check.busy,
        limit=check.limit,
        limit_name=LIMIT_NAMES[check.kind],
        side=Side.EDGE if check.kind == "fleet" else Side.DATACENTER,
    )


def _days(check: WeekCheck) -> Iterator[str]:
    for number, day in enumerate(DAYS):
        hours = check.busy[number * HOURS_PER_DAY : (number + 1) * HOURS_PER_DAY]
        most = max(hours)
        yield f"{day} at most {text.share(most)}, at {hours.index(most)}:00" if most > 0 else f"{day} idle"

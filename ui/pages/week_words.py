"""The check of a target's week as a picture: its load hour by hour, and the line it must stay below."""

from __future__ import annotations

from planner import text
from planner.placement.week import WeekCheck
from ui.charts.week import Week, hour_words

AXIS = {"fleet": "% of each device's time", "capacity": "% of each unit's time"}
LIMITS = {"fleet": "contention cap", "capacity": "limit"}
MEANINGS = {"fleet": "edge", "capacity": "datacenter"}
PERCENT = 100.0


def picture(check: WeekCheck) -> Week:
    """What devices or units are busy with after what may wait was moved; before, where that differs."""
    return Week(
        name=check.title,
        axis=AXIS[check.kind],
        hours=_percent(check.busy),
        limit=check.limit * PERCENT,
        limit_words=f"{LIMITS[check.kind]} {text.share(check.limit)}",
        meaning=MEANINGS[check.kind],
        before=_percent(check.asked) if check.asked != check.busy else (),
        before_words="as the work comes in",
    )


def finding(check: WeekCheck) -> str:
    """The chart's title; where nobody stated the hours, no hour of the clock is named."""
    week = "the week" if check.is_stated else "a week of like days"
    when = f", {hour_words(check.worst_hour)}," if check.is_stated else ""
    busiest = f"the busiest{when} takes {text.share(check.worst_share)}"
    if not check.hours_over:
        return f"{check.title} fits in every hour of {week}; {busiest}"
    hours = "1 hour" if check.hours_over == 1 else f"{check.hours_over} hours"
    return f"{check.title}: {hours} of {week} above the {LIMITS[check.kind]}; {busiest}"


def _percent(hours: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(PERCENT * each for each in hours)

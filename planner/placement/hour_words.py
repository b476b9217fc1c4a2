"""What the hour check of a target says, in one or a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner import text
from planner.placement.week import WeekCheck
from planner.workload.week import HOURS_PER_WEEK, hour_words

LIMIT_NAMES = {"fleet": "cap", "capacity": "limit"}


def check_sentence(check: WeekCheck, count: int, titles: Mapping[str, str]) -> str:
    """«All 168 hours fit; the busiest, Tuesday 10:00, takes 24 % of each device's time against a cap of 30 %.»"""
    return " ".join([_load(check, count), *_moved(check, titles), *_late(check, titles)])


def _load(check: WeekCheck, count: int) -> str:
    device = "device" if check.kind == "fleet" else "unit"
    whose = f"the {device}'s" if count == 1 else f"each {device}'s"
    busiest = f"the busiest, {hour_words(check.worst_hour)}," if check.is_stated else "the busiest of each active day"
    takes = f"{busiest} takes {text.share(check.worst_share)} of {whose} time"
    limit = f"{LIMIT_NAMES[check.kind]} of {text.share(check.limit)}"
    week = f"{HOURS_PER_WEEK} hours" if check.is_stated else f"{HOURS_PER_WEEK} hours of a week of like days"
    if not check.hours_over:
        return f"All {week} fit; {takes} against a {limit}."
    words = f"{check.hours_over} of {week} {_exceed(check.hours_over)} the {limit}; {takes}"
    if check.overflows:
        return f"{words}. What is above it is answered elsewhere, by the token."
    if check.hours_without_end:
        hours = "that hour" if check.hours_over == 1 else f"{check.hours_without_end} of them"
        return f"{words}. In {hours} more is asked than one {device} can do, so the queue never clears."
    return f"{words}."


def _exceed(count: int) -> str:
    return "exceeds" if count == 1 else "exceed"


def _moved(check: WeekCheck, titles: Mapping[str, str]) -> Iterator[str]:
    for each in check.deferred:
        if each.moved_share:
            hours = "an hour" if each.longest_wait_h == 1 else f"{each.longest_wait_h} hours"
            yield (
                f"{titles[each.task_class]} is moved out of busy hours: {text.share(each.moved_share)} of it, by at "
                f"most {hours} of the {text.significant(each.window_h)} it may wait."
            )


def _late(check: WeekCheck, titles: Mapping[str, str]) -> Iterator[str]:
    for each in check.late:
        hours = "1 hour" if each.hours == 1 else f"{each.hours} hours"
        yield f"{titles[each.task_class]} misses its SLO in {hours}, with all classes together."

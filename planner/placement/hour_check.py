"""Whether a target's classes fit in every hour of the week: what may wait is moved, the rest is taken as it comes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from planner.placement.deferred_work import Deferrable, Moved, move
from planner.placement.hour_waits import hourly_waits
from planner.placement.hour_words import check_sentence
from planner.placement.week import DeferredClass, WeekCheck
from planner.placement.week_member import Member
from planner.workload.week import HOURS_PER_WEEK

NEAR = 1e-9  # of a limit or of a class's work: no more than rounding
HOURS = range(HOURS_PER_WEEK)


@dataclass(frozen=True)
class Target:
    """What is checked: which devices, how busy each may be, and in which hours they can be used."""

    name: str  # profile_id of a fleet, or the name of a capacity
    kind: Literal["fleet", "capacity"]
    title: str
    count: int
    limit: float
    is_open: Sequence[bool]
    overflows: bool = False


def check_week(target: Target, members: Sequence[Member], titles: Mapping[str, str]) -> WeekCheck:
    """All 168 hours of one target, with what may wait moved within its window (economics.md §3)."""
    waiting = [each for each in members if each.may_wait]
    asked = tuple(math.fsum(each.load(hour) for each in members) for hour in HOURS)
    interactive = tuple(math.fsum(each.load(hour) for each in members if not each.may_wait) for hour in HOURS)
    work = [Deferrable(each.task_class.name, each.work, each.window_h) for each in waiting]
    moved = move(interactive, target.is_open, target.limit, work)
    busy = tuple(interactive[hour] + math.fsum(each.done[hour] for each in moved) for hour in HOURS)
    waits = hourly_waits(members, {each.name: each.done for each in moved})
    check = WeekCheck(
        target=target.name,
        kind=target.kind,
        title=target.title,
        task_classes=tuple(each.task_class.name for each in members),
        is_stated=any(each.shape.is_stated for each in members),
        limit=target.limit,
        asked=asked,
        interactive=interactive,
        busy=busy,
        wait_p95_s=waits.wait_p95_s,
        hours_over=sum(each > target.limit * (1 + NEAR) for each in busy),
        hours_without_end=sum(each >= 1 for each in busy),
        worst_hour=busy.index(max(busy)),
        deferred=tuple(_deferred(*pair) for pair in zip(waiting, moved, strict=True)),
        late=waits.late,
        overflows=target.overflows,
    )
    return check.model_copy(update={"sentence": check_sentence(check, target.count, titles)})


def _deferred(member: Member, moved: Moved) -> DeferredClass:
    work = math.fsum(member.work)
    return DeferredClass(
        task_class=moved.name,
        window_h=member.window_h,
        moved_share=_share(moved.moved, work),
        longest_wait_h=moved.longest_h if _share(moved.moved, work) else 0,
        forced_share=_share(moved.forced, work),
    )


def _share(part: float, work: float) -> float:
    return min(1.0, part / work) if part > work * NEAR else 0.0

"""The plan held against every hour of the week: what a target's devices are asked for, and what was moved."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.documents import Frozen
from planner.workload.week import HOURS_PER_WEEK

Hours = Annotated[tuple[float, ...], Field(min_length=HOURS_PER_WEEK, max_length=HOURS_PER_WEEK)]
HoursOrNone = Annotated[tuple[float | None, ...], Field(min_length=HOURS_PER_WEEK, max_length=HOURS_PER_WEEK)]


class DeferredClass(Frozen):
    """A class whose requests may wait for another hour, and how far they had to."""

    task_class: str
    window_h: float  # hours a request may wait
    moved_share: float  # of its work, done in a later hour than it came in
    longest_wait_h: int  # whole hours between the hour it came in and the one it was done in, at most
    forced_share: float  # of its work, done above the limit because its window ended


class LateClass(Frozen):
    """A class that misses its SLO in some hours once all classes of the target share its devices."""

    task_class: str
    hours: int  # of those in which it is asked for


class WeekCheck(Frozen):
    """168 hours of one target, Monday 0:00 first; shares are of the time of one device, all classes together."""

    target: str  # profile_id of a fleet, or the name of a capacity
    kind: Literal["fleet", "capacity"]
    title: str
    task_classes: tuple[str, ...]
    is_stated: bool  # whether a class states its hours; else all are like days with one busiest hour
    limit: float  # contention cap of a device, or headroom × availability of a capacity
    asked: Hours  # as the work comes in, nothing moved
    interactive: Hours  # of it by classes that cannot wait
    busy: Hours  # with what may wait moved into hours that have room
    wait_p95_s: HoursOrNone  # of interactive requests; None: nobody asks, the queue never clears, or it is not known
    hours_over: int  # above the limit
    hours_without_end: int  # asked for all of its time or more, so that the queue never clears
    worst_hour: int  # the busiest, from Monday 0:00; the first of equals
    deferred: tuple[DeferredClass, ...] = ()
    late: tuple[LateClass, ...] = ()
    overflows: bool = False  # what is above the limit is answered elsewhere, at the price by the token
    sentence: str = ""

    @property
    def worst_share(self) -> float:
        """What the busiest hour takes."""
        return self.busy[self.worst_hour]

    @property
    def fits(self) -> bool:
        """Whether every hour stays within the limit and every class within its SLO and window."""
        above = self.hours_over or any(each.forced_share for each in self.deferred)
        return not self.late and (self.overflows or not above)

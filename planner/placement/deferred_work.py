"""Work that may wait, moved within its window to hours that have room: earliest deadline first, under one level."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from planner.workload.flattening import empty_from, last_hour

DUST = 1e-12  # of an hour: what rounding leaves is no work


@dataclass(frozen=True)
class Deferrable:
    """Work that comes in each hour of a cycle, in hours of one device, and how many hours it may wait."""

    name: str
    work: tuple[float, ...]
    window_h: float


@dataclass(frozen=True)
class Moved:
    """Where the work of one class was done."""

    name: str
    done: tuple[float, ...]  # in each hour
    moved: float  # in a later hour than it came in
    forced: float  # above the level, at the end of its window
    longest_h: int


@dataclass(frozen=True, order=True)
class _Batch:
    """Work of one class and hour; the earliest deadline goes first, then the earliest arrival."""

    deadline: int
    came: int
    number: int  # of its class


@dataclass
class _Course:
    """What became of one class so far."""

    done: list[float]
    moved: float = 0.0
    forced: float = 0.0
    longest_h: int = 0


@dataclass
class _Queue:
    """What waits, and the room that is left in each hour."""

    room: list[float]
    courses: list[_Course]
    left: dict[_Batch, float] = field(default_factory=dict[_Batch, float])
    heap: list[_Batch] = field(default_factory=list[_Batch])

    def add(self, batch: _Batch, work: float) -> None:
        self.left[batch] = work
        heapq.heappush(self.heap, batch)

    def run(self, step: int) -> None:
        """Do what there is room for, and what can wait no longer."""
        hour = step % len(self.room)
        while self.heap and (self.room[hour] > DUST or self.heap[0].deadline <= step):
            batch = self.heap[0]
            work, free = self.left[batch], self.room[hour]
            part = work if batch.deadline <= step else min(work, free)
            self._note(batch, step, part, free)
            self.room[hour] = max(0.0, free - part)
            self.left[batch] = work - part
            if part >= work:
                heapq.heappop(self.heap)

    def _note(self, batch: _Batch, step: int, part: float, free: float) -> None:
        course = self.courses[batch.number]
        course.done[step % len(self.room)] += part
        course.forced += max(0.0, part - free)
        if step > batch.came and part > DUST:
            course.moved += part
            course.longest_h = max(course.longest_h, step - batch.came)


def move(
    load: Sequence[float], is_open: Sequence[bool], limit: float, deferrables: Sequence[Deferrable]
) -> tuple[Moved, ...]:
    """Run deferrable work on top of `load`, up to `limit` in every open hour of a week that repeats itself.

    Earliest deadline first is exact: if any order keeps every window below the level, this one does. Work that would
    be late at the level is done above it in the last open hour of its window. Where a whole week has too little room,
    the level is the lowest that holds all of it. Work is never done before it comes, nor after its window: what comes
    in hour h and may wait w whole hours is done in h … h + w − 1, so that even the first request of the hour waits no
    longer. Each hour work comes in has to be open.
    """
    size = len(load)
    coming = [math.fsum(each.work[hour] for each in deferrables) for hour in range(size)]
    level = _level(load, is_open, limit, math.fsum(coming))
    room = [max(0.0, level - asked) if opened else 0.0 for asked, opened in zip(load, is_open, strict=True)]
    start = empty_from(coming, room)
    queue = _Queue(room, [_Course([0.0] * size) for _ in deferrables])
    for step in range(start, start + 2 * size):  # the second time round only what is left: no window is longer
        if step < start + size:
            for number, each in enumerate(deferrables):
                if each.work[step % size] > 0:
                    queue.add(_Batch(last_hour(step, is_open, each.window_h), step, number), each.work[step % size])
        queue.run(step)
    return tuple(
        Moved(each.name, tuple(course.done), course.moved, course.forced, course.longest_h)
        for each, course in zip(deferrables, queue.courses, strict=True)
    )


def _level(load: Sequence[float], is_open: Sequence[bool], limit: float, work: float) -> float:
    """The limit, or the lowest level under which the open hours of a week hold all of the work."""
    lowest = sorted(each for each, opened in zip(load, is_open, strict=True) if opened)
    if work <= 0 or math.fsum(max(0.0, limit - each) for each in lowest) >= work:
        return limit
    filled = 0.0
    for count, each in enumerate(lowest, 1):
        filled += each
        level = (work + filled) / count
        if count == len(lowest) or level <= lowest[count]:
            return level
    raise AssertionError("work comes in open hours only")

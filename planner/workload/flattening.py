"""The lowest level under which a week holds work that may wait, and what each hour carries at that level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

DUST = 1e-12  # of the level: what rounding leaves is no work


@dataclass(frozen=True, order=True)
class Waiting:
    """Work that comes in each hour of a week that repeats itself, and how many hours it may wait."""

    work: tuple[float, ...]
    window_h: float


@dataclass(frozen=True)
class Flattened:
    """A week with what may wait moved: the least its busiest hour can carry, and what every hour does."""

    level: float
    done: tuple[float, ...]
    takes_later_work: tuple[bool, ...]  # hours in which work is done that came in an earlier one


def last_hour(step: int, is_open: Sequence[bool], window_h: float) -> int:
    """The last open hour in which even the first request of this one has not waited too long.

    What comes in hour h and may wait w whole hours is done in h … h + w − 1, whatever minute it came.
    """
    size = len(is_open)
    last = step + max(0, min(size, math.floor(window_h)) - 1)
    return next((at for at in range(last, step, -1) if is_open[at % size]), step)


@lru_cache(maxsize=1024)
def flattened(load: tuple[float, ...], is_open: tuple[bool, ...], waiting: tuple[Waiting, ...]) -> Flattened:
    """The week of this load, which cannot wait, with the waiting work on top of it, its busiest hour as low as can be.

    At any level that keeps all windows, earliest deadline first does; how much is then done in each hour depends on
    the level alone, since no hour below it leaves anything waiting. Each hour work comes in has to be open.
    """
    size = len(load)
    coming = [math.fsum(each.work[hour] for each in waiting) for hour in range(size)]
    level = _least_level(load, is_open, waiting)
    room = [max(0.0, level - asked) if opened else 0.0 for asked, opened in zip(load, is_open, strict=True)]
    done, later = list(load), [False] * size
    left, dust = 0.0, level * DUST
    start = empty_from(coming, room)
    for step in range(start, start + size):
        hour = step % size
        work, later[hour] = left + coming[hour], left > 0 and room[hour] > 0
        is_full = is_open[hour] and work >= room[hour] - dust
        done[hour] = level if is_full else load[hour] + (work if is_open[hour] else 0.0)
        left = max(0.0, work - room[hour])
        left = left if left > dust else 0.0
    return Flattened(level, tuple(done), tuple(later))


def _least_level(load: Sequence[float], is_open: Sequence[bool], waiting: Sequence[Waiting]) -> float:
    """The most that any stretch of hours must do in the mean of its open hours, and no less than cannot wait at all.

    A stretch must do what comes and ends within it, beside the load of its open hours. If no stretch of at most a week
    asks for more than the level, every window can be kept (the condition of earliest deadline first), for what a
    longer one must do is no more than a whole week's work and that of a shorter one.
    """
    size = len(load)
    opened = np.array(is_open, dtype=float)
    asked = np.array(load) * opened
    due = np.zeros((size, size))  # by the hour it comes in and how many hours later it must be done
    for each in waiting:
        for hour, work in enumerate(each.work):
            if work > 0:
                due[hour, last_hour(hour, is_open, each.window_h) - hour] += work
    within = np.cumsum(due, axis=1)
    after = (np.arange(size) + 1) % size
    must = within.T.copy()  # by the stretch's length less one, and the hour it begins in
    for length in range(1, size):
        must[length] += must[length - 1, after]
    begins, ends = np.arange(size), np.arange(size)[:, None] + np.arange(1, size + 1)[None, :]
    hours, beside = (
        (np.concatenate(([0.0], np.cumsum(np.tile(each, 2))))[ends] - np.cumsum(each)[begins, None] + each[:, None]).T
        for each in (opened, asked)
    )
    binding = must > 0
    stretches = (must[binding] + beside[binding]) / hours[binding]
    whole = (due.sum() + asked.sum()) / max(1.0, opened.sum())
    return max(*load, float(whole), float(stretches.max(initial=0.0)))


def empty_from(coming: Sequence[float], room: Sequence[float]) -> int:
    """An hour at whose start nothing is left from before: after the lowest point of the walk of work less room."""
    walk, lowest, start = 0.0, math.inf, 0
    for hour, (work, free) in enumerate(zip(coming, room, strict=True)):
        walk += work - free
        if walk < lowest:
            lowest, start = walk, hour + 1
    return start % len(coming)

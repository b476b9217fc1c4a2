"""How long a request may wait for its turn: stated in hours, else what its bounds leave open."""

from __future__ import annotations

from planner.units import SECONDS_PER_HOUR
from planner.workload.task_classes import TaskClass

LEAST_WINDOW_H = 1.0
"""A class that may wait this long may wait for a machine, or for another hour."""

LEAST_MOVE_H = 2.0
"""A whole hour's work may be done in a later hour from this window on, the request that came first included."""

UNBOUNDED_WINDOW_H = 24.0
"""Assumed where a class has no bound at all and states no window: nobody said that it may wait longer than a day."""


def window_h(task_class: TaskClass, service_s: float = 0.0) -> float:
    """Hours a request may wait before its turn, whose own time without waiting is `service_s`.

    `defer_h` where the class states it: its SLO then counts from its turn. Else nothing where the first token has a
    bound, what the bound on the last token leaves, and a day where there is no bound.
    """
    if task_class.defer_h is not None:
        return task_class.defer_h
    slo = task_class.slo
    if slo.ttft_p95_s is not None:
        return 0.0
    if slo.e2e_p95_s is None:
        return UNBOUNDED_WINDOW_H
    return max(0.0, slo.e2e_p95_s - service_s) / SECONDS_PER_HOUR


def is_deferrable(task_class: TaskClass) -> bool:
    """Whether its requests may wait for a machine or another hour: an hour or more."""
    return window_h(task_class) >= LEAST_WINDOW_H


def may_move(task_class: TaskClass) -> bool:
    """Whether all of its requests may wait for another hour: those that come first in one have two to be done in."""
    return window_h(task_class) >= LEAST_MOVE_H

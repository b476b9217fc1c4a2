"""A week as a request log tells it, and a workload that keeps to it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from planner.basis import Basis, Quantity
from planner.errors import DocumentError, UnknownNameError
from planner.units import SECONDS_PER_HOUR
from planner.workload.rate_profile import WeeklyProfile, profile_from_log
from planner.workload.request_log import RequestLog
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week import HOURS_PER_WEEK, Week
from planner.workload.week_shape import shape_of

DATED_FROM_S = 1e8  # seconds after 1970 (March 1973): a smaller time counts from the start of a trace


def is_dated(log: RequestLog) -> bool:
    """Whether its times are moments of the calendar; else which day a trace began on is not known."""
    return float(log.arrivals_s[0]) >= DATED_FROM_S


def whole_weeks(log: RequestLog) -> int:
    """Whole weeks between its first and its last hour, neither of them whole."""
    first, last = (int(at // SECONDS_PER_HOUR) for at in (log.arrivals_s[0], log.arrivals_s[-1]))
    return max(0, (last - first - 1) // HOURS_PER_WEEK)


def logged_profile(log: RequestLog, utc_offset_h: int = 0) -> WeeklyProfile:
    """The mean week of a log on a clock that is `utc_offset_h` hours ahead of the log's."""
    profile = profile_from_log(log)
    if profile is None:
        raise DocumentError(
            "the log holds no whole week, so what a week looks like is not known",
            where=log.name,
            remedy="Take a log of at least eight days.",
        )
    ahead = -utc_offset_h % HOURS_PER_WEEK
    return WeeklyProfile((*profile.requests[ahead:], *profile.requests[:ahead]))


def logged_week(log: RequestLog, utc_offset_h: int = 0) -> Week:
    """The same as a workload states it, with its source; dated by the log's last request."""
    weeks = whole_weeks(log)
    return Week(
        weights=logged_profile(log, utc_offset_h).requests,
        basis=Basis.MEASURED,
        source=f"{log.name}: {len(log.arrivals_s):,} requests, mean of {weeks} whole week{'' if weeks == 1 else 's'}",
        as_of=_last_day(log),
    )


def with_week(workload: Workload, week: Week, task_class: str | None = None) -> Workload:
    """The workload with these hours; of all its classes the busiest hour is then the week's own, not an assumed one.

    A week whose busiest hour has no more than the mean active hour leaves peak_to_mean as it is: it spreads over more
    hours than the workload calls active.
    """
    if task_class is not None:
        return workload.model_copy(update={"task_classes": _in_hours(workload, week, task_class)})
    stated = workload.model_copy(update={"week": week})
    peak = shape_of(stated, stated.task_classes[0].model_copy(update={"week": None})).peak
    if peak < 1:
        return stated
    figure = Quantity(value=peak, unit="count", basis=week.basis, source=week.source, as_of=week.as_of)
    return stated.model_copy(update={"peak_to_mean": figure})


def _in_hours(workload: Workload, week: Week, name: str) -> tuple[TaskClass, ...]:
    names = [each.name for each in workload.task_classes]
    if name not in names:
        raise UnknownNameError(f"no task class is named {name!r}", remedy=f"There are: {', '.join(names)}.")
    return tuple(
        each.model_copy(update={"week": week}) if each.name == name else each for each in workload.task_classes
    )


def _last_day(log: RequestLog) -> date | None:
    return datetime.fromtimestamp(float(log.arrivals_s[-1]), UTC).date() if is_dated(log) else None

"""What to doubt about single hours of the week: load above the cap, queues that never clear, classes that are late."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from planner import text
from planner.basis import Doubt
from planner.placement.week import WeekCheck
from planner.scenario import Scenario
from planner.workload.week import HOURS_PER_WEEK, hour_words
from planner.workload.week_shape import shape_of


def week_doubts(scenario: Scenario, checks: Sequence[WeekCheck]) -> tuple[Doubt, ...]:
    """Of every target in use, and of a stated week that is peakier than the queues are planned for."""
    titles = {each.name: each.title for each in scenario.workload.task_classes}
    found = [*_peakier(scenario)]
    for check in checks:
        found += [*_too_much(check), *_late(check, titles), *_forced(check, titles)]
    return tuple(found)


def _too_much(check: WeekCheck) -> Iterator[Doubt]:
    devices = "devices" if check.kind == "fleet" else "units"
    if check.overflows:
        return
    if check.hours_without_end:
        kind, advice = "HourOverload", f"Add {devices}, let a class wait (defer_h), or place one of them elsewhere."
    elif check.hours_over:
        kind, advice = "HourOverCap", f"The cap is held on average only; let a class wait (defer_h), or add {devices}."
    else:
        return
    yield Doubt(kind=kind, subject=check.title, sentence=f"{check.title}: {check.sentence}", advice=advice)


def _late(check: WeekCheck, titles: dict[str, str]) -> Iterator[Doubt]:
    """Only where hours are stated: the busiest hour of like days is the one that waits are planned for."""
    for each in check.late if check.is_stated else ():
        hours = "1 hour" if each.hours == 1 else f"{each.hours} hours"
        yield Doubt(
            kind="HourLate",
            subject=each.task_class,
            sentence=f"{titles[each.task_class]} on {check.title} misses its SLO in {hours} of the stated week.",
            advice="Raise peak_to_mean to that of the week, so that the plan leaves room, or loosen the SLO.",
        )


def _forced(check: WeekCheck, titles: dict[str, str]) -> Iterator[Doubt]:
    for each in () if check.overflows else check.deferred:
        if each.forced_share:
            yield Doubt(
                kind="NoRoomToDefer",
                subject=each.task_class,
                sentence=(
                    f"{titles[each.task_class]} on {check.title} may wait {text.significant(each.window_h)} h; "
                    f"{text.share(each.forced_share)} of it finds no room below {text.share(check.limit)} in that time."
                ),
                advice="Let it wait longer, or place it elsewhere.",
            )


def _peakier(scenario: Scenario) -> Iterator[Doubt]:
    """Where the busiest hour of all requests lies beyond the interval of what was stated for it."""
    workload = scenario.workload
    shapes = [(each.runs_per_day, shape_of(workload, each)) for each in workload.task_classes]
    runs = math.fsum(each for each, _ in shapes)
    if runs <= 0 or not any(shape.is_stated for _, shape in shapes):
        return
    hours = [math.fsum(each * shape.relative[hour] for each, shape in shapes) for hour in range(HOURS_PER_WEEK)]
    peak, busiest = max(hours) / runs, hours.index(max(hours))
    if peak > workload.peak_to_mean.bounds[1]:
        yield Doubt(
            kind="PeakierWeek",
            subject=workload.title,
            sentence=(
                f"In the stated week {hour_words(busiest)} has {text.significant(peak)} times the requests of the mean "
                f"active hour; waits are planned for {text.quantity(workload.peak_to_mean)} times (peak_to_mean)."
            ),
            advice="Set peak_to_mean to that of the week.",
        )

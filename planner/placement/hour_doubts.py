"""What to doubt about single hours of the week: load above the cap, queues that never clear, classes that are late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner import text
from planner.basis import Doubt
from planner.placement.week import WeekCheck
from planner.scenario import Scenario


def week_doubts(scenario: Scenario, checks: Sequence[WeekCheck]) -> tuple[Doubt, ...]:
    """Of every target in use."""
    titles = {each.name: each.title for each in scenario.workload.task_classes}
    found: list[Doubt] = []
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
    """Only where hours are stated: of like days the busiest hour is the one that waits are planned for."""
    for each in check.late if check.is_stated else ():
        hours = "1 hour" if each.hours == 1 else f"{each.hours} hours"
        yield Doubt(
            kind="HourLate",
            subject=each.task_class,
            sentence=f"{titles[each.task_class]} on {check.title} misses its SLO in {hours} of the stated week.",
            advice="Take a faster device or a smaller model, place one of its classes elsewhere, or loosen the SLO.",
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

"""How a workload changes as a whole: classes replaced, added, copied and taken away, names kept apart."""

from __future__ import annotations

import re

from planner.errors import PlannerError
from planner.scenario import Fleet, Scenario
from planner.workload.task_classes import TaskClass, Workload
from ui.pages import typed

BLANK = TaskClass(name="new-class", title="New class", requests_per_day=0, input_tokens=1000, output_tokens=200)


def with_class(workload: Workload, old: TaskClass, new: TaskClass) -> Workload:
    """The workload with one class replaced."""
    return typed.changed(
        workload, task_classes=tuple(new if each.name == old.name else each for each in workload.task_classes)
    )


def with_copy(workload: Workload, model: TaskClass, after: str | None = None) -> tuple[Workload, TaskClass]:
    """The workload with a copy of a class, below the class named or at the end; and the copy."""
    titles = {each.title for each in workload.task_classes}
    title = _free(model.title, titles, " ")
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or BLANK.name
    copy = typed.changed(model, title=title, name=_free(slug, {each.name for each in workload.task_classes}, "-"))
    classes = list(workload.task_classes)
    place = next((at + 1 for at, each in enumerate(classes) if each.name == after), len(classes))
    classes.insert(place, copy)
    return typed.changed(workload, task_classes=tuple(classes)), copy


def without(workload: Workload, gone: TaskClass) -> Workload:
    """The workload without a class; the last one stays."""
    left = tuple(each for each in workload.task_classes if each.name != gone.name)
    if not left:
        raise PlannerError("a workload has at least one class", remedy="Add another class first.")
    return typed.changed(workload, task_classes=left)


def with_workload(scenario: Scenario, workload: Workload) -> Scenario:
    """The scenario with an edited workload: who names a class that is gone names the others it named.

    Where it named no other, the name stays, and the plan doubts it: none would mean every class.
    """
    gone = {each.name for each in scenario.workload.task_classes} - {each.name for each in workload.task_classes}
    one_offs = tuple(
        each.model_copy(update={"task_classes": _left(each.task_classes, gone)}) for each in scenario.horizon.one_offs
    )
    return scenario.model_copy(
        update={
            "workload": workload,
            "fleets": tuple(_without_classes(each, gone) for each in scenario.fleets),
            "capacities": tuple(
                each.model_copy(update={"task_classes": _left(each.task_classes, gone)}) for each in scenario.capacities
            ),
            "horizon": scenario.horizon.model_copy(update={"one_offs": one_offs}),
        }
    )


def _without_classes(fleet: Fleet, gone: set[str]) -> Fleet:
    if fleet.user_classes is None:
        return fleet
    return fleet.model_copy(update={"user_classes": tuple(name for name in fleet.user_classes if name not in gone)})


def _left(names: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone) or names


def with_seats(scenario: Scenario, seats: int) -> Scenario:
    """The scenario with another number of seats; fleets with a device for every seat keep one for every seat."""
    before = scenario.workload.seats
    fleets = tuple(typed.changed(each, count=seats) if each.count == before else each for each in scenario.fleets)
    return scenario.model_copy(update={"fleets": fleets, "workload": typed.changed(scenario.workload, seats=seats)})


def _free(wanted: str, taken: set[str], gap: str) -> str:
    """The name, or the first of «name 2», «name 3» … that nobody has."""
    if wanted not in taken:
        return wanted
    return next(name for number in range(2, len(taken) + 3) if (name := f"{wanted}{gap}{number}") not in taken)

"""Users of unlike devices told apart: each class once for every fleet whose users ask it (economics.md §1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.basis import Doubt
from planner.capacities import Capacity
from planner.horizon import Horizon
from planner.scenario import Fleet, Scenario
from planner.scenario_names import class_name_doubts
from planner.workload.task_classes import TaskClass

Groups = Mapping[str, tuple[TaskClass, ...]]
"""What a class became, by its name: one for each group of users, or itself."""


def asks(fleet: Fleet, task_class: TaskClass) -> bool:
    """Whether the fleet's users ask the class, so that it may run on their devices."""
    return fleet.user_classes is None or task_class.name in fleet.user_classes


def users_of(scenario: Scenario, fleet: Fleet) -> int:
    """Who the fleet's devices are there for: its own users where they are told apart, else every seat."""
    return fleet.seats if fleet.seats is not None and fleet.user_classes is not None else scenario.workload.seats


def by_user_group(scenario: Scenario) -> Scenario:
    """The scenario with every class split by whose device it is asked on, in proportion to seats.

    A user asks their own device or the data center, never somebody else's device. Fleets are told apart where all of
    them state their seats and these come to the workload's; else, or with one fleet, the scenario stays as it is. A
    class that one fleet's users alone are stated to ask stays one, so what is split once stays so.
    """
    if not _told_apart(scenario):
        return scenario
    groups = _groups(scenario)
    if all(parts == (whole,) for parts, whole in zip(groups.values(), scenario.workload.task_classes, strict=True)):
        return scenario
    classes = tuple(part for parts in groups.values() for part in parts)
    return scenario.model_copy(
        update={
            "fleets": tuple(_fleet(scenario, fleet) for fleet in scenario.fleets),
            "workload": scenario.workload.model_copy(update={"task_classes": classes}),
            "capacities": tuple(_capacity(each, groups) for each in scenario.capacities),
            "horizon": _horizon(scenario.horizon, groups),
        }
    )


def user_doubts(scenario: Scenario) -> tuple[Doubt, ...]:
    """What fleets, capacities and one-offs state of users and classes and the workload does not bear out."""
    return (*_unclear_seats(scenario), *class_name_doubts(scenario))


def _unclear_seats(scenario: Scenario) -> tuple[Doubt, ...]:
    """Where fleets state seats and users cannot be told apart by them all the same."""
    stated = [fleet for fleet in scenario.fleets if fleet.seats is not None]
    if not stated or len(scenario.fleets) == 1 or _told_apart(scenario):
        return ()
    silent = [fleet.profile.title for fleet in scenario.fleets if fleet.seats is None]
    seats, of = sum(fleet.seats or 0 for fleet in stated), scenario.workload.seats
    what = f"{', '.join(silent)} states none" if silent else f"the fleets' seats come to {seats:,} of {of:,}"
    return (
        Doubt(
            kind="SeatsUnclear",
            subject=", ".join(fleet.profile.title for fleet in scenario.fleets),
            sentence=f"Users of unlike devices are not told apart ({what}): every class may run on every fleet.",
            advice="State the seats of each fleet so that they come to the workload's.",
        ),
    )


def _told_apart(scenario: Scenario) -> bool:
    seats = [fleet.seats for fleet in scenario.fleets]
    return len(seats) > 1 and None not in seats and sum(each or 0 for each in seats) == scenario.workload.seats


def _groups(scenario: Scenario) -> dict[str, tuple[TaskClass, ...]]:
    """The parts of each class, in the order of the fleets."""
    found: dict[str, tuple[TaskClass, ...]] = {}
    for task_class in scenario.workload.task_classes:
        askers = [fleet for fleet in scenario.fleets if asks(fleet, task_class)]
        if len(askers) <= 1 and all(fleet.user_classes is not None for fleet in scenario.fleets):
            found[task_class.name] = (task_class,)
        else:
            seats = sum(fleet.seats or 0 for fleet in askers)
            found[task_class.name] = tuple(_part(scenario, task_class, fleet, seats) for fleet in askers)
    return found


def _part(scenario: Scenario, task_class: TaskClass, fleet: Fleet, seats: int) -> TaskClass:
    share = (fleet.seats or 0) / seats
    return task_class.model_copy(
        update={
            "name": _name(scenario, task_class, fleet),
            "title": f"{task_class.title} · {fleet.profile.title} users",
            "requests_per_day": task_class.requests_per_day * share,
        }
    )


def _name(scenario: Scenario, task_class: TaskClass, fleet: Fleet) -> str:
    """«mail--macbook-m4»; profiles whose names differ in dots alone are numbered in their own order."""
    alike = sorted(
        each.profile.profile_id for each in scenario.fleets if _plain(each.profile.profile_id) == _plain_of(fleet)
    )
    number = alike.index(fleet.profile.profile_id)
    return f"{task_class.name}--{_plain_of(fleet)}" + (f"-{number + 1}" if number else "")


def _plain_of(fleet: Fleet) -> str:
    return _plain(fleet.profile.profile_id)


def _plain(profile_id: str) -> str:
    return profile_id.replace(".", "-").replace("_", "-")


def _fleet(scenario: Scenario, fleet: Fleet) -> Fleet:
    """With the names of what its users ask; a name that the workload does not have stays, to be doubted."""
    groups = _groups(scenario)
    strange = tuple(name for name in fleet.user_classes or () if name not in groups)
    mine = {_name(scenario, each, fleet) for each in scenario.workload.task_classes if asks(fleet, each)}
    mine |= {each.name for each in scenario.workload.task_classes if asks(fleet, each)}
    names = tuple(part.name for parts in groups.values() for part in parts if part.name in mine)
    return fleet.model_copy(update={"user_classes": (*names, *strange)})


def _capacity(capacity: Capacity, groups: Groups) -> Capacity:
    return capacity.model_copy(update={"task_classes": _parts_of(capacity.task_classes, groups)})


def _horizon(horizon: Horizon, groups: Groups) -> Horizon:
    one_offs = tuple(
        each.model_copy(update={"task_classes": _parts_of(each.task_classes, groups)}) for each in horizon.one_offs
    )
    return horizon.model_copy(update={"one_offs": one_offs})


def _parts_of(names: Sequence[str], groups: Groups) -> tuple[str, ...]:
    """What classes of these names became; an unknown name stays, to be doubted."""
    return tuple(
        part for name in names for part in ([each.name for each in groups[name]] if name in groups else [name])
    )

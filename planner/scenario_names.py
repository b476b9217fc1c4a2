"""Names in a scenario that name nothing in it: task classes and token offers, refused in what a user wrote."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from planner.basis import Doubt
from planner.errors import UnknownNameError
from planner.scenario import Scenario
from planner.workload.task_classes import Workload

NEAREST = 3  # names offered in place of one that there is not


@dataclass(frozen=True)
class StrangeName:
    """A name, where it stands, what it should name, and the names there are."""

    name: str
    place: str  # «capacities.h100.task_classes»
    kind: str  # «task class», «token offer»
    known: tuple[str, ...]

    @property
    def remedy(self) -> str:
        """The nearest names there are, else all of them."""
        if not self.known:
            return f"The scenario has no {self.kind} at all; take the name out."
        near = difflib.get_close_matches(self.name, self.known, n=NEAREST, cutoff=0.5)
        return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(sorted(self.known))}."


def strange_names(scenario: Scenario) -> tuple[StrangeName, ...]:
    """Every name of a task class or a token offer that names nothing here, in the order of the document."""
    return (*strange_classes(scenario), *_offers(scenario, scenario.workload, "workload."), *_overflows(scenario))


def strange_classes(scenario: Scenario) -> tuple[StrangeName, ...]:
    """Every name of a task class that the workload does not have."""
    known = tuple(each.name for each in scenario.workload.task_classes)
    return tuple(
        StrangeName(name, place, "task class", known)
        for place, names in _class_names(scenario)
        for name in dict.fromkeys(names)
        if name not in known
    )


def require_known_names(scenario: Scenario, where: str) -> None:
    """Refuse a scenario as a user wrote it where a name in it names nothing."""
    _refuse(strange_names(scenario), where)


def require_known_offers(scenario: Scenario, workload: Workload, where: str) -> None:
    """Refuse a workload that judges or escalates at a token offer which the scenario does not hold."""
    _refuse(tuple(_offers(scenario, workload, "")), where)


def class_name_doubts(scenario: Scenario) -> tuple[Doubt, ...]:
    """The same of task classes as doubts, for scenarios changed step by step: what names nothing serves nobody."""
    return tuple(
        Doubt(
            kind="UnknownClass",
            subject=strange.place,
            sentence=f"{strange.place} names {strange.name}, a task class that the workload does not have.",
            advice="Correct the name, or take it out.",
        )
        for strange in strange_classes(scenario)
    )


def _refuse(found: tuple[StrangeName, ...], where: str) -> None:
    if not found:
        return
    first, more = found[0], len(found) - 1
    others = f" (and {more} more such {'name' if more == 1 else 'names'})" if more else ""
    raise UnknownNameError(
        f"{first.place}: no {first.kind} is called {first.name!r}{others}", where=where, remedy=first.remedy
    )


def _class_names(scenario: Scenario) -> Iterator[tuple[str, tuple[str, ...]]]:
    for fleet in scenario.fleets:
        yield f"fleets.{fleet.profile.profile_id}.user_classes", fleet.user_classes or ()
    for capacity in scenario.capacities:
        yield f"capacities.{capacity.name}.task_classes", capacity.task_classes
    for one_off in scenario.horizon.one_offs:
        yield f"horizon.one_offs.{one_off.name}.task_classes", one_off.task_classes


def _offers(scenario: Scenario, workload: Workload, prefix: str) -> Iterator[StrangeName]:
    """Where requests of a class also go."""
    known = tuple(offer.sku for offer in scenario.prices.offers)
    for each in workload.task_classes:
        place = f"{prefix}task_classes.{each.name}"
        if each.escalates_to is not None and each.escalates_to not in known:
            yield StrangeName(each.escalates_to, f"{place}.escalates_to", "token offer", known)
        if each.judge is not None and each.judge.sku not in known:
            yield StrangeName(each.judge.sku, f"{place}.judge.sku", "token offer", known)


def _overflows(scenario: Scenario) -> Iterator[StrangeName]:
    known = tuple(offer.sku for offer in scenario.prices.offers)
    for each in scenario.capacities:
        if each.overflow_sku is not None and each.overflow_sku not in known:
            yield StrangeName(each.overflow_sku, f"capacities.{each.name}.overflow_sku", "token offer", known)

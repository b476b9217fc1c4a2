"""A scenario with one of its figures changed, as the problem the optimiser would be asked to solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from planner.placement.enumeration import Known, known_of, options_of
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.problem import Problem
from planner.placement.options import Option, Side
from planner.placement.selection import Selection
from planner.placement.shared import Candidates, FixedCosts, fleet_of, problem_of
from planner.placement.shared_device import select_serving, waits_on
from planner.placement.user_groups import by_user_group
from planner.planning import shared_of
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass


@dataclass(frozen=True)
class Case:
    """Every option of every class under one scenario, and what was derived once for them."""

    scenario: Scenario
    known: Known
    candidates: tuple[Candidates, ...]
    fixed: FixedCosts

    @cached_property
    def serving(self) -> tuple[Selection, FixedCosts]:
        """The best choice whose classes keep their SLOs together, as `plan` makes it, and what it keeps to."""
        return select_serving(self.scenario, self.candidates, self.fixed, self.cap)

    @property
    def cap(self) -> float:
        """The largest share of its hours that a device of a fleet without a cap of its own may be busy."""
        return self.scenario.policy.device_contention_cap

    @cached_property
    def problem(self) -> Problem:
        """What is solved first: where classes keep their SLOs together, nothing else."""
        return problem_of(self.candidates, self.fixed, self.cap)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The way of each class in the best choice; a class that is nowhere is left out."""
        found = cheapest(self.problem)
        homes = {} if found is None else found.homes
        chosen = {each.task_class: each.named(homes.get(each.task_class)) for each in self.candidates}
        fleets = dict.fromkeys(fleet for option in chosen.values() if option and (fleet := fleet_of(option)))
        if all(wait.keeps_slo for fleet in fleets for wait in waits_on(self.scenario, fleet, chosen)):
            return homes
        return self.serving[0].solution.homes

    def of(self, task_class: str) -> Candidates:
        """The options of one class."""
        return next(each for each in self.candidates if each.task_class == task_class)


def case_of(scenario: Scenario) -> Case:
    """The scenario as it stands, its users told apart as `plan` tells them."""
    scenario = by_user_group(scenario)
    known = known_of(scenario)
    candidates = tuple(
        Candidates(each.name, options_of(scenario, each, known)) for each in scenario.workload.task_classes
    )
    return Case(scenario, known, candidates, shared_of(scenario, known, candidates))


@dataclass(frozen=True)
class Touched:
    """Which options can tell that a figure changed; what is not named here touches all of them."""

    task_class: str | None = None
    side: Side | None = None
    fleet: str | None = None  # profile_id
    sku: str | None = None
    capacities: bool = True  # and what they are paid with and carry


EVERYTHING = Touched()
LASTING: frozenset[str] = frozenset(
    {"privacy", "offline", "residency", "context", "memory", "quality_floor", "quality_unknown", "not_measured"}
)
"""Constraints that no price, volume, speed, share of accepted results or bound can lift."""


def changed(case: Case, scenario: Scenario, known: Known | None = None, touched: Touched = EVERYTHING) -> Case:
    """The case under another scenario. Only options that can tell are made anew, of those that may be allowed at all.

    Whoever escalates to an offer or is judged by one can tell its price: then everything is made anew. What one class
    asks of a capacity all of them can tell that may share it.
    """
    shares = bool(scenario.capacities) and touched.capacities
    told = known or (known_of(scenario) if shares else case.known)
    classes = {each.name: each for each in scenario.workload.task_classes}
    entangled = touched.side is not Side.EDGE and any(each.escalates_to or each.judge for each in classes.values())
    candidates = tuple(
        Candidates(each.task_class, options_of(scenario, classes[each.task_class], told))
        if entangled
        else _anew(scenario, classes[each.task_class], told, each, touched)
        for each in case.candidates
    )
    return Case(scenario, told, candidates, shared_of(scenario, told, candidates))


def _anew(
    scenario: Scenario, task_class: TaskClass, known: Known, candidates: Candidates, touched: Touched
) -> Candidates:
    telling = [each for each in candidates.options if _tells(each, task_class, touched)]
    if not telling:
        return candidates
    named = {task_class.escalates_to, None if task_class.judge is None else task_class.judge.sku}
    shared = any(each.capacity is not None for each in telling)
    overflow = {each.overflow_sku for each in scenario.capacities} if shared else set[str | None]()
    skus = {each.model for each in telling if each.side is Side.DATACENTER} | named | overflow
    local = {(fleet_of(each), each.model, each.weight_format) for each in telling if each.side is Side.EDGE}
    fleets = {fleet for fleet, _, _ in local}
    narrow = scenario.model_copy(
        update={
            "fleets": tuple(each for each in scenario.fleets if each.profile.profile_id in fleets),
            "prices": scenario.prices.model_copy(
                update={"offers": tuple(each for each in scenario.prices.offers if each.sku in skus)}
            ),
        }
    )
    models = {
        fleet: tuple(each for each in performances if (fleet, each.model, each.weight_format) in local)
        for fleet, performances in known.performances.items()
    }
    known = replace(known, performances=models, capacities=known.capacities if shared else ())
    ids = {each.option_id for each in telling}
    made = options_of(narrow, task_class, known)
    anew = {each.option_id: each for each in made if each.option_id in ids}
    return Candidates(task_class.name, tuple(anew.get(each.option_id, each) for each in candidates.options))


def _tells(option: Option, task_class: TaskClass, touched: Touched) -> bool:
    """Whether the option may be allowed and can tell the figure."""
    if any(violation.constraint in LASTING for violation in option.violations):
        return False
    if option.capacity is not None:
        return touched.capacities
    return (
        touched.task_class in {None, task_class.name}
        and touched.side in {None, option.side}
        and touched.fleet in {None, fleet_of(option)}
        and touched.sku in {None, option.model}
    )

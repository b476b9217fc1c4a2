"""What is made anew when one figure changes is what making everything anew gives (economics.md §3)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from planner.outlook.drivers import Asked, Driver, drivers_of
from planner.outlook.what_if import Case, case_of
from planner.placement.enumeration import known_of, options_of
from planner.placement.optimizer.problem import Problem
from planner.placement.options import Side
from planner.placement.shared import Candidates, rank
from planner.planning import plan, shared_of
from planner.samples.catalog import sample
from planner.scenario import Scenario

NAMES = ("office-assistant", "support-center")


@cache
def given(name: str) -> tuple[Scenario, Case]:
    scenario = sample(name)
    return scenario, case_of(scenario)


def drivers(name: str) -> dict[str, Driver]:
    """Of the first class that is allowed on both sides."""
    _, case = given(name)
    for each in case.candidates:
        sides = {
            side: min((one for one in each.options if one.feasible and one.side is side), key=rank, default=None)
            for side in Side
        }
        if all(sides.values()):
            task_class = next(one for one in case.scenario.workload.task_classes if one.name == each.task_class)
            asked = Asked(case, task_class, {}, sides[Side.EDGE], sides[Side.DATACENTER])
            return {driver.key: driver for driver in drivers_of(asked)}
    raise AssertionError(name)


def comparable(problem: Problem) -> tuple[Problem, list[object]]:
    """With what units cost for each class alone and for all in place of the function that tells it."""
    every = frozenset(each.name for each in problem.demands)
    users = [every, *(frozenset({name}) for name in sorted(every))]
    priced = [
        [units.priced(each & _may_use(problem, units.name)) for each in users if each & _may_use(problem, units.name)]
        for units in problem.units
        if units.priced is not None
    ]
    return replace(problem, units=tuple(replace(each, priced=None) for each in problem.units)), [*priced]


def _may_use(problem: Problem, units: str) -> frozenset[str]:
    return frozenset(each.name for each in problem.demands if any(way.uses.get(units) for way in each.ways))


@pytest.mark.parametrize("name", NAMES)
def test_every_driver_makes_the_problem_that_making_everything_anew_makes(name: str) -> None:
    for key, driver in drivers(name).items():
        ours = driver.at(0.3)
        known = ours.known if key == "speed" else known_of(ours.scenario)
        candidates = tuple(
            Candidates(each.name, options_of(ours.scenario, each, known))
            for each in ours.scenario.workload.task_classes
        )
        whole = Case(ours.scenario, known, candidates, shared_of(ours.scenario, known, candidates))
        assert comparable(ours.problem) == comparable(whole.problem), key


@pytest.mark.parametrize("name", NAMES)
def test_the_case_as_it_stands_is_the_plan(name: str) -> None:
    scenario, case = given(name)
    chosen = {each.task_class: each.chosen and each.chosen.option_id for each in plan(scenario).placements}
    assert {each.task_class: case.serving[0].solution.homes.get(each.task_class) for each in case.candidates} == chosen
    assert case.homes == case.serving[0].solution.homes

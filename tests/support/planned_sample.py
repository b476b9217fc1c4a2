"""Scenarios with their plans and explanations, each made once for all tests of a process."""

from __future__ import annotations

from functools import cache

from planner.outlook.explanation import Explanation, explanations
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import default_sample
from planner.scenario import Scenario
from tests.support import scenarios


@cache
def sample() -> Scenario:
    """The bundled sample as one value, so that `is` tells it from every edit of it."""
    return default_sample()


@cache
def small() -> Scenario:
    """The small scenario of window tests, whose explanations take no time."""
    return scenarios.scenario("Small sample", is_sample=True)


@cache
def plan_of_sample() -> Plan:
    """The real plan."""
    return plan(sample())


@cache
def plan_of_small() -> Plan:
    """The real plan."""
    return plan(small())


def planned(scenario: Scenario) -> Plan:
    """The real plan of any scenario."""
    return plan_of_sample() if scenario is sample() else plan(scenario)


@cache
def explanations_of(task_class: str) -> tuple[Explanation, ...]:
    """The real explanation of a class of the small scenario, as far as it is solved; the last is whole."""
    return tuple(explanations(small(), task_class, plan=plan_of_small()))

"""The bundled sample with its plan and its explanations, each made once for all tests of a process."""

from __future__ import annotations

from functools import cache

from planner.outlook.explanation import Explanation, explanation
from planner.placement.plan import Plan
from planner.planning import plan
from planner.samples.catalog import default_sample
from planner.scenario import Scenario


@cache
def sample() -> Scenario:
    """One value, so that `is` tells it from every edit of it."""
    return default_sample()


@cache
def plan_of_sample() -> Plan:
    """The real plan."""
    return plan(sample())


def planned(scenario: Scenario) -> Plan:
    """The real plan of any scenario."""
    return plan_of_sample() if scenario is sample() else plan(scenario)


@cache
def _explained(task_class: str) -> Explanation:
    return explanation(sample(), task_class)


def explained(scenario: Scenario, plan: Plan, task_class: str) -> Explanation:
    """The real explanation of any class of the sample."""
    assert scenario is sample(), "tests of an edited scenario bring their own"
    return _explained(task_class)

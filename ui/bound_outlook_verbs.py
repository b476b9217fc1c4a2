"""The look ahead's part of the engine's verbs; importing this loads the engine, so it happens off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.outlook.break_even import break_even
from planner.outlook.break_even_view import BreakEvenView, By
from planner.outlook.explanation import Explanation, explanations
from planner.outlook.horizon import horizon_of
from planner.outlook.horizon_view import HorizonView
from planner.placement.plan import Plan
from planner.scenario import Scenario
from ui.outlook_verbs import OutlookVerbs


def look_ahead(scenario: Scenario, plan: Plan) -> HorizonView:
    """The scenario's horizon for its plan."""
    return horizon_of(scenario, plan)


def break_evens(scenario: Scenario, plan: Plan, by: By, task_class: str | None) -> BreakEvenView:
    """Every pair of alternatives by one quantity, of the whole workload or of one class."""
    return break_even(scenario, by, task_class=task_class, plan=plan)


def explain(scenario: Scenario, plan: Plan, task_class: str, left: Callable[[], bool]) -> Iterator[Explanation]:
    """Why a class of the scenario's plan is where it is."""
    return explanations(scenario, task_class, plan=plan, left=left)


OUTLOOK_VERBS = OutlookVerbs(horizon=look_ahead, break_even=break_evens, explain=explain)

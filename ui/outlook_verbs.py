"""What the Plan page asks of the engine beyond the plan: the coming months, break-even, and solved explanations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from planner.placement.plan import Plan
from planner.scenario import Scenario

if TYPE_CHECKING:  # these modules draw in the heavy half of the engine, which loads after the first paint
    from planner.outlook.break_even_view import BreakEvenView, By
    from planner.outlook.explanation import Explanation
    from planner.outlook.horizon_view import HorizonView


class LookAhead(Protocol):
    """What plan and base case cost over the scenario's horizon."""

    def __call__(self, scenario: Scenario, plan: Plan) -> HorizonView: ...


class BreakEvens(Protocol):
    """Where the alternatives of a scenario, or of one of its classes, become cheaper than each other."""

    def __call__(self, scenario: Scenario, plan: Plan, by: By, task_class: str | None) -> BreakEvenView: ...


class Explain(Protocol):
    """Everything the choice for one class rests on, as far as it is solved; it ends once `left` is true."""

    def __call__(
        self, scenario: Scenario, plan: Plan, task_class: str, left: Callable[[], bool]
    ) -> Iterator[Explanation]: ...


@dataclass(frozen=True)
class OutlookVerbs:
    """A part of the engine as the window sees it; tests pass their own."""

    horizon: LookAhead
    break_even: BreakEvens
    explain: Explain

"""What is asked of a scenario's break-even: by what, for whom, against whom, and the choices it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes
from planner.cost.curves import Curve
from planner.errors import UnknownNameError
from planner.outlook.alternatives import Alternative, Choice
from planner.outlook.break_even_view import By
from planner.placement.fleets import fleets_in_use
from planner.placement.options import Constraint, Option, Placement, Side
from planner.placement.plan import Plan
from planner.placement.selection import rank
from planner.placement.totals import base_option
from planner.scenario import Scenario
from planner.workload.task_classes import TaskClass

MISSED: frozenset[Constraint] = frozenset({"context", "quality_floor", "ttft_slo", "e2e_slo"})
"""What a class is known to miss on a capacity at any volume; what nobody measured there may still be asked."""


@dataclass(frozen=True)
class RawPair:
    """Two alternatives before they are put into words."""

    ours: Alternative
    theirs: Alternative
    task_classes: tuple[TaskClass, ...]
    today: Fraction | None
    further: tuple[tuple[str, Curve], ...] = ()  # alternatives that may be lower than both, first of equals first
    notes: tuple[str, ...] = ()
    why_never: str = ""
    growth_per_year: float | None = None  # of the volume; None: it has none of its own
    reachable: float | None = None  # by utilization: the most this workload's hours and peak allow


@dataclass(frozen=True)
class Question:
    """A scenario, its plan and what is asked of them."""

    scenario: Scenario
    plan: Plan
    by: By
    task_class: str | None = None
    against: str | None = None
    only_the_plan: bool = False  # leave single classes and capacities out
    left_out: list[str] = field(default_factory=list[str])  # what could not be compared, and why

    @cached_property
    def classes(self) -> dict[str, TaskClass]:
        """Every class by name."""
        return {each.name: each for each in self.scenario.workload.task_classes}

    @cached_property
    def placements(self) -> dict[str, Placement]:
        """Every placement by the name of its class."""
        return {each.task_class: each for each in self.plan.placements}

    @cached_property
    def base(self) -> dict[str, Option]:
        """The base case: the cheapest feasible data-center option of a class, else what was planned."""
        found = {name: base_option(each) for name, each in self.placements.items()}
        return {name: option for name, option in found.items() if option is not None}

    def asked_classes(self) -> tuple[Placement, ...]:
        """The placements the question is about."""
        if self.only_the_plan:
            return ()
        if self.task_class is None:
            return self.plan.placements
        if self.task_class not in self.placements:
            raise UnknownNameError(
                f"the workload has no task class {self.task_class!r}",
                remedy=f"Name one of: {', '.join(sorted(self.placements))}.",
            )
        return (self.placements[self.task_class],)

    def check_against(self) -> None:
        """Refuse a name that is neither an offer nor a capacity of the scenario."""
        offers = [offer.sku for offer in self.scenario.prices.offers]
        names = [*offers, *(capacity.name for capacity in self.scenario.capacities)]
        if self.against is not None and self.against not in names:
            raise UnknownNameError(
                f"the scenario has no offer and no capacity {self.against!r}",
                remedy=f"Name one of: {', '.join(names) or 'none: the scenario has neither'}.",
            )

    def asked_capacities(self) -> tuple[Capacity, ...]:
        """The capacities the question is about."""
        return () if self.only_the_plan else self.scenario.capacities

    @property
    def against_capacity(self) -> Capacity | None:
        """The capacity everything is compared with."""
        return next((each for each in self.scenario.capacities if each.name == self.against), None)

    def metered(self, placement: Placement) -> Option | None:
        """The data-center option a class is compared with: the one named, else its cheapest feasible one."""
        remote = [each for each in placement.options if each.side is Side.DATACENTER and each.capacity is None]
        if self.against is not None and self.against_capacity is None:
            named = [each for each in remote if each.model == self.against and each.may_be_asked]
            return next((each for each in named if each.cost and not each.cost.missing), None)
        return min((option for option in remote if option.feasible), key=rank, default=None)

    def metered_for(self, capacity: Capacity) -> tuple[Choice, str]:
        """The capacity's classes where they would be metered; or what is lacking, in words."""
        classes = capacity_classes(self.scenario, capacity)
        if self.task_class is not None:
            classes = tuple(each for each in classes if each.name == self.task_class)
        if self.against_capacity is not None:
            both = capacity_classes(self.scenario, self.against_capacity)
            classes = tuple(each for each in classes if each in both)
        for each in tuple(dict.fromkeys((capacity, self.against_capacity or capacity))):
            classes = tuple(one for one in classes if not self._is_left_out(one, each))
        if not classes:
            return (), "it takes none of the work asked about"
        found = [(each, self.metered(self.placements[each.name])) for each in classes]
        lacking = [each.title for each, option in found if option is None]
        if lacking:
            return (), f"no metered option to compare with for {', '.join(lacking)}"
        return [(each, option) for each, option in found if option is not None], ""

    def missed(self, task_class: TaskClass, capacity: Capacity) -> str:
        """Why the class is not served there as it asks, in sentences; empty where nothing is known to be missed."""
        options = self.placements[task_class.name].options
        option = next((each for each in options if each.capacity == capacity.name), None)
        violations = () if option is None else option.violations
        return " ".join(each.sentence for each in violations if each.constraint in MISSED)

    def _is_left_out(self, task_class: TaskClass, capacity: Capacity) -> bool:
        why = self.missed(task_class, capacity)
        if why:
            self.left_out.append(left_out_words(task_class, capacity, why))
        return bool(why)

    def paid(self, options: Iterable[Option]) -> frozenset[str]:
        """Fleets (by profile_id) and models on them (by option_id) that these options pay for by the month."""
        every = list(options)
        fleets = {fleet.profile.profile_id for fleet in fleets_in_use(self.scenario, every)}
        return frozenset(fleets | {option.option_id for option in every if option.side is Side.EDGE})


def left_out_words(task_class: TaskClass, capacity: Capacity, why: str) -> str:
    """«Draft of a reply is not weighed on the box: …»"""
    return f"{task_class.title} is not weighed on {capacity.title}: {why}"


def metered_title(choice: Choice) -> str:
    """«openai/gpt-4.1-mini», or how many models together."""
    models = list(dict.fromkeys(option.model for _, option in choice))
    return models[0] if len(models) == 1 else f"the cheapest metered models ({len(models)} of them)"

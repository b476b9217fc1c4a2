"""Why a task class is where the plan puts it: every answer found by placing everything anew under another condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property

from planner.documents import Frozen
from planner.errors import ScenarioError
from planner.outlook.closing import closing_sentence
from planner.outlook.drivers import Asked, Driver, DriverKey, drivers_of
from planner.outlook.flip_points import Flip, flip
from planner.outlook.following import Followed
from planner.outlook.other_plans import Change, NextPlan, OptionLine, next_plans, option_lines
from planner.outlook.what_if import Case, case_of
from planner.placement.easing import Easing, Facts, easings
from planner.placement.near_optimal import NearOptimal, near_optimal
from planner.placement.optimality import Optimality, ShadowPrice
from planner.placement.options import Option, Placement, Side
from planner.placement.overruns import Overrun, overruns_of, room_for
from planner.placement.plan import Plan
from planner.placement.reasons import OTHER_SIDE, option_name
from planner.placement.selection import Selection
from planner.placement.shadow_ranges import ShadowRange, shadow_ranges
from planner.placement.shared import rank
from planner.planning import plan as plan_of
from planner.scenario import Scenario
from planner.units import MONTHS_PER_YEAR
from planner.workload.task_classes import TaskClass

__all__ = [
    "Change",
    "ClassLine",
    "Explanation",
    "NextPlan",
    "OptionLine",
    "Overview",
    "explanation",
    "explanations",
    "overview",
]

CLOSING: frozenset[DriverKey] = frozenset({"token_prices", "volume", "acceptance"})
"""The figures a closing sentence names."""


class Explanation(Frozen):
    """Everything the choice for one class rests on."""

    task_class: str
    title: str
    chosen: str | None
    why_here: str
    why_not_there: str
    regret_usd_per_year: float | None
    conflict: tuple[str, ...]  # the smallest set of constraints that forbids the other side, or everything
    easings: tuple[Easing, ...]  # what would allow an option there, the nearest first; none where one is allowed
    flips: str
    flip_points: tuple[Flip, ...]  # of every figure that may decide, solved
    runner_up: str | None
    runner_up_extra_usd_per_month: float | None
    next_plans: tuple[NextPlan, ...]
    options: tuple[OptionLine, ...]  # cheapest first, those ruled out last
    near_optimal: NearOptimal  # of the whole plan
    optimality: Optimality | None
    shadow_prices: tuple[ShadowPrice, ...]
    shadow_ranges: tuple[ShadowRange, ...]
    overruns: tuple[Overrun, ...]  # limits that no choice keeps; none: everything fits
    closing: str  # the one sentence with the figures between which the class stays on its side; "": not solved yet


class ClassLine(Frozen):
    """One class in short."""

    task_class: str
    title: str
    chosen: str | None
    side: Side | None
    regret_usd_per_year: float | None  # of the other side; None: forbidden
    conflict: tuple[str, ...]
    within: float | None  # the least of the near-optimal ranges in which the other side is possible; None: in none
    closing: str


class Overview(Frozen):
    """Every class in short, and what holds for the whole plan."""

    title: str
    sentence: str
    classes: tuple[ClassLine, ...]
    near_optimal: NearOptimal
    optimality: Optimality | None
    shadow_prices: tuple[ShadowPrice, ...]
    shadow_ranges: tuple[ShadowRange, ...]
    overruns: tuple[Overrun, ...]


def explanation(scenario: Scenario, task_class: str, *, plan: Plan | None = None) -> Explanation:
    """Explain one class; the plan is made here where none is given."""
    *_, whole = explanations(scenario, task_class, plan=plan)
    return whole


def explanations(
    scenario: Scenario, task_class: str, *, plan: Plan | None = None, left: Callable[[], bool] = lambda: False
) -> Iterator[Explanation]:
    """The explanation as far as it is solved: first without flip points, then figure by figure, last with the closing.

    The flip points take far longer than all the rest; once `left` says that nobody reads on, nothing more is solved.
    """
    known = _Solved(scenario, plan or plan_of(scenario), left)
    placement = next((each for each in known.plan.placements if each.task_class == task_class), None)
    if placement is None:
        raise ScenarioError(
            f"the scenario has no task class {task_class!r}",
            remedy=f"Its classes: {', '.join(each.task_class for each in known.plan.placements)}.",
        )
    found = Explanation(
        task_class=placement.task_class,
        title=placement.title,
        chosen=option_name(placement.chosen) if placement.chosen else None,
        why_here=placement.reason,
        why_not_there=placement.other_side,
        regret_usd_per_year=placement.regret_usd_per_year,
        conflict=placement.conflict,
        easings=known.easings(placement),
        flips=placement.flips,
        flip_points=(),
        runner_up=option_name(placement.runner_up) if placement.runner_up else None,
        runner_up_extra_usd_per_month=placement.runner_up_extra_usd_per_month,
        next_plans=next_plans(known.case.scenario.workload.task_classes, known.case.candidates, known.selection),
        options=option_lines(known.selection, placement),
        near_optimal=known.near_optimal,
        optimality=known.plan.optimality,
        shadow_prices=known.plan.shadow_prices,
        shadow_ranges=known.shadow_ranges,
        overruns=known.overruns,
        closing="",
    )
    yield found
    try:
        for each in known.flips(placement):
            found = found.model_copy(update={"flip_points": (*found.flip_points, each)})
            yield found
    except _LeftError:
        return
    closing = closing_sentence(placement, found.flip_points, found.easings)
    yield found.model_copy(update={"closing": closing})


def overview(scenario: Scenario, *, plan: Plan | None = None) -> Overview:
    """Every class in short: where it is, what the other side would cost, and the sentence it ends in."""
    known = _Solved(scenario, plan or plan_of(scenario))
    return Overview(
        title=scenario.title,
        sentence=known.plan.sentence,
        classes=tuple(known.line(each) for each in known.plan.placements),
        near_optimal=known.near_optimal,
        optimality=known.plan.optimality,
        shadow_prices=known.plan.shadow_prices,
        shadow_ranges=known.shadow_ranges,
        overruns=known.overruns,
    )


class _LeftError(Exception):
    """Nobody reads on."""


class _Solved:
    """A scenario, its plan, and what several answers need of it, derived once."""

    def __init__(self, scenario: Scenario, plan: Plan, left: Callable[[], bool] = lambda: False) -> None:
        self.scenario, self.plan = scenario, plan
        self._left = left

    @cached_property
    def case(self) -> Case:
        return case_of(self.scenario)

    @property
    def selection(self) -> Selection:
        return self.case.serving[0]

    @cached_property
    def followed(self) -> Followed:
        return Followed(self.case, self.selection.solution.homes)

    @cached_property
    def near_optimal(self) -> NearOptimal:
        requests = {each.task_class: each.requests_per_month for each in self.plan.placements}
        return near_optimal(self.case.candidates, requests, self.selection.problem, self.selection.solution)

    @cached_property
    def shadow_ranges(self) -> tuple[ShadowRange, ...]:
        return shadow_ranges(self.case.candidates, self.case.serving[1], self.case.cap, self.selection)

    @cached_property
    def overruns(self) -> tuple[Overrun, ...]:
        titles = {each.name: each.title for each in self.case.scenario.workload.task_classes}
        return overruns_of(self.case.candidates, titles, self.selection)

    def flips(self, placement: Placement, keys: frozenset[DriverKey] | None = None) -> Iterator[Flip]:
        """Of every driver, or of these; none where the class is nowhere: first something has to be allowed."""
        if placement.chosen is None:
            return
        task_class = next(
            each for each in self.case.scenario.workload.task_classes if each.name == placement.task_class
        )
        asked = Asked(
            self.case,
            task_class,
            self.followed.homes,
            local=_representative(placement, Side.EDGE),
            remote=_representative(placement, Side.DATACENTER),
        )
        for each in drivers_of(asked):
            if keys is None or each.key in keys:
                yield flip(self.followed, asked, self._heeding(each))

    def _heeding(self, driver: Driver) -> Driver:
        """The driver, planned anew only while somebody waits for it."""

        def at(factor: float) -> Case:
            if self._left():
                raise _LeftError
            return driver.at(factor)

        return replace(driver, at=at)

    def easings(self, placement: Placement) -> tuple[Easing, ...]:
        """Of the side the class is not on, or of both where it is nowhere; none where it could be there."""
        chosen = placement.chosen
        sides = set(Side) if chosen is None else {OTHER_SIDE[chosen.side]}
        options = [option for option in placement.options if option.side in sides]
        if not any(option.feasible for option in options):
            facts = Facts(self.case.scenario, self._task_class(placement), self.case.fixed.memory)
            return easings(facts, options)
        if chosen is None or placement.regret_usd_per_year is not None:
            return ()
        room = room_for(self.case.candidates, placement.task_class, OTHER_SIDE[chosen.side], self.selection)
        return () if room is None else (room,)

    def _task_class(self, placement: Placement) -> TaskClass:
        classes = self.case.scenario.workload.task_classes
        return next(each for each in classes if each.name == placement.task_class)

    def line(self, placement: Placement) -> ClassLine:
        """The class in short; of its flips those the closing sentence names."""
        chosen, regret = placement.chosen, placement.regret_usd_per_year
        flips = () if regret is None else tuple(self.flips(placement, CLOSING))
        usd = self.selection.solution.usd
        reached = [
            each.within
            for each in self.near_optimal.ranges
            if regret is not None and usd + regret / MONTHS_PER_YEAR <= each.usd_per_month_at_most
        ]
        return ClassLine(
            task_class=placement.task_class,
            title=placement.title,
            chosen=option_name(chosen) if chosen else None,
            side=chosen.side if chosen else None,
            regret_usd_per_year=regret,
            conflict=placement.conflict,
            within=min(reached, default=None),
            closing=closing_sentence(placement, flips, self.easings(placement)),
        )


def _representative(placement: Placement, side: Side) -> Option | None:
    """The option of a side that its figures are told by: the chosen one, else the cheapest allowed, else of any."""
    if placement.chosen is not None and placement.chosen.side is side:
        return placement.chosen
    there = [option for option in placement.options if option.side is side]
    return min(there, key=lambda option: (not option.feasible, len(option.violations), rank(option)), default=None)

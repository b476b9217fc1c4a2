"""Which plans are best as one figure moves away from what it is today, nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from planner.outlook.drivers import Driver
from planner.outlook.what_if import Case
from planner.placement.optimizer.path import differ_in_costs_alone, path
from planner.placement.selection import tightened_to

STEPS = 12  # looked at between today and ten times as much, or a tenth, where costs are straight in nothing
CLOSE = 5e-4  # how narrowly a change between two of them is then enclosed, as a share

Direction = Literal["down", "up"]
Homes = Mapping[str, str]  # the way of each class; a class that is nowhere is left out


@dataclass(frozen=True)
class Step:
    """From this factor on (away from 1) the class is elsewhere than before."""

    factor: float
    homes: Homes


@dataclass
class Followed:
    """One case, and what was found about it: figures that all classes share are followed once for all of them."""

    case: Case
    homes: Homes  # of the plan
    _solved: dict[tuple[str, float], Homes] = field(default_factory=dict[tuple[str, float], Homes])
    _paths: dict[tuple[str, Direction], tuple[Step, ...] | None] = field(
        default_factory=dict[tuple[str, Direction], tuple[Step, ...] | None]
    )

    def homes_at(self, driver: Driver, factor: float) -> Homes:
        """Everything planned anew with the figure this many times as large."""
        if factor == 1:
            return self.homes
        key = driver.name, factor
        if key not in self._solved:
            self._solved[key] = driver.at(factor).homes
        return self._solved[key]

    def exact_steps(self, driver: Driver, direction: Direction, task_class: str) -> Iterator[Step] | None:
        """Every place the class goes to, nearest first, with none missed; None where that cannot be had.

        Costs that are straight in the figure are followed exactly (`path`); a figure that only decides what is allowed
        is looked at wherever it decides.
        """
        if driver.straight:
            whole = self._path(driver, direction)
            return None if whole is None else self._moves(iter(whole), task_class)
        if driver.points is not None:
            return self._moves(self._at_points(driver, direction), task_class)
        return None

    def steps(self, driver: Driver, direction: Direction, task_class: str) -> Iterator[Step]:
        """Every place the class goes to that is seen at `STEPS` figures, each change enclosed between two of them."""
        furthest = driver.least if direction == "down" else driver.most
        before, home = 1.0, self.homes.get(task_class)
        for number in range(1, STEPS + 1):
            here = furthest ** (number / STEPS)
            while self.homes_at(driver, here).get(task_class) != home:
                before = self._enclosed(driver, task_class, before, here)
                homes = self.homes_at(driver, before)
                yield Step(before, homes)
                home = homes.get(task_class)
            before = here

    def _enclosed(self, driver: Driver, task_class: str, low: float, high: float) -> float:
        """Where the class leaves its place between these factors: there it has, `CLOSE` before it has not."""
        home = self.homes_at(driver, low).get(task_class)
        while abs(high / low - 1) > CLOSE:
            middle = (low * high) ** 0.5
            if self.homes_at(driver, middle).get(task_class) == home:
                low = middle
            else:
                high = middle
        return high

    def _moves(self, steps: Iterator[Step], task_class: str) -> Iterator[Step]:
        home = self.homes.get(task_class)
        for step in steps:
            if step.homes.get(task_class) != home:
                home = step.homes.get(task_class)
                yield step

    def _path(self, driver: Driver, direction: Direction) -> tuple[Step, ...] | None:
        """None where more than costs moves with the figure.

        What classes keep to so that their SLOs hold together is kept to all the way; planning anew must agree at the
        end.
        """
        key = driver.name, direction
        if key not in self._paths:
            self._paths[key] = self._new_path(driver, driver.least if direction == "down" else driver.most)
        return self._paths[key]

    def _new_path(self, driver: Driver, furthest: float) -> tuple[Step, ...] | None:
        if furthest == 1:
            return ()
        held = self.case.serving[0]
        end = driver.at(furthest)
        start, other = held.problem, tightened_to(end.problem, held.tightened)
        if start.budget_usd is not None or not differ_in_costs_alone(start, other):
            return None

        def factor(at: float) -> float:
            if driver.straight == "inverse":
                return 1 / (1 + at * (1 / furthest - 1))
            return 1 + at * (furthest - 1)

        steps = tuple(Step(factor(each.at), each.homes) for each in path(start, other, self.homes))
        last = steps[-1].homes if steps else self.homes
        return steps if not held.tightened or end.homes == last else None

    def _at_points(self, driver: Driver, direction: Direction) -> Iterator[Step]:
        points = sorted(each for each in set(driver.points or ()) if driver.least <= each <= driver.most)
        beyond = (
            [each for each in points if each > 1] if direction == "up" else [each for each in points[::-1] if each < 1]
        )
        return (Step(each, self.homes_at(driver, each)) for each in beyond)

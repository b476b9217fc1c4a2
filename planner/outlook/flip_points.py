"""The smallest change of each figure that makes another plan best: where it lies, and what the plan becomes there."""

from __future__ import annotations

from collections.abc import Iterable

from planner.documents import Frozen
from planner.outlook.drivers import Asked, Driver, DriverKey
from planner.outlook.flip_words import flip_sentence
from planner.outlook.following import Direction, Followed, Homes, Step
from planner.placement.options import Side
from planner.placement.reasons import option_name

BESIDE = 1e-3  # how far on either side of a flip everything is planned anew, as a share


class Placed(Frozen):
    """Where a class goes when the figure passes its flip point."""

    task_class: str
    title: str
    option: str | None  # None: nowhere is left


class FlipPoint(Frozen):
    """A figure at which another plan becomes best for the class."""

    factor: float  # of today's figure
    figure: float
    side: Side | None  # where the class is beyond it; None: nowhere
    becomes: str | None
    changes: tuple[Placed, ...]  # every class that is elsewhere beyond it than today, this one among them
    verified: bool  # planned anew a thousandth before and beyond it, the class is where this says


class Flip(Frozen):
    """One figure, everything else as it is: how far it may fall and rise before the class is placed otherwise."""

    driver: DriverKey
    name: str
    today: float
    unit: str
    least: float  # figures beyond these two were not looked at
    most: float
    exact: bool  # solved; else every change was found that lasts over a seventh of the figure
    down: FlipPoint | None  # None: none down to `least`
    up: FlipPoint | None
    side_down: FlipPoint | None  # the nearest at which the class changes sides, or has none left
    side_up: FlipPoint | None
    sentence: str


def flip(followed: Followed, asked: Asked, driver: Driver) -> Flip:
    """Where this figure flips the class."""
    down, side_down, down_exact = _first(followed, asked, driver, "down")
    up, side_up, up_exact = _first(followed, asked, driver, "up")
    least, most = driver.today * driver.least, driver.today * driver.most
    return Flip(
        driver=driver.key,
        name=driver.name,
        today=driver.today,
        unit=driver.unit,
        least=least,
        most=most,
        exact=down_exact and up_exact,
        down=down,
        up=up,
        side_down=side_down,
        side_up=side_up,
        sentence=flip_sentence(
            driver.name,
            driver.unit,
            driver.today,
            (least, None if down is None else (down.figure, down.becomes)),
            (most, None if up is None else (up.figure, up.becomes)),
        ),
    )


def _first(
    followed: Followed, asked: Asked, driver: Driver, direction: Direction
) -> tuple[FlipPoint | None, FlipPoint | None, bool]:
    """The first flip, the first to another side, and whether an earlier one can be ruled out.

    Where planning anew does not confirm what was solved (classes that together break an SLO), it is looked for instead.
    """
    name = asked.task_class.name
    exact = followed.exact_steps(driver, direction, name)
    if exact is not None:
        found = _of_steps(followed, asked, driver, exact)
        if all(point is None or point.verified for point in found):
            bends = driver.points is None and bool(followed.case.problem.units)  # see `path`
            return (*found, not bends)
    return (*_of_steps(followed, asked, driver, followed.steps(driver, direction, name)), False)


def _of_steps(
    followed: Followed, asked: Asked, driver: Driver, steps: Iterable[Step]
) -> tuple[FlipPoint | None, FlipPoint | None]:
    name = asked.task_class.name
    today = _side(asked, followed.homes.get(name))
    first: FlipPoint | None = None
    before = followed.homes
    for step in steps:
        point = _point(followed, asked, driver, before, step)
        first = first or point
        if point.side is not today:
            return first, point
        before = step.homes
    return first, None


def _point(followed: Followed, asked: Asked, driver: Driver, before: Homes, step: Step) -> FlipPoint:
    name = asked.task_class.name
    home = step.homes.get(name)
    option = asked.case.of(name).named(home)
    return FlipPoint(
        factor=step.factor,
        figure=driver.today * step.factor,
        side=None if option is None else option.side,
        becomes=None if option is None else option_name(option),
        changes=tuple(_changes(followed, asked, step.homes)),
        verified=_verified(followed, driver, name, before.get(name), step),
    )


def _changes(followed: Followed, asked: Asked, homes: Homes) -> Iterable[Placed]:
    for each in asked.case.scenario.workload.task_classes:
        home = homes.get(each.name)
        if home != followed.homes.get(each.name):
            option = asked.case.of(each.name).named(home)
            yield Placed(task_class=each.name, title=each.title, option=None if option is None else option_name(option))


def _verified(followed: Followed, driver: Driver, name: str, before: str | None, step: Step) -> bool:
    """The scenario itself, changed to just before and just beyond the flip and planned as any other."""
    outward = 1 if step.factor > 1 else -1
    inner, outer = step.factor * (1 - outward * BESIDE), step.factor * (1 + outward * BESIDE)
    if (inner - 1) * outward < 0:
        inner = 1.0
    beyond = max(driver.least, min(driver.most, outer))
    return followed.homes_at(driver, inner).get(name) == before and followed.homes_at(driver, beyond).get(
        name
    ) == step.homes.get(name)


def _side(asked: Asked, home: str | None) -> Side | None:
    option = asked.case.of(asked.task_class.name).named(home)
    return None if option is None else option.side

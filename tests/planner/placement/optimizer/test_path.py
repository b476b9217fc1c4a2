"""Where plans take over from each other as costs move, against the best at many places on the way (economics.md §3)."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from planner.placement.optimizer.exhaustive import solve_exhaustively
from planner.placement.optimizer.path import blended, differ_in_costs_alone, path
from planner.placement.optimizer.problem import Problem
from planner.placement.optimizer.score import score, whole
from tests.planner.placement.optimizer.test_milp import problem

SEEDS = range(36)


def dearer(given: Problem, seed: int) -> Problem:
    """Every way, charge and unit at another price."""
    draw = random.Random(seed)
    return replace(
        given,
        demands=tuple(
            replace(each, ways=tuple(replace(way, usd=way.usd * draw.choice([0.3, 1, 4])) for way in each.ways))
            for each in given.demands
        ),
        charges=tuple(replace(each, usd=each.usd * draw.choice([0.0, 1, 3])) for each in given.charges),
        units=tuple(
            replace(
                each,
                usd_per_unit=each.usd_per_unit * 2,
                usd_per_load_over=None if each.usd_per_load_over is None else each.usd_per_load_over * 2,
            )
            for each in given.units
        ),
    )


@pytest.mark.parametrize("group", range(4))
def test_between_the_steps_nothing_is_cheaper(group: int) -> None:
    for seed in SEEDS[group::4]:
        start = replace(problem(seed), budget_usd=None)
        end = dearer(start, seed)
        assert differ_in_costs_alone(start, end)
        first = solve_exhaustively(start).homes
        steps = list(path(start, end, first))
        places = [0.0, *(each.at for each in steps), 1.0]
        assert places == sorted(places)
        for number, homes in enumerate([first, *(each.homes for each in steps)]):
            low, high = places[number], places[number + 1]
            for at in (low, (low + high) / 2, high):
                here = blended(start, end, at)
                assert score(here, whole(homes))[2] == pytest.approx(solve_exhaustively(here).usd, rel=1e-8), seed


def test_a_step_lies_where_both_cost_the_same() -> None:
    found = 0
    for seed in SEEDS:
        start = replace(problem(seed), units=(), budget_usd=None)
        end = dearer(start, seed)
        homes = solve_exhaustively(start).homes
        for step in path(start, end, homes):
            here = blended(start, end, step.at)
            assert score(here, whole(homes))[2] == pytest.approx(score(here, whole(step.homes))[2], rel=1e-9)
            assert homes != step.homes
            homes, found = step.homes, found + 1
    assert found > 10


def test_a_problem_in_which_more_than_costs_moves_has_no_path() -> None:
    given = problem(4)
    assert not differ_in_costs_alone(given, replace(given, limits=given.limits[:1]))

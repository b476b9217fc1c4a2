"""Branching in Python against the solver and against every choice tried (CONVENTION §16)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from planner.placement.optimizer import branching
from planner.placement.optimizer.branching import cheapest
from planner.placement.optimizer.exhaustive import solve_exhaustively
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import Problem, Solution
from tests.planner.placement.optimizer.test_milp import problem

SEEDS = range(120)


def plain(seed: int) -> Problem:
    """Without units and budget, which are left to the solver."""
    return replace(problem(seed), units=(), budget_usd=None)


@cache
def tried(seed: int) -> Solution:
    """The best of every choice, for all tests of a process."""
    return solve_exhaustively(plain(seed))


@pytest.mark.parametrize("group", range(4))
def test_it_finds_what_trying_everything_finds(group: int) -> None:
    for seed in SEEDS[group::4]:
        given = plain(seed)
        ours, theirs = cheapest(given), tried(seed)
        assert ours is not None
        assert ours.unplaced == theirs.unplaced, seed
        assert ours.overrun == pytest.approx(theirs.overrun, rel=1e-9, abs=1e-9), seed
        assert ours.usd == pytest.approx(theirs.usd, rel=1e-12, abs=1e-12), seed
        assert ours.proven


def test_it_chooses_what_the_solver_chooses() -> None:
    for seed in SEEDS[:60]:
        for given in (plain(seed), problem(seed)):
            ours, theirs = cheapest(given), solve(given)
            assert ours is not None
            assert theirs is not None
            assert ours.homes == theirs.homes, seed


def test_where_it_grows_too_large_the_solver_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branching, "MOST_NODES", 1)
    for seed in SEEDS[:20]:
        assert cheapest(plain(seed)) == solve(plain(seed))


def test_most_problems_need_no_solver() -> None:
    found = [branching._Search(branching.reduced(plain(seed))).run() for seed in SEEDS]
    fitting = [seed for seed in SEEDS if tried(seed).overrun == 0]
    assert sum(each is not None for each in found) == len(fitting)

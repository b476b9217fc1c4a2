"""The least use within a cost, against every choice tried (economics.md §3: near-optimal ranges)."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest

from planner.placement.optimizer.bounded import Weights, least, reduced_alike
from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import Demand, Limit, Problem, Solution, Way
from planner.placement.optimizer.reduce import reduced
from planner.placement.optimizer.score import score, whole
from tests.planner.placement.optimizer.test_milp import problem

SEEDS = range(60)


def weights(given: Problem, seed: int, sign: int) -> Weights:
    """Every demand weighs something of its own on devices, and nothing elsewhere."""
    draw = random.Random(seed)
    each = {demand.name: sign * draw.randint(1, 9) / 10 for demand in given.demands}
    return Weights(
        {
            (demand.name, way.name): each[demand.name]
            for demand in given.demands
            for way in demand.ways
            if way.name.startswith("edge")
        }
    )


def tried(given: Problem, asked: Weights, usd_at_most: float, best: Solution) -> float:
    """The least of all choices, one by one."""
    placed = [demand for demand in given.demands if demand.ways]
    uses: list[float] = []
    for ways in product(*([way.name for way in demand.ways] for demand in placed)):
        shares = whole({demand.name: way for demand, way in zip(placed, ways, strict=True)})
        _, overrun, usd = score(given, shares)
        if overrun <= best.overrun + 1e-8 and usd <= usd_at_most * (1 + 2e-9):
            uses.append(asked.of(given, shares))
    return min(uses)


@pytest.mark.parametrize("group", range(4))
def test_no_choice_within_the_cost_uses_less(group: int) -> None:
    for seed in SEEDS[group::4]:
        given = problem(seed)
        best = solve(given)
        assert best is not None
        for more in (0.0, 0.1):
            for sign in (1, -1):
                asked = weights(given, seed, sign)
                found = least(reduced_alike(given, asked), asked, best.usd * (1 + more), best)
                assert found is not None, seed
                assert found.proven
                assert found.used == pytest.approx(tried(given, asked, best.usd * (1 + more), best), abs=1e-9), seed
                assert found.usd <= best.usd * (1 + more) * (1 + 3e-9)
                assert score(given, found.shares)[2] == found.usd


def test_the_least_of_a_limit_counts_what_models_hold() -> None:
    """A cheaper choice needs the second model resident: 3 + 4 of the memory, whoever uses them."""
    given = problem(2)
    memory = "memory-0"
    asked = Weights({}, {charge.name: charge.holds.get(memory, 0.0) for charge in given.charges})
    best = solve(given)
    assert best is not None
    found = least(reduced(given), asked, best.usd * 2, best)
    assert found is not None
    held = sum(asked.charges[name] for name in {n for d, w in found.shares.items() for n in _charges(given, d, w)})
    assert found.used == held


def _charges(given: Problem, demand: str, ways: object) -> frozenset[str]:
    assert isinstance(ways, dict)
    found = next(each for each in given.demands if each.name == demand)
    return frozenset(name for way in found.ways if way.name in ways for name in way.charges)


def test_a_part_of_a_shared_demand_is_enough() -> None:
    """Half on the device costs 5.5, and no less of it does: by hand."""
    ways = (Way("edge", 1.0, {"hours": 1.0}), Way("datacenter", 10.0))
    shared = Problem((Demand("a", ways, homes=2),), (Limit("hours", 0.6),))
    best = solve(shared)
    assert best is not None
    asked = Weights({("a", "edge"): 1.0})
    found = least(reduced_alike(shared, asked), asked, 5.5, best)
    assert found is not None
    assert found.used == pytest.approx(0.5)
    assert least(shared, asked, 4.0, best) is None


def test_alike_ways_are_reduced_and_unlike_ones_kept() -> None:
    given = Problem((Demand("a", (Way("edge", 5.0), Way("edge-worse", 6.0), Way("datacenter", 1.0))),))
    asked = Weights({("a", "edge"): 1.0, ("a", "edge-worse"): 1.0})
    assert [way.name for way in reduced_alike(given, asked).demands[0].ways] == ["datacenter", "edge"]
    assert reduced_alike(replace(given, demands=()), asked).demands == ()

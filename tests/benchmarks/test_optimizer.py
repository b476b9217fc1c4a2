"""How long a provably cheapest placement takes: 24 classes × 60 options × 3 fleets, with one home and with two.

By hand: `python -m pytest tests/benchmarks/test_optimizer.py --override-ini addopts=`. Targets: medians under 2 s
with a single home and under 6 s with splits, on two cores.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import Charge, Demand, Limit, Problem, Way

FLEETS, MODELS, OFFERS, DEMANDS = 3, 14, 18, 24


def problem(seed: int) -> Problem:
    """Fleets whose hours and memory hold a part of the work; larger models are slower, and not every demand's."""
    draw = random.Random(seed)
    sizes = [draw.uniform(1, 9) for _ in range(MODELS)]
    charges = [Charge(f"fleet-{n}", draw.uniform(500, 4000)) for n in range(FLEETS)]
    charges += [
        Charge(f"model-{n}-{m}", draw.uniform(5, 60), {f"memory-{n}": sizes[m]})
        for n in range(FLEETS)
        for m in range(MODELS)
    ]
    demands: list[Demand] = []
    for d in range(DEMANDS):
        scale = draw.lognormvariate(5, 1.2)
        work = draw.uniform(0.01, 0.15)
        ways = [Way(f"datacenter-{o}", scale * draw.uniform(1, 6)) for o in range(OFFERS)]
        ways += [
            Way(
                f"edge-{n}-{m}",
                scale * draw.uniform(0.05, 0.4),
                {f"hours-{n}": work * sizes[m] / 4 * draw.uniform(0.7, 1.4)},
                frozenset({f"fleet-{n}", f"model-{n}-{m}"}),
            )
            for n in range(FLEETS)
            for m in range(MODELS)
            if sizes[m] > 1 + (d % 4)  # harder work needs larger models
        ]
        demands.append(Demand(f"demand-{d:02}", tuple(ways)))
    limits = [Limit(f"hours-{n}", 0.3) for n in range(FLEETS)] + [Limit(f"memory-{n}", 12.0) for n in range(FLEETS)]
    return Problem(tuple(demands), tuple(limits), tuple(charges))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("homes", [1, 2])
def test_place(benchmark: object, homes: int, seed: int) -> None:
    given = problem(seed)
    given = replace(given, demands=tuple(replace(each, homes=homes) for each in given.demands))
    found = benchmark.pedantic(solve, args=(given,), rounds=3)  # pyright: ignore[reportAttributeAccessIssue]
    assert found.proven
    assert found.overrun == 0

"""How long a provably cheapest placement takes: 24 classes × 60 options × 3 fleets, with one home and with two.

And with six capacities in whole units beside them, each with spares, steps and five blocks of hours in which part of
the work goes over at every class's own price.

By hand: `python -m pytest tests/benchmarks/test_optimizer.py --override-ini addopts=`. Targets: medians under 2 s
with a single home and under 6 s with splits, on two cores.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from planner.placement.optimizer.milp import solve
from planner.placement.optimizer.problem import Block, Charge, Demand, Limit, Problem, Solution, Units, Way

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


def timed(benchmark: Any, given: Problem) -> Solution:
    """Three rounds; the last answer."""
    found = benchmark.pedantic(solve, args=(given,), rounds=3)
    assert isinstance(found, Solution)
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("homes", [1, 2])
def test_place(benchmark: object, homes: int, seed: int) -> None:
    given = problem(seed)
    given = replace(given, demands=tuple(replace(each, homes=homes) for each in given.demands))
    found = timed(benchmark, given)
    assert found.proven
    assert found.overrun == 0


BLOCKS = (Block(0.03, 2.2), Block(0.1, 1.9), Block(0.12, 1.6), Block(0.25, 1.2), Block(0.5, 0.504))


def with_capacity(seed: int) -> Problem:
    """Units near the price of the data center: some are bought, some not, most are shared."""
    given, draw = problem(seed), random.Random(seed + 100)
    units = tuple(
        Units(
            f"units-{n}",
            usd_per_unit=draw.uniform(300, 3000),
            load_per_unit=draw.uniform(40, 400),
            most=None,
            usd_per_load_over=draw.choice([None, 6.0, 12.0]),
            usd_per_load=draw.choice([0.0, 0.5]),
            least=draw.choice([1, 1, 4]),
            step=draw.choice([1, 1, 2]),
            spare=draw.choice([0, 1]),
            blocks=BLOCKS,
        )
        for n in range(6)
    )

    def ways(demand: Demand) -> tuple[Way, ...]:
        size = min(way.usd for way in demand.ways if way.name.startswith("datacenter"))
        dear = tuple(replace(way, usd=way.usd * 4) for way in demand.ways if way.name.startswith("edge"))
        kept = tuple(way for way in demand.ways if way.name.startswith("datacenter"))
        loads = {each.name: size / 8 * draw.uniform(0.5, 1.5) for each in units}
        over = {each.name: draw.choice([0.0, 1.0, 4.0]) if each.usd_per_load_over else 0.0 for each in units}
        on = tuple(
            Way(f"on-{name}", size * 0.02, {name: load}, over_usd={name: load * over[name]})
            for name, load in loads.items()
        )
        return (*kept, *dear, *on)

    return replace(given, demands=tuple(replace(each, ways=ways(each)) for each in given.demands), units=units)


@pytest.mark.parametrize("seed", range(3))
def test_share_units(benchmark: object, seed: int) -> None:
    given = with_capacity(seed)
    found = timed(benchmark, given)
    assert found.proven
    assert found.overrun == 0
    assert any(way.startswith("on-") for ways in found.shares.values() for way in ways)

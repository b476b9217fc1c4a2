"""What the classes' options share, as the optimiser's problem: fleets, hours, and models resident in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.placement.optimizer.problem import Charge, Demand, Limit, Problem, Way, chosen_ways
from planner.placement.optimizer.score import cost_usd
from planner.placement.options import Option, Side


@dataclass(frozen=True)
class Candidates:
    """All options of one class."""

    task_class: str
    options: tuple[Option, ...]

    def feasible(self, fleets: frozenset[str]) -> list[Option]:
        """Feasible options on these fleets and in the data center, cheapest first."""
        return [option for option in self._ranked if option.side is Side.DATACENTER or fleet_of(option) in fleets]

    def named(self, option_id: str | None) -> Option | None:
        """The option of this id."""
        return next((option for option in self.options if option.option_id == option_id), None)

    @cached_property
    def _ranked(self) -> tuple[Option, ...]:
        return tuple(sorted((option for option in self.options if option.feasible), key=rank))


def fleet_of(option: Option) -> str | None:
    """The profile_id of an edge option."""
    return option.option_id.split(":")[1] if option.side is Side.EDGE else None


def true_usd_per_month(option: Option) -> float:
    """Cost of having every request of the month answered with an accepted result; endless where that never happens."""
    if option.cost is None or option.cost.true_usd_per_month is None:
        return float("inf")
    return option.cost.true_usd_per_month.value


def rank(option: Option) -> tuple[float, str]:
    """Cheapest first; the option's id decides between equals, so that order of entry never does."""
    return true_usd_per_month(option), option.option_id


@dataclass(frozen=True)
class Memory:
    """The memory of a fleet's device that a model would be resident in."""

    pool: str  # the same for all models that share it
    limit_bytes: int


@dataclass(frozen=True)
class FixedCosts:
    """What is paid by the month however much runs: by fleet in use, and by model kept current on a fleet."""

    by_fleet: Mapping[str, float]  # by profile_id
    by_model: Mapping[str, float] = field(default_factory=dict[str, float])  # by option_id; left out: nothing
    memory: Mapping[str, Memory] = field(default_factory=dict[str, Memory])  # by option_id; left out: unknown


def problem_of(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float) -> Problem:
    """Every class with its feasible options as ways; of memory, only pools that all models together would exceed."""
    placed = [option for each in candidates for option in each.options if option.feasible]
    needs = _needs(placed, fixed.memory)
    pools = _pools_that_bind(needs, fixed.memory)
    charges = [Charge(f"fleet:{fleet}", usd) for fleet, usd in fixed.by_fleet.items()]
    for option_id in dict.fromkeys(option.option_id for option in placed if option.side is Side.EDGE):
        pool = fixed.memory[option_id].pool if option_id in fixed.memory else None
        charges += _model(
            option_id, fixed.by_model.get(option_id, 0.0), needs.get(option_id, []), pools.get(pool or "")
        )
    limits = [Limit(f"hours:{fleet}", cap) for fleet in fixed.by_fleet]
    limits += [Limit(name, float(limit_bytes)) for name, limit_bytes in pools.values()]
    demands = [
        Demand(each.task_class, tuple(_way(option, needs, fixed, pools) for option in each.options if option.feasible))
        for each in candidates
    ]
    return Problem(tuple(demands), tuple(limits), tuple(charges))


def charged_usd(problem: Problem, others: Mapping[str, str], task_class: str, option: Option) -> float:
    """What the whole plan costs when every class but this one stays where it is."""
    homes = {**others, task_class: option.option_id}
    return cost_usd(problem, chosen_ways(problem, {demand: {way: 1.0} for demand, way in homes.items()}))


def _way(
    option: Option,
    needs: Mapping[str, Sequence[float]],
    fixed: FixedCosts,
    pools: Mapping[str, tuple[str, int]],
) -> Way:
    fleet = fleet_of(option)
    if fleet is None:
        return Way(option.option_id, true_usd_per_month(option))
    hours = (option.service.utilization or 0.0) if option.service else 0.0
    charges = {f"fleet:{fleet}", f"model:{option.option_id}"}
    memory = fixed.memory.get(option.option_id)
    if memory is not None and memory.pool in pools and option.memory_bytes is not None:
        levels = needs[option.option_id]
        charges |= {_level(option.option_id, n) for n, need in enumerate(levels) if need <= option.memory_bytes.value}
    return Way(option.option_id, true_usd_per_month(option), {f"hours:{fleet}": hours}, frozenset(charges))


def _needs(options: Iterable[Option], memory: Mapping[str, Memory]) -> dict[str, list[float]]:
    """What each model takes for one class or another, smallest first: resident, it takes the largest once."""
    found: dict[str, set[float]] = {}
    for option in options:
        if option.memory_bytes is not None and option.option_id in memory:
            found.setdefault(option.option_id, set()).add(option.memory_bytes.value)
    return {option_id: sorted(needs) for option_id, needs in found.items()}


def _pools_that_bind(needs: Mapping[str, Sequence[float]], memory: Mapping[str, Memory]) -> dict[str, tuple[str, int]]:
    """The limit's name and bytes of each pool that could not hold all models at once."""
    together: dict[str, float] = {}
    for option_id, levels in needs.items():
        pool = memory[option_id].pool
        together[pool] = together.get(pool, 0.0) + levels[-1]
    limits = {each.pool: each.limit_bytes for each in memory.values()}
    return {
        pool: (f"memory:{pool}", limits[pool]) for pool, needed in sorted(together.items()) if needed > limits[pool]
    }


def _model(option_id: str, usd: float, levels: Sequence[float], pool: tuple[str, int] | None) -> list[Charge]:
    """Upkeep once, and memory in steps: a class that needs a step needs all below it."""
    upkeep = Charge(f"model:{option_id}", usd)
    if pool is None:
        return [upkeep]
    below = [0.0, *levels]
    steps = [Charge(_level(option_id, n), 0.0, {pool[0]: need - below[n]}) for n, need in enumerate(levels)]
    return [upkeep, *steps]


def _level(option_id: str, number: int) -> str:
    return f"memory:{option_id}:{number}"

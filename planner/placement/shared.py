"""What the classes' options share, as the optimiser's problem: fleets, hours, and models resident in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.placement.optimizer.problem import Charge, Demand, Limit, Problem, Units, Way, chosen_ways
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


def comparable(chosen: Option | None, options: Sequence[Option]) -> list[Option]:
    """Without capacity that the class is not on, where there is anything else: its share of a month is no price."""
    name = None if chosen is None else chosen.option_id
    kept = [each for each in options if each.capacity is None or each.option_id == name]
    allowed = any(each.feasible and chosen is not None and each.side is not chosen.side for each in kept)
    return kept if allowed else list(options)


def rank(option: Option) -> tuple[float, str]:
    """Cheapest first; the option's id decides between equals, so that order of entry never does."""
    return true_usd_per_month(option), option.option_id


@dataclass(frozen=True)
class Memory:
    """The memory of a fleet's device that a model would be resident in."""

    pool: str  # the same for all models that share it
    limit_bytes: int


@dataclass(frozen=True)
class UnitLoad:
    """What a class asks of a capacity's whole units, and what it pays beside its share of them."""

    units: str  # their name
    hours: float  # a month that one unit is busy with it
    beside_usd_per_month: float
    over_usd_per_month: float = 0.0  # what all of it costs more than the least price over those units
    peaks: tuple[float, ...] = ()  # units that this class alone needs in some hours, the same for all on the capacity


OptionKey = tuple[str, str]
"""Name of a class and id of one of its options."""


@dataclass(frozen=True)
class FixedCosts:
    """What classes pay for together and share: fleets in use, models kept current on them, units of capacity, rates."""

    by_fleet: Mapping[str, float]  # by profile_id
    by_model: Mapping[str, float] = field(default_factory=dict[str, float])  # by option_id; left out: nothing
    memory: Mapping[str, Memory] = field(default_factory=dict[str, Memory])  # by option_id; left out: unknown
    caps: Mapping[str, float] = field(default_factory=dict[str, float])  # by profile_id; left out: the policy's
    units: tuple[Units, ...] = ()
    loads: Mapping[OptionKey, UnitLoad] = field(default_factory=dict[OptionKey, UnitLoad])
    rates: tuple[Limit, ...] = ()  # requests and tokens a minute that an offer serves
    rate_uses: Mapping[OptionKey, Mapping[str, float]] = field(default_factory=dict[OptionKey, Mapping[str, float]])
    budget_usd_per_month: float | None = None


def problem_of(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float) -> Problem:
    """Every class with its feasible options as ways; of memory and rates, only what all together would exceed.

    `cap` is the largest share of its hours a device of any fleet may be busy, where the fleet has none of its own.
    """
    placed = [option for each in candidates for option in each.options if option.feasible]
    needs = _needs(placed, fixed.memory)
    pools = _pools_that_bind(needs, fixed.memory)
    charges = [Charge(f"fleet:{fleet}", usd) for fleet, usd in fixed.by_fleet.items()]
    for option_id in dict.fromkeys(option.option_id for option in placed if option.side is Side.EDGE):
        pool = fixed.memory[option_id].pool if option_id in fixed.memory else None
        charges += _model(
            option_id, fixed.by_model.get(option_id, 0.0), needs.get(option_id, []), pools.get(pool or "")
        )
    limits = [Limit(f"hours:{fleet}", fixed.caps.get(fleet, cap)) for fleet in fixed.by_fleet]
    limits += [Limit(name, float(limit_bytes)) for name, limit_bytes in pools.values()]
    demands = [
        Demand(
            each.task_class,
            tuple(_way(each.task_class, option, needs, fixed, pools) for option in each.options if option.feasible),
        )
        for each in candidates
    ]
    used = {name for demand in demands for way in demand.ways for name in way.uses}
    return Problem(
        tuple(demands),
        (*limits, *_rates_that_bind(demands, fixed.rates)),
        tuple(charges),
        tuple(units for units in fixed.units if units.name in used),
        fixed.budget_usd_per_month,
    )


def charged_usd(problem: Problem, others: Mapping[str, str], task_class: str, option: Option) -> float:
    """What the whole plan costs when every class but this one stays where it is."""
    homes = {**others, task_class: option.option_id}
    return cost_usd(problem, chosen_ways(problem, {demand: {way: 1.0} for demand, way in homes.items()}))


def _rates_that_bind(demands: Sequence[Demand], rates: Sequence[Limit]) -> list[Limit]:
    """The limits that could be exceeded if every class asked them for as much as it may."""
    most = {
        limit.name: sum(max((way.uses.get(limit.name, 0.0) for way in demand.ways), default=0.0) for demand in demands)
        for limit in rates
    }
    return [limit for limit in rates if most[limit.name] > limit.amount]


def _way(
    task_class: str,
    option: Option,
    needs: Mapping[str, Sequence[float]],
    fixed: FixedCosts,
    pools: Mapping[str, tuple[str, int]],
) -> Way:
    fleet, key = fleet_of(option), (task_class, option.option_id)
    rates = fixed.rate_uses.get(key, {})
    load = fixed.loads.get(key)
    if load is not None:
        return Way(
            option.option_id,
            load.beside_usd_per_month,
            {**rates, load.units: load.hours},
            over_usd={load.units: load.over_usd_per_month} if load.over_usd_per_month else {},
            user=task_class,
            peaks={load.units: load.peaks} if load.peaks else {},
        )
    if fleet is None:
        return Way(option.option_id, true_usd_per_month(option), rates)
    hours = (option.service.utilization or 0.0) if option.service else 0.0
    charges = {f"fleet:{fleet}", f"model:{option.option_id}"}
    memory = fixed.memory.get(option.option_id)
    if memory is not None and memory.pool in pools and option.memory_bytes is not None:
        levels = needs[option.option_id]
        charges |= {_level(option.option_id, n) for n, need in enumerate(levels) if need <= option.memory_bytes.value}
    uses = {**rates, f"hours:{fleet}": hours}
    return Way(option.option_id, true_usd_per_month(option), uses, frozenset(charges))


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

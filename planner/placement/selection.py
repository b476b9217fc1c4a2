"""Which option each class gets: the cheapest feasible one, the fleets' fixed costs and hours respected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from planner.placement.options import Option, Side


@dataclass(frozen=True)
class Candidates:
    """All options of one class."""

    task_class: str
    options: tuple[Option, ...]

    def feasible(self, fleets: frozenset[str]) -> list[Option]:
        """Feasible options on these fleets and in the data center, cheapest first."""
        return [option for option in self._ranked if option.side is Side.DATACENTER or fleet_of(option) in fleets]

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
class FixedCosts:
    """What is paid by the month however much runs: by fleet in use, and by model kept current on a fleet."""

    by_fleet: Mapping[str, float]  # by profile_id
    by_model: Mapping[str, float] = field(default_factory=dict[str, float])  # by option_id; left out: nothing


@dataclass(frozen=True)
class _Choice:
    """An option for every class, and how good that is: the smaller the better."""

    merit: tuple[int, int, float, int]
    chosen: dict[str, Option | None]
    moved: dict[str, Option]


def select(
    candidates: Sequence[Candidates], fixed: FixedCosts, cap: float
) -> tuple[dict[str, Option | None], dict[str, Option]]:
    """The cheapest choice over every subset of fleets, each fleet in use and each model on it paying its fixed cost.

    Within a subset every class takes its cheapest option, then hours are made to fit (`fit_hours`). A choice that
    leaves more classes unplaced, or more fleets over the cap, never beats one that leaves fewer. Returns the choice
    and, for each class that had to leave a device, the option it left.
    """
    choices = (_fewest_models(candidates, fixed, cap, fleets) for fleets in _subsets(sorted(fixed.by_fleet)))
    best = min(choices, key=lambda choice: choice.merit)
    return best.chosen, best.moved


def _fewest_models(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, fleets: frozenset[str]) -> _Choice:
    """Models are dropped while that pays: classes choose one by one and do not see that they could share one.

    Greedy, so not always the cheapest set of models; without a cost of keeping models current nothing is dropped.
    """
    best = _choice(candidates, fixed, cap, fleets)
    while True:
        used = {option.option_id for option in best.chosen.values() if option} & fixed.by_model.keys()
        fewer = [
            [_without(each, dropped) for each in candidates] for dropped in sorted(used) if fixed.by_model[dropped] > 0
        ]
        tried = [(_choice(left, fixed, cap, fleets), left) for left in fewer]
        better = min(tried, key=lambda each: each[0].merit, default=None)
        if better is None or better[0].merit >= best.merit:
            return best
        best, candidates = better


def _without(candidates: Candidates, option_id: str) -> Candidates:
    return Candidates(candidates.task_class, tuple(each for each in candidates.options if each.option_id != option_id))


def _choice(candidates: Sequence[Candidates], fixed: FixedCosts, cap: float, fleets: frozenset[str]) -> _Choice:
    cheapest = {each.task_class: next(iter(each.feasible(fleets)), None) for each in candidates}
    chosen, moved = fit_hours(candidates, cheapest, cap, fleets)
    used = fleets_of(chosen.values())
    cost = sum(fixed.by_fleet[fleet] for fleet in sorted(used))
    models = {option.option_id for option in chosen.values() if option}
    cost += sum(fixed.by_model.get(model, 0.0) for model in sorted(models))
    cost += sum(true_usd_per_month(option) for option in chosen.values() if option)
    unplaced = sum(option is None for option in chosen.values())
    overrun = sum(_load(chosen.values(), fleet) > cap for fleet in used)
    return _Choice((unplaced, overrun, cost, len(used)), chosen, moved)


def fit_hours(
    candidates: Sequence[Candidates], chosen: Mapping[str, Option | None], cap: float, fleets: frozenset[str]
) -> tuple[dict[str, Option | None], dict[str, Option]]:
    """Keep each device's summed utilization under the cap: move away first what costs least per hour it frees.

    Classes share a device's hours, which choosing them one by one does not see. They move to the data center or to
    another of `fleets`. Returns the repaired choice and, for each moved class, the option it had to leave. Greedy, so
    not always the cheapest repair.
    """
    repaired = dict(chosen)
    moved: dict[str, Option] = {}
    by_name = {each.task_class: each for each in candidates}
    for fleet in sorted(fleets_of(chosen.values())):
        while _load(repaired.values(), fleet) > cap:
            moves = [
                (_extra_usd(option, other) / _hours(option), name, other)
                for name, option in repaired.items()
                if option and fleet_of(option) == fleet and _hours(option) > 0
                for other in by_name[name].feasible(fleets)
                if fleet_of(other) != fleet
                and (fleet_of(other) is None or _load(repaired.values(), fleet_of(other)) + _hours(other) <= cap)
            ]
            if not moves:
                break
            _, name, other = min(moves, key=lambda move: (move[0], move[1], rank(move[2])))
            left = repaired[name]
            if left is not None:
                moved.setdefault(name, left)
            repaired[name] = other
    return repaired, moved


def fleets_of(options: Iterable[Option | None]) -> frozenset[str]:
    """The profile_ids of the fleets these options run on."""
    return frozenset(fleet for option in options if option and (fleet := fleet_of(option)))


def _subsets(fleets: Sequence[str]) -> Iterable[frozenset[str]]:
    for size in range(len(fleets) + 1):
        for subset in combinations(fleets, size):
            yield frozenset(subset)


def _hours(option: Option) -> float:
    return (option.service.utilization or 0.0) if option.service else 0.0


def _load(options: Iterable[Option | None], fleet: str | None) -> float:
    return sum(_hours(option) for option in options if option and fleet_of(option) == fleet)


def _extra_usd(option: Option, other: Option) -> float:
    return true_usd_per_month(other) - true_usd_per_month(option)

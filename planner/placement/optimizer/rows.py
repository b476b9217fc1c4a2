"""The problem as rows and columns of a mixed-integer program, scaled so that a solver's tolerances are nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from planner.placement.optimizer.problem import Problem, Shares, Way
from planner.placement.optimizer.score import scale_of

COST_SCALE = 1e4  # what a plan's cost is scaled to, so that the least improvement a solver sees is a 1e-12th of it


@dataclass
class Program:
    """Columns with their cost and bounds, rows with their entries, and where the problem's own things are."""

    cost: list[float] = field(default_factory=list[float])
    lower: list[float] = field(default_factory=list[float])
    upper: list[float] = field(default_factory=list[float])
    integer: list[bool] = field(default_factory=list[bool])
    row_lower: list[float] = field(default_factory=list[float])
    row_upper: list[float] = field(default_factory=list[float])
    rows: list[dict[int, float]] = field(default_factory=list[dict[int, float]])
    chosen: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])  # by demand and way
    share: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    charge: dict[str, int] = field(default_factory=dict[str, int])  # by name
    over: list[int] = field(default_factory=list[int])  # by how much a limit is exceeded, as a share of it
    usd_scale: float = 1.0

    def column(self, cost: float = 0.0, upper: float = math.inf, *, integer: bool = False) -> int:
        """A new column from nought up."""
        self.cost.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.cost) - 1

    def row(self, entries: dict[int, float], low: float = -math.inf, high: float = math.inf) -> None:
        """A new row; entries of nought are left out."""
        self.rows.append({column: value for column, value in entries.items() if value})
        self.row_lower.append(low)
        self.row_upper.append(high)

    def bar(self, ways: dict[str, str]) -> None:
        """These ways may not all be chosen together; one that is not in the problem bars nothing."""
        columns = [self.chosen.get(each) for each in ways.items()]
        if all(column is not None for column in columns):
            self.row({column: 1.0 for column in columns if column is not None}, high=len(columns) - 1.0)


def program(problem: Problem) -> Program:
    """Columns and rows of a reduced problem; the columns `over` are free until their upper bounds are set."""
    made = Program(usd_scale=_usd_scale(problem))
    for demand in problem.demands:
        _demand(made, demand.name, demand.ways, demand.homes)
    charges = made.charge = _charges(made, problem)
    _limits(made, problem, charges)
    _units(made, problem)
    if problem.budget_usd is not None:
        scale = (problem.budget_usd if problem.budget_usd > 0 else 1.0) * made.usd_scale
        spent = {column: cost / scale for column, cost in enumerate(made.cost)}
        _limit_row(made, spent, problem.budget_usd * made.usd_scale / scale)
    for barred in problem.barred:
        made.bar(dict(barred))
    return made


def _usd_scale(problem: Problem) -> float:
    """By the cheapest ways of all demands and what they need: about what a plan costs."""
    cheapest = [min(demand.ways, key=lambda way: way.usd) for demand in problem.demands if demand.ways]
    needed = {name for way in cheapest for name in way.charges}
    usd = sum(way.usd for way in cheapest) + sum(charge.usd for charge in problem.charges if charge.name in needed)
    return COST_SCALE / usd if usd > 0 else 1.0


def _demand(made: Program, name: str, ways: tuple[Way, ...], homes: int) -> None:
    """Shares add up to one; with a single home, the choice is the share."""
    if not ways:
        return
    single = homes == 1
    for way in ways:
        key = name, way.name
        made.chosen[key] = made.column(way.usd * made.usd_scale if single else 0.0, 1.0, integer=True)
        made.share[key] = made.chosen[key] if single else made.column(way.usd * made.usd_scale, 1.0)
        if not single:
            made.row({made.share[key]: 1.0, made.chosen[key]: -1.0}, high=0.0)
    made.row({made.share[name, way.name]: 1.0 for way in ways}, 1.0, 1.0)
    if not single:
        made.row({made.chosen[name, way.name]: 1.0 for way in ways}, high=float(homes))


def _charges(made: Program, problem: Problem) -> dict[str, int]:
    """A charge is paid where a way that needs it is chosen; of a single home's ways only one is: they share a row."""
    columns = {each.name: made.column(each.usd * made.usd_scale, 1.0, integer=True) for each in problem.charges}
    for demand in problem.demands:
        for name, column in columns.items():
            needing = [made.chosen[demand.name, way.name] for way in demand.ways if name in way.charges]
            groups = [needing] if demand.homes == 1 else [[each] for each in needing]
            for group in groups:
                if group:
                    made.row({**dict.fromkeys(group, 1.0), column: -1.0}, high=0.0)
            if demand.homes > 1 and len(needing) > 1:  # implied by those above, and tighter
                shares = [made.share[demand.name, way.name] for way in demand.ways if name in way.charges]
                made.row({**dict.fromkeys(shares, 1.0), column: -1.0}, high=0.0)
    return columns


def _limits(made: Program, problem: Problem, charges: dict[str, int]) -> None:
    for limit in problem.limits:
        scale = scale_of(limit)
        entries = _used(made, problem, limit.name, scale)
        entries |= {charges[each.name]: each.holds.get(limit.name, 0.0) / scale for each in problem.charges}
        gate = _gate(problem, limit.name)
        if gate is None:
            _limit_row(made, entries, limit.amount / scale)
        else:
            entries[charges[gate]] = entries.get(charges[gate], 0.0) - limit.amount / scale
            _limit_row(made, entries, 0.0)


def _gate(problem: Problem, limit: str) -> str | None:
    """A charge that everything asking for the limit needs: unpaid, there is none of the limit; a tighter program."""
    holding = {charge.name for charge in problem.charges if charge.holds.get(limit)}
    asking = [
        way.charges for demand in problem.demands for way in demand.ways if way.uses.get(limit) or way.charges & holding
    ]
    shared = frozenset[str].intersection(*asking) if asking else frozenset[str]()
    return min(shared, default=None)


def _units(made: Program, problem: Problem) -> None:
    """Whole units carry the load; the rest goes over at its price, or takes units beyond those that can be had."""
    for units in problem.units:
        most = math.inf if units.usd_per_load_over is None else float(units.most)
        number = made.column(units.usd_per_unit * made.usd_scale, most, integer=True)
        entries = _used(made, problem, units.name, units.load_per_unit)
        entries[number] = -1.0
        if units.usd_per_load_over is not None:
            entries[made.column(units.usd_per_load_over * units.load_per_unit * made.usd_scale)] = -1.0
        else:
            scale = float(units.most or 1)
            _limit_row(made, {number: 1.0 / scale}, units.most / scale)
        made.row(entries, high=0.0)


def _limit_row(made: Program, entries: dict[int, float], amount: float) -> None:
    made.over.append(made.column())
    made.row({**entries, made.over[-1]: -1.0}, high=amount)


def _used(made: Program, problem: Problem, name: str, scale: float) -> dict[int, float]:
    return {
        made.share[demand.name, way.name]: way.uses.get(name, 0.0) / scale
        for demand in problem.demands
        for way in demand.ways
    }


def shares_of(made: Program, values: list[float], least: float) -> Shares:
    """What the columns' values say; shares below `least` are rounding, and the rest add up to one."""
    found: dict[str, dict[str, float]] = {}
    for (demand, way), column in made.share.items():
        if values[column] > least:
            found.setdefault(demand, {})[way] = values[column]
    return {
        demand: {way: share / math.fsum(ways.values()) for way, share in ways.items()} for demand, ways in found.items()
    }

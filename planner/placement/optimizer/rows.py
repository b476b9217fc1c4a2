"""The problem as rows and columns of a mixed-integer program, scaled so that a solver's tolerances are nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from planner.placement.optimizer.bought import base_usd_per_load, most_steps, over_usd_per_load
from planner.placement.optimizer.problem import Charge, Demand, Problem, Shares, Units, Way
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
    dearer: dict[str, int] = field(default_factory=dict[str, int])  # by units: what the rows leave out of their cost
    users: dict[str, list[tuple[str, str]]] = field(default_factory=dict[str, list[tuple[str, str]]])  # who may be one
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

    def dearer_where(self, units: str, users: Collection[tuple[str, str]], usd: float) -> None:
        """With exactly these users (demand and way, of all that may use the units), they cost so much more."""
        more = usd * self.usd_scale
        entries = {self.dearer[units]: 1.0}
        for key in self.users[units]:
            entries[self.chosen[key]] = -more if key in users else more
        self.row(entries, low=more * (1 - len(users)))

    def may_use(self, units: str, keys: list[tuple[str, str]]) -> None:
        """Whose use of units decides what they cost more than the rows say."""
        self.dearer[units] = self.column(1.0)
        self.users[units] = keys


def program(problem: Problem) -> Program:
    """Columns and rows of a reduced problem; the columns `over` are free until their upper bounds are set."""
    made = Program(usd_scale=_usd_scale(problem))
    for demand in problem.demands:
        _demand(made, demand.name, demand.ways, demand.homes)
    charges = made.charge = {each.name: _charge(made, problem, each) for each in problem.charges}
    _limits(made, problem, charges)
    for units in problem.units:
        _units(made, problem, units)
    if problem.budget_usd is not None:
        scale = (problem.budget_usd if problem.budget_usd > 0 else 1.0) * made.usd_scale
        spent = {column: cost / scale for column, cost in enumerate(made.cost)}
        _limit_row(made, spent, problem.budget_usd * made.usd_scale / scale)
    for barred in problem.barred:
        made.bar(dict(barred))
    return made


def _usd_scale(problem: Problem) -> float:
    """By the cheapest ways of all demands and what they need: about what a plan costs."""
    by_name = {each.name: each for each in problem.units}

    def usd(way: Way) -> float:
        bought = [
            used * (units.usd_per_unit / units.load_per_unit + units.usd_per_load)
            for name, used in way.uses.items()
            if (units := by_name.get(name)) is not None
        ]
        return way.usd + sum(bought)

    cheapest = [min(demand.ways, key=usd) for demand in problem.demands if demand.ways]
    needed = {name for way in cheapest for name in way.charges}
    total = sum(map(usd, cheapest)) + sum(charge.usd for charge in problem.charges if charge.name in needed)
    return COST_SCALE / total if total > 0 else 1.0


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


def _charge(made: Program, problem: Problem, charge: Charge) -> int:
    return _paid_once(made, problem, charge.usd, lambda way: charge.name in way.charges)


def _paid_once(made: Program, problem: Problem, usd: float, needs: Callable[[Way], bool]) -> int:
    """Paid where a way that needs it is chosen; of a single home's ways only one is: they share a row."""
    column = made.column(usd * made.usd_scale, 1.0, integer=True)
    for demand in problem.demands:
        ways = [way for way in demand.ways if needs(way)]
        chosen = [made.chosen[demand.name, way.name] for way in ways]
        for group in [chosen] if demand.homes == 1 else [[each] for each in chosen]:
            if group:
                made.row({**dict.fromkeys(group, 1.0), column: -1.0}, high=0.0)
        if demand.homes > 1 and len(ways) > 1:  # implied by those above, and tighter
            made.row({**{made.share[demand.name, way.name]: 1.0 for way in ways}, column: -1.0}, high=0.0)
    return column


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


def _units(made: Program, problem: Problem, units: Units) -> None:
    """Whole units carry the load of every block of hours; the rest goes over at its price, where there is one."""
    first = units.spare + units.least
    column = _paid_once(made, problem, first * units.usd_per_unit, lambda way: way.uses.get(units.name, 0.0) > 0)
    more = most_steps(units) if units.usd_per_load_over is not None else None
    steps = made.column(
        units.step * units.usd_per_unit * made.usd_scale, math.inf if more is None else float(more), integer=True
    )
    base = base_usd_per_load(units)
    for demand in problem.demands:
        for way in demand.ways:
            made.cost[made.share[demand.name, way.name]] += way.uses.get(units.name, 0.0) * base * made.usd_scale
    room, over = units.load_per_unit * units.blocks[0].relative_load, dict[int, float]()
    for block in units.blocks if units.usd_per_load_over is not None else units.blocks[:1]:
        entries = _used(made, problem, units.name, room / block.relative_load) if block.relative_load > 0 else {}
        entries |= {column: -float(units.least), steps: -float(units.step)}
        if units.usd_per_load_over is not None:
            usd = block.share_of_hours * room * over_usd_per_load(units)
            goes_over = made.column(usd * made.usd_scale)
            entries[goes_over], over[goes_over] = -1.0, block.share_of_hours * room
        made.row(entries, high=0.0)
    if units.usd_per_load_over is None:
        _peaks(made, problem, units, {column: -float(units.least), steps: -float(units.step)})
    if any(way.over_usd.get(units.name) for demand in problem.demands for way in demand.ways):
        _over_alike(made, problem, units, over)
    if units.most is not None:
        scale = float(units.most or 1)
        _limit_row(made, {column: first / scale, steps: units.step / scale}, units.most / scale)
    keys = [(each.name, way.name) for each in problem.demands for way in each.ways if way.uses.get(units.name)]
    if units.priced is not None or units.usd_per_load > (units.usd_per_load_over or math.inf):
        made.may_use(units.name, keys)


def _peaks(made: Program, problem: Problem, units: Units, bought: dict[int, float]) -> None:
    """In every one of these hours there are at least the units that its ways need together."""
    needs = {
        made.share[demand.name, way.name]: way.peaks[units.name]
        for demand in problem.demands
        for way in demand.ways
        if units.name in way.peaks
    }
    for hour in range(len(next(iter(needs.values()), ()))):
        made.row({**{share: needed[hour] for share, needed in needs.items()}, **bought}, high=0.0)


def _over_alike(made: Program, problem: Problem, units: Units, over: dict[int, float]) -> None:
    """Of every demand on the units the same part φ goes over, each at its own price: z = φ where chosen, else 0."""
    part = made.column(upper=1.0)
    together = {column: amount / units.load_per_unit for column, amount in over.items()}
    for demand in problem.demands:
        for way in demand.ways:
            load, usd = way.uses.get(units.name, 0.0), way.over_usd.get(units.name, 0.0)
            if load:
                own, share = made.column(usd * made.usd_scale, 1.0), made.share[demand.name, way.name]
                made.row({own: 1.0, share: -1.0}, high=0.0)
                made.row({own: 1.0, part: -1.0}, high=0.0)
                made.row({own: 1.0, part: -1.0, share: -1.0}, low=-1.0)
                together[own] = -load / units.load_per_unit
    made.row(together, 0.0, 0.0)


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


def users_of(demands: Collection[Demand], shares: Shares, units: str) -> list[tuple[str, str]]:
    """Demand and way of all that use these units."""
    return [
        (demand.name, way.name)
        for demand in demands
        for way in demand.ways
        if way.uses.get(units) and shares.get(demand.name, {}).get(way.name, 0.0) > 0
    ]

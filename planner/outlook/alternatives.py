"""What each alternative of a scenario costs as one price or quantity changes: exact curves, each in three cases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from planner.basis import Basis, Quantity, weakest
from planner.capacities import Capacity, OwnedBox
from planner.cost.capacity_terms import CapacityTerms, Case, capacity_terms
from planner.cost.curves import ZERO, Curve, added, line, lower_envelope, steps
from planner.cost.ends import Ends, ends, sure
from planner.cost.escalation import ESCALATION, JUDGE
from planner.cost.figures import CostPart
from planner.cost.part_sums import sum_of
from planner.cost.token_load import TokenLoad
from planner.cost.unit_curves import price_curve, volume_curve
from planner.outlook.fleet_limits import NO_LIMIT, Limit
from planner.placement.edge_costs import is_personal
from planner.placement.enumeration import Known, known_of, options_of
from planner.placement.fleets import fleet_parts, fleets_in_use
from planner.placement.options import Option, Side
from planner.placement.selection import fleet_of
from planner.placement.uneven_users import overflow_name
from planner.scenario import Fleet, Scenario
from planner.workload.task_classes import TaskClass

Driver = Literal["volume", "seats", "tariff", "price"]
CASES: tuple[Case, ...] = ("cheap", "value", "dear")
MOST_SHARED_DEVICES = 512  # of a shared fleet are counted one by one; beyond them by their share
UNIT_TARIFF = Quantity(value=1.0, unit="USD/kWh", basis=Basis.MEASURED, source="varied")


@dataclass(frozen=True)
class Cases:
    """A cost at the ends of its figures' intervals that make it cheap and dear, and as it is stated."""

    cheap: Curve
    value: Curve
    dear: Curve


@dataclass(frozen=True)
class Alternative:
    """One way to serve the work: its curves over x, and why they end where they do."""

    key: str
    title: str
    side: Side | None
    curves: Cases
    basis: Basis
    limit: str = ""  # what forbids more, in words


Choice = Sequence[tuple[TaskClass, Option]]
FleetKey = tuple[frozenset[str], frozenset[str], int]


@dataclass(frozen=True)
class Ground:
    """What the curves of one question rest on."""

    scenario: Scenario
    by: Driver
    sku: str | None = None  # by price: of which offer; None: every token price moves alike

    @cached_property
    def known(self) -> Known:
        """Speeds and quality figures, derived once."""
        return known_of(self.scenario)

    @cached_property
    def fleet_usd(self) -> dict[FleetKey, Ends]:
        """What fleets cost a month, by who is on them and what is left out: asked again for every class."""
        return {}

    @cached_property
    def at_unit_tariff(self) -> Scenario:
        """The scenario with every device's kWh at 1 USD."""
        fleets = tuple(_without_own_tariff(fleet) for fleet in self.scenario.fleets)
        assumptions = self.scenario.assumptions.model_copy(update={"tariff_usd_per_kwh": UNIT_TARIFF})
        return self.scenario.model_copy(update={"fleets": fleets, "assumptions": assumptions})


def choice_curves(
    ground: Ground,
    choice: Choice,
    *,
    without: Collection[str] = (),
    weigh_quality: bool = False,
    limit: Limit = NO_LIMIT,
    requests_per_day: float | None = None,
) -> Cases:
    """The month's cost of these classes on these options, their fleets included.

    By volume x is requests a day in today's mix, `requests_per_day` of them today (None: of this one class alone); by
    seats x is seats, with work and devices in proportion; by tariff x is USD/kWh; by price x is the multiple of today's
    price. What `without` names is paid elsewhere. With `weigh_quality` an accepted result is what counts (CONVENTION
    §15), else the bill.
    """
    costs = [_class_usd(ground, task_class, option, weigh_quality=weigh_quality) for task_class, option in choice]
    still, moving = _total(each.still for each in costs), _total(each.moving for each in costs)
    options = [option for _, option in choice]
    fixed = _fleet_usd(ground, options, without)
    match ground.by:
        case "volume":
            slopes = _per_request_day(ground.scenario, choice, costs, requests_per_day)
            return _cut(_cases(fixed, slopes, at_zero=ZERO), limit)
        case "seats":
            return _by_seats(ground, options, still + moving, without)
        case "tariff" | "price":
            return _cases(fixed + still, moving)


def capacity_curves(ground: Ground, capacity: Capacity, terms: CapacityTerms, load: TokenLoad) -> Cases:
    """The month's cost of a capacity for a load; `terms` are those of that load, nothing missing in them."""
    match ground.by:
        case "volume":
            per_day = load.requests / ground.scenario.workload.active_days_per_month
            return _each(lambda case: volume_curve(terms.case(case)).stretched(per_day))
        case "seats":
            seats = ground.scenario.workload.seats
            return _each(lambda case: volume_curve(terms.case(case)).stretched(seats))
        case "tariff":
            at = [_terms_at_tariff(ground.scenario, capacity, load, usd) for usd in (0.0, 1.0)]
            return _each(lambda case: price_curve(at[0].case(case), at[1].case(case)))
        case "price":
            moves = capacity.overflow_sku is not None and ground.sku in {None, capacity.overflow_sku}
            return _each(lambda case: _over_price(terms, case, moves=moves))


def cheapest_device(found: Sequence[tuple[str, Cases]]) -> Cases:
    """Of several models on devices the one that costs least at every x, each as far as it can serve."""
    return Cases(
        *(lower_envelope([(name, getattr(cases, case)) for name, cases in found]).curve for case in CASES),
    )


def weighs_quality(options: Iterable[Option]) -> bool:
    """Whether somebody evaluated one of them; else all carry the same assumed acceptance, and bills decide."""
    return any(option.cost is not None and option.cost.acceptance.basis is Basis.MEASURED for option in options)


def basis_of(options: Iterable[Option]) -> Basis:
    """The weakest basis of their bills."""
    bills = [option.cost.usd_per_request for option in options if option.cost and option.cost.usd_per_request]
    return weakest(*(bill.basis for bill in bills)) if bills else Basis.ESTIMATED


@dataclass(frozen=True)
class _ClassUsd:
    """USD a month of a class: what the varied price does not touch, and what one unit of that price costs."""

    still: Ends
    moving: Ends
    per_request: Ends


_NOTHING = sure(0.0)


def _class_usd(ground: Ground, task_class: TaskClass, option: Option, *, weigh_quality: bool) -> _ClassUsd:
    cost = option.cost
    if cost is None or cost.missing:
        raise ValueError(f"{option.option_id} has no price")
    moved = [part for part in cost.parts if _moves(ground, task_class, option, part)]
    still = sum_of([part for part in cost.parts if part not in moved])
    moving = _per_usd_per_kwh(ground, task_class, option, moved) if ground.by == "tariff" and moved else sum_of(moved)
    if weigh_quality:
        still += sum_of(cost.quality_parts)
        accepted = _acceptance(cost.acceptance)
        moving, still = _divided(moving, accepted), _divided(still, accepted)
    requests = task_class.requests_per_day * ground.scenario.workload.active_days_per_month
    return _ClassUsd(still.times(requests), moving.times(requests), still + moving)


def _moves(ground: Ground, task_class: TaskClass, option: Option, part: CostPart) -> bool:
    """Whether a part follows the price that is varied; by volume and seats all of them grow alike."""
    if ground.by == "tariff":
        return part.driver == "tariff"
    if ground.by != "price" or part.driver != "token_price":
        return False
    paid_to = {
        ESCALATION: task_class.escalates_to,
        JUDGE: None if task_class.judge is None else task_class.judge.sku,
        "" if option.overflow is None else overflow_name(option.overflow.sku): option.overflow and option.overflow.sku,
    }.get(part.name, option.model if option.side is Side.DATACENTER else None)
    return ground.sku is None or paid_to == ground.sku


def _acceptance(share: Quantity) -> Ends:
    """The accepted share in the cheapest case, as stated, and in the dearest case (CONVENTION §15)."""
    low, high = share.bounds
    return Ends(high, share.value, low or share.value)


def _divided(usd: Ends, by: Ends) -> Ends:
    """Case by case: the cheap end by the figure of the cheap case."""
    return Ends(*(each / figure for each, figure in zip(usd, by, strict=True)))


def _per_usd_per_kwh(ground: Ground, task_class: TaskClass, option: Option, parts: Sequence[CostPart]) -> Ends:
    """USD of a request for each USD/kWh. Electricity is energy times tariff at both ends, so the tariff divides out.

    A tariff that may be zero hides the energy: then the option is costed again with a kWh at 1 USD.
    """
    fleet = next(each for each in ground.scenario.fleets if each.profile.profile_id == fleet_of(option))
    tariff = fleet.profile.ownership.tariff_usd_per_kwh or ground.scenario.assumptions.tariff_usd_per_kwh
    if tariff.bounds[0] > 0:
        return _divided(sum_of(parts), ends(tariff))
    again = _at_unit_tariff(ground, task_class, option).cost
    assert again is not None
    return sum_of([part for part in again.parts if part.driver == "tariff"])


def _at_unit_tariff(ground: Ground, task_class: TaskClass, option: Option) -> Option:
    """The option where a kWh costs 1 USD."""
    scenario = ground.at_unit_tariff
    skus = {task_class.escalates_to, None if task_class.judge is None else task_class.judge.sku}
    skus.add(None if option.overflow is None else option.overflow.sku)
    offers = tuple(offer for offer in scenario.prices.offers if offer.sku in skus)
    narrow = scenario.model_copy(
        update={
            "fleets": tuple(fleet for fleet in scenario.fleets if fleet.profile.profile_id == fleet_of(option)),
            "prices": scenario.prices.model_copy(update={"offers": offers}),
            "capacities": (),
        }
    )
    found = options_of(narrow, task_class, ground.known)
    return next(each for each in found if each.option_id == option.option_id)


def _without_own_tariff(fleet: Fleet) -> Fleet:
    ownership = fleet.profile.ownership.model_copy(update={"tariff_usd_per_kwh": None})
    return fleet.model_copy(update={"profile": fleet.profile.model_copy(update={"ownership": ownership})})


def _per_request_day(scenario: Scenario, choice: Choice, costs: Sequence[_ClassUsd], total: float | None) -> Ends:
    """USD a month for each request a day of the mix; one class alone needs no volume of its own for that."""
    days = scenario.workload.active_days_per_month
    if total is None:
        return costs[0].per_request.times(days)
    shares = [task_class.requests_per_day / total for task_class, _ in choice]
    return _total(each.per_request.times(days * share) for each, share in zip(costs, shares, strict=True))


def _fleet_usd(ground: Ground, options: Sequence[Option], without: Collection[str], count: int = 0) -> Ends:
    """USD a month of the fleets in use, with `count` devices each where one is given."""
    key = (frozenset(option.option_id for option in options), frozenset(without), count)
    if key not in ground.fleet_usd:
        scenario = _counted(ground.scenario, count) if count else ground.scenario
        ground.fleet_usd[key] = _total(
            ends(part.usd_per_month)
            for fleet in fleets_in_use(scenario, options)
            for part in fleet_parts(scenario, fleet, options, without)
        )
    return ground.fleet_usd[key]


def _by_seats(ground: Ground, options: Sequence[Option], work: Ends, without: Collection[str]) -> Cases:
    """Work and devices in proportion to seats. Where users share devices, whole devices are bought."""
    scenario, seats = ground.scenario, ground.scenario.workload.seats
    cases = _cases(_NOTHING, work.times(1 / seats), at_zero=ZERO)
    for fleet in fleets_in_use(scenario, options):
        there = [option for option in options if fleet_of(option) == fleet.profile.profile_id]
        constant, per_device = _per_device(ground, there, without)
        cases = plus(cases, _cases(constant, _NOTHING, at_zero=ZERO))
        if is_personal(scenario, fleet) or fleet.count > MOST_SHARED_DEVICES:
            cases = plus(cases, _cases(_NOTHING, per_device.times(fleet.count / seats), at_zero=ZERO))
        else:
            most, width = max(2 * fleet.count, 64), Fraction(seats, fleet.count)
            cases = plus(cases, Cases(*(steps(usd, width, most) for usd in per_device)))
    return cases


def _per_device(ground: Ground, options: Sequence[Option], without: Collection[str]) -> tuple[Ends, Ends]:
    """What a fleet costs a month however many devices it has, and what every device adds: two fleets tell."""
    one, two = (_fleet_usd(ground, options, without, count) for count in (1, 2))
    each = Ends(*(more - less for less, more in zip(one, two, strict=True)))
    return Ends(*(less - every for less, every in zip(one, each, strict=True))), each


def _counted(scenario: Scenario, count: int) -> Scenario:
    fleets = tuple(each.model_copy(update={"count": count}) for each in scenario.fleets)
    return scenario.model_copy(update={"fleets": fleets})


def _over_price(terms: CapacityTerms, case: Case, *, moves: bool) -> Curve:
    economics = terms.case(case)
    if not moves:
        return price_curve(economics, economics)
    return price_curve(replace(economics, overflow_usd_per_volume=0.0), economics)


def _terms_at_tariff(scenario: Scenario, capacity: Capacity, load: TokenLoad, usd_per_kwh: float) -> CapacityTerms:
    tariff = UNIT_TARIFF.model_copy(update={"value": usd_per_kwh})
    assumptions = scenario.assumptions.model_copy(update={"tariff_usd_per_kwh": tariff})
    how = capacity.how
    if isinstance(how, OwnedBox):
        capacity = capacity.model_copy(update={"how": how.model_copy(update={"tariff_usd_per_kwh": None})})
    return capacity_terms(scenario.model_copy(update={"assumptions": assumptions}), capacity, load, scenario.as_of)


def _cases(fixed: Ends, slope: Ends, *, at_zero: Fraction | None = None) -> Cases:
    return Cases(*(line(start, each, at_zero=at_zero) for start, each in zip(fixed, slope, strict=True)))


def plus(first: Cases, second: Cases) -> Cases:
    """Both together, case by case."""
    return Cases(*(added(getattr(first, case), getattr(second, case)) for case in CASES))


def _cut(cases: Cases, limit: Limit) -> Cases:
    most = limit.requests_per_day
    if most is None:
        return cases
    return Cases(*(getattr(cases, case).until(most, "limit", closed=limit.closed) for case in CASES))


def _each(curve_of: Callable[[Case], Curve]) -> Cases:
    return Cases(curve_of("cheap"), curve_of("value"), curve_of("dear"))


def _total(each: Iterable[Ends]) -> Ends:
    return sum(each, _NOTHING)

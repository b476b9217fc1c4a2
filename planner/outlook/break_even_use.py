"""Utilizations from which capacity, a promise or a device costs less than paying by use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from planner import text
from planner.basis import weakest
from planner.capacities import Capacity
from planner.cost.capacity import capacity_cost
from planner.cost.capacity_terms import SPEEDS, CapacityTerms, Case, capacity_terms
from planner.cost.curves import Curve, line
from planner.cost.ends import Ends, sure
from planner.cost.figures import HardwareView
from planner.cost.part_sums import running, sum_of
from planner.cost.token_load import TokenLoad, load_of
from planner.outlook.alternatives import CASES, Alternative, Cases, Choice, basis_of
from planner.outlook.question import Question, RawPair, metered_title
from planner.placement.options import Option, Placement, Side
from planner.placement.selection import fleet_of, rank
from planner.scenario import HardwarePolicy, contention_cap
from planner.workload.task_classes import TaskClass

PER_MTOK = (
    "The $/Mtok of both are equal where their costs of one unit's month are: the same tokens stand on both sides."
)


def use_pairs(question: Question) -> Iterator[RawPair]:
    """Every capacity against metered tokens and a promise against on demand; every class's device against metered."""
    for capacity in question.asked_capacities():
        yield from _capacity_pairs(question, capacity)
    for placement in question.asked_classes():
        yield from _device_pair(question, placement)


def _capacity_pairs(question: Question, capacity: Capacity) -> Iterator[RawPair]:
    choice, lacking = question.metered_for(capacity)
    if lacking:
        question.left_out.append(f"{capacity.title}: {lacking}.")
        return
    load = load_of(question.scenario, tuple(task_class for task_class, _ in choice), capacity)
    terms = capacity_terms(question.scenario, capacity, load, question.scenario.as_of)
    if terms.missing:
        question.left_out.append(f"{capacity.title}: {'; '.join(terms.missing)}.")
        return
    cost = capacity_cost(question.scenario, capacity, load, question.scenario.as_of)
    today = None if cost.utilization is None else Fraction(cost.utilization.value)
    reachable = _reachable(capacity, terms, load)
    figure = terms.fixed_usd_per_unit_month
    assert figure is not None
    ours = Alternative(
        f"capacity:{capacity.name}",
        f"one {_unit(terms)} of {capacity.title}",
        Side.DATACENTER,
        Cases(*(_unit_month(terms, load, case) for case in CASES)),
        weakest(figure.basis, load.peak_to_mean.basis),
        "" if _full(terms, load, "value").available == 1 else "it is down",
    )
    classes = tuple(task_class for task_class, _ in choice)
    yield RawPair(
        ours,
        _metered(choice, terms, load),
        classes,
        today,
        notes=(
            PER_MTOK,
            f"With headroom in the busiest hour this workload keeps it busy {text.share(reachable)} of its paid hours.",
        ),
        why_never="even a unit that is always busy costs more",
        reachable=reachable,
    )
    yield from _promise_pair(capacity, terms, classes)


def _promise_pair(capacity: Capacity, terms: CapacityTerms, classes: tuple[TaskClass, ...]) -> Iterator[RawPair]:
    """A promise for every hour against paying on demand for those hours that are needed."""
    bought = terms.unit.bought
    if bought is None or not bought.is_promise or bought.on_demand_usd_per_h is None:
        return
    low, high = bought.effective_usd_per_month.bounds
    fixed = Ends(low, bought.effective_usd_per_month.value, high)
    on_demand = bought.on_demand_usd_per_h
    hourly = Ends(on_demand.bounds[0], on_demand.value, on_demand.bounds[1]).times(bought.paid_hours_per_month)
    yield RawPair(
        Alternative(
            "promise",
            f"the promise of {capacity.title}",
            Side.DATACENTER,
            _lines(fixed, sure(0.0)),
            bought.effective_usd_per_month.basis,
        ),
        Alternative(
            "on demand", "the same machine on demand", Side.DATACENTER, _lines(sure(0.0), hourly), on_demand.basis
        ),
        classes,
        None,
        notes=(
            "Here utilization is the share of hours in which a machine is needed at all; the others are forfeited.",
        ),
        why_never="the promise is not cheaper by the hour",
    )


def _unit(terms: CapacityTerms) -> str:
    return "unit" if terms.unit.bought is None else terms.unit.bought.unit


@dataclass(frozen=True)
class _Full:
    """One unit that is busy in every hour it is paid for."""

    volume: float  # multiples of the load
    available: float  # share of paid hours it can be busy at all


def _full(terms: CapacityTerms, load: TokenLoad, case: Case) -> _Full:
    bought, speed = terms.unit.bought, terms.unit.speed
    assert bought is not None
    assert speed is not None
    available = 1.0 if bought.availability is None else bought.availability.value
    return _Full(bought.paid_hours_per_month / speed.busy_hours(load, SPEEDS[case]), available)


def _unit_month(terms: CapacityTerms, load: TokenLoad, case: Case) -> Curve:
    """USD of one unit's month over the share of paid hours it is busy: fixed, and what use adds."""
    full, economics = _full(terms, load, case), terms.case(case)
    value = _full(terms, load, "value")
    added = economics.variable_usd_per_volume * value.volume
    whole = line(economics.fixed_usd_per_unit_month * value.volume / full.volume, added)
    return whole.until(full.available, "limit")


def _metered(choice: Choice, terms: CapacityTerms, load: TokenLoad) -> Alternative:
    """The tokens one busy unit would serve, at the price of the token."""
    full = _full(terms, load, "value")
    bill = _bills(choice)
    days = load.requests / sum(task_class.requests_per_day for task_class, _ in choice)
    each = _lines(sure(0.0), bill.times(days * full.volume), until=full.available)
    return Alternative(
        "metered", metered_title(choice), Side.DATACENTER, each, basis_of(option for _, option in choice)
    )


def _bills(choice: Choice) -> Ends:
    total = sure(0.0)
    for task_class, option in choice:
        assert option.cost is not None
        total += sum_of(option.cost.parts).times(task_class.requests_per_day)
    return total


def _reachable(capacity: Capacity, terms: CapacityTerms, load: TokenLoad) -> float:
    """Headroom over peak-to-mean, of the active hours among the paid ones."""
    bought = terms.unit.bought
    assert bought is not None
    available = 1.0 if bought.availability is None else bought.availability.value
    active = load.active_hours_per_month / bought.paid_hours_per_month
    return min(available, capacity.headroom * available / load.peak_to_mean.value * active)


def _device_pair(question: Question, placement: Placement) -> Iterator[RawPair]:
    """A device bought for this class alone, at the share of its active hours that it works."""
    metered = question.metered(placement)
    devices = sorted((each for each in placement.options if each.side is Side.EDGE and each.feasible), key=rank)
    if metered is None or not devices:
        return
    best = next((each for each in devices if each.model == _chosen(placement)), devices[0])
    view = _full_share(best)
    if view is None or view.usd_per_request is None:
        question.left_out.append(f"{placement.title}: the profile of {best.target} states no price of the device.")
        return
    assert best.cost is not None
    task_class = question.classes[placement.task_class]
    capital = Ends(
        view.usd_per_request if view.low_usd is None else view.low_usd,
        view.usd_per_request,
        view.usd_per_request if view.high_usd is None else view.high_usd,
    )
    monthly = 1 / best.service.utilization if best.service and best.service.utilization else 0.0
    if not monthly:
        question.left_out.append(f"{placement.title}: nothing is asked, so there is no utilization to speak of.")
        return
    # Of all requests one device could serve in its active hours; the fleet's are the same multiple of today's.
    month = task_class.requests_per_day * question.scenario.workload.active_days_per_month * monthly
    ours = _lines(capital.times(month), sum_of(running(best.cost.parts)).times(month))
    theirs = _lines(sure(0.0), _bills([(task_class, metered)]).times(month / (task_class.requests_per_day or 1.0)))
    service = best.service
    yield RawPair(
        Alternative("device", f"{placement.title} on its own {best.target}", Side.EDGE, ours, basis_of([best])),
        Alternative("metered", metered.model, Side.DATACENTER, theirs, basis_of([metered])),
        (task_class,),
        None if service is None or service.utilization is None else Fraction(service.utilization),
        notes=(
            "Utilization is the share of a device's active hours; this class bears all of its price, by any policy.",
        ),
        why_never="even a device that is always busy costs more",
        reachable=_cap(question, best),
    )


def _cap(question: Question, option: Option) -> float:
    """The share of its active hours the option's device may be busy."""
    scenario = question.scenario
    fleet = next(each for each in scenario.fleets if each.profile.profile_id == fleet_of(option))
    return contention_cap(scenario, fleet)


def _chosen(placement: Placement) -> str | None:
    return None if placement.chosen is None else placement.chosen.model


def _full_share(option: Option) -> HardwareView | None:
    views = () if option.cost is None else option.cost.hardware_views
    return next((view for view in views if view.policy == HardwarePolicy.FULL_SHARE.value), None)


def _lines(fixed: Ends, slope: Ends, until: float = 1.0) -> Cases:
    return Cases(
        *(line(start, each).until(until, "limit") for start, each in zip(fixed, slope, strict=True)),
    )

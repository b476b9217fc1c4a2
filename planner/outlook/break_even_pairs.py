"""Which alternatives are weighed against each other over a volume, seats, a tariff or a price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from planner.basis import weakest
from planner.capacities import Capacity
from planner.cost.capacity import capacity_classes
from planner.cost.capacity_terms import CapacityTerms, capacity_terms
from planner.cost.curves import Curve
from planner.cost.token_load import TokenLoad, load_of
from planner.outlook.alternatives import (
    Alternative,
    Cases,
    Choice,
    Driver,
    Ground,
    basis_of,
    capacity_curves,
    cheapest_device,
    choice_curves,
    plus,
    weighs_quality,
)
from planner.outlook.capacity_choice import beside, shared_curves
from planner.outlook.fleet_limits import GROWING, NO_LIMIT, Limit, class_limit, joint_limit
from planner.outlook.question import Question, RawPair, left_out_words, metered_title
from planner.placement.options import Option, Placement, Side
from planner.placement.reasons import option_name
from planner.placement.selection import fleet_of, rank
from planner.scenario import Fleet
from planner.workload.task_classes import TaskClass

PLAN, BASE = "the plan", "the base case"
ALONE = "What other work pays for anyway (the fleet, a model kept current on it) is on neither side."
BILLS = "Compared are bills; review and rejected results are taken to be alike on both sides."


def curve_pairs(question: Question, by: Driver) -> Iterator[RawPair]:
    """The plan and its base case, every class on a device and in the data center, every capacity and metered tokens."""
    ground = Ground(question.scenario, by, None if question.against_capacity else question.against)
    if question.task_class is None and question.against is None:
        yield from _plan_pair(question, ground)
    for placement in question.asked_classes():
        yield from _class_pair(question, ground, placement)
    for capacity in question.asked_capacities():
        if capacity.name != question.against:
            yield from _capacity_pair(question, ground, capacity)


def today_of(question: Question, by: Driver, classes: Sequence[TaskClass]) -> Fraction:
    """Where the scenario stands on the axis."""
    match by:
        case "volume":
            return Fraction(sum(each.requests_per_day for each in classes))
        case "seats":
            return Fraction(question.scenario.workload.seats)
        case "tariff":
            return Fraction(question.scenario.assumptions.tariff_usd_per_kwh.value)
        case "price":
            return Fraction(1)


def _plan_pair(question: Question, ground: Ground) -> Iterator[RawPair]:
    ours = {name: each.chosen for name, each in question.placements.items() if each.chosen}
    theirs = question.base
    differ = _with_sharers([name for name in ours if ours[name].option_id != theirs[name].option_id], ours, theirs)
    if not differ:
        question.left_out.append("The plan is its own base case: every class is where it would be anyway.")
        return
    paid = question.paid(ours.values()) & question.paid(theirs.values())
    compared = [*(ours[name] for name in differ), *(theirs[name] for name in differ)]
    # What runs again loads units that are paid for anyway, so on capacity even like shares of accepted results count.
    weigh = weighs_quality(compared) or any(option.capacity for option in compared)
    sides = [
        _choice(question, ground, title, choice, differ, paid=paid, weigh=weigh)
        for title, choice in ((PLAN, ours), (BASE, theirs))
    ]
    same = len(ours) - len(differ)
    alike = f"{same} of {len(ours)} classes are placed alike on both sides and left out."
    yield RawPair(
        sides[0],
        sides[1],
        tuple(question.classes[name] for name in differ),
        today_of(question, ground.by, question.scenario.workload.task_classes),
        notes=(f"Base case: {question.plan.totals.base_case}.", *([alike] if same else []), ALONE),
    )


def _with_sharers(differ: list[str], *choices: Mapping[str, Option]) -> list[str]:
    """And the classes that share a capacity with one of these: what it costs is nobody's alone."""
    shared = {choice[name].capacity for choice in choices for name in differ} - {None}
    return [name for name in choices[0] if name in differ or any(choice[name].capacity in shared for choice in choices)]


def _choice(
    question: Question,
    ground: Ground,
    title: str,
    choice: dict[str, Option],
    differ: Sequence[str],
    *,
    paid: frozenset[str],
    weigh: bool,
) -> Alternative:
    fleets = _fleets(question)
    placed = [
        (question.classes[name], option, fleets[key])
        for name, option in choice.items()
        if (key := fleet_of(option)) is not None
    ]
    limit = joint_limit(question.scenario, placed) if ground.by == "volume" else NO_LIMIT
    options = [choice[name] for name in differ]
    total = question.scenario.workload.requests_per_day
    if ground.by == "volume" and total == 0:
        limit = Limit(Fraction(0))
    classes = [(question.classes[name], choice[name]) for name in differ]
    curves = choice_curves(
        ground,
        [(task_class, beside(option)) for task_class, option in classes],
        without=paid,
        weigh_quality=weigh,
        limit=limit,
        requests_per_day=total or 1.0,
    )
    for each in shared_curves(ground, classes, requests_per_day=total or 1.0):
        curves = plus(curves, each)
    side = next(iter({option.side for option in options})) if len({option.side for option in options}) == 1 else None
    return Alternative(title, title, side, curves, basis_of(options), limit.reason)


def _class_pair(question: Question, ground: Ground, placement: Placement) -> Iterator[RawPair]:
    task_class = question.classes[placement.task_class]
    devices = _device_options(question, ground, placement)
    if not devices:
        question.left_out.append(f"{placement.title}: no option on a device is feasible, so there is nothing to weigh.")
        return
    metered = question.metered(placement)
    if metered is None and question.against_capacity is None:
        where = "the data center" if question.against is None else question.against
        question.left_out.append(f"{placement.title}: no option in {where} to weigh a device against.")
        return
    if ground.by == "price" and ground.sku is None and metered is not None:
        ground = Ground(ground.scenario, ground.by, metered.model)
    weigh = weighs_quality([*(option for option, _ in devices), *([metered] if metered else [])])
    others = [option for name, option in question.base.items() if name != task_class.name]
    paid = question.paid(others)
    curves = [
        (
            option_name(option),
            choice_curves(ground, [(task_class, option)], without=paid, weigh_quality=weigh, limit=limit),
        )
        for option, limit in devices
    ]
    titles = [option for option, _ in devices]
    ours = Alternative(
        "device",
        f"{placement.title} on {_targets(titles)}",
        Side.EDGE,
        cheapest_device(curves),
        basis_of(titles),
        _last_limit(devices),
    )
    theirs, notes = _opponent(question, ground, placement, metered, weigh=weigh)
    if theirs is None:
        return
    fixed = ALONE if paid & {fleet_of(option) or "" for option in titles} else ""
    yield RawPair(
        ours,
        theirs,
        (task_class,),
        today_of(question, ground.by, (task_class,)),
        further=(*((name, cases.value) for name, cases in curves), *_remote(question, ground, placement, weigh=weigh)),
        notes=tuple(filter(None, (fixed or "This class alone pays for its fleet.", *notes))),
        growth_per_year=task_class.growth_per_year if ground.by == "volume" else None,
    )


def _opponent(
    question: Question, ground: Ground, placement: Placement, metered: Option | None, *, weigh: bool
) -> tuple[Alternative | None, tuple[str, ...]]:
    """What a device is weighed against: a metered model, or a capacity that takes this class."""
    capacity, task_class = question.against_capacity, question.classes[placement.task_class]
    if capacity is None:
        assert metered is not None
        cases = choice_curves(ground, [(task_class, metered)], weigh_quality=weigh)
        return Alternative("metered", metered.model, Side.DATACENTER, cases, basis_of([metered])), ()
    if task_class not in capacity_classes(question.scenario, capacity):
        question.left_out.append(f"{placement.title}: it may not run on {capacity.title}.")
        return None, ()
    if why := question.missed(task_class, capacity):
        question.left_out.append(left_out_words(task_class, capacity, why))
        return None, ()
    load = load_of(question.scenario, (task_class,), capacity)
    terms = capacity_terms(question.scenario, capacity, load, question.scenario.as_of)
    if terms.missing:
        question.left_out.append(f"{capacity.title}: {'; '.join(terms.missing)}.")
        return None, ()
    return _capacity(ground, capacity, terms, load), (BILLS,)


def _remote(question: Question, ground: Ground, placement: Placement, *, weigh: bool) -> list[tuple[str, Curve]]:
    """Every feasible model of the data center, cheapest first: where a price rises another may take over."""
    remote = (each for each in placement.options if each.side is Side.DATACENTER and each.capacity is None)
    found = sorted((each for each in remote if each.feasible), key=rank)
    task_class = question.classes[placement.task_class]
    return [
        (option.model, choice_curves(ground, [(task_class, option)], weigh_quality=weigh).value) for option in found
    ]


def _device_options(question: Question, ground: Ground, placement: Placement) -> list[tuple[Option, Limit]]:
    """Options on devices that something can be asked of: by volume also those that today's volume overruns."""
    task_class, fleets = question.classes[placement.task_class], _fleets(question)
    found: list[tuple[Option, Limit]] = []
    for option in placement.options:
        key = fleet_of(option)
        if key is None or option.cost is None or option.cost.missing:
            continue
        if ground.by != "volume":
            if option.feasible:
                found.append((option, NO_LIMIT))
            continue
        if any(violation.constraint not in GROWING for violation in option.violations):
            continue
        taken = sum(
            other.service.utilization or 0.0
            for name, other in question.base.items()
            if name != task_class.name and fleet_of(other) == key and other.service
        )
        limit = class_limit(question.scenario, task_class, option, fleets[key], taken)
        if limit.requests_per_day is None or limit.requests_per_day > 0:
            found.append((option, limit))
    return found


def _targets(options: Sequence[Option]) -> str:
    return " or ".join(dict.fromkeys(option.target for option in options))


def _last_limit(devices: Sequence[tuple[Option, Limit]]) -> str:
    """Why the device that can take most can take no more."""
    if any(limit.requests_per_day is None for _, limit in devices):
        return ""
    return max(devices, key=lambda each: each[1].requests_per_day or 0)[1].reason


def _capacity_pair(question: Question, ground: Ground, capacity: Capacity) -> Iterator[RawPair]:
    choice, lacking = question.metered_for(capacity)
    if lacking:
        question.left_out.append(f"{capacity.title}: {lacking}.")
        return
    classes = tuple(task_class for task_class, _ in choice)
    load = load_of(question.scenario, classes, capacity)
    terms = capacity_terms(question.scenario, capacity, load, question.scenario.as_of)
    if terms.missing:
        question.left_out.append(f"{capacity.title}: {'; '.join(terms.missing)}.")
        return
    theirs = _against(question, ground, choice)
    if theirs is None:
        return
    yield RawPair(
        _capacity(ground, capacity, terms, load),
        theirs,
        classes,
        today_of(question, ground.by, classes),
        notes=(BILLS, _unit_words(terms)),
    )


def _against(question: Question, ground: Ground, choice: Choice) -> Alternative | None:
    capacity = question.against_capacity
    if capacity is None:
        total = sum(task_class.requests_per_day for task_class, _ in choice)
        cases = choice_curves(ground, choice, requests_per_day=total)
        title = metered_title(choice)
        return Alternative("metered", title, Side.DATACENTER, cases, basis_of(option for _, option in choice))
    load = load_of(question.scenario, tuple(task_class for task_class, _ in choice), capacity)
    terms = capacity_terms(question.scenario, capacity, load, question.scenario.as_of)
    return None if terms.missing else _capacity(ground, capacity, terms, load)


def _capacity(ground: Ground, capacity: Capacity, terms: CapacityTerms, load: TokenLoad) -> Alternative:
    curves: Cases = capacity_curves(ground, capacity, terms, load)
    figures = (terms.fixed_usd_per_unit_month, terms.volume_per_unit)
    basis = weakest(*(each.basis for each in figures if each is not None), load.peak_to_mean.basis)
    return Alternative(f"capacity:{capacity.name}", capacity.title, Side.DATACENTER, curves, basis)


def _unit_words(terms: CapacityTerms) -> str:
    """How the capacity comes in whole units."""
    unit = "unit" if terms.unit.bought is None else terms.unit.bought.unit
    spare = f", {terms.spare_units} spare" if terms.spare_units else ""
    steps = f" in steps of {terms.step_units}" if terms.step_units > 1 else ""
    much = "too much is paid per token" if terms.overflow_usd_per_volume is not None else "too much needs another one"
    return f"{terms.title} is bought by the {unit}, at least {terms.least_units}{steps}{spare}; what is {much}."


def _fleets(question: Question) -> dict[str, Fleet]:
    return {fleet.profile.profile_id: fleet for fleet in question.scenario.fleets}

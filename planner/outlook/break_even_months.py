"""Months after which what is paid up front is back: money so far of both sides, at today's worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.capacities import Capacity, OwnedBox
from planner.cost.bought import Bought
from planner.cost.break_even import FARTHEST_MONTHS, payback_month
from planner.cost.capacity_terms import CapacityTerms, Case, capacity_terms
from planner.cost.cash_flow import Flows, discounted, growth_path, months_of, purchases
from planner.cost.curves import ZERO, Curve, joined
from planner.cost.ends import Ends, ends, sure
from planner.cost.hardware import life_years
from planner.cost.one_off import payments
from planner.cost.part_sums import sum_of
from planner.cost.token_load import load_of
from planner.horizon import OneOff
from planner.outlook.alternatives import CASES, Alternative, Cases, Choice, basis_of
from planner.outlook.horizon import horizon_of
from planner.outlook.question import Question, RawPair, metered_title
from planner.placement.fleets import fleet_parts
from planner.placement.options import Option, Placement, Side
from planner.placement.selection import fleet_of, rank
from planner.scenario import Fleet, HardwarePolicy
from planner.workload.task_classes import TaskClass

LEAST_MONTHS = 36
ADDED_HARDWARE = "added hardware"  # the line of a fleet's month that stands for money paid up front
HOW = "Money up front counts on the day it is paid, that of a month at its end, discounted by (1 + rate)^(−months/12)."


def month_pairs(question: Question) -> Iterator[RawPair]:
    """The plan over its horizon, every class on a device, every capacity: each against metered tokens."""
    if question.task_class is None and question.against is None:
        yield from _plan_pair(question)
    for placement in question.asked_classes():
        yield from _class_pair(question, placement)
    for capacity in question.asked_capacities():
        yield from _capacity_pair(question, capacity)


def _plan_pair(question: Question) -> Iterator[RawPair]:
    """As the look ahead has it: growth, dated prices, refresh, salvage and one-offs included."""
    if not any(each.chosen for each in question.plan.placements):
        return
    view = horizon_of(question.scenario, question.plan)
    ours, theirs = (_so_far(np.array(each.discounted_cumulative_usd)) for each in (view.plan, view.base))
    if ours == theirs:
        question.left_out.append("The plan is its own base case: every class is where it would be anyway.")
        return
    yield RawPair(
        Alternative("the plan", "the plan", None, Cases(ours, ours, ours), view.plan.npv_usd.basis),
        Alternative("the base case", "the base case", None, Cases(theirs, theirs, theirs), view.base.npv_usd.basis),
        question.scenario.workload.task_classes,
        None,
        notes=(HOW, f"Base case: {view.base_case}.", "Payback with its earliest and latest month: see the horizon."),
        why_never=view.payback.reason.removeprefix("never: ") if view.payback.month is None else "",
    )


def _so_far(cumulative: Flows) -> Curve:
    """Steps: what has been paid by the end of each month holds for that month."""
    rows = ((Fraction(month), Fraction(float(usd)), ZERO) for month, usd in enumerate(cumulative) if month)
    return joined(Fraction(float(cumulative[0])), rows, "range")


def _class_pair(question: Question, placement: Placement) -> Iterator[RawPair]:
    devices = [option for option in placement.options if option.side is Side.EDGE and option.feasible]
    metered = question.metered(placement)
    if not devices or metered is None:
        return
    option = placement.chosen if placement.chosen in devices else min(devices, key=rank)
    assert option is not None
    task_class = question.classes[placement.task_class]
    fleet = next(each for each in question.scenario.fleets if each.profile.profile_id == fleet_of(option))
    paid = question.paid(each for name, each in question.base.items() if name != task_class.name)
    upfront = _upfront_usd(question, fleet, paid)
    fixed = _total(
        ends(part.usd_per_month)
        for part in fleet_parts(question.scenario, fleet, [option], paid)
        if part.name != ADDED_HARDWARE
    )
    ours_bill, theirs_bill = (_bill(question, task_class, each) for each in (option, metered))
    rate = question.scenario.assumptions.discount_rate_per_year
    once = {side: _once_usd(question, task_class, side) for side in ("edge", "datacenter")}
    growth = task_class.growth_per_year
    back = payback_month(
        upfront + once["edge"] - once["datacenter"],
        theirs_bill.value - ours_bill.value,
        fixed_usd_per_month=fixed.value,
        rate_per_year=rate.value,
        growth_per_year=growth,
    )
    months = _months(question, back.month)
    life = months_of(life_years(fleet.profile.ownership, question.scenario.assumptions).value)
    grown = np.concatenate([[0.0], growth_path(growth, months)])
    bought = purchases(upfront, life, months)

    def curves(bill: Ends, by_month: Ends, paid_once: Flows) -> Cases:
        flows = (
            paid_once + usd * grown + np.concatenate([[0.0], np.full(months, each)])
            for usd, each in zip(bill, by_month, strict=True)
        )
        return Cases(*(_so_far(np.cumsum(discounted(each, rate.value))) for each in flows))

    yield RawPair(
        Alternative(
            "device",
            f"{placement.title} on {option.target}",
            Side.EDGE,
            curves(ours_bill, fixed, bought + _once(question, task_class, "edge", months)),
            basis_of([option]),
        ),
        Alternative(
            "metered",
            metered.model,
            Side.DATACENTER,
            curves(theirs_bill, sure(0.0), _once(question, task_class, "datacenter", months)),
            basis_of([metered]),
        ),
        (task_class,),
        None,
        notes=(HOW, "Prices stay as they are today; the class grows as it says.", *_borne_alone(question, task_class)),
        why_never=back.reason.removeprefix("never: ") if back.month is None else "",
    )


def _upfront_usd(question: Question, fleet: Fleet, paid: frozenset[str]) -> float:
    """What local work adds to the fleet's price; under the other policies nothing is paid up front."""
    is_added = question.scenario.policy.hardware is HardwarePolicy.INCREMENTAL
    if not is_added or fleet.profile.profile_id in paid:
        return 0.0
    return float(fleet.profile.ownership.incremental_usd or 0) * fleet.count


def _bill(question: Question, task_class: TaskClass, option: Option) -> Ends:
    assert option.cost is not None
    return sum_of(option.cost.parts).times(
        task_class.requests_per_day * question.scenario.workload.active_days_per_month
    )


def _one_offs(question: Question, task_class: TaskClass, side: str) -> list[OneOff]:
    return [
        one_off
        for one_off in question.scenario.horizon.one_offs
        if one_off.side == side and (not one_off.task_classes or task_class.name in one_off.task_classes)
    ]


def _once(question: Question, task_class: TaskClass, side: str, months: int) -> Flows:
    flows = (
        payments(one_off, max(months, one_off.month))[: months + 1] for one_off in _one_offs(question, task_class, side)
    )
    return sum(flows, np.zeros(months + 1))


def _once_usd(question: Question, task_class: TaskClass, side: str) -> float:
    return float(sum(one_off.usd for one_off in _one_offs(question, task_class, side)))


def _borne_alone(question: Question, task_class: TaskClass) -> Iterator[str]:
    """What is paid once for other classes as well, and here is paid by this one: by volume it is on neither side."""
    for side, where in (("edge", "on devices"), ("datacenter", "in the data center")):
        for one_off in _one_offs(question, task_class, side):
            others = set(one_off.task_classes or question.classes) - {task_class.name}
            if others and one_off.usd > 0:
                again = f", every {one_off.repeats_every_months} months" if one_off.repeats_every_months else ""
                paid = f"«{one_off.name}» ({text.money(float(one_off.usd))}{again})"
                yield (
                    f"This class alone bears all of {paid}, though it serves "
                    f"other classes {where} as well; by volume it is left out."
                )


def _capacity_pair(question: Question, capacity: Capacity) -> Iterator[RawPair]:
    choice, lacking = question.metered_for(capacity)
    if lacking:
        question.left_out.append(f"{capacity.title}: {lacking}.")
        return
    load = load_of(question.scenario, tuple(task_class for task_class, _ in choice), capacity)
    terms = capacity_terms(question.scenario, capacity, load, question.scenario.as_of)
    bought = terms.unit.bought
    if terms.missing or bought is None:
        question.left_out.append(f"{capacity.title}: {'; '.join(terms.missing)}.")
        return
    rate = question.scenario.assumptions.discount_rate_per_year
    metered = _metered(question, choice)
    units = terms.case("value").units_for(1.0)
    saved = metered.value - _running(terms, bought, "value")
    back = payback_month(units * bought.upfront_usd, saved, fixed_usd_per_month=0.0, rate_per_year=rate.value)
    months = _months(question, back.month)
    again = _paid_again_after(capacity, bought)
    yield RawPair(
        Alternative(
            f"capacity:{capacity.name}",
            capacity.title,
            Side.DATACENTER,
            Cases(*(_capacity_so_far(terms, bought, case, months=months, rate=rate, again=again) for case in CASES)),
            bought.effective_usd_per_month.basis,
        ),
        Alternative(
            "metered",
            metered_title(choice),
            Side.DATACENTER,
            Cases(*(_even(0.0, usd, months, rate) for usd in metered)),
            weakest(basis_of(option for _, option in choice), Basis.PUBLISHED),
        ),
        tuple(task_class for task_class, _ in choice),
        None,
        notes=(HOW, "Volume and prices stay as they are today; resale is left out."),
        why_never=back.reason.removeprefix("never: ")
        if back.month is None
        else "what is bought again costs more than it saves",
    )


def _running(terms: CapacityTerms, bought: Bought, case: Case) -> float:
    """Cash of a month: what recurs by unit, what use adds, what overflows. A figure's ends move the recurring part."""
    economics = terms.case(case)
    units = economics.units_for(1.0)
    fixed = economics.fixed_usd_per_unit_month
    value = bought.effective_usd_per_month.value
    recurring = bought.recurring_usd_per_month * (fixed / value if value else 1.0)
    return units * recurring + economics.usd_per_month(1.0, units) - units * fixed


def _capacity_so_far(
    terms: CapacityTerms, bought: Bought, case: Case, *, months: int, rate: Quantity, again: int | None
) -> Curve:
    units = terms.case(case).units_for(1.0)
    paid = purchases(units * bought.upfront_usd, again or months + 1, months)
    flows = paid + np.concatenate([[0.0], np.full(months, _running(terms, bought, case))])
    return _so_far(np.cumsum(discounted(flows, rate.value)))


def _even(upfront: float, monthly: float, months: int, rate: Quantity) -> Curve:
    return _so_far(np.cumsum(discounted(np.concatenate([[upfront], np.full(months, monthly)]), rate.value)))


def _paid_again_after(capacity: Capacity, bought: Bought) -> int | None:
    """Months until a term or a life is over and the money up front is due again."""
    if isinstance(capacity.how, OwnedBox):
        return months_of(capacity.how.life_years.value)
    return max(1, round(bought.term_months)) if bought.term_months else None


def _metered(question: Question, choice: Choice) -> Ends:
    return _total(_bill(question, task_class, option) for task_class, option in choice)


def _months(question: Question, payback: float | None) -> int:
    """As far as the horizon, at least three years, and past a payback that comes later."""
    least = max(LEAST_MONTHS, months_of(question.scenario.horizon.years))
    return least if payback is None else min(FARTHEST_MONTHS, max(least, math.ceil(payback * 1.25)))


def _total(each: Iterator[Ends]) -> Ends:
    return sum(each, sure(0.0))

"""Why a class is on capacity paid for by the month, told by what the whole plan would cost with it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from planner import text
from planner.placement.optimizer.problem import WHOLE_SHARE, chosen_ways
from planner.placement.optimizer.score import score, whole
from planner.placement.options import Option
from planner.placement.reasons import option_name
from planner.placement.selection import Selection
from planner.placement.shared import Candidates

LEAST = 1e-9  # of a plan's cost: less than this is rounding


@dataclass(frozen=True)
class Elsewhere:
    """Another option of the class, and what the plan would cost more were this class alone moved there."""

    option: Option
    extra_usd_per_month: float


def elsewhere(one: Candidates, selection: Selection) -> list[Elsewhere]:
    """Everywhere else the class fits while all others stay, cheapest for the whole plan first.

    Where units are bought together, the share a class bears of them is not what it would save by leaving.
    """
    problem, solution = selection.problem, selection.solution
    chosen = selection.chosen[one.task_class]
    if chosen is None:
        return []
    found: list[Elsewhere] = []
    for option in one.options:
        if not option.feasible or option.option_id == chosen.option_id:
            continue
        homes = {**solution.homes, one.task_class: option.option_id}
        if not chosen_ways(problem, whole({one.task_class: option.option_id})):
            continue
        _, overrun, usd = score(problem, whole(homes))
        if overrun <= solution.overrun + WHOLE_SHARE:
            extra = usd - solution.usd
            found.append(Elsewhere(option, extra if extra > LEAST * abs(solution.usd) else 0.0))
    return sorted(found, key=lambda each: (each.extra_usd_per_month, each.option.option_id))


def capacity_reason(chosen: Option, others: list[Elsewhere]) -> str:
    """What it bears of the month, and what leaving would make the plan cost."""
    cost = chosen.cost
    bill = (
        text.UNKNOWN if cost is None or cost.usd_per_month is None else text.money_per_month(cost.usd_per_month.value)
    )
    note = f"{chosen.note[0].lower()}{chosen.note[1:].rstrip('.')}" if chosen.note else "its share of a month"
    told = f"{option_name(chosen)} costs {bill}, {note}"
    if not others:
        return f"{told}; no other option is feasible while the other classes stay."
    nearest = others[0]
    if not nearest.extra_usd_per_month:
        return f"{told}; on {option_name(nearest.option)} the plan would cost as much, and the name decides."
    more = text.money_per_month(nearest.extra_usd_per_month)
    return f"{told}; with this class alone on {option_name(nearest.option)} the plan would cost {more} more."


def capacity_flips(others: list[Elsewhere]) -> str:
    """By how much the bill of the nearest other option would have to fall: Δbill = gap·a (CONVENTION §15)."""
    nearest = next((each for each in others if each.option.capacity is None), None)
    if nearest is None:
        return "Never while the constraints stand: nothing else is allowed but capacity."
    cost, name = nearest.option.cost, option_name(nearest.option)
    if cost is None or cost.usd_per_month is None or cost.usd_per_month.value <= 0:
        return f"Would not flip to {name} even if its bill fell to nothing."
    fall = nearest.extra_usd_per_month * cost.acceptance.value / cost.usd_per_month.value
    if fall > 1:
        return f"Would not flip to {name} even if its bill fell to nothing while the other classes stay."
    by = f"by {text.share(fall)}" if fall else "at all"
    return f"Flips to {name} when its bill falls {by} while the other classes stay."

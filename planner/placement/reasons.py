"""Why an option was chosen, what comes next and what would flip the choice, in sentences with figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from planner import text
from planner.basis import Basis
from planner.placement.options import Constraint, Option, Side, Sureness, Violation
from planner.placement.selection import Moved
from planner.placement.shared import rank, true_usd_per_month

_WEIGHT: tuple[Constraint, ...] = get_args(Constraint)
SIDE_WORDS = {Side.EDGE: "on the device", Side.DATACENTER: "in the data center"}
OTHER_SIDE = {Side.EDGE: Side.DATACENTER, Side.DATACENTER: Side.EDGE}
RULED_OUT_BY: dict[Constraint, str] = {
    "privacy": "privacy",
    "offline": "the need to work offline",
    "residency": "where it may be processed",
    "context": "the length of their context",
    "memory": "memory",
    "quality_floor": "the quality floor",
    "quality_unknown": "unknown quality",
    "not_measured": "unknown speed",
    "unpriced": "unknown cost",
    "capacity": "capacity",
    "ttft_slo": "the TTFT SLO",
    "e2e_slo": "the E2E SLO",
}


def option_name(option: Option) -> str:
    """«llama-3.2-3b w4a16 on Copilot+ laptop» or «openai/gpt-4.1-mini»."""
    if option.side is Side.EDGE or option.capacity is not None:
        name = f"{option.model} {option.weight_format}" if option.weight_format else option.model
        return f"{name} on {option.target}"
    return option.model


def rival_of(chosen: Option | None, options: Sequence[Option]) -> Option | None:
    """The cheapest feasible option on the other side: whether to run on the device is decided against this one."""
    if chosen is None:
        return None
    other = [option for option in options if option.feasible and option.side is not chosen.side]
    return min(other, key=rank, default=None)


def reason(chosen: Option | None, rival: Option | None, options: Sequence[Option], left: Moved | None) -> str:
    """One sentence: the constraint or the price that decided."""
    if chosen is None:
        return "No option is feasible: " + "; ".join(_exclusion(options, side) for side in Side) + "."
    price = _price(chosen)
    if left is not None:
        return (
            f"Moved off {left.option.target}, whose {left.needed} the other classes need: {option_name(chosen)} at "
            f"{price} makes the whole plan cheapest."
        )
    if rival is None:
        feasible = sum(option.feasible for option in options)
        words = "only" if feasible == 1 else "cheapest"
        excluded = _exclusion(options, OTHER_SIDE[chosen.side])
        return f"{option_name(chosen)} is the {words} feasible option, at {price}; {excluded}."
    difference = true_usd_per_month(rival) - true_usd_per_month(chosen)
    if difference < 0:
        return (
            f"{option_name(chosen)} costs {price}; {option_name(rival)} would be {text.money(-difference)} cheaper, "
            "but the support and hardware of its fleet cost more than the classes on it would save."
        )
    if difference == 0:
        return (
            f"{option_name(chosen)} costs {price}, and so does {option_name(rival)}; between equals the name decides."
        )
    return (
        f"{option_name(chosen)} costs {price}, {text.money(difference)} less than {option_name(rival)}, "
        f"the cheapest feasible option {SIDE_WORDS[rival.side]}."
    )


def _price(option: Option) -> str:
    """The bill a month, and apart what review, rejected results and repeats add to it."""
    if option.cost is None or option.cost.usd_per_month is None:
        return text.UNKNOWN
    bill = option.cost.usd_per_month.value
    extra = true_usd_per_month(option) - bill
    words = text.money_per_month(bill)
    return words if extra <= 0 else f"{words} (plus {text.money(extra)} for review and rejected results)"


def _exclusion(options: Sequence[Option], side: Side) -> str:
    """Why no option of a side is feasible: what rules out most of them, and what rules out the one nearest to it."""
    excluded = [option for option in options if option.side is side and not option.feasible]
    if not excluded:
        return f"there is no option {SIDE_WORDS[side]}"
    nearest = min(excluded, key=_distance)
    example = _first_violation(nearest).sentence.rstrip(".")
    common, number = Counter[Constraint](_first_violation(option).constraint for option in excluded).most_common(1)[0]
    by = RULED_OUT_BY[common]
    if len(excluded) == 1:
        return f"the one option {SIDE_WORDS[side]} is ruled out by {by} ({example})"
    if number == len(excluded):
        return f"all {number} options {SIDE_WORDS[side]} are ruled out by {by} (for example: {example})"
    return (
        f"all {len(excluded)} options {SIDE_WORDS[side]} are ruled out, {number} of them by {by} "
        f"(the nearest: {example})"
    )


def _first_violation(option: Option) -> Violation:
    """The violation that explains an exclusion best."""
    return min(option.violations, key=lambda violation: _WEIGHT.index(violation.constraint))


def _distance(option: Option) -> tuple[int, int, str]:
    """How far an option is from being allowed: few violations, and figures before decisions."""
    return len(option.violations), -_WEIGHT.index(_first_violation(option).constraint), option.option_id


def flips(chosen: Option | None, rival: Option | None, options: Sequence[Option]) -> str:
    """The smallest change of price that moves the class to the other side, or what would have to become allowed."""
    if chosen is None:
        nearest = min(options, key=_distance, default=None)
        if nearest is None:
            return "Add a device or a price profile."
        hindrances = " ".join(dict.fromkeys(violation.sentence for violation in nearest.violations))
        return f"Closest to being allowed is {option_name(nearest)}: {hindrances}"
    if rival is None:
        return f"Never while the constraints stand: nothing is allowed {SIDE_WORDS[OTHER_SIDE[chosen.side]]}."
    gap = true_usd_per_month(rival) - true_usd_per_month(chosen)
    if gap < 0:
        return f"Flips to {option_name(rival)} when its fleet's fixed cost falls."
    fall, rise = _bill_change(rival, gap), _bill_change(chosen, gap)
    risen = "" if rise is None else f"the bill of this one rises {_by(rise)}"
    if fall is None or fall > 1:
        never = f"Would not flip to {option_name(rival)} even if its bill fell to nothing"
        return f"{never}; only when {risen}." if risen else f"{never}."
    either = f", or {risen}" if risen else ""
    return f"Flips to {option_name(rival)} when its bill falls {_by(fall)}{either}."


def _by(share: float) -> str:
    return f"by {text.share(share)}" if share else "at all"


def _bill_change(option: Option, gap_usd_per_month: float) -> float | None:
    """Share by which the option's bill must change to close the gap: Δbill = gap·a (CONVENTION §15); None: no bill."""
    if option.cost is None or option.cost.usd_per_month is None or option.cost.usd_per_month.value <= 0:
        return None
    return gap_usd_per_month * option.cost.acceptance.value / option.cost.usd_per_month.value


def sureness(chosen: Option | None, rival: Option | None) -> Sureness:
    """Whether the side holds over the whole interval of the choice's and the rival's figures (bounds, no probability).

    Where neither was evaluated both carry the same assumed acceptance: then the bills are compared.
    """
    if chosen is None:
        return Sureness.NONE
    if rival is None:
        return Sureness.ONLY
    if chosen.cost is None or rival.cost is None:
        return Sureness.OVERLAP
    evaluated = Basis.MEASURED in {chosen.cost.acceptance.basis, rival.cost.acceptance.basis}
    ours = chosen.cost.true_usd_per_month if evaluated else chosen.cost.usd_per_month
    theirs = rival.cost.true_usd_per_month if evaluated else rival.cost.usd_per_month
    if ours is None or theirs is None:
        return Sureness.OVERLAP
    return Sureness.CLEAR if ours.bounds[1] <= theirs.bounds[0] else Sureness.OVERLAP

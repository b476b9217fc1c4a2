"""The look ahead in one sentence with numbers."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.cost.one_off import Crossing
from planner.outlook.horizon_view import CapacityOutlook, Stream, Year
from planner.units import MONTHS_PER_YEAR

ABOUT_EQUAL = 0.005  # a difference under half a percent is said in words


def horizon_sentence(
    months: int, plan: Stream, base: Stream, *, rate: Quantity, extra_up_front_usd: float, back: Crossing
) -> str:
    """«Over 3 years the plan costs $x instead of $y (NPV at 10 %); the extra $z up front is back in month m.»"""
    worth = f"NPV at {text.share(rate.value)}"
    head = f"Over {span(months)} the plan costs {text.money(plan.npv_usd.value)}"
    ours, theirs = plan.npv_usd.value, base.npv_usd.value
    if ours == theirs:
        return f"{head}, the same as the base case ({worth})."
    if theirs > 0 and abs(ours / theirs - 1) < ABOUT_EQUAL:
        head += f", about as much as the base case ({text.money(theirs)}, {worth})"
    else:
        head += f" instead of {text.money(theirs)} ({worth})"
    return f"{head}; {_payback(extra_up_front_usd, back)}."


def span(months: int) -> str:
    """«3 years», «1 year», «18 months»."""
    years, rest = divmod(months, MONTHS_PER_YEAR)
    if rest:
        return f"{months} months" if months > 1 else "1 month"
    return "1 year" if years == 1 else f"{years} years"


def crossing_words(crossing: Crossing) -> str:
    """«month 14», «at once», or «never: why»."""
    if crossing.month is None:
        return crossing.reason
    if crossing.month == 0:
        return "at once"
    return f"month {text.significant(crossing.month, 3)}"


def capacity_words(each: CapacityOutlook) -> tuple[str, str, str, str, str]:
    """Units, cost and saving at today's worth, extra money up front, payback: the cells of one capacity."""
    if each.stream is None or each.saving_npv_usd is None or each.payback is None:
        return ("", text.UNKNOWN, text.UNKNOWN, text.UNKNOWN, f"{text.UNKNOWN}: {'; '.join(each.missing)}")
    least, most, extra = min(each.units), max(each.units), each.extra_up_front_usd or 0.0
    return (
        f"{least:,}" if least == most else f"{least:,} to {most:,}",
        text.money(each.stream.npv_usd.value),
        text.money(each.saving_npv_usd.value),
        text.money(extra),
        crossing_words(each.payback) if extra > 0 else "nothing is paid up front",
    )


def year_words(year: Year) -> str:
    """«before month 1», «2», «3 (6 months)»."""
    if not year.year:
        return "before month 1"
    return f"{year.year}" if year.months == MONTHS_PER_YEAR else f"{year.year} ({span(year.months)})"


def _payback(extra_usd: float, back: Crossing) -> str:
    if back.month == 0:
        return "it needs no extra money up front"
    extra = f"the extra {text.money(extra_usd)} up front"
    if back.month is None:
        never, colon, why = back.reason.partition(": ")
        return f"{extra} is {never} paid back{colon}{why}"
    beyond = back.reason.partition(", and ")[2]
    return f"{extra} is paid back in month {back.month:.0f}" + (f" and {beyond}" if beyond else "")

"""Break-even in sentences with numbers: the intervals, where the scenario stands, *never* and *always*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from planner import text
from planner.cost.break_even import BreakEven, Interval
from planner.outlook.break_even_view import By

AXES: dict[By, str] = {
    "volume": "requests a day",
    "utilization": "share of the paid hours in which it is busy",
    "seats": "seats, with work and devices in proportion",
    "months": "months from the start",
    "tariff": "tariff, USD/kWh",
    "price": "multiple of today's price",
}
_NOUNS: dict[By, str] = {
    "volume": "volume",
    "utilization": "utilization",
    "seats": "number of seats",
    "months": "month",
    "tariff": "tariff",
    "price": "price",
}
_SHOWN = 3  # intervals in a sentence; the table has them all
_TWICE = 2


def place(by: By, x: Fraction | float) -> str:
    """A place on the axis in words."""
    value = float(x)
    match by:
        case "volume":
            return f"{text.significant(value)} requests a day"
        case "utilization":
            return text.share(value)
        case "seats":
            return f"{text.exact(round(value))} seats"
        case "months":
            return f"month {text.exact(round(value))}"
        case "tariff":
            return text.in_unit(value, "USD/kWh")
        case "price":
            return _price(value)


def _price(multiple: float) -> str:
    if multiple == 1:
        return "today's price"
    if multiple > _TWICE:
        return f"{text.significant(multiple)} times today's price"
    sign = text.MINUS if multiple < 1 else "+"
    return f"a price of {sign}{text.share(abs(multiple - 1))}"


def span(by: By, interval: Interval) -> str:
    """«from 41,300 requests a day on», «up to 12 %», «from month 14 on»; whole seats and months lie inside."""
    low, high = _inside(by, interval)
    if interval.high is not None and low == high:
        return f"at {place(by, low)}"
    if low == 0 and high is None:
        return f"at every {_NOUNS[by]}"
    if high is None:
        return f"from {place(by, low)} on"
    if low == 0:
        return f"up to {place(by, high)}"
    return f"from {place(by, low)} to {place(by, high)}"


def spans(by: By, intervals: Sequence[Interval], shown: int = _SHOWN) -> str:
    """All intervals in a row, or the first of them and how many there are."""
    found = [each for each in intervals if by not in {"seats", "months"} or _holds_whole(by, each)]
    words = [span(by, each) for each in found[:shown]]
    if len(found) > shown:
        return f"{', '.join(words)} and in {len(found) - shown} more intervals"
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _inside(by: By, interval: Interval) -> tuple[Fraction | int, Fraction | int | None]:
    """The ends; of what is counted in whole numbers the first and the last that lie inside."""
    if by not in {"seats", "months"}:
        return interval.low, interval.high
    low = math.ceil(interval.low) if interval.low_closed else math.floor(interval.low) + 1
    if interval.low == 0:
        low = 0
    if interval.high is None:
        return low, None
    return low, math.floor(interval.high) if interval.high_closed else math.ceil(interval.high) - 1


def _holds_whole(by: By, interval: Interval) -> bool:
    low, high = _inside(by, interval)
    return high is None or low <= high


def pair_sentence(
    by: By,
    names: tuple[str, str],
    found: BreakEven,
    *,
    bounds: tuple[BreakEven, BreakEven],
    today: Fraction | None,
    usd_today: tuple[float | None, float | None],
    why_never: str = "",
    limit: str = "",
) -> str:
    """«X costs less than Y from 41,300 requests a day on; today, at 12,000, it costs $310 instead of $96.»

    `bounds` are the intervals at the best and at the worst end of all figures.
    """
    ours, theirs = names
    now = _today(by, today, usd_today, theirs)
    if found.word == "never" or not spans(by, found.cheaper):
        alike = any(each.high is None or each.high > each.low for each in found.equal)
        how = "costs at least as much" if alike else "costs more"
        why = why_never or f"it {how} at every {_NOUNS[by]}"
        at_best = (
            f"; at the best end of all figures it would {spans(by, bounds[0].cheaper)}" if bounds[0].cheaper else ""
        )
        return f"{_capital(ours)} never costs less than {theirs}: {why}{at_best}{now}."
    if found.word == "always" and limit == "":
        words = f"at every {_NOUNS[by]}"
    else:
        words = spans(by, found.cheaper) + _first_crossing(by, found, bounds)
    ended = any(each.high_why == "ours ends" for each in found.cheaper)
    beyond = f" (beyond, {limit})" if ended and limit else ""
    looked = any(each.high_why == "range" for each in found.cheaper)
    seen = "" if not looked or found.until is None else f" (looked at up to {place(by, found.until)})"
    verb = "has cost" if by == "months" else "costs"
    return f"{_capital(ours)} {verb} less than {theirs} {words}{beyond}{seen}{now}."


def _first_crossing(by: By, found: BreakEven, bounds: tuple[BreakEven, BreakEven]) -> str:
    """Over which range the first crossing moves while the figures move over their intervals."""
    first = _crossing(found)
    if first is None:
        return ""
    moved = [_crossing(each) for each in bounds]
    best, worst = moved
    if worst is None and not bounds[1].cheaper:
        return "" if best == first else " (never, at the worst end of all figures)"
    if best is None and worst is None:
        return ""
    low, high = (place(by, each) if each is not None else None for each in sorted_ends(best, worst))
    return f" (between {low or place(by, 0)} and {high} over the intervals of all figures)" if high else ""


def sorted_ends(best: Fraction | None, worst: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """Both ends in ascending order; one that is not there comes first: it lies at the start."""
    known = sorted(each for each in (best, worst) if each is not None)
    return (None, known[0]) if len(known) == 1 else (known[0], known[1])


def _crossing(found: BreakEven) -> Fraction | None:
    """The first place where costs meet."""
    ends = [(each.low, each.low_why, each.high, each.high_why) for each in found.cheaper]
    for low, low_why, high, high_why in ends:
        if low_why == "crossing":
            return low
        if high_why == "crossing" and high is not None:
            return high
    return None


def _today(by: By, today: Fraction | None, usd: tuple[float | None, float | None], theirs: str) -> str:
    if today is None or by == "months":
        return ""
    ours_usd, theirs_usd = usd
    where = f"today, at {place(by, today)}," if by != "price" else "today"
    if ours_usd is None:
        return f"; {where} it cannot serve"
    if theirs_usd is None:
        return f"; {where} {theirs} cannot serve"
    return f"; {where} it costs {text.money(ours_usd)} instead of {text.money(theirs_usd)} a month"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:] if words.startswith(("the ", "this ", "every ")) else words

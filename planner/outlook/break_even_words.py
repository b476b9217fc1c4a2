"""Break-even in sentences with numbers: the intervals, where the scenario stands, *never* and *always*."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from planner import text
from planner.cost.break_even import BreakEven, Interval
from planner.outlook.break_even_view import By, IntervalView

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
    if low == 0 and (high is None or (by == "months" and interval.high_why == "range")):
        return "from the start" if by == "months" else f"at every {_NOUNS[by]}"
    if high is None:
        return f"from {place(by, low)} on"
    if low == 0:
        return f"up to {place(by, high)}"
    return f"from {between(by, low, high, 'to')}"


def between(by: By, low: Fraction | float, high: Fraction | float, word: str) -> str:
    """Two places with their unit said once: «7,770 to 321,000 requests a day»."""
    first, last = place(by, low), place(by, high)
    for unit in (" requests a day", " seats"):
        first = first.removesuffix(unit)
    return f"{first} {word} {last.removeprefix('month ')}"


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
    """«X costs less than Y from 41,300 requests a day on; today, at 12,000 requests a day, it costs $310 instead …»

    `bounds` are the intervals at the best and at the worst end of all figures.
    """
    ours, theirs = names
    is_never = found.word == "never" or not spans(by, found.cheaper)
    if is_never:
        alike = any(each.high is None or each.high > each.low for each in found.equal)
        why = why_never or f"it costs {'at least as much' if alike else 'more'} at every {_NOUNS[by]}"
        seen = found.until is not None and not why_never and by != "months"
        said = [f"{ours} never costs less than {theirs}: {why}" + (f" up to {_until(by, found)}" if seen else "")]
        if spans(by, bounds[0].cheaper):
            said.append(f"at the best end of all figures it would {_as_far_as_looked(by, bounds[0].cheaper)}")
    else:
        verb = "has cost" if by == "months" else "costs"
        words = spans(by, found.cheaper) if found.word != "always" or limit else span(by, _ALL)
        said = [f"{ours} {verb} less than {theirs} {words}", _moved(by, found, bounds)]
        if limit and any(each.high_why == "ours ends" for each in found.cheaper):
            said.append(f"beyond, {limit}")
        if any(each.high_why == "range" for each in found.cheaper):
            said.append(f"nobody looked beyond {_until(by, found)}")
    said.append(_today(by, today, usd_today, theirs))
    return _capital("; ".join(filter(None, said))) + "."


_ALL = Interval(Fraction(0), None, low_closed=True, high_closed=False, low_why="start", high_why="open")


def _until(by: By, found: BreakEven) -> str:
    return place(by, found.until or 0)


def _moved(by: By, found: BreakEven, bounds: tuple[BreakEven, BreakEven]) -> str:
    """Over which range the first crossing moves while the figures move over their intervals."""
    first = _crossing(found)
    best, worst = (_crossing(each) for each in bounds)
    if first is None:
        return "" if bounds[1].cheaper else "at the worst end of all figures never"
    if not bounds[1].cheaper:
        return "at the worst end of all figures never"
    if best is None and worst is None:
        return ""
    low, high = sorted_ends(best, worst)
    if high is None or place(by, low or 0) == place(by, high):
        return ""
    return f"over the intervals of all figures the costs meet between {between(by, low or 0, high, 'and')}"


def sorted_ends(best: Fraction | None, worst: Fraction | None) -> tuple[Fraction | None, Fraction | None]:
    """Both ends in ascending order; one that is not there comes first: it lies at the start."""
    known = sorted(each for each in (best, worst) if each is not None)
    return (None, known[0]) if len(known) == 1 else (known[0], known[1])


def _crossing(found: BreakEven) -> Fraction | None:
    """The first place where costs meet."""
    for each in found.cheaper:
        if each.low_why == "crossing":
            return each.low
        if each.high_why == "crossing" and each.high is not None:
            return each.high
    return None


def _today(by: By, today: Fraction | None, usd: tuple[float | None, float | None], theirs: str) -> str:
    if today is None or by == "months":
        return ""
    ours_usd, theirs_usd = usd
    where = f"today, at {place(by, today)}," if by != "price" else "today"
    if ours_usd is None:
        return f"{where} it cannot serve"
    if theirs_usd is None:
        return f"{where} {theirs} cannot serve"
    return f"{where} it costs {text.money(ours_usd)} instead of {text.money(theirs_usd)} a month"


def _capital(words: str) -> str:
    return words if "/" in words.split(" ", 1)[0] else words[:1].upper() + words[1:]


def cheaper_words(by: By, intervals: Sequence[IntervalView], shown: int = _SHOWN) -> str:
    """The intervals of a view in words, or «never»; an end of the look is told from an end of what pays."""
    exact = [
        Interval(
            Fraction(each.low),
            None if each.high is None else Fraction(each.high),
            each.low_closed,
            each.high_closed,
            each.low_why,
            each.high_why,
        )
        for each in intervals
    ]
    return _as_far_as_looked(by, exact, shown) or "never"


def _as_far_as_looked(by: By, intervals: Sequence[Interval], shown: int = _SHOWN) -> str:
    """«up to 5,600,000 requests a day (nobody looked beyond)»; «from the start» and a count name no such end."""
    words, last = spans(by, intervals, shown), intervals[-1] if intervals else None
    is_told = last is not None and last.high_why == "range" and words.endswith(span(by, last))
    names_no_end = is_told and by == "months" and last is not None and last.low == 0
    return f"{words} (nobody looked beyond)" if is_told and not names_no_end else words

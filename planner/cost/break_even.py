"""Where one cost is below another: intervals with exact ends, *never* and *always* as words (economics.md §4)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from planner.cost.cash_flow import discounted, monthly_rate
from planner.cost.curves import ZERO, Cell, Curve, Piece, cells, crossing, line, looked_until
from planner.cost.one_off import Crossing

Why = Literal["start", "crossing", "jump", "ours ends", "theirs ends", "range", "open"]
"""What happens at an end of an interval: costs meet, one of them jumps, one can serve no more, nobody looked on."""

FARTHEST_MONTHS = 1200
"""A payback a hundred years away is none."""

_REACHED = 1 - 1e-12  # a sum of months that reaches its goal but for rounding has reached it


@dataclass(frozen=True)
class Interval:
    """From low to high; `high` None: for ever. A point where both are the same and closed."""

    low: Fraction
    high: Fraction | None
    low_closed: bool
    high_closed: bool
    low_why: Why
    high_why: Why

    def holds(self, x: Fraction | float) -> bool:
        """Whether x lies in it."""
        above = x > self.low or (self.low_closed and x == self.low)
        below = self.high is None or x < self.high or (self.high_closed and x == self.high)
        return above and below


@dataclass(frozen=True)
class BreakEven:
    """Where ours costs less than theirs (or is the only one that can serve), where both cost the same, how far seen."""

    cheaper: tuple[Interval, ...]
    equal: tuple[Interval, ...]
    until: Fraction | None  # nobody looked further; None: for ever

    @property
    def word(self) -> Literal["never", "always", ""]:
        """*Never*: nowhere. *Always*: from 0 on wherever anybody looked, places where both cost the same aside."""
        if not self.cheaper:
            return "never"
        place = ZERO
        for each in sorted((*self.cheaper, *self.equal), key=lambda interval: interval.low):
            if each.low > place:
                return ""
            if each.high is None:
                return "always"
            place = max(place, each.high)
        return "always" if self.until is not None and place >= self.until else ""

    def holds(self, x: Fraction | float) -> bool:
        """Whether ours costs less at x."""
        return any(each.holds(x) for each in self.cheaper)


Sign = Literal["less", "same", "more"]


def cheaper_where(ours: Curve, theirs: Curve) -> BreakEven:
    """The set of x ≥ 0 where `ours` costs strictly less; exact, for curves with jumps and kinks.

    Where only one of them can serve, that one counts as cheaper.
    """
    parts = list(_parts(ours, theirs))
    until = looked_until(ours, theirs)
    return BreakEven(
        cheaper=tuple(_merged(parts, "less", ours, theirs, until)),
        equal=tuple(_merged(parts, "same", ours, theirs, until)),
        until=until,
    )


@dataclass(frozen=True)
class _Part:
    """A place (start = end) or the open stretch between two, and how the costs stand there."""

    start: Fraction
    end: Fraction | None
    sign: Sign


def _parts(ours: Curve, theirs: Curve) -> Iterator[_Part]:
    """Places and the open stretches between them in order, from 0 on."""
    yield _Part(ZERO, ZERO, _sign(ours.at(ZERO), theirs.at(ZERO)))
    for cell in cells(ours, theirs):
        for start, end, sign in _open_parts(cell):
            yield _Part(start, end, sign)
            if end is not None:
                yield _Part(end, end, _sign(_last(ours, cell.first, end), _last(theirs, cell.second, end)))


def _last(curve: Curve, piece: Piece | None, end: Fraction) -> Fraction | None:
    """The cost at the end of a stretch, which still belongs to its piece."""
    return None if piece is None or (end == curve.end and not curve.closed) else piece.at(end)


def _open_parts(cell: Cell) -> Iterator[tuple[Fraction, Fraction | None, Sign]]:
    first, second = cell.first, cell.second
    if first is None or second is None:
        yield cell.start, cell.end, "more" if first is None else "less"
        return
    x = crossing(first, second, cell.start, cell.end)
    for start, end in [(cell.start, cell.end)] if x is None else [(cell.start, x), (x, cell.end)]:
        inside = start + 1 if end is None else (start + end) / 2
        yield start, end, _sign(first.at(inside), second.at(inside))


def _sign(ours: Fraction | None, theirs: Fraction | None) -> Sign:
    if ours is None:
        return "more"
    if theirs is None or ours < theirs:
        return "less"
    return "same" if ours == theirs else "more"


def _merged(
    parts: Sequence[_Part], sign: Sign, ours: Curve, theirs: Curve, until: Fraction | None
) -> Iterator[Interval]:
    """Neighbouring parts of one sign as one interval; its ends are closed where they belong to it."""
    current: Interval | None = None
    for part in parts:
        is_place = part.end == part.start
        if part.sign != sign:
            if current is not None:
                yield _explained(current, ours, theirs, until)
                current = None
        elif current is None:
            current = Interval(part.start, part.end, is_place, is_place, "crossing", "crossing")
        else:
            current = replace(current, high=part.end, high_closed=is_place)
    if current is not None:
        yield _explained(current, ours, theirs, until)


def _explained(interval: Interval, ours: Curve, theirs: Curve, until: Fraction | None) -> Interval:
    high: Why = "open" if interval.high is None else _why(interval.high, ours, theirs, until)
    low: Why = "start" if interval.low == 0 else _why(interval.low, ours, theirs, None)
    return replace(interval, low_why=low, high_why=high)


def _why(x: Fraction, ours: Curve, theirs: Curve, until: Fraction | None) -> Why:
    ends: tuple[tuple[Curve, Why], ...] = ((ours, "ours ends"), (theirs, "theirs ends"))
    for curve, word in ends:
        if curve.end == x and curve.beyond == "limit":
            return word
    if until is not None and x >= until:
        return "range"
    return "jump" if any(_jumps(curve, x) for curve in (ours, theirs)) else "crossing"


def _jumps(curve: Curve, x: Fraction) -> bool:
    if x == 0:
        return bool(curve.pieces) and curve.pieces[0].intercept != curve.at_zero
    after = next((piece for piece in curve.pieces if piece.start == x), None)
    return after is not None and curve.at(x) != after.at(x)


def utilization_break_even(fixed_usd: float, variable_usd_when_full: float, metered_usd_when_full: float) -> BreakEven:
    """Utilizations (0 to 1) at which a unit costs less than the same tokens metered: u·(metered − variable) > fixed.

    «Never» where even a full unit costs more.
    """
    ours = line(fixed_usd, variable_usd_when_full).until(1, "limit")
    theirs = line(0, metered_usd_when_full).until(1, "limit")
    return cheaper_where(ours, theirs)


def commitment_break_even(committed_usd_per_h: float, on_demand_usd_per_h: float) -> BreakEven:
    """Shares of the hours needed from which a promise for every hour costs less than on demand for those needed."""
    return utilization_break_even(committed_usd_per_h, 0.0, on_demand_usd_per_h)


def payback_closed_form(
    capex_usd: float, saved_usd_per_month: float, rate_per_year: float, growth_per_month: float = 0.0
) -> Crossing:
    """Months until the discounted savings s, s·(1 + g), … come to the capital: a geometric sum, solved for its length.

    With ρ = (1 + g)/(1 + r_m): t = ln(1 − C·(1 − ρ)·(1 + r_m)/s)/ln ρ, and C·(1 + r_m)/s where ρ is 1. Savings come at
    the end of each month, so the money is back at the end of month ⌈t⌉. Never where s ≤ 0 or all savings stay below C.
    """
    if capex_usd <= 0:
        return _at_once(saved_usd_per_month)
    if saved_usd_per_month <= 0:
        return Crossing(month=None, reason="never: running it saves nothing")
    monthly = monthly_rate(rate_per_year)
    reach = capex_usd * (1 + monthly) / saved_usd_per_month
    log_ratio = math.log1p(growth_per_month) - math.log1p(monthly)
    lost = -math.expm1(log_ratio)  # 1 − ρ, which a subtraction would round to nothing at a tiny rate
    if abs(log_ratio) * reach < 1e-12:  # noqa: PLR2004  # even savings at today's worth
        months = reach
    elif reach * lost >= 1:
        return Crossing(month=None, reason="never: all savings to come are worth less today than what they cost")
    else:
        months = math.log1p(-reach * lost) / log_ratio
    if months > FARTHEST_MONTHS:
        return Crossing(month=None, reason="never: not within a hundred years")
    return Crossing(month=float(math.ceil(months - 1e-9)), reason="the discounted savings so far cover it")


def payback_month(
    capex_usd: float,
    saved_usd_per_month: float,
    *,
    fixed_usd_per_month: float,
    rate_per_year: float,
    growth_per_year: float = 0.0,
) -> Crossing:
    """First month with discounted Σ(saved·(1 + g)^((m−1)/12) − fixed) ≥ capital; *never* when nothing is saved.

    `saved` grows with the work (metered bill less what running costs for it), `fixed` does not. Without growth this
    is the closed form.
    """
    if growth_per_year == 0:
        return payback_closed_form(capex_usd, saved_usd_per_month - fixed_usd_per_month, rate_per_year)
    if fixed_usd_per_month == 0:
        growth = math.expm1(math.log1p(growth_per_year) / 12)
        return payback_closed_form(capex_usd, saved_usd_per_month, rate_per_year, growth)
    month = np.arange(FARTHEST_MONTHS)
    grown = saved_usd_per_month * np.exp(np.minimum(math.log1p(growth_per_year) / 12 * month, 500.0))
    flows = np.concatenate([[0.0], grown - fixed_usd_per_month])
    if capex_usd <= 0:
        return _at_once(float(flows[1]))
    covered = np.flatnonzero(np.cumsum(discounted(flows, rate_per_year)) >= capex_usd * _REACHED)
    if covered.size:
        return Crossing(month=float(covered[0]), reason="the discounted savings so far cover it")
    why = "running it saves nothing" if not (flows > 0).any() else "its savings do not cover it within a hundred years"
    return Crossing(month=None, reason=f"never: {why}")


def _at_once(saved_usd_per_month: float) -> Crossing:
    if saved_usd_per_month > 0:
        return Crossing(month=0.0, reason="nothing is paid up front")
    return Crossing(month=None, reason="never: running it saves nothing")

"""When what is spent on inference passes what was spent once on training, tuning or evaluation (economics.md §2)."""

from __future__ import annotations

import math
import sys

import numpy as np

from planner import text
from planner.cost.cash_flow import Flows
from planner.documents import Frozen
from planner.horizon import OneOff

LONGEST_MONTHS = 12_000
"""A crossing a thousand years away is none."""

_EQUAL = 1 - 1e-12  # a sum of months that reaches its goal but for rounding has reached it


class Crossing(Frozen):
    """A month counted from the start of the horizon, or none with the reason: «never» and why."""

    month: float | None  # 0: at once; fractions of a month where a formula gives them
    reason: str


def crossing_month(one_off_usd: float, first_month_usd: float, growth_per_month: float) -> Crossing:
    """Months until m0 + m0·(1 + g) + … reaches C0: ln(1 + g·C0/m0)/ln(1 + g), C0/m0 where flat.

    Never where nothing is spent on inference, or where it shrinks so fast that all of it, m0/(−g), stays below C0.
    """
    if one_off_usd <= 0:
        return Crossing(month=0.0, reason="nothing is spent once")
    if first_month_usd <= 0:
        return Crossing(month=None, reason="never: nothing is spent on inference")
    ratio = one_off_usd / first_month_usd
    reach = growth_per_month * ratio
    if reach <= -1:
        most = first_month_usd / -growth_per_month
        return Crossing(month=None, reason=f"never: inference shrinks too fast and comes to {text.money(most)} in all")
    even = abs(growth_per_month) < sys.float_info.min
    month = ratio if even else math.log1p(reach) / math.log1p(growth_per_month)
    if month > LONGEST_MONTHS:
        return Crossing(month=None, reason="never: not within a thousand years")
    how = "at an even rate" if even else f"with inference {'growing' if growth_per_month > 0 else 'shrinking'}"
    return Crossing(month=month, reason=how)


def payments(one_off: OneOff, months: int) -> Flows:
    """The one-off by month: at its month and, where it repeats, every so many months up to the horizon's end."""
    flows = np.zeros(months + 1)
    step = one_off.repeats_every_months or months + 1
    flows[one_off.month : months + 1 : step] = float(one_off.usd)
    return flows


def passing_month(once: Flows, inference: Flows) -> Crossing:
    """The first month by whose end all inference so far comes to all one-offs so far; month by month.

    Beyond the last month inference goes on with the growth of that month, and no one-off is added.
    """
    months = len(once) - 1
    spent, served = np.cumsum(once), np.cumsum(inference)
    if spent[-1] <= 0:
        return Crossing(month=None, reason="nothing is spent once within the horizon")
    passed = np.flatnonzero((spent > 0) & (served >= spent * _EQUAL))
    if passed.size:
        month = int(passed[0])
        behind = np.flatnonzero(served[month:] < spent[month:] * _EQUAL)
        again = f"; it falls behind again in month {month + int(behind[0])}" if behind.size else ""
        return Crossing(month=float(month), reason=f"within the horizon{again}")
    last, before = float(inference[-1]), float(inference[-2]) if months > 1 else float(inference[-1])
    growth = last / before - 1 if before > 0 else 0.0
    beyond = crossing_month(float(spent[-1] - served[-1]), last * (1 + growth), growth)
    if beyond.month is None:
        return beyond
    return Crossing(
        month=months + beyond.month,
        reason=f"beyond the horizon of {months} months, with the growth of its last month",
    )

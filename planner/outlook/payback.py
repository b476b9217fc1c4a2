"""When a plan's extra money up front is back: the first month whose discounted savings so far cover it, or never."""

from __future__ import annotations

import numpy as np

from planner import text
from planner.cost.cash_flow import Flows, discounted
from planner.cost.one_off import Crossing

_ROUNDING = 1e-9  # of the money that flowed: a sum of months this near to zero is zero


def payback(saving: Flows, running: Flows, rate_per_year: float) -> Crossing:
    """From base case less plan by month, and the part of it that is neither bought, sold nor paid once.

    Never where running it saves nothing in the horizon's last month; otherwise not within the horizon.
    """
    worth = discounted(saving, rate_per_year)
    so_far, near_zero = np.cumsum(worth), _ROUNDING * np.cumsum(np.abs(worth))
    if so_far[0] >= -near_zero[0]:
        return Crossing(month=0.0, reason="no extra money is paid up front")
    months = len(saving) - 1
    covered = np.flatnonzero(so_far >= -near_zero)
    if covered.size:
        month = int(covered[0])
        lost = np.flatnonzero(so_far[month:] < -near_zero[month:])
        again = f", and exceeded again in month {month + int(lost[0])}" if lost.size else ""
        return Crossing(month=float(month), reason=f"the discounted savings so far cover it{again}")
    missing = text.money(-float(so_far[-1]))
    if running[-1] <= 0:
        return Crossing(month=None, reason=f"never: at the end running it saves nothing, and {missing} are missing")
    return Crossing(month=None, reason=f"not within {months} months: {missing} are still missing then")

"""Money over months: growth, purchases with refresh and salvage, and what it all is worth today (economics.md §2)."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from planner.units import MONTHS_PER_YEAR

Flows = npt.NDArray[np.float64]
"""USD by month: entry 0 is paid before the first month, entry m at the end of month m."""


def months_of(years: float) -> int:
    """Whole months of a span in years, at least one."""
    return max(1, round(years * MONTHS_PER_YEAR))


def monthly_rate(rate_per_year: float) -> float:
    """r_m = (1 + r)^(1/12) − 1: twelve months of it compound to the yearly rate."""
    return math.expm1(math.log1p(rate_per_year) / MONTHS_PER_YEAR)


def discount_factors(rate_per_year: float, months: int) -> Flows:
    """What a dollar of month 0, 1 … `months` is worth today: (1 + r)^(−m/12)."""
    return np.exp(-math.log1p(rate_per_year) / MONTHS_PER_YEAR * np.arange(months + 1))


def present_value(flows: Flows, rate_per_year: float) -> float:
    """Today's worth of the flows, USD."""
    return float(flows @ discount_factors(rate_per_year, len(flows) - 1))


def discounted(flows: Flows, rate_per_year: float) -> Flows:
    """Every flow at today's worth, by month."""
    return flows * discount_factors(rate_per_year, flows.shape[-1] - 1)


def growth_path(change_per_year: float, months: int, after: int = 0) -> Flows:
    """The multiple of month 1 that each of months 1 … `months` has: (1 + g)^((m − 1)/12), so month 1 is today's.

    With `after` the change begins that many months later, and until then nothing changes.
    """
    elapsed = np.maximum(np.arange(months) - after, 0)
    return np.exp(math.log1p(change_per_year) / MONTHS_PER_YEAR * elapsed)


def refresh_path(change_per_year: float, life_months: int, months: int) -> Flows:
    """Price of the device in use in months 1 … `months`, as a multiple of today's: it changes at a refresh only."""
    bought = np.arange(months) // life_months * life_months
    return np.exp(math.log1p(change_per_year) / MONTHS_PER_YEAR * bought)


def purchases(price_usd: float, life_months: int, months: int, change_per_year: float = 0.0) -> Flows:
    """What is paid for a device now and again whenever its life is over, at the price of that month."""
    flows = np.zeros(months + 1)
    bought = np.arange(0, months, life_months)
    flows[bought] = price_usd * np.exp(math.log1p(change_per_year) / MONTHS_PER_YEAR * bought)
    return flows


def salvage(price_usd: float, resale_usd: float, life_months: int, months: int, change_per_year: float = 0.0) -> Flows:
    """What comes back, as negative flows: the resale value at the end of each life, and the rest at the horizon's end.

    A device not yet worn out at the end counts with its straight-line value between price and resale value, so that
    a horizon that ends between two refreshes neither loses nor gains a device. Resale follows the price paid.
    """
    flows = np.zeros(months + 1)
    paid = purchases(1.0, life_months, months, change_per_year)
    bought = np.arange(0, months, life_months)
    flows[bought[1:]] = -resale_usd * paid[bought[:-1]]
    last = int(bought[-1])
    used = (months - last) / life_months
    flows[months] -= paid[last] * (price_usd + (resale_usd - price_usd) * used)
    return flows

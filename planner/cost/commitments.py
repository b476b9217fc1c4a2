"""What promised hours and promised dollars cover of an hourly use, what is lost unused, and when it is paid."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Hours = NDArray[np.float64]
"""Machines running in each hour of a profile, shape (hours,)."""


@dataclass(frozen=True)
class UsageCommitment:
    """So many machines of one kind, paid in every hour (FOCUS category Usage)."""

    name: str
    sku: str
    machines: float
    usd_per_h: float  # of one machine


@dataclass(frozen=True)
class SpendCommitment:
    """So many dollars in every hour, worth machines at the plan's own rates (FOCUS category Spend)."""

    name: str
    usd_per_h: float
    rates_usd_per_h: Mapping[str, float]  # of one machine, by the skus it covers


@dataclass(frozen=True)
class Covered:
    """What one commitment did over the profile: it costs used + unused, whatever ran."""

    name: str
    machine_hours: Mapping[str, float]  # covered, by sku
    used_usd: float
    unused_usd: float  # forfeited: an hour's rest is lost, it is not carried over


@dataclass(frozen=True)
class Applied:
    """A profile's cost with commitments: all they cost, and the rest of the use on demand."""

    covered: tuple[Covered, ...]  # in order of application
    on_demand_usd: float
    on_demand_machine_hours: Mapping[str, float]

    @property
    def committed_usd(self) -> float:
        """Used and unused."""
        return sum(each.used_usd + each.unused_usd for each in self.covered)

    @property
    def unused_usd(self) -> float:
        """Forfeited by all of them."""
        return sum(each.unused_usd for each in self.covered)

    @property
    def effective_usd(self) -> float:
        """Amortised cost of the whole profile."""
        return self.committed_usd + self.on_demand_usd


def apply_commitments(
    running: Mapping[str, Sequence[float]],
    on_demand_usd_per_h: Mapping[str, float],
    usage: Sequence[UsageCommitment] = (),
    spend: Sequence[SpendCommitment] = (),
) -> Applied:
    """Cover an hourly use, hour by hour; `running` holds machines of each sku, all for the same number of hours.

    Usage before Spend, as the vendors do: «Savings Plans apply to your usage after the EC2 Reserved Instances» (AWS,
    Savings Plans user guide, sp-applying); «Azure applies reservation benefits first» (Azure, discount-application).
    Spend plans that cover fewer skus come first (AWS: EC2 Instance before Compute Savings Plans). Within a plan the
    largest saving against on demand comes first, of equal savings the lower rate (both vendors). What an hour leaves
    of a promise is lost with it («use-it-or-lose-it», Azure).
    """
    left = {sku: np.asarray(hours, dtype=np.float64).copy() for sku, hours in running.items()}
    lengths = {len(hours) for hours in left.values()}
    if len(lengths) > 1:
        raise ValueError("every sku needs the same hours")
    hours = lengths.pop() if lengths else 0
    lacking = sorted(set(left) - set(on_demand_usd_per_h))
    if lacking:
        raise ValueError(f"no on-demand price of {', '.join(lacking)}")
    covered = [
        _apply_usage(each, left, hours)
        for each in sorted(usage, key=lambda each: _order(each.usd_per_h, on_demand_usd_per_h.get(each.sku), each.name))
    ]
    narrow_first = sorted(spend, key=lambda plan: (len(plan.rates_usd_per_h), _best(plan, on_demand_usd_per_h)))
    covered += [_apply_spend(each, left, hours, on_demand_usd_per_h) for each in narrow_first]
    rest = {sku: float(machines.sum()) for sku, machines in left.items()}
    return Applied(
        covered=tuple(covered),
        on_demand_usd=sum(machine_hours * on_demand_usd_per_h[sku] for sku, machine_hours in rest.items()),
        on_demand_machine_hours=rest,
    )


def _order(rate: float, on_demand: float | None, name: str) -> tuple[float, float, str]:
    """Largest saving first, of equal savings the lower rate."""
    return (rate / on_demand if on_demand else math.inf, rate, name)


def _best(plan: SpendCommitment, on_demand: Mapping[str, float]) -> tuple[float, float, str]:
    orders = (_order(rate, on_demand.get(sku), plan.name) for sku, rate in plan.rates_usd_per_h.items())
    return min(orders, default=(math.inf, math.inf, plan.name))


def _apply_usage(commitment: UsageCommitment, left: dict[str, Hours], hours: int) -> Covered:
    machines = left.get(commitment.sku, np.zeros(hours))
    taken = np.minimum(machines, commitment.machines)
    left[commitment.sku] = machines - taken
    used = float(taken.sum())
    return Covered(
        name=commitment.name,
        machine_hours={commitment.sku: used},
        used_usd=used * commitment.usd_per_h,
        unused_usd=float((commitment.machines - taken).sum()) * commitment.usd_per_h,
    )


def _apply_spend(plan: SpendCommitment, left: dict[str, Hours], hours: int, on_demand: Mapping[str, float]) -> Covered:
    budget = np.full(hours, plan.usd_per_h)
    taken: dict[str, float] = {}
    rates = {sku: rate for sku, rate in plan.rates_usd_per_h.items() if sku in left and rate < on_demand[sku]}
    for sku in sorted(rates, key=lambda each: _order(rates[each], on_demand[each], each)):
        machines = np.minimum(left[sku], budget / rates[sku]) if rates[sku] > 0 else left[sku]
        left[sku] = left[sku] - machines
        budget = np.maximum(0.0, budget - machines * rates[sku])
        taken[sku] = float(machines.sum())
    unused = float(budget.sum())
    return Covered(plan.name, taken, used_usd=plan.usd_per_h * hours - unused, unused_usd=unused)


def break_even_utilization(committed_usd_per_h: float, on_demand_usd_per_h: float) -> float:
    """The used share of promised hours above which the promise is cheaper: 1 − discount (prices.md §2)."""
    if on_demand_usd_per_h <= 0:
        raise ValueError("a free machine needs no commitment")
    return committed_usd_per_h / on_demand_usd_per_h


@dataclass(frozen=True)
class Level:
    """Machines to promise, and what the profile then costs."""

    machines: float
    usd: float
    unused_usd: float


def least_cost_level(
    running: Sequence[float],
    committed_usd_per_h: float,
    on_demand_usd_per_h: float,
    *,
    hours: Sequence[float] | None = None,
    whole: bool = True,
) -> Level:
    """The number of machines to promise that costs least over a profile of hours, and the smallest of equal ones.

    `hours` says how long each entry lasts (None: an hour each).
    cost(q) = Σ over hours of q·committed + max(0, running − q)·on-demand is convex and piecewise linear in q, with
    kinks at the hourly levels, so scanning 0 and the levels (for whole machines the numbers beside them) is exact. It
    is the newsvendor's critical ratio: the largest q that is in use for more than committed/on-demand of the hours.
    """
    use = np.asarray(running, dtype=np.float64)
    lasts = np.ones(len(use)) if hours is None else np.asarray(hours, dtype=np.float64)
    levels = np.unique(np.concatenate(([0.0], use)))
    if whole:
        levels = np.unique(np.concatenate((np.floor(levels), np.ceil(levels))))
    best: Level | None = None
    for level in levels.tolist():
        beyond = float((np.maximum(0.0, use - level) * lasts).sum())
        idle = float((np.maximum(0.0, level - use) * lasts).sum())
        usd = level * float(lasts.sum()) * committed_usd_per_h + beyond * on_demand_usd_per_h
        if best is None or usd < best.usd - 1e-12 * abs(best.usd):
            best = Level(level, usd, idle * committed_usd_per_h)
    if best is None:
        raise AssertionError("nothing is always a level")
    return best


def upfront_usd(usd_per_month: float, term_months: float, upfront_share: float) -> float:
    """Paid when the term begins: that share of the term's whole price."""
    return usd_per_month * term_months * upfront_share


def billed_by_month(usd_per_month: float, term_months: int, upfront_share: float) -> tuple[float, ...]:
    """BilledCost of every month of one term, the upfront part in the first; the sum is term × monthly price.

    EffectiveCost is `usd_per_month` in every one of them (FOCUS: billed is the invoice, effective is amortised).
    """
    upfront = upfront_usd(usd_per_month, term_months, upfront_share)
    recurring = usd_per_month * (1 - upfront_share)
    return (upfront + recurring, *(recurring,) * (term_months - 1))


def blocks_covering(days: float, lengths_days: Sequence[int]) -> tuple[int, ...]:
    """The capacity blocks to buy, longest first, so that a window of days is covered at the fewest days paid.

    Blocks follow one another and each is paid up front in full (AWS Capacity Blocks: 1–14 days, or weeks up to 182
    days). Exact by dynamic programming over whole days; of equal sums the one with fewer blocks.
    """
    needed = math.ceil(days - 1e-9)
    lengths = sorted({length for length in lengths_days if length > 0})
    if not lengths:
        raise ValueError("the offer names no block length")
    most = needed + lengths[-1]
    fewest: list[tuple[int, int] | None] = [(0, 0)]  # blocks, length of the last
    for total in range(1, most + 1):
        ways = [
            (before[0] + 1, length)
            for length in lengths
            if length <= total and (before := fewest[total - length]) is not None
        ]
        fewest.append(min(ways, default=None))
    total = next(total for total in range(needed, most + 1) if fewest[total] is not None)
    found: list[int] = []
    while total:
        _, length = fewest[total] or (0, total)
        found.append(length)
        total -= length
    return tuple(sorted(found, reverse=True))


def block_usd(usd_per_h: float, blocks_days: Sequence[int]) -> float:
    """All of it is paid when the blocks begin: days × 24 h × price."""
    return usd_per_h * sum(blocks_days) * 24

"""Where one alternative becomes cheaper than another, as a value: intervals, curves with their kinks, words, doubts."""

from __future__ import annotations

from typing import Literal

from planner.basis import Basis, Doubt
from planner.cost.break_even import Why
from planner.documents import Frozen
from planner.placement.options import Side

By = Literal["volume", "utilization", "seats", "months", "tariff", "price"]
"""What varies: requests a day, share of paid hours, seats, months from the start, USD/kWh, multiple of a price."""


class IntervalView(Frozen):
    """From low to high, exact up to the last digit of a float; `high` None: for ever."""

    low: float
    high: float | None
    low_closed: bool
    high_closed: bool
    low_why: Why
    high_why: Why


class Segment(Frozen):
    """A straight part of a cost: USD from just beyond `from_x` to `to_x`; where the next starts higher it jumps."""

    from_x: float
    from_usd: float
    to_x: float
    to_usd: float


class CurveView(Frozen):
    """A cost over x with exact kinks and jumps, as far as the chart shows it."""

    title: str
    side: Side | None
    usd_at_zero: float
    segments: tuple[Segment, ...]
    ends_at: float | None  # it can serve no more beyond; None: it goes on
    limit: str = ""  # why


class LowestView(Frozen):
    """Which alternative costs least on a stretch of x."""

    from_x: float
    to_x: float | None
    title: str


class Pair(Frozen):
    """Two alternatives, and where the first costs less than the second (or is the only one that can serve)."""

    ours: str
    theirs: str
    task_classes: tuple[str, ...]  # the work both are compared on
    sentence: str
    word: Literal["never", "always", ""]
    cheaper: tuple[IntervalView, ...]
    equal: tuple[IntervalView, ...]  # ties; a point has low and high the same
    cheaper_at_best: tuple[IntervalView, ...]  # ours at its cheapest, theirs at its dearest
    cheaper_at_worst: tuple[IntervalView, ...]
    looked_until: float | None  # nobody looked beyond; None: for ever
    today: float | None  # where the scenario stands now; None: there is no such place
    ours_usd_today: float | None  # a month; None: it cannot serve today's work
    theirs_usd_today: float | None
    basis: Basis
    curves: tuple[CurveView, ...]
    lowest: tuple[LowestView, ...]  # of these and of further alternatives
    assumptions: tuple[str, ...]


class BreakEvenView(Frozen):
    """All pairs of a scenario by one quantity."""

    format: Literal["edgewise.break-even"] = "edgewise.break-even"
    version: Literal[1] = 1
    engine: str
    scenario_sha256: str
    title: str
    by: By
    axis: str  # what x means, with its unit
    task_class: str | None
    against: str | None
    sentence: str
    pairs: tuple[Pair, ...]
    left_out: tuple[str, ...]  # what could not be compared, and why
    assumptions: tuple[str, ...]
    doubts: tuple[Doubt, ...]

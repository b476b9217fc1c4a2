"""What a stated week says of a month's load: the hours it comes in, its busiest hour, and its blocks of like hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from planner.basis import Quantity, weakest
from planner.units import HOURS_PER_MONTH
from planner.workload.load_blocks import blocks_of
from planner.workload.task_classes import TaskClass, Workload
from planner.workload.week import HOURS_PER_WEEK
from planner.workload.week_shape import shape_of, weeks_per_month

Works = Sequence[tuple[TaskClass, float]]
"""Classes, and how much work each brings."""


@dataclass(frozen=True)
class LoadHours:
    """The active hours of a month, the busiest over their mean, and blocks as (share of them, load over the mean)."""

    active_hours_per_month: float
    peak_to_mean: Quantity
    blocks: tuple[tuple[float, float], ...] | None  # busiest first; None: only the peak is known


def hours_of(workload: Workload, works: Works) -> LoadHours:
    """The hours in which this work comes: as stated, else active days of like hours."""
    stated = stated_hours(workload, works)
    if stated is not None:
        return stated
    active = min(HOURS_PER_MONTH, workload.active_days_per_month * workload.active_hours_per_day)
    return LoadHours(active, workload.peak_to_mean, None)


def tokens_of(daily_runs: Works) -> Works:
    """The tokens a machine works for (uncached input and output), whichever of the two takes it longer.

    What adds up classes of unlike weeks where nobody says on which machine: exact where their mixes of tokens are
    alike.
    """
    return [(each, runs * _tokens(each)) for each, runs in daily_runs]


def weeks_differ(workload: Workload, classes: Sequence[TaskClass]) -> bool:
    """Whether some come at other hours than others."""
    weeks = [each.week or workload.week for each in classes]
    return any(week != weeks[0] for week in weeks)


def stated_hours(workload: Workload, works: Works) -> LoadHours | None:
    """The hours of these classes together, of which each brings so much work; None where none of them states its week.

    Work is in anything that adds up: hours of the machine it is done on, or tokens.
    """
    asked = [(each, work) for each, work in works if work > 0]
    if not any(_is_stated(workload, each) for each, _ in asked):
        return None
    shaped = [(work, shape_of(workload, each).work) for each, work in asked]
    hours = [math.fsum(work * shape[hour] for work, shape in shaped) for hour in range(HOURS_PER_WEEK)]
    return hours_of_week(workload, [each for each, _ in asked], hours)


def hours_of_week(workload: Workload, classes: Sequence[TaskClass], week: Sequence[float]) -> LoadHours:
    """The hours of a week with this much work in each, of classes of which one states its week."""
    active = [each for each in week if each > 0]
    blocks = blocks_of(active)
    mean = math.fsum(active) / len(active)
    return LoadHours(
        active_hours_per_month=min(HOURS_PER_MONTH, len(active) * weeks_per_month(workload)),
        peak_to_mean=_peak(workload, classes, blocks[0].rate / mean),
        blocks=tuple((block.hours / len(active), block.rate / mean) for block in blocks),
    )


def stated_stretches_h(workload: Workload) -> tuple[int, ...] | None:
    """Lengths, in hours, of the stretches of a week in which anything comes; None where no class states its week."""
    if not any(_is_stated(workload, each) for each in workload.task_classes):
        return None
    shapes = [shape_of(workload, each) for each in workload.task_classes]
    busy = [any(shape.shares[hour] > 0 for shape in shapes) for hour in range(HOURS_PER_WEEK)]
    start = next((hour for hour, on in enumerate(busy) if not on), 0)  # a stretch may go on over Sunday's midnight
    turned = [*busy[start:], *busy[:start]]
    return tuple(len(list(stretch)) for on, stretch in groupby(turned) if on)


def _is_stated(workload: Workload, task_class: TaskClass) -> bool:
    return (task_class.week or workload.week) is not None


def _tokens(task_class: TaskClass) -> float:
    return task_class.input_tokens * (1 - task_class.cached_share) + task_class.output_tokens


def _peak(workload: Workload, classes: Sequence[TaskClass], value: float) -> Quantity:
    weeks = [week for each in classes if (week := each.week or workload.week) is not None]
    bases = [week.basis for week in weeks]
    if len(weeks) < len(classes):
        bases.append(workload.peak_to_mean.basis)
    return Quantity(
        value=value, unit="count", basis=weakest(*bases), source=weeks[0].source or "stated week", as_of=weeks[0].as_of
    )

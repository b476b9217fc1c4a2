"""A class on a target, hour by hour: the load it brings, and how long its requests may wait."""

from __future__ import annotations

from dataclasses import dataclass

from planner.service.figures import Service
from planner.workload.deferral import is_deferrable
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import WeekShape


@dataclass(frozen=True)
class Member:
    """How a class's load of the mean active hour spreads over the week."""

    task_class: TaskClass
    utilization: float  # of one device, in the mean active hour
    shape: WeekShape
    window_h: float  # hours a request may wait
    service: Service | None = None  # of a device; None: how long requests wait is not known hour by hour

    @property
    def may_wait(self) -> bool:
        """Whether its requests may wait for another hour, or at least go after those that may not."""
        return is_deferrable(self.task_class)

    @property
    def work(self) -> tuple[float, ...]:
        """Hours of one device that come in each hour."""
        return tuple(self.utilization * work for work in self.shape.work)

    def load(self, hour: int) -> float:
        """Share of one device's time while its requests come."""
        return self.utilization * self.shape.relative[hour]

"""A way to run a task class (target, model, weight format), what it would do and cost, and what forbids it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from planner.basis import Doubt, Quantity
from planner.cost.figures import Cost
from planner.documents import Frozen
from planner.service.figures import Service


class Side(StrEnum):
    """The two places work can run."""

    EDGE = "edge"
    DATACENTER = "datacenter"


class Quality(Frozen):
    """What is known of the model's quality for this class."""

    scale: str | None  # None: the class names no floor
    floor: float | None
    figure: Quantity | None  # None: unknown
    model_note: str = ""


Constraint = Literal[
    "privacy",
    "offline",
    "residency",
    "context",
    "memory",
    "quality_floor",
    "quality_unknown",
    "not_measured",
    "unpriced",
    "capacity",
    "ttft_slo",
    "e2e_slo",
]
"""What can forbid an option, in the order it explains an exclusion: decisions first, figures after."""

CONFINING: frozenset[Constraint] = frozenset({"privacy", "offline", "residency"})
"""Those of them that keep requests from going there: nobody may weigh, price or export them as if they did."""


class Violation(Frozen):
    """A constraint that forbids an option, with the figure and the limit in the sentence."""

    constraint: Constraint
    sentence: str


class Overflow(Frozen):
    """Requests of heavy users that their own devices may not take, and where they go."""

    sku: str
    target: str  # vendor
    share: Quantity  # of the class's requests


class Option(Frozen):
    """Target × model × weight format for one class."""

    option_id: str  # "edge:PROFILE:MODEL:FORMAT" | "datacenter:SKU" | "capacity:NAME"
    side: Side
    target: str  # title of a profile or a capacity, or vendor
    model: str
    weight_format: str | None
    service: Service | None
    memory_bytes: Quantity | None  # on the device; None: unknown, or not this device's
    cost: Cost | None
    quality: Quality
    violations: tuple[Violation, ...]
    doubts: tuple[Doubt, ...]
    capacity: str | None = None  # name of the scenario's capacity it runs on; None: metered, or a device
    note: str = ""  # what its cost is a share of, where others share it
    overflow: Overflow | None = None  # from devices of their own; None: nothing, or nobody stated how users differ

    @property
    def feasible(self) -> bool:
        """Nothing forbids it."""
        return not self.violations

    @property
    def may_be_asked(self) -> bool:
        """Requests may go there at all, whether or not it would serve them well."""
        return not any(violation.constraint in CONFINING for violation in self.violations)


class Sureness(StrEnum):
    """How the choice between device and data center stands over the interval of its figures (bounds only)."""

    ONLY = "only"  # nothing is allowed on the other side
    CLEAR = "clear"  # dearest case of the choice is no more than the cheapest case of the other side's best
    OVERLAP = "overlap"  # the intervals overlap: measure first
    NONE = "none"  # no option is feasible


class Placement(Frozen):
    """The option chosen for a class, with reasons, and every other option with what rules it out."""

    task_class: str
    title: str
    requests_per_month: float
    chosen: Option | None
    reason: str
    runner_up: Option | None
    runner_up_extra_usd_per_month: float | None
    flips: str
    sureness: Sureness
    doubts: tuple[Doubt, ...]  # of the chosen option
    options: tuple[Option, ...]
    other_side: str = ""  # why not on the other side: what the plan would cost more so, or what forbids it together
    regret_usd_per_year: float | None = None  # of the cheapest plan with the class on the other side; None: forbidden
    conflict: tuple[str, ...] = ()  # what forbids it together: without any one of these, something would be allowed

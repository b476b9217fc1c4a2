"""How much work a fleet's devices can take before a cap, a queue or an SLO forbids more (CONVENTION §12, §16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner import text
from planner.placement.options import Constraint, Option
from planner.scenario import Fleet, Scenario, contention_cap
from planner.service.device import PERCENTILE
from planner.service.figures import Service
from planner.service.queueing import wait_percentile_s
from planner.units import SECONDS_PER_HOUR
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import busiest_hour

GROWING: frozenset[Constraint] = frozenset({"capacity", "ttft_slo", "e2e_slo"})
"""Constraints that less work may lift."""

_HALVINGS = 80  # of the load: beyond the last digit of a float


@dataclass(frozen=True)
class Limit:
    """The most requests a day a fleet serves within every bound, and which bound it is; None: any number."""

    requests_per_day: Fraction | None
    closed: bool = True  # the limit itself can still be served
    reason: str = ""


NO_LIMIT = Limit(None)


def busy_share_per_request_day(scenario: Scenario, task_class: TaskClass, fleet: Fleet, service: Service) -> Fraction:
    """Share of a device's active hours that one request a day takes, its repeats included; exact."""
    retried = task_class.retry_share.value if task_class.retry_share else 0.0
    active_s = Fraction(scenario.workload.active_hours_per_day) * Fraction(SECONDS_PER_HOUR)
    return Fraction(service.service_s.value) * Fraction(1 + retried) / (active_s * fleet.count)


def class_limit(
    scenario: Scenario, task_class: TaskClass, option: Option, fleet: Fleet, taken_share: float = 0.0
) -> Limit:
    """Requests a day of the class on the fleet, where other work takes `taken_share` of its hours already."""
    service = option.service
    if service is None:
        return Limit(Fraction(0), closed=True, reason="its speed is not known")
    each = busy_share_per_request_day(scenario, task_class, fleet, service)
    if each == 0:
        return NO_LIMIT
    cap = contention_cap(scenario, fleet)
    peak = Fraction(busiest_hour(scenario.workload, task_class).value)
    left = max(Fraction(0), Fraction(cap) - Fraction(taken_share))
    limits = [
        Limit(left / each, reason=f"each device is busy {text.share(cap)} of its active hours, the cap"),
        Limit(1 / (each * peak), closed=False, reason="the queue of the busiest hour never clears"),
    ]
    slo = _load_within_slo(task_class, service)
    if slo is not None:
        limits.append(Limit(slo / (each * peak), reason="waiting in the busiest hour breaks the SLO"))
    return min(limits, key=lambda limit: (limit.requests_per_day or 0, limit.closed))


def joint_limit(scenario: Scenario, placed: Sequence[tuple[TaskClass, Option, Fleet]]) -> Limit:
    """All requests a day of the workload, in its own mix, until the first fleet or class reaches a bound."""
    total = Fraction(scenario.workload.requests_per_day)
    if total == 0:
        return NO_LIMIT
    found: list[Limit] = []
    shares: dict[str, Fraction] = {}
    caps: dict[str, float] = {}
    for task_class, option, fleet in placed:
        part = Fraction(task_class.requests_per_day) / total
        if option.service is None or part == 0:
            continue
        alone = class_limit(scenario, task_class, option, fleet)
        if alone.requests_per_day is not None:
            found.append(Limit(alone.requests_per_day / part, alone.closed, f"{alone.reason} ({task_class.title})"))
        key = fleet.profile.profile_id
        caps[key] = contention_cap(scenario, fleet)
        each = busy_share_per_request_day(scenario, task_class, fleet, option.service)
        shares[key] = shares.get(key, Fraction(0)) + each * part
    found += [
        Limit(
            Fraction(caps[key]) / share,
            reason=f"each device is busy {text.share(caps[key])} of its active hours, the cap",
        )
        for key, share in shares.items()
        if share
    ]
    return min(found, key=lambda limit: (limit.requests_per_day or 0, limit.closed), default=NO_LIMIT)


def _load_within_slo(task_class: TaskClass, service: Service) -> Fraction | None:
    """The largest load of the busiest hour at which both percentiles keep their bounds; None: waiting never counts."""
    waited = service.wait_p95_s or 0.0
    bounds = (
        (task_class.slo.ttft_p95_s, service.ttft_p95_s.value),
        (task_class.slo.e2e_p95_s, service.e2e_p95_s.value),
    )
    slacks = [bound - (figure - waited) for bound, figure in bounds if bound is not None]
    if not slacks:
        return None
    slack = min(slacks)
    if service.retained_share is not None and service.busy_ttft_s is not None:
        # Whoever waits is answered by a busy device, whoever does not by one at burst speed (CONVENTION §20).
        busy = (service.busy_ttft_s.value, service.service_s.value)
        stated = [(bound, figure) for (bound, _), figure in zip(bounds, busy, strict=True) if bound is not None]
        slack = min(bound - figure for bound, figure in stated)
        if slack < 0:
            at_once = all(figure * service.retained_share.value <= bound for bound, figure in stated)
            return Fraction(1 - PERCENTILE) if at_once else Fraction(0)
    if slack < 0:
        return Fraction(0)
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if wait_percentile_s(middle, service.service_s.value, PERCENTILE) <= slack:
            low = middle
        else:
            high = middle
    return Fraction(low)

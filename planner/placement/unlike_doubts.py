"""What to doubt where users ask unlike much: what waits, what overflows and stays so, and who answers too late."""

from __future__ import annotations

import math

from planner import text
from planner.basis import Doubt, Quantity
from planner.placement.uneven_users import OwnDevices
from planner.scenario import Fleet, Scenario, contention_cap
from planner.service.device import PERCENTILE
from planner.service.queueing import wait_percentile_s
from planner.workload.task_classes import TaskClass
from planner.workload.week_shape import busiest_hour

WORTH_SAYING = 1e-3  # of requests


def unlike_doubts(scenario: Scenario, task_class: TaskClass, fleet: Fleet, own: OwnDevices) -> tuple[Doubt, ...]:
    """What heavy users meet, and what of it is not followed any further."""
    if own.beyond is None or own.beyond.value < WORTH_SAYING:
        return ()
    late = _late_at_the_cap(scenario, task_class, fleet, own)
    return (_waits(task_class, fleet, own.beyond) if own.to is None else _kept_share(task_class, own), *late)


def _waits(task_class: TaskClass, fleet: Fleet, beyond: Quantity) -> Doubt:
    """What is beyond the cap may go nowhere."""
    return Doubt(
        kind="BeyondCap",
        subject=task_class.name,
        sentence=(
            f"{task_class.title}: users are unlike, and {text.quantity(beyond)} of its requests are asked of a "
            f"{fleet.profile.title} beyond its cap; they may go nowhere else, so they wait or slow its user down."
        ),
        advice="Allow an overflow target for the class, raise the cap, or give those users a faster device.",
    )


def _kept_share(task_class: TaskClass, own: OwnDevices) -> Doubt:
    """The share that overflows is that of the stated volume."""
    goes = "" if own.overflow is None else f" to {own.overflow.sku}"
    return Doubt(
        kind="OverflowShareKept",
        subject=task_class.name,
        sentence=(
            f"{task_class.title}: {text.quantity(own.beyond)} of its requests overflow{goes} at the stated volume; "
            "the horizon and the curves of cost keep that share while volume changes."
        ),
        advice="Plan with the grown volume to see what overflows then.",
    )


def _late_at_the_cap(scenario: Scenario, task_class: TaskClass, fleet: Fleet, own: OwnDevices) -> tuple[Doubt, ...]:
    """An SLO that holds on the mean device and breaks on one that is as busy as it may be."""
    service, slo = own.service, task_class.slo
    if service is None or service.busy_ttft_s is None:
        return ()
    cap = contention_cap(scenario, fleet)
    peak = busiest_hour(scenario.workload, task_class).value
    wait_s = wait_percentile_s(cap * peak, service.service_s.value, PERCENTILE)
    checks = (
        ("first token", service.busy_ttft_s.value, slo.ttft_p95_s),
        ("last token", service.service_s.value, slo.e2e_p95_s),
    )
    for what, answer_s, bound_s in checks:
        if bound_s is None or answer_s + wait_s <= bound_s:
            continue
        comes = (
            f"the {what} comes after {text.seconds(answer_s + wait_s)}" if math.isfinite(wait_s) else "it never clears"
        )
        return (
            Doubt(
                kind="HeavyUsersLate",
                subject=task_class.name,
                sentence=(
                    f"{task_class.title}: for whoever keeps their {fleet.profile.title} busy up to the cap of "
                    f"{text.share(cap)}, {comes} at p95 in the busiest hour; the SLO is {text.seconds(bound_s)}."
                ),
                advice="Lower the cap of that fleet, so that more of their requests overflow, or loosen the SLO.",
            ),
        )
    return ()

"""How long interactive requests wait on a device in each hour of the week, and in how many hours a class is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.basis import Basis
from planner.placement.week import LateClass
from planner.placement.week_member import Member
from planner.service.device import PERCENTILE
from planner.service.figures import Service
from planner.service.queueing import wait_percentile_s
from planner.service.shared_device import Sharer, answered_after, shared_waits
from planner.units import SECONDS_PER_HOUR
from planner.workload.week import HOURS_PER_WEEK

Waits = Mapping[str, tuple[float | None, bool]]
"""By class: wait at the percentile (None: its queue never clears), and whether it keeps its SLO."""


@dataclass(frozen=True)
class HourlyWaits:
    """The longest wait of any interactive class by hour, and the classes that are late in some."""

    wait_p95_s: tuple[float | None, ...]
    late: tuple[LateClass, ...] = ()


UNKNOWN = HourlyWaits((None,) * HOURS_PER_WEEK)


def hourly_waits(members: Sequence[Member], done: Mapping[str, tuple[float, ...]]) -> HourlyWaits:
    """All classes of a device together, by the rule of its busiest hour (`shared_waits`); hours alike are asked once.

    `done` is the work of each class that may wait, by hour, after it was moved. Nothing where a class's speed is
    unknown.
    """
    served = [(each, each.service) for each in members if each.service is not None]
    if len(served) < len(members):
        return UNKNOWN
    known: dict[tuple[float, ...], Waits] = {}
    waits_s: list[float | None] = []
    late = {each.task_class.name: 0 for each in members if not each.may_wait}
    for hour in range(HOURS_PER_WEEK):
        loads = tuple(done[each.task_class.name][hour] if each.may_wait else each.load(hour) for each, _ in served)
        if loads not in known:
            known[loads] = _together([(*pair, load) for pair, load in zip(served, loads, strict=True) if load > 0])
        found = {name: wait for name, wait in known[loads].items() if name in late}
        for name, (_, keeps) in found.items():
            late[name] += not keeps
        waits_s.append(_longest([wait_s for wait_s, _ in found.values()]))
    return HourlyWaits(tuple(waits_s), tuple(LateClass(task_class=name, hours=n) for name, n in late.items() if n))


def _longest(waits_s: Sequence[float | None]) -> float | None:
    known = [each for each in waits_s if each is not None]
    return max(known) if known and len(known) == len(waits_s) else None


def _together(asked: Sequence[tuple[Member, Service, float]]) -> Waits:
    sharers = [
        Sharer(
            member.task_class,
            _at(service, load),
            load=load,
            is_urgent=not member.may_wait,
            free_wait_s=(member.task_class.defer_h or 0.0) * SECONDS_PER_HOUR,
        )
        for member, service, load in asked
    ]
    shared = shared_waits(sharers, Basis.ASSUMED)
    if shared:
        return {each.task_class: (each.wait_p95_s, each.keeps_slo) for each in shared}
    return {each.task_class.name: (each.service.wait_p95_s, _keeps(each)) for each in sharers}


def _at(service: Service, load: float) -> Service:
    """The same service in an hour of another load; what it takes without waiting stays as it is."""
    wait_s = wait_percentile_s(load, service.service_s.value, PERCENTILE) if load < 1 else None
    changes: dict[str, object] = {"wait_p95_s": wait_s}
    if service.wait_p95_s != 0:  # its percentiles hold the wait of the busiest hour
        changes |= {"ttft_p95_s": service.busy_ttft_s or service.ttft_p95_s, "e2e_p95_s": service.service_s}
    return service.model_copy(update=changes)


def _keeps(alone: Sharer) -> bool:
    slo = alone.task_class.slo
    wait_s = alone.service.wait_p95_s
    ttft, e2e = answered_after(alone.service, wait_s, Basis.ASSUMED)
    bounds = [(slo.ttft_p95_s, ttft.value), (slo.e2e_p95_s, e2e.value)]
    stated = [(bound_s, figure_s) for bound_s, figure_s in bounds if bound_s is not None]
    return not stated or (wait_s is not None and all(figure_s <= bound_s for bound_s, figure_s in stated))

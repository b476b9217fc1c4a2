"""Several classes on one device: how long each waits for all of them, those that cannot be deferred before the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.basis import Basis, Quantity, weakest
from planner.service.device import PERCENTILE
from planner.service.figures import Service, SharedWait
from planner.service.mixture_waits import wait_percentile_s
from planner.service.queueing import exponential_percentile_s
from planner.service.queues.priority import priority_waits_s
from planner.service.queues.single_server import ServiceClass, mixture
from planner.workload.task_classes import TaskClass

ALONE = 1  # a class that shares its device with no other waits as it was judged alone


@dataclass(frozen=True)
class Sharer:
    """A class on the device as it was judged alone, and what it asks in the hour that is busiest for all together."""

    task_class: TaskClass
    service: Service
    load: float  # share of that hour
    is_urgent: bool  # goes before those that can be deferred
    free_wait_s: float = 0.0  # of its wait that its bounds do not count (`defer_h`)


def shared_waits(sharers: Sequence[Sharer], peak_basis: Basis) -> tuple[SharedWait, ...]:
    """Each class's percentiles together with the others, in the order given; none where fewer than two share.

    A class's tokens are constant, so its service time is too, and the device's varies by the mixture of classes
    (economics.md §1). Those served first wait as the whole distribution says; the mean of the others is Cobham's and
    their tail that of CONVENTION §12. Both are for Poisson arrivals. A class never waits less than alone, where its
    own service is taken to vary.
    """
    if len(sharers) <= ALONE:
        return ()
    ranks = [[_arriving(each) for each in sharers if each.is_urgent is urgent] for urgent in (True, False)]
    waits_s = dict(zip((True, False), _waits_s(*ranks), strict=True))
    return tuple(_shared(each, waits_s[each.is_urgent], peak_basis) for each in sharers)


def answered_after(service: Service, wait_s: float | None, peak_basis: Basis) -> tuple[Quantity, Quantity]:
    """TTFT and E2E after another wait than alone; as alone where nobody waits, of a busy device where somebody does."""
    if wait_s == 0 and service.wait_p95_s == 0:
        return service.ttft_p95_s, service.e2e_p95_s
    first = service.busy_ttft_s or service.ttft_p95_s
    return _after(first, wait_s or 0.0, peak_basis), _after(service.service_s, wait_s or 0.0, peak_basis)


def _arriving(sharer: Sharer) -> ServiceClass:
    service_s = sharer.service.service_s.value
    return ServiceClass(sharer.load / service_s, service_s, scv=0.0)


def _waits_s(first: Sequence[ServiceClass], later: Sequence[ServiceClass]) -> tuple[float | None, float | None]:
    """The wait at the percentile of either rank; None where its queue never clears."""
    ahead, behind = (math.fsum(each.load for each in rank) for rank in (first, later))
    if ahead >= 1:
        return None, None
    first_s = wait_percentile_s(first, later, PERCENTILE)
    if ahead + behind >= 1:
        return first_s, None
    if not ahead:
        return first_s, wait_percentile_s(later, (), PERCENTILE)
    _, mean_s = priority_waits_s([mixture(first), mixture(later)])
    return first_s, max(first_s, exponential_percentile_s(ahead + behind, mean_s, PERCENTILE))


def _shared(sharer: Sharer, together_s: float | None, peak_basis: Basis) -> SharedWait:
    alone_s = sharer.service.wait_p95_s
    wait_s = None if together_s is None or alone_s is None else max(alone_s, together_s)
    ttft, e2e = answered_after(sharer.service, wait_s, peak_basis)
    return SharedWait(
        task_class=sharer.task_class.name,
        is_urgent=sharer.is_urgent,
        wait_p95_s=wait_s,
        ttft_p95_s=ttft,
        e2e_p95_s=e2e,
        ttft_slo_s=sharer.task_class.slo.ttft_p95_s,
        e2e_slo_s=sharer.task_class.slo.e2e_p95_s,
        keeps_slo=_keeps(sharer, wait_s, ttft, e2e),
    )


def _after(figure: Quantity, wait_s: float, peak_basis: Basis) -> Quantity:
    low, high = figure.bounds
    return figure.model_copy(
        update={
            "value": figure.value + wait_s,
            "low": low + wait_s,
            "high": high + wait_s,
            "basis": weakest(figure.basis, peak_basis),
        }
    )


def _keeps(sharer: Sharer, wait_s: float | None, ttft: Quantity, e2e: Quantity) -> bool:
    slo = sharer.task_class.slo
    bounds = ((slo.ttft_p95_s, ttft.value), (slo.e2e_p95_s, e2e.value))
    stated = [(bound_s, figure_s) for bound_s, figure_s in bounds if bound_s is not None]
    if wait_s is None:
        return not stated or not sharer.is_urgent
    free_s = min(wait_s, sharer.free_wait_s)
    return all(figure_s - free_s <= bound_s for bound_s, figure_s in stated)

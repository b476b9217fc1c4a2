"""How a target would serve a task class, in figures."""

from __future__ import annotations

from planner.basis import Quantity
from planner.documents import Frozen


class Service(Frozen):
    """How a target would serve the class, at the SLO's percentile."""

    ttft_p95_s: Quantity
    e2e_p95_s: Quantity
    tpot_s: Quantity | None  # undefined for a one-token answer
    service_s: Quantity  # busy time of the target for one request, without waiting; at sustained speed where known
    wait_p95_s: float | None  # queueing part of both percentiles; None: the queue never clears in the busiest hour
    utilization: float | None  # share of active hours one device is busy with this class; None in the data center
    peak_utilization: float | None  # the same in the busiest hour
    busy_ttft_s: Quantity | None = None  # of a device that is kept busy, without waiting; None in the data center
    retained_share: Quantity | None = None  # of its burst speed when kept busy; None: no soak tells, so all of it


class SharedWait(Frozen):
    """What a class's users see in the busiest hour when all classes of the device are served together."""

    task_class: str
    is_urgent: bool  # goes before the classes that can be deferred; what has begun is never interrupted
    wait_p95_s: float | None  # None: its queue never clears in the busiest hour
    ttft_p95_s: Quantity
    e2e_p95_s: Quantity
    ttft_slo_s: float | None  # None: no bound
    e2e_slo_s: float | None
    keeps_slo: bool  # both bounds; a deferred class whose queue clears in a later hour only is taken to keep them

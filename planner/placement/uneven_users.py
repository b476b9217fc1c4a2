"""What unlike users ask beyond what their own devices may take, and where it goes (economics.md §1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner import text
from planner.basis import Basis, Quantity, weakest
from planner.cost.ends import Ends, ends, sure
from planner.cost.figures import CostPart
from planner.cost.part_sums import joint_input_share, sum_of
from planner.placement.options import Option, Overflow, Side
from planner.placement.shared import rank
from planner.profiles.performance import ModelPerformance
from planner.scenario import Fleet, Scenario, contention_cap
from planner.service.device import device_service
from planner.service.figures import Service
from planner.service.queues.uneven_demand import local_share
from planner.workload.task_classes import TaskClass

NEGLIGIBLE = 1e-6  # of requests: nothing is said to go elsewhere


@dataclass(frozen=True)
class OwnDevices:
    """How devices of their own serve users who ask unlike much."""

    service: Service | None  # of what the devices take
    beyond: Quantity | None = None  # share of requests that they may not take; None: none, or nobody stated the spread
    to: Option | None = None  # where that goes; None: it may go nowhere

    @property
    def kept(self) -> Ends:
        """The share of requests that runs on the devices: in the cheapest case least goes elsewhere."""
        if self.beyond is None or self.to is None:
            return sure(1.0)
        gone = ends(self.beyond)
        return Ends(1 - gone.high, 1 - gone.value, 1 - gone.low)

    @property
    def overflow(self) -> Overflow | None:
        """What goes elsewhere, for the option to say."""
        if self.beyond is None or self.to is None:
            return None
        return Overflow(sku=self.to.model, target=self.to.target, share=self.beyond)


def served_on_own(
    scenario: Scenario,
    task_class: TaskClass,
    fleet: Fleet,
    performance: ModelPerformance,
    *,
    elsewhere: Iterable[Option],
    is_personal: bool,
) -> OwnDevices:
    """The class on the fleet, where each user has a device: what heavy users ask beyond the cap overflows.

    Demand is lognormal over users with the stated spread; a device takes of the class at most the cap of its active
    hours (economics.md §1), as if the class had the device to itself: several classes under one cap do not come
    apart. The rest goes to the cheapest of `elsewhere` that the class is allowed, and to nothing that breaks one of
    its constraints. Users of a shared fleet even out.
    """
    alike = device_service(performance, task_class, scenario.workload, fleet.count)
    spread = scenario.assumptions.demand_spread
    if alike is None or spread is None or not is_personal or not alike.utilization:
        return OwnDevices(alike)
    beyond = _beyond(alike.utilization, contention_cap(scenario, fleet), spread, alike.service_s.basis)
    if beyond.bounds[1] < NEGLIGIBLE:
        return OwnDevices(alike)
    metered = [option for option in elsewhere if option.side is Side.DATACENTER and option.capacity is None]
    target = min((option for option in metered if option.feasible), key=rank, default=None)
    if target is None:
        return OwnDevices(alike, beyond)
    fewer = task_class.model_copy(update={"requests_per_day": task_class.requests_per_day * (1 - beyond.value)})
    return OwnDevices(device_service(performance, fewer, scenario.workload, fleet.count), beyond, target)


def kept_parts(parts: Sequence[CostPart], own: OwnDevices) -> tuple[CostPart, ...]:
    """Of every part what the requests cause that stay on the devices."""
    if own.overflow is None:
        return tuple(parts)
    kept = own.kept
    return tuple(
        part.model_copy(
            update={
                "usd_per_request": part.usd_per_request * kept.value,
                "low_usd": part.low_usd * kept.low,
                "high_usd": part.high_usd * kept.high,
            }
        )
        for part in parts
    )


def kept_figure(usd: Quantity | None, own: OwnDevices) -> Quantity | None:
    """The same of one figure."""
    if usd is None or own.overflow is None:
        return usd
    low, high = usd.bounds
    value = usd.value * own.kept.value
    return usd.model_copy(update={"value": value, "low": low * own.kept.low, "high": high * own.kept.high})


def overflow_parts(own: OwnDevices) -> tuple[CostPart, ...]:
    """What requests beyond the cap cost where they go, on every request of the class."""
    if own.beyond is None or own.to is None or own.to.cost is None:
        return ()
    rows = own.to.cost.parts
    each = sum_of(rows)
    usd = each * ends(own.beyond)
    part = CostPart(
        name=overflow_name(own.to.model),
        usd_per_request=usd.value,
        low_usd=usd.low,
        high_usd=usd.high,
        basis=weakest(own.beyond.basis, *(row.basis for row in rows)),
        how=(
            f"{text.share(own.beyond.value)} of requests, beyond what their users' devices may take, "
            f"at {text.money(each.value)} each"
        ),
        driver="token_price",
        input_share=joint_input_share(rows),
    )
    return (part,)


def overflow_name(sku: str) -> str:
    """What the part of the bill is called that pays for what overflows."""
    return f"overflow to {sku}"


def accepted_of_both(own: OwnDevices, here: Quantity) -> Quantity:
    """The share of results accepted over both models, each for the requests it answers."""
    there = own.to.cost.acceptance if own.to is not None and own.to.cost is not None else None
    if own.beyond is None or there is None or there == here:
        return here
    gone = own.beyond.value
    low, value, high = (mine * (1 - gone) + other * gone for mine, other in zip(ends(here), ends(there), strict=True))
    return Quantity(
        value=value,
        low=low,
        high=high,
        unit="share",
        basis=weakest(here.basis, there.basis, own.beyond.basis),
        source=f"{here.source}; {text.share(gone)} of requests: {there.source}",
    )


def _beyond(mean: float, cap: float, spread: Quantity, basis: Basis) -> Quantity:
    """1 − E[min(X, K)]/E[X]: the more unlike users are, the more is beyond."""
    low, value, high = (max(0.0, 1 - local_share(mean, cap, cv)) for cv in ends(spread))
    return Quantity(
        value=value,
        low=min(low, value),
        high=max(high, value),
        unit="share",
        basis=weakest(spread.basis, basis, Basis.ESTIMATED),
        source=f"lognormal demand a user, coefficient of variation {text.significant(spread.value)}: {spread.source}",
        as_of=spread.as_of,
    )

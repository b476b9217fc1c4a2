"""What an hour served on spot machines costs once interruptions, lost work and fallback are in it (prices.md §2)."""

from __future__ import annotations

from planner.basis import Basis, Quantity, weakest
from planner.prices.kinds.instance import Interruption

ASSUMED_RESTARTS = Quantity(
    value=0.1,
    low=0.0,
    high=0.3,
    unit="count",
    basis=Basis.ASSUMED,
    source="assumed: the vendor states no interruption rate",
)
ASSUMED_LOST_SHARE = Quantity(
    value=0.5,
    low=0.0,
    high=1.0,
    unit="share",
    basis=Basis.ASSUMED,
    source="assumed: without checkpoints an interruption comes halfway through the work on average",
)
ASSUMED_FALLBACK_SHARE = Quantity(
    value=0.1,
    low=0.0,
    high=0.3,
    unit="share",
    basis=Basis.ASSUMED,
    source="assumed: hours in which no spot machine is to be had",
)


def restarts_per_run(interruption: Interruption | None) -> Quantity:
    """Restarts of a run a month long: the middle of the vendor's bucket, its ends as the interval.

    AWS's bucket is the share of instances reclaimed in the trailing month (Spot Instance Advisor); a shorter run is
    interrupted as much less often as it is shorter, and loses the same share of itself, so the product stays.
    """
    if interruption is None:
        return ASSUMED_RESTARTS
    low, high = sorted((interruption.share_low, interruption.share_high))
    return Quantity(
        value=(low + high) / 2,
        low=low,
        high=high,
        unit="count",
        basis=Basis.PUBLISHED,
        source="the vendor's interruption bucket, of running machines in a month",
    )


def spot_usd_per_h(
    spot: Quantity, on_demand: Quantity, restarts: Quantity, lost_share: Quantity, fallback_share: Quantity
) -> Quantity:
    """USD for an hour of work done: (1 − f)·spot·(1 + restarts·lost) + f·on-demand.

    `restarts` is per run, `lost_share` of a run for each of them, `fallback_share` f of the hours served on demand.
    This is prices.md §2, spot·(1 + restarts·lost/run) + fallback·on-demand for an hour on spot, divided by the hours
    both serve together: f = fallback/(1 + fallback). It lies between the spot and the reworked or on-demand price.
    """
    low = _hour(spot.bounds[0], on_demand.bounds[0], restarts.bounds[0], lost_share.bounds[0], fallback_share.bounds)
    high = _hour(spot.bounds[1], on_demand.bounds[1], restarts.bounds[1], lost_share.bounds[1], fallback_share.bounds)
    shares = (fallback_share.value, fallback_share.value)
    value = _hour(spot.value, on_demand.value, restarts.value, lost_share.value, shares)[0]
    return Quantity(
        value=value,
        low=min(value, *low),
        high=max(value, *high),
        unit="USD/h",
        basis=weakest(spot.basis, on_demand.basis, restarts.basis, lost_share.basis, fallback_share.basis),
        source=spot.source,
        as_of=spot.as_of,
    )


def _hour(
    spot: float, on_demand: float, restarts: float, lost: float, fallback: tuple[float, float]
) -> tuple[float, float]:
    """At both ends of the fallback share: which of them is dearer depends on the prices."""
    worked = spot * (1 + restarts * lost)
    first, second = ((1 - share) * worked + share * on_demand for share in fallback)
    return first, second

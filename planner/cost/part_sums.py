"""Sums of cost parts: what lines of a bill add up to, and what input tokens bear of them."""

from __future__ import annotations

from collections.abc import Sequence

from planner.basis import Quantity, weakest
from planner.cost.ends import Ends
from planner.cost.figures import CostPart
from planner.units import Unit


def joint_input_share(parts: Sequence[CostPart]) -> float | None:
    """What input tokens bear of all these parts together; None where one of them is borne by no token."""
    known = [part.input_share for part in parts if part.input_share is not None]
    whole = sum(part.usd_per_request for part in parts)
    if len(known) < len(parts) or not whole:
        return None
    return sum(part.usd_per_request * share for part, share in zip(parts, known, strict=True)) / whole


def sum_of(parts: Sequence[CostPart]) -> Ends:
    """Cheapest case, figure and dearest case of the parts together, USD per request."""
    return Ends(
        sum(part.low_usd for part in parts),
        sum(part.usd_per_request for part in parts),
        sum(part.high_usd for part in parts),
    )


def total(parts: Sequence[CostPart]) -> Quantity:
    """The parts together as one figure, as well known as the least known that costs anything."""
    paid = [part for part in parts if part.high_usd] or parts  # hardware that is sunk adds no doubt
    usd = sum_of(parts)
    return Quantity(
        value=usd.value,
        unit="USD/request",
        basis=weakest(*(part.basis for part in paid)),
        low=usd.low,
        high=usd.high,
    )


def running(parts: Sequence[CostPart]) -> list[CostPart]:
    """All parts but those of the device's own price."""
    return [part for part in parts if part.driver != "device_price"]


def share_of(part: CostPart, share: float) -> CostPart:
    """So much of a part."""
    return part.model_copy(
        update={
            "usd_per_request": part.usd_per_request * share,
            "low_usd": part.low_usd * share,
            "high_usd": part.high_usd * share,
        }
    )


def scaled(figure: Quantity, factor: float, unit: Unit) -> Quantity:
    """The figure times a positive factor, in another unit, interval and provenance kept."""
    low, high = figure.bounds
    return Quantity(
        value=figure.value * factor,
        unit=unit,
        basis=figure.basis,
        low=low * factor,
        high=high * factor,
        source=figure.source,
        as_of=figure.as_of,
    )

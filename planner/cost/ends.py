"""The ends of a cost's interval: each one consistent case, cheapest and dearest, with the figure between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.basis import Quantity


@dataclass(frozen=True)
class Ends:
    """A figure in the cheapest case, as estimated, and in the dearest case; arithmetic keeps the cases apart."""

    low: float
    value: float
    high: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.value, self.high))

    def __add__(self, other: Ends) -> Ends:
        return Ends(*(a + b for a, b in zip(self, other, strict=True)))

    def __mul__(self, other: Ends) -> Ends:
        return Ends(*(a * b for a, b in zip(self, other, strict=True)))

    def over(self, other: Ends) -> Ends:
        """Divided by a figure that makes it cheaper the larger it is."""
        return Ends(self.low / other.high, self.value / other.value, self.high / other.low)

    def times(self, factor: float) -> Ends:
        """Times a number that is known exactly."""
        return Ends(*(each * factor for each in self))


def ends(figure: Quantity) -> Ends:
    """The interval of a figure that makes a cost dearer the larger it is."""
    low, high = figure.bounds
    return Ends(low, figure.value, high)


def sure(value: float) -> Ends:
    """A number that is known exactly."""
    return Ends(value, value, value)

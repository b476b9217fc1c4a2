"""What is to be placed: demands with ways to serve them, what ways share, and what must be paid once or by the unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

WHOLE_SHARE = 1e-8  # a share, load or overrun this small (of its limit) is rounding


@dataclass(frozen=True)
class Way:
    """One way to serve a demand in full; at a share of it, cost and uses are that share, charges are whole."""

    name: str
    usd: float
    uses: Mapping[str, float] = field(default_factory=dict[str, float])  # of limits and units, by name
    charges: frozenset[str] = frozenset()  # what must be paid or held as soon as this way is used at all
    over_usd: Mapping[str, float] = field(default_factory=dict[str, float])
    """By units: what this whole demand would cost more than `usd_per_load_over` says, were all of it to go over."""
    user: str = ""  # who uses units that are priced by their users: the demand's name
    peaks: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    """By units: how many this way alone needs in each of some hours, the same hours for all ways on them."""


@dataclass(frozen=True)
class Demand:
    """What has to be served: by one way, or shared by at most `homes` of them."""

    name: str
    ways: tuple[Way, ...]
    homes: int = 1


@dataclass(frozen=True)
class Charge:
    """Paid once however many ways need it: a fleet in use, a model kept resident; it may hold some of a limit."""

    name: str
    usd: float
    holds: Mapping[str, float] = field(default_factory=dict[str, float])  # of limits, by name


@dataclass(frozen=True)
class Limit:
    """An amount that all ways and charges share: hours of a device, its memory."""

    name: str
    amount: float


@dataclass(frozen=True)
class Block:
    """A share of the hours, and the load in them as a multiple of the mean hour's."""

    share_of_hours: float
    relative_load: float


ALL_HOURS = (Block(1.0, 1.0),)


@dataclass(frozen=True)
class Units:
    """Capacity that comes in whole units; what they do not hold goes over at a price, where there is one.

    Used at all, `spare` units that carry nothing and at least `least` that do are bought, then further ones by `step`.
    A unit holds `load_per_unit` of a load whose busiest block is the first, so in every block load_per_unit × the
    busiest relative load. What goes over costs the least price `usd_per_load_over`, and of what the demands would cost
    more (`Way.over_usd`) the same share as of their load: all of them go over alike.
    """

    name: str
    usd_per_unit: float
    load_per_unit: float
    most: int | None  # that can be had, spare ones among them; None: any number
    usd_per_load_over: float | None = None  # None: nothing may go over
    usd_per_load: float = 0.0  # what carrying it adds
    least: int = 0
    step: int = 1
    spare: int = 0
    blocks: tuple[Block, ...] = ALL_HOURS  # busiest first; shares sum to 1, and so do shares × relative loads
    priced: Callable[[frozenset[str]], tuple[int, float]] | None = None
    """Units and their cost by who uses them, where loads do not simply add up: never less than all of the above and
    the hours of `Way.peaks` say, nor less for more users. Only for demands with one home."""


@dataclass(frozen=True)
class Problem:
    """Place every demand: fewest without a way, then least overrun of limits, then least cost."""

    demands: tuple[Demand, ...]
    limits: tuple[Limit, ...] = ()
    charges: tuple[Charge, ...] = ()
    units: tuple[Units, ...] = ()
    budget_usd: float | None = None
    barred: tuple[Mapping[str, str], ...] = ()  # whole choices (way by demand) that must not be made again


Shares = Mapping[str, Mapping[str, float]]
"""Share of each way used, by demand and way; a demand that no way serves is left out."""


@dataclass(frozen=True)
class Solution:
    """What was chosen, and how sure it is that nothing is better."""

    shares: Shares
    unplaced: int
    overrun: float  # sum over all limits of the part by which each is exceeded; 0: everything fits
    usd: float
    gap_usd: float  # nothing that places as many with as little overrun costs less than usd − gap
    nodes: int  # of the search tree
    proven: bool  # the gap is nothing but rounding

    @property
    def homes(self) -> dict[str, str]:
        """The way with the largest share of each demand."""
        return {name: min(ways, key=lambda way: (-ways[way], way)) for name, ways in self.shares.items()}


def chosen_ways(problem: Problem, shares: Shares) -> list[tuple[Way, float]]:
    """Every way in use with its share, in the order of the demands."""
    return [
        (way, shares[demand.name][way.name])
        for demand in problem.demands
        if demand.name in shares
        for way in demand.ways
        if shares[demand.name].get(way.name, 0.0) > 0
    ]

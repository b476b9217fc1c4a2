"""Capacity that comes in whole units: how many a volume needs, what they cost, what they leave over."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.cost.token_load import LoadBlock

TOLERANCE = 1e-9  # a volume that fills units to the last digit needs no further one


@dataclass(frozen=True)
class UnitEconomics:
    """cost(V) = min over n of n·fixed + V·variable + overflow(V, n)·price; without a price n carries everything.

    Volumes are multiples of one reference load. A unit carries `volume_per_unit` of it with its headroom kept in the
    busiest hour; in a block of hours with relative load r it carries volume_per_unit × r_max.
    """

    fixed_usd_per_unit_month: float
    volume_per_unit: float
    least_units: int  # fewest that are sold, spare ones not among them
    step_units: int
    spare_units: int
    variable_usd_per_volume: float
    overflow_usd_per_volume: float | None  # None: what is too much needs another unit
    blocks: tuple[LoadBlock, ...]  # busiest first; shares sum to 1, and so do shares × relative loads

    def units_for(self, volume: float) -> int:
        """Units bought for this volume, spare ones included; none for none.

        With an overflow price the number that costs least: n·fixed + overflow·price is convex in n with kinks where a
        block just fits, so the best whole number lies beside a kink or at the end (newsvendor).
        """
        if volume <= 0:
            return 0
        whole = self._stepped(volume / self.volume_per_unit)
        if self.overflow_usd_per_volume is None:
            return whole + self.spare_units
        candidates = {self._stepped(0.0), whole}
        for block in self.blocks:
            fits = volume * block.relative_load / (self.volume_per_unit * self._peak)
            above = self._stepped(fits)
            candidates |= {above, max(self._stepped(0.0), above - self.step_units)}
        best = min(sorted(candidates), key=lambda units: self.usd_per_month(volume, units + self.spare_units))
        return best + self.spare_units

    def overflow_volume(self, volume: float, units: int) -> float:
        """What these units (spare ones carry nothing) cannot take, block by block: Σ share·max(0, V·r − n·K·r_max)."""
        working = max(0, units - self.spare_units)
        room = working * self.volume_per_unit * self._peak
        loads = [(block.share_of_hours, volume * block.relative_load) for block in self.blocks]
        return sum(share * (load - room) for share, load in loads if load > room * (1 + TOLERANCE))

    def usd_per_month(self, volume: float, units: int | None = None) -> float:
        """USD a month for this volume on these units, or on those it needs."""
        bought = self.units_for(volume) if units is None else units
        spilled = self.overflow_volume(volume, bought) if self.overflow_usd_per_volume is not None else 0.0
        carried = (volume - spilled) * self.variable_usd_per_volume
        return bought * self.fixed_usd_per_unit_month + carried + spilled * (self.overflow_usd_per_volume or 0.0)

    def kinks(self, units: int) -> tuple[float, ...]:
        """Volumes at which a block of hours fills these units, ascending: beyond each their overflow grows faster."""
        room = max(0, units - self.spare_units) * self.volume_per_unit * self._peak
        return tuple(room / block.relative_load for block in self.blocks if block.relative_load > 0)

    @property
    def _peak(self) -> float:
        return self.blocks[0].relative_load

    def _stepped(self, needed: float) -> int:
        """Whole units for a fractional need, from the least sold on in steps."""
        beyond = max(0.0, needed - self.least_units)
        return self.least_units + math.ceil(beyond / self.step_units - TOLERANCE) * self.step_units

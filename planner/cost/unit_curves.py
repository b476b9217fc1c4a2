"""Capacity in whole units as an exact cost curve: over volume, and over a price at one volume."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.cost.curves import ZERO, Curve, crossing, joined, line, lower_envelope
from planner.cost.unit_economics import UnitEconomics

LEAST_STEPS = 64
MOST_STEPS = 512
"""Steps of units a curve is looked at for: at least 64, more where twice today's volume needs them, never over 512."""

Row = tuple[Fraction | None, Fraction, Fraction]


@dataclass(frozen=True)
class _Units:
    """The same economics in exact numbers."""

    fixed: Fraction
    peak_room: Fraction  # what a unit takes in the busiest hour, as a relative load
    per_unit: Fraction
    least: int
    step: int
    spare: int
    variable: Fraction
    spilled: Fraction | None
    blocks: tuple[tuple[Fraction, Fraction], ...]  # share of hours, relative load; busiest first


def _exact(economics: UnitEconomics) -> _Units:
    price = economics.overflow_usd_per_volume
    blocks = tuple((Fraction(each.share_of_hours), Fraction(each.relative_load)) for each in economics.blocks)
    return _Units(
        fixed=Fraction(economics.fixed_usd_per_unit_month),
        peak_room=Fraction(economics.volume_per_unit) * blocks[0][1],
        per_unit=Fraction(economics.volume_per_unit),
        least=economics.least_units,
        step=economics.step_units,
        spare=economics.spare_units,
        variable=Fraction(economics.variable_usd_per_volume),
        spilled=None if price is None else Fraction(price),
        blocks=tuple(block for block in blocks if block[1] > 0),
    )


def volume_curve(economics: UnitEconomics, present: float = 1.0) -> Curve:
    """cost(V) = min over n of n·fixed + V·variable + overflow(V, n)·price; without a price n carries everything.

    Nothing is bought for no volume. With an overflow price more units pay off one step after the other (the saving of
    a further step falls with n and grows with V), so the envelope is found by walking n upwards.
    """
    units = _exact(economics)
    return _stepped(units, present) if units.spilled is None else _spilling(units, units.spilled, present)


def _steps_looked_at(units: _Units, present: float) -> int:
    needed = math.ceil(2 * Fraction(present) / (units.per_unit * units.step))
    return min(MOST_STEPS, max(LEAST_STEPS, needed))


def _stepped(units: _Units, present: float) -> Curve:
    rows: list[Row] = []
    for number in range(_steps_looked_at(units, present)):
        working = units.least + number * units.step
        rows.append((working * units.per_unit, (working + units.spare) * units.fixed, units.variable))
    return joined(ZERO, rows, "range")


def _spilling(units: _Units, price: Fraction, present: float) -> Curve:
    found: list[Row] = []
    start, working = ZERO, units.least
    for _ in range(_steps_looked_at(units, present)):
        rows = _rows(units, price, working)
        further = _rows(units, price, working + units.step)
        end = _first_meeting(rows, further)
        found += _clipped(rows, start, end)
        if end is None:
            return joined(ZERO, found)
        start, working = max(start, end), working + units.step
    return joined(ZERO, found, "range")


def _rows(units: _Units, price: Fraction, working: int) -> list[Row]:
    """What so many working units cost over volume, the overflow of each block of hours beginning at its own kink."""
    room = working * units.peak_room
    intercept, slope = (working + units.spare) * units.fixed, units.variable
    rows: list[Row] = []
    for share, load in units.blocks:
        rows.append((room / load, intercept, slope))
        intercept -= (price - units.variable) * share * room
        slope += (price - units.variable) * share * load
    return [*rows, (None, intercept, slope)]


def _first_meeting(rows: Sequence[Row], further: Sequence[Row]) -> Fraction | None:
    """The volume from which a further step of units costs less; None: it never does."""
    fewer, more = joined(ZERO, rows), joined(ZERO, further)
    start = ZERO
    for place in [*sorted({*fewer.places, *more.places} - {ZERO}), None]:
        inside = start + 1 if place is None else place
        first, second = fewer.piece_before(inside), more.piece_before(inside)
        assert first is not None
        assert second is not None
        behind = first.at(start) - second.at(start)
        if behind > 0 or (behind == 0 and second.slope < first.slope):
            return start
        met = crossing(first, second, start, place)
        if met is not None and second.slope < first.slope:
            return met
        if place is not None:
            start = place
    return None


def _clipped(rows: Sequence[Row], start: Fraction, end: Fraction | None) -> list[Row]:
    kept: list[Row] = []
    for stop, intercept, slope in rows:
        if stop is not None and stop <= start:
            continue
        if end is not None and (stop is None or stop >= end):
            kept.append((end, intercept, slope))
            break
        kept.append((stop, intercept, slope))
    return kept


def price_curve(at_zero: UnitEconomics, at_one: UnitEconomics, volume: float = 1.0) -> Curve:
    """The same volume over a price x of which fixed, variable or overflow costs are straight lines.

    Given are the economics at x = 0 and at x = 1. Units are what costs least at each x: of the counts beside the
    kinks in n, which stand where a block of hours just fits, whatever the prices are (newsvendor).
    """
    first, second = _exact(at_zero), _exact(at_one)
    need = Fraction(volume)
    if need <= 0:
        return line(0, 0)
    curves = [
        (str(working), line(low, high - low))
        for working in _counts(first, need)
        for low, high in [(_usd(first, need, working), _usd(second, need, working))]
    ]
    return lower_envelope(curves).curve


def _counts(units: _Units, volume: Fraction) -> tuple[int, ...]:
    whole = _up(units, volume / units.per_unit)
    if units.spilled is None:
        return (whole,)
    beside: set[int] = {units.least, whole}
    for _, load in units.blocks:
        above = _up(units, volume * load / units.peak_room)
        beside |= {above, max(units.least, above - units.step)}
    return tuple(sorted(beside))


def _up(units: _Units, needed: Fraction) -> int:
    return units.least + math.ceil(max(ZERO, needed - units.least) / units.step) * units.step


def _usd(units: _Units, volume: Fraction, working: int) -> Fraction:
    room = working * units.peak_room
    spilled = ZERO
    if units.spilled is not None:
        spilled = sum((share * max(ZERO, volume * load - room) for share, load in units.blocks), ZERO)
    carried = volume - spilled
    return (working + units.spare) * units.fixed + carried * units.variable + spilled * (units.spilled or ZERO)

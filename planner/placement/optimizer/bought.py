"""How many whole units a load needs for least, and what they, the load they carry and what goes over them cost."""

from __future__ import annotations

import math

from planner.placement.optimizer.problem import WHOLE_SHARE, Units


def units_bought(units: Units, load: float, over_usd: float = 0.0) -> tuple[int, float]:
    """Units and their cost for a load; `over_usd` is what all of it would cost more than the least price over them.

    n·price + over(n)·(price over − price carried) is convex in n with kinks where a block of hours just fits, so the
    best whole number lies beside a kink or at an end.
    """
    if load <= 0:
        return 0, 0.0
    price = units.usd_per_load_over
    if price is None:
        number = units.spare + _stepped(units, load / units.load_per_unit)
        return number, number * units.usd_per_unit + load * units.usd_per_load
    price += over_usd / load
    costs = [(_usd(units, load, price, number), number) for number in _candidates(units, load)]
    usd, number = min(costs)
    return number, usd


def least_usd(units: Units, load: float, over_usd: float = 0.0) -> float:
    """What the rows of the program say a load costs: never more than it does.

    It is exactly that unless going over costs less than being carried: then all is taken at that price.
    """
    price = units.usd_per_load_over
    if load <= 0 or price is None:
        return units_bought(units, load)[1]
    base, more = base_usd_per_load(units), over_usd_per_load(units) + over_usd / load
    return load * base + min(
        number * units.usd_per_unit + more * load_over(units, load, number) for number in _candidates(units, load)
    )


def base_usd_per_load(units: Units) -> float:
    """What every load costs at least, carried or over."""
    return units.usd_per_load if units.usd_per_load_over is None else min(units.usd_per_load, units.usd_per_load_over)


def over_usd_per_load(units: Units) -> float:
    """What going over adds to that at least."""
    return max(0.0, (units.usd_per_load_over or 0.0) - units.usd_per_load)


def load_over(units: Units, load: float, number: int) -> float:
    """What so many units (spare ones carry nothing) do not hold, block by block."""
    room = max(0, number - units.spare) * units.load_per_unit * units.blocks[0].relative_load
    return math.fsum(
        block.share_of_hours * (load * block.relative_load - room)
        for block in units.blocks
        if load * block.relative_load > room
    )


def most_steps(units: Units) -> int | None:
    """Steps beyond the least that can be had; None: any number."""
    return None if units.most is None else max(0, (units.most - units.spare - units.least) // units.step)


def _usd(units: Units, load: float, price: float, number: int) -> float:
    over = load_over(units, load, number)
    return math.fsum((number * units.usd_per_unit, (load - over) * units.usd_per_load, over * price))


def _candidates(units: Units, load: float) -> list[int]:
    least, steps = units.least, most_steps(units)
    working = {least}
    for block in units.blocks:
        above = _stepped(units, load * block.relative_load / (units.load_per_unit * units.blocks[0].relative_load))
        working |= {above, max(least, above - units.step)}
    if steps is not None:
        working = {min(number, least + steps * units.step) for number in working}
    return sorted(units.spare + number for number in working)


def _stepped(units: Units, needed: float) -> int:
    """Whole units for a fractional need, from the least sold on in steps."""
    return units.least + math.ceil(max(0.0, needed - units.least) / units.step - WHOLE_SHARE) * units.step

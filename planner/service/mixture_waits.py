"""The wait at one server whose service times are a few constants, as a whole distribution and not by its mean alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.service.queues.single_server import ServiceClass

CELLS = 800  # of a time that holds the percentile, and a quarter of which does not: half a percent of it each, at most
REACH = 4.0  # shortest service times; four times as far until the percentile lies inside

Floats = NDArray[np.float64]


def wait_percentile_s(first: Sequence[ServiceClass], later: Sequence[ServiceClass], percentile: float) -> float:
    """The percentile of the wait of those who are served first, in order of arrival; the load of `first` is below 1.

    The wait in M/G/1 is a geometric number of residual service times (Pollaczek-Khinchine), summed by Panjer's
    recursion (1981) on a grid; beside a rank that goes later and is not interrupted a residual of that is added, with
    probability ρ_later/(1 − ρ_first), ρ_later at most what is left (Cobham 1954, whose mean this has). Service times
    are taken as constant. Exact but for the grid.
    """
    ahead, behind = _load(first), min(_load(later), 1 - _load(first))
    if ahead + behind <= 1 - percentile:
        return 0.0
    upto_s = REACH * min(each.mean_s for each in (*first, *later) if each.load > 0)
    while True:
        step_s = upto_s / CELLS
        mass = _waits(first, ahead, step_s)
        if behind > 0:
            mass = np.convolve(mass, _left_of(later, behind / (1 - ahead), step_s))[: CELLS + 1]
        reached = np.cumsum(mass)
        if reached[-1] >= percentile:
            return _between(reached, percentile) * step_s
        upto_s *= REACH


def _load(classes: Sequence[ServiceClass]) -> float:
    return sum(each.load for each in classes)


def _waits(classes: Sequence[ServiceClass], load: float, step_s: float) -> Floats:
    """Mass of the wait in each cell where only these classes come: g(n) ∝ Σ f(j)·g(n − j)."""
    found = np.zeros(CELLS + 1)
    if load == 0:
        found[0] = 1.0
        return found
    residual = _residual(classes, load, step_s)
    factor = load / (1 - load * residual[0])
    found[0] = (1 - load) / (1 - load * residual[0])
    for cell in range(1, CELLS + 1):
        found[cell] = factor * float(residual[1 : cell + 1] @ found[cell - 1 :: -1])
    return found


def _left_of(classes: Sequence[ServiceClass], share: float, step_s: float) -> Floats:
    """Mass of what is left of a service in progress, met by this share of arrivals."""
    found = _residual(classes, _load(classes), step_s) * share
    found[0] += 1 - share
    return found


def _residual(classes: Sequence[ServiceClass], load: float, step_s: float) -> Floats:
    """Mass of the time left of a service in progress: even over each constant, in the share of the load it makes up."""
    ends_s = (np.arange(CELLS + 1) + 0.5) * step_s
    shares = [np.minimum(ends_s / each.mean_s, 1.0) * (each.load / load) for each in classes if each.load > 0]
    return np.diff(np.sum(shares, axis=0), prepend=0.0)


def _between(reached: Floats, percentile: float) -> float:
    """The cell of the percentile, and how far into it: a cell's mass lies evenly about its middle."""
    cell = int(np.searchsorted(reached, percentile))
    if cell == 0:
        return 0.0
    before = float(reached[cell - 1])
    return cell - 0.5 + (percentile - before) / (float(reached[cell]) - before)

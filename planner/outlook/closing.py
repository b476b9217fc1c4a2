"""The one sentence a recommendation ends in: between which figures, each by itself, the class stays on its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner import text
from planner.outlook.flip_points import Flip
from planner.placement.easing import Easing, joined
from planner.placement.options import Placement, Side

WINS = {Side.EDGE: "Local wins", Side.DATACENTER: "The data center wins"}
ONLY = {Side.EDGE: "Only local is allowed", Side.DATACENTER: "Only the data center is allowed"}


def closing_sentence(placement: Placement, flips: Sequence[Flip], easings: Sequence[Easing] = ()) -> str:
    """«Local wins while the price is at least $p/Mtok, volume within [v1, v2] a day and quality failures at most x %.»

    What never flips the class is told with how far it was looked.
    """
    chosen = placement.chosen
    if chosen is None:
        nearest = easings[0].sentence if easings else ""
        return " ".join(filter(None, ("Nothing is allowed.", placement.other_side, nearest)))
    if placement.regret_usd_per_year is None:
        return f"{ONLY[chosen.side]}, whatever it costs. {placement.other_side}".strip()
    by_driver = {each.driver: each for each in flips}
    told = [
        clause(by_driver[key])
        for key, clause in (("token_prices", _price), ("volume", _volume), ("acceptance", _failures))
        if key in by_driver
    ]
    bound, unbound = [each.bound for each in told if each.bound], [each.unbound for each in told if each.unbound]
    while_ = f" while {joined(bound)}" if bound else ""
    whatever = f"{',' if bound else ''} whatever {joined(unbound)}" if unbound else ""
    return f"{WINS[chosen.side]}{while_}{whatever}{', each by itself' if len(told) > 1 else ''}."


@dataclass(frozen=True)
class _Clause:
    """Between which figures the class stays on its side, or how far was looked where it always does."""

    bound: str = ""
    unbound: str = ""


def _price(flip: Flip) -> _Clause:
    bounds = [
        f"{words} {text.in_unit(point.figure, flip.unit)}"
        for words, point in (("at least", flip.side_down), ("at most", flip.side_up))
        if point is not None
    ]
    if bounds:
        return _Clause(bound=f"the price is {' and '.join(bounds)}")
    least, most = text.in_unit(flip.least, flip.unit), text.in_unit(flip.most, flip.unit)
    return _Clause(unbound=f"the price (from {least} to {most})")


def _volume(flip: Flip) -> _Clause:
    least, most = flip.side_down, flip.side_up
    if least is not None and most is not None:
        return _Clause(bound=f"volume is within [{text.number(least.figure)}, {text.number(most.figure)}] a day")
    if least is not None:
        return _Clause(bound=f"volume is at least {text.number(least.figure)} a day")
    if most is not None:
        return _Clause(bound=f"volume is at most {text.number(most.figure)} a day")
    return _Clause(unbound=f"the volume (from {text.number(flip.least)} to {text.number(flip.most)} a day)")


def _failures(flip: Flip) -> _Clause:
    """Of the results on devices: one more failure is one fewer accepted."""
    least, most = flip.side_down, flip.side_up
    bounds = [
        f"{words} {text.share(1 - point.figure)}"
        for words, point in (("at least", most), ("at most", least))
        if point is not None
    ]
    if bounds:
        return _Clause(bound=f"quality failures on devices are {' and '.join(bounds)}")
    return _Clause(
        unbound=f"the quality failures on devices (from {text.share(1 - flip.most)} to {text.share(1 - flip.least)})"
    )

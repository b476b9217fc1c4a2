"""The one sentence a recommendation ends in: between which figures, each by itself, the class stays on its side."""

from __future__ import annotations

from collections.abc import Sequence

from planner import text
from planner.outlook.flip_points import Flip
from planner.placement.easing import Easing
from planner.placement.options import Placement, Side

WINS = {Side.EDGE: "Local wins", Side.DATACENTER: "The data center wins"}
ONLY = {Side.EDGE: "Only local is allowed", Side.DATACENTER: "Only the data center is allowed"}


def closing_sentence(placement: Placement, flips: Sequence[Flip], easings: Sequence[Easing] = ()) -> str:
    """«Local wins while the price is at least $p/Mtok, volume within [v1, v2] a day, quality failures at most x %.»"""
    chosen = placement.chosen
    if chosen is None:
        nearest = easings[0].sentence if easings else ""
        return " ".join(filter(None, ("Nothing is allowed.", placement.other_side, nearest)))
    if not any(option.feasible and option.side is not chosen.side for option in placement.options):
        return f"{ONLY[chosen.side]}, whatever it costs. {placement.other_side}".strip()
    by_driver = {each.driver: each for each in flips}
    clauses = [
        words(by_driver[key])
        for key, words in (("token_prices", _price), ("volume", _volume), ("acceptance", _failures))
        if key in by_driver
    ]
    told = [each for each in clauses if each]
    if not told:
        return f"{WINS[chosen.side]}."
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"{WINS[chosen.side]} while {listed}, each by itself."


def _price(flip: Flip) -> str:
    return f"the price is {_within(flip, 'at least', 'at most')}"


def _volume(flip: Flip) -> str:
    least, most = flip.side_down, flip.side_up
    if least is not None and most is not None:
        return f"volume is within [{text.number(least.figure)}, {text.number(most.figure)}] a day"
    if least is not None:
        return f"volume is at least {text.number(least.figure)} a day"
    if most is not None:
        return f"volume is at most {text.number(most.figure)} a day"
    return f"volume is anything from {text.number(flip.least)} to {text.number(flip.most)} a day"


def _failures(flip: Flip) -> str:
    """Of the local model's results: one more failure is one fewer accepted."""
    least, most = flip.side_down, flip.side_up
    if least is not None and most is not None:
        return f"quality failures are {text.share(1 - most.figure)} to {text.share(1 - least.figure)}"
    if least is not None:
        return f"quality failures are at most {text.share(1 - least.figure)}"
    if most is not None:
        return f"local quality failures are at least {text.share(1 - most.figure)}"
    return f"quality failures are anything up to {text.share(1 - flip.least)}"


def _within(flip: Flip, least_words: str, most_words: str) -> str:
    least, most = flip.side_down, flip.side_up
    bounds = [
        f"{words} {text.in_unit(point.figure, flip.unit)}"
        for words, point in ((least_words, least), (most_words, most))
        if point is not None
    ]
    if bounds:
        return " and ".join(bounds)
    return f"anything from {text.in_unit(flip.least, flip.unit)} to {text.in_unit(flip.most, flip.unit)}"

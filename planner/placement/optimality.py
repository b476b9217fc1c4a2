"""How sure it is that no other choice costs less, and what one more hour or byte of a device would save."""

from __future__ import annotations

from planner import text
from planner.documents import Frozen
from planner.placement.optimizer.problem import Solution


class Optimality(Frozen):
    """What the search for the cheapest choice came to."""

    proven: bool  # no other choice of the same options costs less
    gap_usd_per_month: float  # at most this much less could another choice cost
    nodes: int  # of the search tree; 0: no search was needed
    overrun: float  # by how much hours and memory are exceeded, each as a share of itself, summed; 0: everything fits
    sentence: str


class ShadowPrice(Frozen):
    """What a little more of something shared would save, found by placing everything anew."""

    resource: str  # "the contention cap" | "the memory of Testbook"
    by: str  # how much more of it
    usd_per_month: float | None  # saved; None where more classes find a place, which no money compares with
    sentence: str


def optimality_of(solution: Solution) -> Optimality:
    """The end of a search, in a value and in words."""
    return Optimality(
        proven=solution.proven,
        gap_usd_per_month=solution.gap_usd,
        nodes=solution.nodes,
        overrun=solution.overrun,
        sentence=_sentence(solution),
    )


def _sentence(solution: Solution) -> str:
    among = " among those that exceed their limits least" if solution.overrun else ""
    if not solution.proven:
        gap = text.money_per_month(solution.gap_usd)
        return f"The search was stopped: another choice{among} could cost up to {gap} less."
    searched = "no search needed" if not solution.nodes else f"{_nodes(solution.nodes)} searched"
    return f"Proven: no other choice of these options{among} costs less (gap {text.money(0)}, {searched})."


def _nodes(number: int) -> str:
    return "1 node" if number == 1 else f"{number:,} nodes"

"""Phrases that several sections share: how a figure is known, where a class runs, how sure a choice is."""

from __future__ import annotations

from planner import text
from planner.basis import Quantity
from planner.placement.options import Option, Side, Sureness
from planner.report.blocks import Cell

POLICIES = {
    "sunk": "sunk: the device is there anyway",
    "incremental": "incremental: only what local inference adds",
    "full_share": "full share: the device's price by share of use",
}

_SURENESS = {
    Sureness.CLEAR: "clear (the dearest case of the choice costs no more than the cheapest on the other side)",
    Sureness.OVERLAP: "too close to call (the intervals of the two sides overlap: measure before deciding)",
    Sureness.ONLY: "with nothing allowed on the other side",
    Sureness.NONE: "without a feasible option",
}


def sureness_words(sureness: Sureness) -> str:
    """What a sureness means, in words that follow a number of classes."""
    return _SURENESS[sureness]


def basis_note(figure: Quantity | None) -> str:
    """«estimated · $38.00 … $61.00»: basis, then the interval where one is known."""
    if figure is None:
        return "a part of it has no price"
    return f"{figure.basis.value} · {_interval(figure) or 'no interval known'}"


def model_words(option: Option) -> str:
    """«llama-3.2-1b int4»."""
    return f"{option.model} {option.weight_format}" if option.weight_format else option.model


def side_words(side: Side) -> str:
    """Where that is."""
    return "device" if side is Side.EDGE else "data center"


def placed_cell(option: Option | None) -> Cell:
    """Where a class runs, marked with the side's colour and word."""
    if option is None:
        return Cell(text="nowhere", detail="no feasible option", strong=True)
    side = side_words(option.side)
    if option.overflow is not None:
        side = f"{side}, {text.share(option.overflow.share.value)} overflows to {option.overflow.sku}"
    return Cell(text=option.target, detail=side, side=option.side)


def figure_cell(figure: Quantity | None) -> Cell:
    """A figure, below it interval and basis; «per month» and its like stand in the column's head."""
    if figure is None:
        return Cell(text=text.UNKNOWN)
    interval = _interval(figure)
    detail = f"{interval} · {figure.basis.value}" if interval else figure.basis.value
    return Cell(text=_bare(figure.value, figure.unit), detail=detail)


def _interval(figure: Quantity) -> str:
    """«low … high»; nothing where none is known or where it would repeat the figure."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = _bare(figure.low, figure.unit), _bare(figure.high, figure.unit)
    return "" if low == high else f"{low} … {high}"


def _bare(value: float, unit: str) -> str:
    """Money without its «per what», which the column's head says; anything else with its unit."""
    return text.money(value) if unit.startswith("USD") else text.in_unit(value, unit)

"""How far each figure may move before a class is placed otherwise, as data: a row a figure and direction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner import text
from ui.tables.columns import Column

if TYPE_CHECKING:  # draws in the optimiser, which loads after the first paint
    from planner.outlook.flip_points import Flip, FlipPoint

FIGURE_PX, TODAY_PX, AT_PX, BECOMES_PX = 230, 170, 200, 200
NOTHING = "–"


@dataclass(frozen=True)
class FlipRow:
    """One figure as it falls, or as it rises, everything else as it is."""

    flip: Flip
    rises: bool

    @property
    def point(self) -> FlipPoint | None:
        """Where the class is placed otherwise; None: nowhere as far as was looked."""
        return self.flip.up if self.rises else self.flip.down

    @property
    def change(self) -> float | None:
        """Of today's figure, as a share; None without a flip point."""
        return None if self.point is None else self.point.factor - 1

    @property
    def ratio(self) -> float:
        """How many times, or the how-manieth part, of today's figure it is: the smallest change has the smallest."""
        factor = None if self.point is None else self.point.factor
        return math.inf if not factor else max(factor, 1 / factor)


def flip_rows(flips: tuple[Flip, ...]) -> tuple[FlipRow, ...]:
    """The smallest change first; a figure that flips nothing in either direction once, last."""
    found = [
        FlipRow(each, rises)
        for each in flips
        for rises, point in ((False, each.down), (True, each.up))
        if point is not None
    ]
    without = [FlipRow(each, rises=False) for each in flips if each.down is None and each.up is None]
    return (*sorted(found, key=lambda row: row.ratio), *without)


def _at(row: FlipRow) -> str:
    flip = row.flip
    if row.point is None and not flip.today:
        return NOTHING
    if row.point is None:  # figures with their units are in the tooltip
        return f"not from ×{text.number(flip.least / flip.today)} to ×{text.number(flip.most / flip.today)}"
    return f"{'above' if row.rises else 'below'} {text.in_unit(row.point.figure, flip.unit)}"


def _change(row: FlipRow) -> str:
    change = row.change
    if change is None:
        return NOTHING
    return f"{'+' if change > 0 else ''}{text.share(change)}"


def _becomes(row: FlipRow) -> str:
    return NOTHING if row.point is None else row.point.becomes or "nowhere"


def _becomes_tip(row: FlipRow) -> str:
    """Every class that is elsewhere then."""
    if row.point is None:
        return row.flip.sentence
    return "\n".join(f"{each.title}: {each.option or 'nowhere'}" for each in row.point.changes)


def _found(row: FlipRow) -> str:
    if row.point is not None and not row.point.verified:
        return "▲ not confirmed"
    return "✓ solved" if row.flip.exact else "≈ searched"


def _found_tip(row: FlipRow) -> str:
    exact = (
        "Solved exactly." if row.flip.exact else "Searched: a change that lasts over less than a tenth may be missed."
    )
    if row.point is None:
        return exact
    confirmed = "places it so" if row.point.verified else "does not place it so"
    return f"{exact} A plan made anew just before and just beyond the flip point {confirmed}."


FLIP_COLUMNS: tuple[Column[FlipRow], ...] = (
    Column(
        "Figure",
        lambda row: row.flip.name[:1].upper() + row.flip.name[1:],
        tooltip=lambda row: row.flip.sentence,
        widest_px=FIGURE_PX,
    ),
    Column(
        "Today",
        lambda row: text.in_unit(row.flip.today, row.flip.unit),
        numeric=True,
        tooltip=lambda row: text.in_unit(row.flip.today, row.flip.unit),
        widest_px=TODAY_PX,
    ),
    Column("Flips at", _at, numeric=True, tooltip=lambda row: row.flip.sentence, widest_px=AT_PX),
    Column(
        "Change",
        _change,
        sort=lambda row: row.change,
        numeric=True,
        hint="Of today's figure, everything else as it is",
    ),
    Column("Then placed on", _becomes, tooltip=_becomes_tip, widest_px=BECOMES_PX),
    Column(
        "How found",
        _found,
        meaning=lambda row: "caution" if row.point is not None and not row.point.verified else None,
        tooltip=_found_tip,
    ),
)

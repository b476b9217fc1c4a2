"""How far a figure may move before a class is placed otherwise, and the one sentence a recommendation ends in."""

from __future__ import annotations

from planner import text

Reach = tuple[float, tuple[float, str | None] | None]
"""How far was looked, and where on the way the class goes to what; None: nowhere on the way."""


def flip_sentence(name: str, unit: str, today: float, down: Reach, up: Reach) -> str:
    """«The price of acme/small: $0.64/Mtok today; below $0.21/Mtok llama-3.2-1b int4 on Testbook; never up to …»."""

    def words(figure: float) -> str:
        return text.in_unit(figure, unit)

    def way(reach: Reach, beyond: str, never: str) -> str:
        furthest, point = reach
        if point is None:
            return f"no change {never} {words(furthest)}" if furthest != today else "it cannot move that way"
        figure, becomes = point
        return f"{beyond} {words(figure)} {becomes or 'nowhere'}"

    head = name[:1].upper() + name[1:]
    return f"{head}: {words(today)} today; {way(down, 'below', 'down to')}; {way(up, 'above', 'up to')}."

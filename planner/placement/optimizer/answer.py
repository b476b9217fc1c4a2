"""What a solver came back with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """A value for every column, or none where there is no choice or none was found."""

    values: list[float] | None
    bound: float  # nothing is smaller
    nodes: int
    stopped: bool  # before it could tell

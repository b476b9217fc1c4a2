"""How a grid of words leaves the window: tab-separated for the clipboard, CSV for a file, neither with formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.csv_cells import csv_text, harmless

Grid = Iterable[Sequence[str]]


def as_tsv(grid: Grid) -> str:
    """Tab-separated lines, for pasting into a spreadsheet or a mail."""
    return "\n".join("\t".join(harmless(" ".join(cell.split())) for cell in line) for line in grid)


def csv_file(grid: Grid) -> bytes:
    """The bytes of a CSV file that a spreadsheet opens as UTF-8."""
    return csv_text(grid).encode()

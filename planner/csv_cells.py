"""CSV that a spreadsheet opens safely: RFC 4180, and no text that would start a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

ACTIVE_FIRST_CHARACTERS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
"""By this at the start of a file a spreadsheet recognises UTF-8."""

Cell = str | int | float | bool | None


def harmless(cell: str) -> str:
    """A cell that a spreadsheet takes as text: one that would start a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(ACTIVE_FIRST_CHARACTERS) else cell


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """The text of a CSV file; numbers keep every digit and their sign, unknown is an empty cell."""
    stream = io.StringIO()
    stream.write(BYTE_ORDER_MARK)
    csv.writer(stream, lineterminator="\r\n").writerows([_spelled(cell) for cell in row] for row in rows)
    return stream.getvalue()


def _spelled(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return harmless(cell)
    return "" if cell is None else repr(cell)

"""A look ahead as a table of months for a spreadsheet: every line of every choice, billed and effective."""

from __future__ import annotations

from collections.abc import Iterator

from planner.csv_cells import Cell
from planner.outlook.horizon_view import HorizonView, Stream


def monthly_rows(view: HorizonView) -> Iterator[tuple[Cell, ...]]:
    """A head, then one row for every month from 0 on; USD throughout. Capacities follow plan and base case."""
    capacities = [(each.capacity, each.stream) for each in view.capacities if each.stream is not None]
    streams = (("plan", view.plan), ("base case", view.base), *capacities)
    yield ("month", "begins", *(f"{name}: {head} (USD)" for name, stream in streams for head in _heads(stream)))
    for month in range(view.months + 1):
        begins = view.begins[month - 1].isoformat() if month else ""
        yield (month, begins, *(usd for _, stream in streams for usd in _month(stream, month)))


def _heads(stream: Stream) -> list[str]:
    lines = [f"{line.kind}, {how}" for line in stream.lines for how in ("billed", "effective")]
    return [*lines, "all, billed", "all, effective", "cumulative billed", "cumulative billed, discounted"]


def _month(stream: Stream, month: int) -> list[float]:
    lines = [usd[month] for line in stream.lines for usd in (line.billed_usd, line.effective_usd)]
    totals = (stream.billed_usd, stream.effective_usd, stream.cumulative_usd, stream.discounted_cumulative_usd)
    return [*lines, *(usd[month] for usd in totals)]

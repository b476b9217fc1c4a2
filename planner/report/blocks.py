"""What a report is made of, whatever it is written as: sections of paragraphs, figures, tables, charts and lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from planner.documents import Frozen
from planner.placement.options import Side
from planner.workload.week import HOURS_PER_WEEK


class Paragraph(Frozen):
    """Plain words."""

    kind: Literal["paragraph"] = "paragraph"
    text: str
    muted: bool = False


class KeyFigure(Frozen):
    """A figure that is read first: what it is, the figure with its unit, and how it is known."""

    label: str
    value: str
    note: str


class Figures(Frozen):
    """Three to five key figures in one line."""

    kind: Literal["figures"] = "figures"
    figures: tuple[KeyFigure, ...]


class Column(Frozen):
    """A table column; the unit of its figures stands in the title or beside every figure."""

    title: str
    numeric: bool = False


class Cell(Frozen):
    """One table cell: words, a smaller line below them, and the side whose colour marks it."""

    text: str
    detail: str = ""
    side: Side | None = None
    strong: bool = False


class Table(Frozen):
    """A captioned table; the first cell of a row is its heading."""

    kind: Literal["table"] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


class Bar(Frozen):
    """One stretch of a bar, with an interval where one is known."""

    name: str
    value: float
    label: str  # the value in words, unit included
    side: Side | None = None
    low: float | None = None
    high: float | None = None


class BarRow(Frozen):
    """One bar; several stretches stand end to end."""

    label: str
    bars: tuple[Bar, ...]
    total: str = ""  # in words, at the end of a bar of several stretches
    empty: str = ""  # why there is no bar


class BarChart(Frozen):
    """Horizontal bars from zero; the title states the finding, the description says it all to a screen reader."""

    kind: Literal["chart"] = "chart"
    title: str
    description: str
    axis: str  # what the length means, with its unit
    unit: str
    rows: tuple[BarRow, ...]
    note: str = ""


class Series(Frozen):
    """One line: its values at 0, 1, 2 … along the axis."""

    name: str
    values: tuple[float, ...] = Field(min_length=2)
    is_reference: bool = False  # what the others are compared with: drawn dashed


class Mark(Frozen):
    """A place on a line that the words speak of."""

    x: int
    y: float
    label: str


class LineChart(Frozen):
    """Lines over evenly spaced steps from zero; the title states the finding, the description says it all."""

    kind: Literal["line_chart"] = "line_chart"
    title: str
    description: str
    x_axis: str
    y_axis: str  # with its unit
    unit: str
    series: tuple[Series, ...] = Field(min_length=1)
    marks: tuple[Mark, ...] = ()
    step: int = 12  # steps between two labels of the x axis
    note: str = ""


class Stretch(Frozen):
    """A straight part of a cost curve, from just beyond its start to its end."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float


class Curve(Frozen):
    """A cost with its kinks and jumps: where a stretch starts higher than the one before ended, it jumps."""

    name: str
    stretches: tuple[Stretch, ...] = Field(min_length=1)
    is_reference: bool = False  # what the other is compared with: drawn dashed
    ends: bool = False  # it can serve no more beyond its last stretch


class Band(Frozen):
    """A stretch of the x axis that the words speak of."""

    from_x: float
    to_x: float
    label: str


class CurveChart(Frozen):
    """Costs over any quantity, exact between kinks and jumps; the title states the finding."""

    kind: Literal["curve_chart"] = "curve_chart"
    title: str
    description: str
    x_axis: str
    y_axis: str  # with its unit
    x_unit: str = "count"
    unit: str
    curves: tuple[Curve, ...] = Field(min_length=1)
    bands: tuple[Band, ...] = ()
    today: float | None = None  # where things stand now
    note: str = ""


class WeekChart(Frozen):
    """An amount in each of the 168 hours of a week, days below each other; the title states the finding."""

    kind: Literal["week_chart"] = "week_chart"
    title: str
    description: str
    unit: str
    values: tuple[float, ...] = Field(min_length=HOURS_PER_WEEK, max_length=HOURS_PER_WEEK)  # Monday 0:00 first
    limit: float = Field(gt=0)  # full colour from here on; what is above it stands out
    limit_name: str  # «cap»
    side: Side | None = None
    note: str = ""


class Bullets(Frozen):
    """Points of equal weight, each a heading and its words."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[tuple[str, str], ...]


Block = Paragraph | Figures | Table | BarChart | LineChart | CurveChart | WeekChart | Bullets


class Section(Frozen):
    """A heading and what stands under it."""

    section_id: str
    title: str
    blocks: tuple[Block, ...]


class Report(Frozen):
    """The whole document; the first section is the decision."""

    title: str
    subtitle: str
    language: Literal["en"] = "en"
    sections: tuple[Section, ...]


def row(*cells: str | Cell) -> tuple[Cell, ...]:
    """A table row from words and cells."""
    return tuple(cell if isinstance(cell, Cell) else Cell(text=cell) for cell in cells)


def table(caption: str, columns: Iterable[str | Column], rows: Iterable[tuple[Cell, ...]], note: str = "") -> Table:
    """A table; a column given as words holds words, `Column(…, numeric=True)` holds figures."""
    heads = tuple(column if isinstance(column, Column) else Column(title=column) for column in columns)
    body = tuple(rows)
    assert all(len(cells) == len(heads) for cells in body), f"{caption}: a row does not fit its columns"
    return Table(caption=caption, columns=heads, rows=body, note=note)


def numeric(*titles: str) -> tuple[Column, ...]:
    """Columns of figures."""
    return tuple(Column(title=title, numeric=True) for title in titles)

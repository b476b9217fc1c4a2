"""Figures with their intervals, one line a category: ● measured, ○ not; a tick for the limit; zero at the left."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFontMetrics, QPen

from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

SYMBOLS = ("o", "s", "t1", "d")  # one a series: shape tells apart what colour alone must not
SERIES_MEANINGS = ("edge", "accent", "winner", "caution")
ROW_PX = 30
AXIS_PX = 64
DOT_PX = 11
LABEL_GAP_PX = 14  # between the last mark of a line and its words
MOST_LABEL_SHARE = 0.62  # of the plot's width: narrower than that, and the marks would crowd
LIMIT_HALF_HEIGHT = 0.36  # of a line
FARTHEST_LIMIT = 1.6  # of the largest figure: a tick farther out would crowd everything else at the left


@dataclass(frozen=True)
class Mark:
    """One figure of one category."""

    category: str
    value: float
    low: float | None
    high: float | None
    solid: bool  # measured
    words: str  # «31.4 tok/s»
    provenance: str  # unit · basis · source · date


@dataclass(frozen=True)
class Limit:
    """The most that could be reached in one category."""

    category: str
    value: float
    words: str  # «memory allows 44.2»
    provenance: str


@dataclass(frozen=True)
class Series:
    """Figures of one thing, for instance one device."""

    name: str
    marks: tuple[Mark, ...]


class IntervalsChart(Chart):
    """Categories from top to bottom; up to four series a category, each with its own shape."""

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__(name, appearance)
        self._unit = ""
        self._categories: tuple[str, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._limits: dict[str, Limit] = {}
        self._labels: list[tuple[float, int]] = []  # where each line's words begin, and how wide they are
        self.plot.getViewBox().sigResized.connect(self._fit_range)

    def show_series(self, finding: str, unit: str, series: tuple[Series, ...], limits: tuple[Limit, ...] = ()) -> None:
        """Show these figures; categories in the order they first appear."""
        self._unit, self._series = unit, series[: len(SYMBOLS)]
        self._limits = {limit.category: limit for limit in limits}
        self._categories = tuple(dict.fromkeys(mark.category for one in self._series for mark in one.marks))
        spoken = "; ".join(
            f"{mark.category}{f', {one.name}' if len(self._series) > 1 else ''}: {mark.words}"
            for one in self._series
            for mark in one.marks
        )
        told = "; ".join(f"{limit.category}: {limit.words}" for limit in limits)
        self.show_chart(finding, "; ".join(part for part in (spoken, told) if part) or "no figures", self._grid())

    def draw(self) -> None:
        """Dots with whiskers and their values in words."""
        plot, count = self.plot, len(self._categories)
        # The axis pens make up the height that the rows leave; a chart of one row must not be a ribbon.
        lanes = max(len(self._series), 1)
        height = AXIS_PX + max(count, 1) * ROW_PX * (1 + 0.5 * (lanes - 1))
        self.plot.setFixedHeight(self.appearance.pixels(height))
        place = {category: count - 1 - row for row, category in enumerate(self._categories)}
        plot.getAxis("left").setTicks([[(y, category) for category, y in place.items()]])
        self.name_axis("bottom", self._unit)
        plot.setYRange(-0.6, max(count, 1) - 0.4, padding=0)
        self._labels = []
        for category, y in place.items():
            if category in self._limits and self._is_near(self._limits[category]):
                self._draw_limit(self._limits[category], y)
        for number, one in enumerate(self._series):
            shift = (number - (lanes - 1) / 2) * -0.8 / lanes if lanes > 1 else 0.0
            self._draw_series(one, number, place, shift)
        self._fit_range()

    def _draw_limit(self, limit: Limit, y: float) -> None:
        pen = pg.mkPen(self.appearance.theme.color("text_muted"), width=2)
        half = LIMIT_HALF_HEIGHT
        self.plot.addItem(pg.PlotDataItem([limit.value, limit.value], [y - half, y + half], pen=pen))

    def _is_near(self, limit: Limit) -> bool:
        return limit.value <= FARTHEST_LIMIT * max(
            mark.high or mark.value for one in self._series for mark in one.marks
        )

    def _fit_range(self) -> None:
        """The shortest scale from zero on which every line's words end inside the plot."""
        width = self.plot.getViewBox().width()
        ends = [mark.high or mark.value for one in self._series for mark in one.marks]
        ends += [limit.value for limit in self._limits.values() if self._is_near(limit)]
        largest = max(ends, default=1.0)
        wanted = [largest * 1.04]
        if width > 0:
            wanted += [at / (1 - min(words / width, MOST_LABEL_SHARE)) for at, words in self._labels]
        self.plot.setXRange(0, max(wanted), padding=0)

    def _draw_series(self, series: Series, number: int, place: dict[str, int], shift: float) -> None:
        color = self.appearance.theme.color(SERIES_MEANINGS[number])
        for mark in series.marks:
            if mark.low is not None and mark.high is not None:
                y = place[mark.category] + shift
                line = pg.PlotDataItem([mark.low, mark.high], [y, y], pen=pg.mkPen(color, width=2))
                self.plot.addItem(line)
        self.plot.addItem(self._dots(series, number, color, place, shift))
        for category, y in place.items():
            marks = [mark for mark in series.marks if mark.category == category]
            if marks:
                self._label(series, marks, y + shift)

    def _label(self, series: Series, marks: list[Mark], y: float) -> None:
        """One label a line, right of its last mark: labels of their own would overlap."""
        words = " · ".join(mark.words for mark in marks)
        named = f"{words}  {series.name}" if len(self._series) > 1 else words
        at = max(mark.high or mark.value for mark in marks)
        limit = self._limits.get(marks[0].category)
        if limit is not None:
            near = self._is_near(limit)
            named = f"{named} · {limit.words}{'' if near else ' →'}"
            at = max(at, limit.value) if near else at
        label = pg.TextItem(named, color=self.appearance.theme.color("text"), anchor=(0, 0.5))
        label.setFont(self.axis_font())
        label.textItem.document().setDocumentMargin(LABEL_GAP_PX)
        label.updateTextPos()
        label.setPos(at, y)
        self._labels.append((at, QFontMetrics(self.axis_font()).horizontalAdvance(named) + 2 * LABEL_GAP_PX))
        self.plot.addItem(label)

    def _dots(self, series: Series, number: int, color: QColor, place: dict[str, int], shift: float) -> object:
        surface = self.appearance.theme.color("surface")
        pen = QPen(color, 2)
        pen.setCosmetic(True)
        return pg.ScatterPlotItem(
            x=[mark.value for mark in series.marks],
            y=[place[mark.category] + shift for mark in series.marks],
            symbol=SYMBOLS[number],
            size=DOT_PX,
            pen=pen,
            brush=[pg.mkBrush(color if mark.solid else surface) for mark in series.marks],
            data=[f"{mark.category}\n{mark.words}\n{mark.provenance}" for mark in series.marks],
            hoverable=True,
            tip=_tip,
        )

    def _grid(self) -> list[list[str]]:
        heads = ["Category", *(["Series"] if len(self._series) > 1 else []), "Value", "Where from"]
        lines = [
            [mark.category, *([one.name] if len(self._series) > 1 else []), mark.words, mark.provenance]
            for one in self._series
            for mark in one.marks
        ]
        series = [""] if len(self._series) > 1 else []
        limits = [[each.category, *series, each.words, each.provenance] for each in self._limits.values()]
        return [heads, *lines, *limits]


def _tip(x: float, y: float, data: str) -> str:
    """What hovering reads; the place is known, only the words are wanted."""
    del x, y
    return data

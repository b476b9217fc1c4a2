"""Amounts as bars from zero, a line each: whole ones to compare, or in parts that add up to what stands at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg
from ui.theme import contrast

ROW_PX = 34
AXIS_PX = 56
THICKNESS = 0.62  # of a line
LABEL_PAD_PX = 8
END_ROOM_PX = 16  # beyond the words at the end of the longest bar
LEAST_SHARE = 0.15  # of the width for the longest bar, however long the words


@dataclass(frozen=True)
class Part:
    """One stretch of a bar."""

    name: str
    value: float
    words: str  # «$929.72»
    meaning: str  # a colour of the theme, by field name
    hatched: bool = False  # tells apart two parts of one colour


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, its parts from the left, the sum in words."""

    label: str
    parts: tuple[Part, ...]
    words: str


@dataclass(frozen=True)
class _Inside:
    """Words within a stretch, shown where the stretch is long enough for them."""

    item: Any
    value: float
    width_px: int


class BarsChart(Chart):
    """Bars from top to bottom in the order given; a name stands inside its stretch where there is room."""

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__(name, appearance)
        self._axis = ""
        self._bars: tuple[Bar, ...] = ()
        self._inside: list[_Inside] = []
        bottom = self.plot.getAxis("bottom")
        bottom.enableAutoSIPrefix(False)
        bottom.setStyle(hideOverlappingLabels=False)  # the zero stands half outside
        self.plot.getAxis("left").setStyle(tickLength=0)
        bottom.tickStrings = self._tick_words
        self.plot.getViewBox().sigResized.connect(self._fit)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is drawn."""
        return self._bars

    def show_bars(self, finding: str, axis: str, bars: tuple[Bar, ...]) -> None:
        """Show these bars; `axis` says what the length means, with its unit."""
        if (finding, axis, bars) == (self.title.text(), self._axis, self._bars):
            return
        self._axis, self._bars = axis, bars
        self.show_chart(finding, _spoken(bars), self._grid())

    def draw(self) -> None:
        """Stretches end to end, names inside, sums at the end."""
        plot, count = self.plot, len(self._bars)
        plot.setFixedHeight(self.appearance.pixels(AXIS_PX + max(count, 1) * ROW_PX))
        self.name_axis("bottom", self._axis)
        left, metrics = plot.getAxis("left"), QFontMetrics(self.axis_font())
        left.setTicks([[(count - 1 - row, bar.label) for row, bar in enumerate(self._bars)]])
        left.setWidth(max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0) + LABEL_PAD_PX)
        plot.setYRange(-0.6, max(count, 1) - 0.4, padding=0)
        self._inside = []
        for row, bar in enumerate(self._bars):
            end = self._draw_bar(bar, count - 1 - row)
            words = self._words(bar.words, self.appearance.theme.color("text"), (0, 0.5))
            words.setPos(end, count - 1 - row)
            plot.addItem(words)
        self._fit()

    def _draw_bar(self, bar: Bar, y: float) -> float:
        """Draws the stretches and returns where they end."""
        theme = self.appearance.theme
        left = 0.0
        for part in bar.parts:
            color = theme.color(part.meaning)
            brush = QBrush(color, Qt.BrushStyle.BDiagPattern if part.hatched else Qt.BrushStyle.SolidPattern)
            pen = pg.mkPen(color if part.hatched else theme.color("surface"), width=1)
            item = pg.BarGraphItem(x0=[left], width=[part.value], y=[y], height=THICKNESS, brush=brush, pen=pen)
            item.setToolTip(f"{bar.label}\n{part.name}: {part.words}")
            self.plot.addItem(item)
            if len(bar.parts) > 1:
                self._name(part, left, y)
            left += part.value
        return left

    def _name(self, part: Part, left: float, y: float) -> None:
        """The part's name and amount in its middle, in whichever ink reads best on it."""
        theme = self.appearance.theme
        ground = theme.surface if part.hatched else theme.color(part.meaning).name()
        ink = max((theme.surface, theme.text), key=lambda candidate: contrast(candidate, ground))
        words = f"{part.name} {part.words}"
        fill = theme.color("surface") if part.hatched else None
        item = self._words(words, QColor(ink), (0.5, 0.5), fill)
        item.setPos(left + part.value / 2, y)
        self.plot.addItem(item)
        width = QFontMetrics(self.axis_font()).horizontalAdvance(words) + 2 * LABEL_PAD_PX
        self._inside.append(_Inside(item, part.value, width))

    def _words(self, words: str, color: QColor, anchor: tuple[float, float], fill: QColor | None = None) -> Any:
        item = pg.TextItem(words, color=color, anchor=anchor, fill=fill)
        item.setFont(self.axis_font())
        return item

    def _fit(self) -> None:
        """Leave room for the words at the end, and show names only where their stretch holds them."""
        totals = [sum(part.value for part in bar.parts) for bar in self._bars]
        largest = max(totals, default=0.0) or 1.0
        metrics = QFontMetrics(self.axis_font())
        wanted = max((metrics.horizontalAdvance(bar.words) for bar in self._bars), default=0) + END_ROOM_PX
        width = max(self.plot.getViewBox().width(), 1.0)
        room = max(width - wanted, LEAST_SHARE * width)  # of the longest bar
        self.plot.setXRange(0, largest * width / room, padding=0)
        for one in self._inside:
            one.item.setVisible(one.value / largest * room >= one.width_px)

    def _tick_words(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words of axis ticks, whose unit the axis names; one that the right edge would cut is left out."""
        del scale, spacing
        box, metrics = self.plot.getViewBox(), QFontMetrics(self.axis_font())
        right, pixel = box.viewRange()[0][1], box.viewPixelSize()[0]
        words = [text.number(value) for value in values]
        return [
            each if value + metrics.horizontalAdvance(each) / 2 * pixel <= right else ""
            for value, each in zip(values, words, strict=True)
        ]

    def _grid(self) -> list[list[str]]:
        in_parts = any(len(bar.parts) > 1 for bar in self._bars)
        if not in_parts:
            return [["", self._axis], *([bar.label, bar.words] for bar in self._bars)]
        lines = [["", "Part", self._axis]]
        for bar in self._bars:
            lines += [[bar.label, part.name, part.words] for part in bar.parts]
            lines.append([bar.label, "total", bar.words])
        return lines


def _spoken(bars: tuple[Bar, ...]) -> str:
    told = [
        f"{bar.label}: {bar.words}"
        + (f", of which {', '.join(f'{part.name} {part.words}' for part in bar.parts)}" if len(bar.parts) > 1 else "")
        for bar in bars
    ]
    return "; ".join(told) or "nothing to draw"

"""How much of a limit is used: bars against the line of what is allowed, in groups, each with its amounts in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

ROW_PX = 28
AXIS_PX = 60
THICKNESS = 0.56  # of a line
LABEL_PAD_PX = 8
WORDS_GAP_PX = 6
LIMIT = 1.0
LEAST_SHARE = 0.3  # of the width for the longest bar, however long the words
AXIS = "% of what is allowed"


@dataclass(frozen=True)
class Fill:
    """One use of one limit."""

    label: str  # «memory»
    share: float | None  # of the limit; None: unknown, and no bar
    words: str  # «7.66 GiB of 16 GiB», which stands at the end of the bar
    meaning: str = "edge"  # a colour of the theme


@dataclass(frozen=True)
class FillGroup:
    """What is used of one thing."""

    title: str
    fills: tuple[Fill, ...]


class FillsChart(Chart):
    """Groups from top to bottom, 100 % as a line; what exceeds it stands out beyond the line in another colour."""

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__(name, appearance)
        self._groups: tuple[FillGroup, ...] = ()
        self._words: list[tuple[float, int]] = []  # where each line's words begin, and how wide they are
        bottom = self.plot.getAxis("bottom")
        bottom.enableAutoSIPrefix(False)
        bottom.tickStrings = self._tick_words
        self.plot.getAxis("left").setStyle(tickLength=0)
        self.plot.getViewBox().sigResized.connect(self._fit)

    @property
    def groups(self) -> tuple[FillGroup, ...]:
        """What is drawn."""
        return self._groups

    def show_fills(self, finding: str, groups: tuple[FillGroup, ...]) -> None:
        """Show these groups."""
        if (finding, groups) == (self.title.text(), self._groups):
            return
        self._groups = groups
        self.show_chart(finding, "; ".join(_spoken(groups)) or "nothing to draw", list(_grid(groups)))

    def draw(self) -> None:
        """A line for each group's title, then its bars; the limit across all of them."""
        plot, theme = self.plot, self.appearance.theme
        rows = sum(1 + len(group.fills) for group in self._groups)
        plot.setFixedHeight(self.appearance.pixels(AXIS_PX + max(rows, 1) * ROW_PX))
        self.name_axis("bottom", AXIS)
        plot.setYRange(-0.6, max(rows, 1) - 0.4, padding=0)
        self._words = []
        labels: list[tuple[float, str]] = []
        y = float(rows)
        for group in self._groups:
            y -= 1
            self._say(group.title, 0.0, y, strong=True)
            for fill in group.fills:
                y -= 1
                labels.append((y, fill.label))
                self._draw_fill(group, fill, y)
        left, metrics = plot.getAxis("left"), QFontMetrics(self.axis_font())
        left.setTicks([labels])
        left.setWidth(max((metrics.horizontalAdvance(label) for _, label in labels), default=0) + LABEL_PAD_PX)
        pen = pg.mkPen(theme.color("text"), width=1, style=Qt.PenStyle.DashLine)
        plot.addItem(pg.PlotDataItem([LIMIT * 100] * 2, [-0.6, rows - 0.4], pen=pen))
        self._fit()

    def _draw_fill(self, group: FillGroup, fill: Fill, y: float) -> None:
        share = 0.0 if fill.share is None else fill.share
        within = min(share, LIMIT)
        for left, width, meaning in ((0.0, within, fill.meaning), (LIMIT, share - within, "error")):
            if width > 0:
                color = self.appearance.theme.color(meaning)
                item = pg.BarGraphItem(
                    x0=[left * 100], width=[width * 100], y=[y], height=THICKNESS, brush=color, pen=pg.mkPen(None)
                )
                item.setToolTip(f"{group.title}\n{fill.label}: {fill.words}")
                self.plot.addItem(item)
        self._say(fill.words, share, y)

    def _say(self, words: str, share: float, y: float, *, strong: bool = False) -> None:
        """Words that begin where a bar ends; on the limit's line they cover it."""
        theme, font = self.appearance.theme, self.axis_font()
        font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
        item: Any = pg.TextItem(words, color=theme.color("text"), anchor=(0, 0.5), fill=theme.color("surface"))
        item.setFont(font)
        item.setPos(share * 100, y)
        self.plot.addItem(item)
        if not strong:
            self._words.append((share, QFontMetrics(font).horizontalAdvance(words) + 2 * WORDS_GAP_PX))

    def _fit(self) -> None:
        """The shortest scale from zero that holds the limit and every line's words."""
        width = max(self.plot.getViewBox().width(), 1.0)
        wanted = [LIMIT * 1.05]
        wanted += [share / max(1 - words / width, LEAST_SHARE) for share, words in self._words]
        self.plot.setXRange(0, 100 * max(wanted), padding=0)

    def _tick_words(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words of axis ticks, whose unit the axis names."""
        del scale, spacing
        return [text.number(value) for value in values]


def _spoken(groups: tuple[FillGroup, ...]) -> Iterator[str]:
    """What a reader hears."""
    for group in groups:
        told = ", ".join(f"{fill.label} {fill.words}" for fill in group.fills)
        yield f"{group.title}: {told}" if told else group.title


def _grid(groups: tuple[FillGroup, ...]) -> Iterator[list[str]]:
    """One line a bar, in words."""
    yield ["Of", "What", AXIS, "Amount"]
    for group in groups:
        for fill in group.fills:
            yield [group.title, fill.label, text.UNKNOWN if fill.share is None else text.share(fill.share), fill.words]

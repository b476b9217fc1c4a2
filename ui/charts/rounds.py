"""Rounds of a run as dots over their number, one line a length: ● clean, ◆ disturbed, ○ partial, zero at the bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

HEIGHT_PX = 150
HEADROOM = 1.18
MEANINGS = ("edge", "text_muted", "accent", "band")
LINES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
AXIS_PX = 44
LABEL_PX = 15  # between the middles of two labels
SYMBOLS = {"disturbed": "d"}
DOT_PX = 9
JITTER = 0.5  # of the room of a round, for samples of one round beside each other
LEAST_ROUNDS = 3
NAME_ROOM_PX = 20
MOST_NAME_SHARE = 0.4  # of the width, however narrow the chart


@dataclass(frozen=True)
class Dot:
    """One figure of one round."""

    round_number: int
    series: str  # «at 512»
    tok_s: float
    state: str  # «clean», «disturbed», «partial»


class RoundsChart(Chart):
    """A stable device gives level lines; what wanders or falls is seen before any interval says it."""

    def __init__(self, name: str, appearance: Appearance) -> None:
        super().__init__(name, appearance)
        self._dots: tuple[Dot, ...] = ()
        self.plot.getViewBox().sigResized.connect(self._fit_range)

    def show_dots(self, finding: str, dots: tuple[Dot, ...]) -> None:
        """Show the dots, in the order they came."""
        self._dots = dots
        spoken = f"{len(dots)} figures, the latest {text.rate(dots[-1].tok_s)}" if dots else "no figures yet"
        lines = [[str(one.round_number), one.series, text.rate(one.tok_s), one.state] for one in dots]
        self.show_chart(finding, spoken, [["Round", "Of", "Rate", "State"], *lines])

    def draw(self) -> None:
        """Dots and lines from zero, each series named at its end."""
        plot = self.plot
        plot.setFixedHeight(self.appearance.pixels(HEIGHT_PX))
        self.name_axis("left", "tok/s")
        self.name_axis("bottom", "round")
        last = max([LEAST_ROUNDS, *(dot.round_number for dot in self._dots)])
        plot.getAxis("bottom").setTicks([[(n, str(n)) for n in _whole(last)]])
        plot.setYRange(0, max((dot.tok_s for dot in self._dots), default=1.0) * HEADROOM, padding=0)
        self._fit_range()
        for number, series in enumerate(self._series):
            self._draw_series(series, number)
        self._name_series()

    def _fit_range(self) -> None:
        """Rounds from the left, and room for the names of the series at the right."""
        last = max([LEAST_ROUNDS, *(dot.round_number for dot in self._dots)])
        metrics = QFontMetrics(self.axis_font())
        words = max((metrics.horizontalAdvance(series) for series in self._series), default=0) + NAME_ROOM_PX
        share = min(words / (self.plot.getViewBox().width() or 1.0), MOST_NAME_SHARE)
        first, end = 0.4, last + JITTER / 2
        self.plot.setXRange(first, first + (end - first) / (1 - share), padding=0)

    @property
    def _series(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(dot.series for dot in self._dots))

    def _draw_series(self, series: str, number: int) -> None:
        theme = self.appearance.theme
        color, surface = theme.color(MEANINGS[number % len(MEANINGS)]), theme.color("surface")
        dots = [dot for dot in self._dots if dot.series == series]
        xs, ys = list(_places(dots)), [dot.tok_s for dot in dots]
        self.plot.addItem(pg.PlotDataItem(xs, ys, pen=pg.mkPen(color, width=1, style=LINES[number % len(LINES)])))
        self.plot.addItem(
            pg.ScatterPlotItem(
                x=xs,
                y=ys,
                size=DOT_PX,
                symbol=[SYMBOLS.get(dot.state, "o") for dot in dots],
                pen=pg.mkPen(color, width=2),
                brush=[pg.mkBrush(surface if dot.state == "partial" else color) for dot in dots],
                data=[f"round {dot.round_number}, {dot.state}\n{text.rate(dot.tok_s)} {dot.series}" for dot in dots],
                hoverable=True,
                tip=_tip,
            )
        )

    def _name_series(self) -> None:
        """Each series by name at the right, moved apart where they would overlap."""
        height_px = self.appearance.pixels(HEIGHT_PX - AXIS_PX)
        top = max((dot.tok_s for dot in self._dots), default=1.0) * HEADROOM
        apart = top * self.appearance.pixels(LABEL_PX) / height_px
        last = {dot.series: dot for dot in self._dots}
        right = max((dot.round_number for dot in self._dots), default=0) + JITTER / 2
        free = float("inf")
        for series in sorted(self._series, key=lambda name: -last[name].tok_s):
            free = min(last[series].tok_s, free - apart)  # downwards: below the marks is room, as zero is
            meaning = MEANINGS[self._series.index(series) % len(MEANINGS)]
            label = pg.TextItem(f" {series}", color=self.appearance.theme.color(meaning), anchor=(0, 0.5))
            label.setFont(self.axis_font())
            label.setPos(right, free)
            self.plot.addItem(label)


def _places(dots: list[Dot]) -> Iterator[float]:
    """Samples of one round side by side around its number."""
    for number, dot in enumerate(dots):
        mine = [place for place, other in enumerate(dots) if other.round_number == dot.round_number]
        shift = (mine.index(number) + 1) / (len(mine) + 1) - 0.5
        yield dot.round_number + shift * JITTER


def _whole(last: int) -> range:
    """Round numbers that are named on the axis, at most about ten."""
    return range(1, last + 1, max(-(-last // 10), 1))


def _tip(x: float, y: float, data: str) -> str:
    """What hovering reads; the place is known, only the words are wanted."""
    del x, y
    return data

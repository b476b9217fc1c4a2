"""Something that changes over minutes: a line with its fit, levels it is judged by, and moments that matter."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

HEADROOM = 1.2
S_PER_MIN = 60.0
ROOM_AT_END = 1.02


@dataclass(frozen=True)
class Line:
    """Points in order of time."""

    name: str
    points: tuple[tuple[float, float], ...]  # seconds, value
    meaning: str = "edge"  # a colour of the theme
    dashed: bool = False


@dataclass(frozen=True)
class Level:
    """A value with its interval that holds between two times, named on the line."""

    words: str  # «burst 31.4 tok/s»
    from_s: float
    to_s: float
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Moment:
    """A time that matters, named beside its line."""

    words: str
    at_s: float


class CourseChart(Chart):
    """Time in minutes from left to right; the value from zero where it is an amount."""

    def __init__(self, name: str, appearance: Appearance, *, height_px: int = 220, from_zero: bool = True) -> None:
        super().__init__(name, appearance)
        self._height_px = height_px
        self._from_zero = from_zero
        self._unit = ""
        self._lines: tuple[Line, ...] = ()
        self._levels: tuple[Level, ...] = ()
        self._moments: tuple[Moment, ...] = ()
        self._lasts_s = 0.0

    def show_course(
        self,
        finding: str,
        unit: str,
        lines: tuple[Line, ...],
        levels: tuple[Level, ...] = (),
        moments: tuple[Moment, ...] = (),
        *,
        lasts_s: float = 0.0,
    ) -> None:
        """Show these; `lasts_s` is where the time axis ends, if later than the lines do."""
        self._unit, self._lines, self._levels, self._moments = unit, lines, levels, moments
        self._lasts_s = lasts_s
        named = [*(level.words for level in levels), *(moment.words for moment in moments)]
        count = sum(len(line.points) for line in lines)
        spoken = "; ".join([*named, f"{count} points"]) if count else "no points yet"
        told = [
            [line.name, text.seconds(at_s), f"{text.significant(value)} {unit}"]
            for line in lines
            for at_s, value in line.points
        ]
        levels_told = [
            [level.words, text.seconds(level.from_s), f"until {text.seconds(level.to_s)}"] for level in levels
        ]
        moments_told = [[moment.words, text.seconds(moment.at_s), ""] for moment in moments]
        self.show_chart(finding, spoken, [["What", "After", "Value"], *levels_told, *moments_told, *told])

    def draw(self) -> None:
        """Lines over minutes, then what they are judged by."""
        plot = self.plot
        plot.setFixedHeight(self.appearance.pixels(self._height_px))
        self.name_axis("left", self._unit)
        self.name_axis("bottom", "minutes")
        values = [value for line in self._lines for _, value in line.points]
        values += [level.high if level.high is not None else level.value for level in self._levels]
        end_s = max([self._lasts_s, *(at_s for line in self._lines for at_s, _ in line.points)], default=S_PER_MIN)
        highest, lowest = max(values, default=1.0), min(values, default=0.0)
        floor = 0.0 if self._from_zero else lowest - (highest - lowest or 1.0) * 0.3
        plot.setYRange(floor, highest + (highest - floor) * (HEADROOM - 1), padding=0)
        plot.setXRange(0, max(end_s, 1.0) / S_PER_MIN * ROOM_AT_END, padding=0)
        for line in self._lines:
            self._draw_line(line)
        for level in self._levels:
            self._draw_level(level)
        for moment in self._moments:
            self._draw_moment(moment, floor, highest)

    def _draw_line(self, line: Line) -> None:
        style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
        pen = pg.mkPen(self.appearance.theme.color(line.meaning), width=2, style=style)
        item = pg.PlotDataItem(
            [at_s / S_PER_MIN for at_s, _ in line.points], [value for _, value in line.points], pen=pen
        )
        item.setDownsampling(auto=True)
        self.plot.addItem(item)

    def _draw_level(self, level: Level) -> None:
        theme = self.appearance.theme
        xs = [level.from_s / S_PER_MIN, level.to_s / S_PER_MIN]
        color = theme.color("text")
        if level.low is not None and level.high is not None:
            shade = theme.color("band")
            shade.setAlpha(70)
            low, high = (pg.PlotDataItem(xs, [end, end], pen=None) for end in (level.low, level.high))
            self.plot.addItem(pg.FillBetweenItem(low, high, brush=pg.mkBrush(shade)))
        self.plot.addItem(pg.PlotDataItem(xs, [level.value, level.value], pen=pg.mkPen(color, width=2)))
        self._name(level.words, xs[0], level.high or level.value, (0, 1))

    def _draw_moment(self, moment: Moment, floor: float, highest: float) -> None:
        x = moment.at_s / S_PER_MIN
        pen = pg.mkPen(self.appearance.theme.color("text_muted"), width=1, style=Qt.PenStyle.DotLine)
        self.plot.addItem(pg.PlotDataItem([x, x], [floor, highest], pen=pen))
        self._name(moment.words, x, floor, (0, 1))

    def _name(self, words: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        label = pg.TextItem(words, color=self.appearance.theme.color("text"), anchor=anchor)
        label.setFont(self.axis_font())
        label.setPos(x, y)
        self.plot.addItem(label)

"""Amounts that hold from a day until the next: steps over the calendar, the last one named above its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt

from planner import text
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

HEADROOM = 1.25
LEAST_DAYS = 60  # that the axis spans, however young the prices are
BEFORE = 0.06  # of the span, shown before the first day that is known
AFTER = 0.15  # of the span, shown after the latest
ROOM_AT_END = 0.03  # of the span, beyond the last day
MOST_TICKS = 6
TICK_ROOM = 0.05  # of the axis, that half the words of the last tick take
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240)  # between ticks
MONTHS_A_YEAR = 12
MONTH_WORDS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
APART = 0.1  # of the height, that names keep between them


@dataclass(frozen=True)
class Step:
    """An amount from one day until before another; None: since before anybody looked, and until further notice."""

    start: date | None
    end: date | None
    value: float
    words: str  # «$0.20/Mtok»


@dataclass(frozen=True)
class StepLine:
    """One price over time."""

    name: str
    steps: tuple[Step, ...]
    meaning: str = "datacenter"
    dashed: bool = False  # the user's own


class StepsChart(Chart):
    """Days from left to right, dollars from zero; a dotted line is the day the plan speaks of."""

    def __init__(self, name: str, appearance: Appearance, *, height_px: int = 200) -> None:
        super().__init__(name, appearance)
        self._height_px = height_px
        self._unit = ""
        self._lines: tuple[StepLine, ...] = ()
        self._today = date.min
        self.plot.getAxis("left").enableAutoSIPrefix(False)  # thousandths of a dollar are no unit anybody uses

    def show_steps(self, finding: str, unit: str, lines: tuple[StepLine, ...], today: date) -> None:
        """Show these lines around this day."""
        self._unit, self._lines, self._today = unit, lines, today
        told = [
            [
                line.name,
                "not stated" if step.start is None else text.day(step.start),
                "" if step.end is None else text.day(step.end),
                step.words,
            ]
            for line in lines
            for step in line.steps
        ]
        spoken = "; ".join(f"{name} from {start}: {words}" for name, start, _, words in told) or "no price is known"
        self.show_chart(finding, spoken, [["Price", "From", "Until", "Amount"], *told])

    def draw(self) -> None:
        """Steps, the day of the plan, and a name above the end of every line."""
        plot = self.plot
        plot.setFixedHeight(self.appearance.pixels(self._height_px))
        self.name_axis("left", self._unit)
        first, last = self._days()
        span = last - first
        start, end = first - BEFORE * span, last + ROOM_AT_END * span
        highest = max((step.value for line in self._lines for step in line.steps), default=0.0) or 1.0
        plot.setXRange(start, end, padding=0)
        plot.setYRange(0, highest * HEADROOM, padding=0)
        plot.getAxis("bottom").setTicks([_ticks(start, end)])
        today = self._today.toordinal()
        pen = pg.mkPen(self.appearance.theme.color("text_muted"), width=1, style=Qt.PenStyle.DotLine)
        plot.addItem(pg.PlotDataItem([today, today], [0, highest * HEADROOM], pen=pen))
        for line in self._lines:
            self._draw_line(line, start, last)
        self._name_lines(last, highest)

    def _days(self) -> tuple[int, int]:
        """The days shown: every change that is known, today, and some after it, in which open prices go on."""
        known = [
            day for line in self._lines for step in line.steps for day in (step.start, step.end) if day is not None
        ]
        ordinals = [day.toordinal() for day in (*known, self._today)]
        first, latest = min(*ordinals, max(ordinals) - LEAST_DAYS), max(ordinals)
        return first, latest + round((latest - first) * AFTER)

    def _draw_line(self, line: StepLine, start: float, last: float) -> None:
        style = Qt.PenStyle.DashLine if line.dashed else Qt.PenStyle.SolidLine
        pen = pg.mkPen(self.appearance.theme.color(line.meaning), width=2, style=style)
        xs: list[float] = []
        ys: list[float] = []
        for number, step in enumerate(line.steps):
            begin = start if step.start is None else step.start.toordinal()
            if number and line.steps[number - 1].end not in {None, step.start}:
                xs.append(begin)
                ys.append(float("nan"))  # a time without a price is a gap
            xs += [begin, last if step.end is None else step.end.toordinal()]
            ys += [step.value, step.value]
        self.plot.addItem(pg.PlotDataItem(xs, ys, pen=pen, connect="finite"))

    def _name_lines(self, last: float, highest: float) -> None:
        """Names above the ends, moved up where two would cover one another."""
        ends = sorted(
            ((line.steps[-1].value, f"{line.name} {line.steps[-1].words}", line) for line in self._lines if line.steps),
            key=lambda each: each[0],
        )
        least = 0.0
        for value, words, line in ends:
            at = max(value, least)
            least = at + highest * HEADROOM * APART
            label = pg.TextItem(words, color=self.appearance.theme.color(line.meaning), anchor=(1, 1))
            label.setFont(self.axis_font())
            end = line.steps[-1].end
            label.setPos(last if end is None else end.toordinal(), at)
            self.plot.addItem(label)


def _ticks(start: float, end: float) -> list[tuple[float, str]]:
    """First days of months, as many as there is room for."""
    first, last = date.fromordinal(max(int(start), 1)), date.fromordinal(int(end))
    months = (last.year - first.year) * MONTHS_A_YEAR + last.month - first.month
    step = next((each for each in MONTHS if months / each <= MOST_TICKS), MONTHS[-1])
    ticks: list[tuple[float, str]] = []
    for month in range(first.year * MONTHS_A_YEAR + first.month, last.year * MONTHS_A_YEAR + last.month):
        year, of_year = divmod(month, MONTHS_A_YEAR)
        day = date(year, of_year + 1, 1).toordinal()
        if month % step == 0 and start <= day <= end - TICK_ROOM * (end - start):
            words = f"{year}" if step >= MONTHS_A_YEAR else f"{MONTH_WORDS[of_year]} {year}"
            ticks.append((day, words))
    return ticks

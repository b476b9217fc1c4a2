"""One amount in each of the 168 hours of a week: steps from zero, and the line it must stay below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, Qt

from planner import text
from planner.workload.week import DAYS, DAYS_PER_WEEK, HOURS_PER_DAY, HOURS_PER_WEEK
from ui.appearance import Appearance
from ui.charts.chart import Chart
from ui.charts.engine import pg

HEADROOM = 1.15
FILL_ALPHA = 70


@dataclass(frozen=True)
class Week:
    """What happens hour by hour, Monday 0:00 first."""

    name: str  # «400 × Copilot+ laptop»
    axis: str  # what the height means, with its unit: «% of the hour one device is busy»
    hours: tuple[float, ...]
    limit: float | None  # None: unknown, or there is none
    limit_words: str  # «contention cap 30 %»
    meaning: str = "edge"
    before: tuple[float, ...] = ()  # the same hours before work was moved; empty: none was
    before_words: str = ""

    @property
    def busiest(self) -> int:
        """The first hour with the most."""
        return self.hours.index(max(self.hours))

    @property
    def above(self) -> int:
        """Hours beyond the limit."""
        return 0 if self.limit is None else sum(value > self.limit for value in self.hours)


def hour_words(hour: int) -> str:
    """«Monday 9:00–10:00»."""
    day, of_day = divmod(hour, HOURS_PER_DAY)
    return f"{DAYS[day]} {of_day}:00–{of_day + 1}:00"


class WeekChart(Chart):
    """Days from left to right; hours beyond the limit stand out above it."""

    def __init__(self, name: str, appearance: Appearance, *, height_px: int = 240) -> None:
        super().__init__(name, appearance)
        self._height_px = height_px
        self._week: Week | None = None
        for side in ("left", "bottom"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)
        self.plot.scene().sigMouseMoved.connect(self._read)

    @property
    def week(self) -> Week | None:
        """What is drawn."""
        return self._week

    def show_week(self, finding: str, week: Week) -> None:
        """Show this week."""
        if len(week.hours) != HOURS_PER_WEEK:
            raise ValueError(f"a week has {HOURS_PER_WEEK} hours, not {len(week.hours)}")
        if (finding, week) == (self.title.text(), self._week):
            return
        self._week = week
        self.show_chart(finding, _spoken(week), list(_grid(week)))

    def words_at(self, hour: int) -> str:
        """What hovering reads."""
        week = self._week
        if week is None or not 0 <= hour < HOURS_PER_WEEK:
            return ""
        before = f"\n{text.number(week.before[hour])} {week.before_words}" if week.before else ""
        return f"{hour_words(hour)}\n{text.number(week.hours[hour])} {week.axis}{before}"

    def draw(self) -> None:
        """Steps, what exceeds the limit, the limit, midnights."""
        week, plot, theme = self._week, self.plot, self.appearance.theme
        if week is None:
            return
        plot.setFixedHeight(self.appearance.pixels(self._height_px))
        self.name_axis("left", week.axis)
        highest = max(*week.hours, *week.before, week.limit or 0.0) or 1.0
        plot.setXRange(0, HOURS_PER_WEEK, padding=0)
        plot.setYRange(0, highest * HEADROOM, padding=0)
        noons = [((day + 0.5) * HOURS_PER_DAY, name) for day, name in enumerate(DAYS)]
        plot.getAxis("bottom").setTicks([noons])
        midnight = pg.mkPen(theme.color("hairline"), width=1)
        for day in range(1, DAYS_PER_WEEK):
            x = day * HOURS_PER_DAY
            plot.addItem(pg.PlotDataItem([x, x], [0, highest * HEADROOM], pen=midnight))
        self._steps(week.hours, 0.0, week.meaning)
        if week.before:
            self._outline(week.before)
            self._say(f"┄ {week.before_words}", 0, highest * HEADROOM, (0, 0))
        if week.limit is None:
            return
        if week.above:
            self._steps(tuple(max(value, week.limit) for value in week.hours), week.limit, "error")
        pen = pg.mkPen(theme.color("text"), width=1, style=Qt.PenStyle.DashLine)
        plot.addItem(pg.PlotDataItem([0, HOURS_PER_WEEK], [week.limit] * 2, pen=pen))
        self._say(week.limit_words, HOURS_PER_WEEK, week.limit, (1, 1))

    def _say(self, words: str, x: float, y: float, anchor: tuple[float, float]) -> None:
        label: Any = pg.TextItem(words, color=self.appearance.theme.color("text"), anchor=anchor)
        label.setFont(self.axis_font())
        label.setPos(x, y)
        self.plot.addItem(label)

    def _outline(self, values: tuple[float, ...]) -> None:
        pen = pg.mkPen(self.appearance.theme.color("text_muted"), width=1, style=Qt.PenStyle.DotLine)
        self.plot.addItem(pg.PlotDataItem(*_corners(values), pen=pen))

    def _steps(self, values: tuple[float, ...], base: float, meaning: str) -> None:
        color = self.appearance.theme.color(meaning)
        xs, ys = _corners(values)
        pen = pg.mkPen(color, width=2)
        shade = self.appearance.theme.color(meaning)
        shade.setAlpha(FILL_ALPHA)
        self.plot.addItem(pg.PlotDataItem(xs, ys, pen=pen, fillLevel=base, brush=pg.mkBrush(shade)))

    def _read(self, at: QPointF) -> None:
        box = self.plot.getViewBox()
        hour = int(box.mapSceneToView(at).x()) if box.sceneBoundingRect().contains(at) else -1
        self.plot.setToolTip(self.words_at(hour))


def _corners(values: tuple[float, ...]) -> tuple[list[int], list[float]]:
    """Both ends of every hour's step."""
    xs = [edge for hour in range(HOURS_PER_WEEK) for edge in (hour, hour + 1)]
    return xs, [value for value in values for _ in range(2)]


def _spoken(week: Week) -> str:
    most = week.hours[week.busiest]
    told = [f"{week.name}: at most {text.number(most)} {week.axis}, {hour_words(week.busiest)}"]
    if week.limit_words:
        told.append(week.limit_words)
    if week.limit is not None:
        told.append("no hour of the week is above it" if not week.above else f"above it: {week.above} of 168 hours")
    return "; ".join(told)


def _grid(week: Week) -> Iterator[list[str]]:
    """Days beside each other, hours below each other."""
    yield [f"Hour ({week.axis})", *DAYS]
    yield from _lines(week.hours, "")
    if week.before:
        yield from _lines(week.before, f", {week.before_words}")


def _lines(hours: tuple[float, ...], words: str) -> Iterator[list[str]]:
    for hour in range(HOURS_PER_DAY):
        values = (hours[day * HOURS_PER_DAY + hour] for day in range(DAYS_PER_WEEK))
        yield [f"{hour}:00–{hour + 1}:00{words}", *(text.number(value) for value in values)]

"""How line charts look as SVG: a zero line, names at the ends of the lines, marks where the words speak of a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from planner import text
from planner.report.blocks import LineChart, Mark, Series
from planner.report.charts import CHARACTER_WIDTH, WIDTH, scale_for

HEIGHT = 300
LEFT = 80
RIGHT = 130
TOP = 12
BOTTOM = 46
LINE_HEIGHT = 16  # least distance of two names at the ends of lines
MARK_RADIUS = 4
LEAST = 1e-15  # what is smaller is a line at zero


@dataclass(frozen=True)
class _Frame:
    """From steps and values to pixels."""

    steps: int
    low: float
    high: float

    def x(self, step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / self.steps

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - self.low) / (self.high - self.low)


def draw_lines(chart: LineChart, number: int) -> Markup:
    """The chart as one inline SVG element; every word of it is escaped."""
    every = [value for series in chart.series for value in series.values]
    largest = max(abs(value) for value in every)
    scale = scale_for(largest if largest > LEAST else 0.0)
    down = -scale.step * -(-max(0.0, -min(every)) // scale.step)
    up = scale.step * -(-max(0.0, *every) // scale.step)
    frame = _Frame(max(len(series.values) for series in chart.series) - 1, down, up if up > down else scale.end)
    parts = [
        Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="chart{}-title chart{}-desc" '
            'preserveAspectRatio="xMinYMin meet">'
        ).format(WIDTH, HEIGHT, number, number),
        Markup('<title id="chart{}-title">{}</title>').format(number, chart.title),
        Markup('<desc id="chart{}-desc">{}</desc>').format(number, chart.description),
        *_values_axis(chart, frame, scale.step),
        *_steps_axis(chart, frame),
        *(_line(series, frame) for series in chart.series),
        *_names(chart, frame),
        *(_mark(mark, frame) for mark in chart.marks),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def _values_axis(chart: LineChart, frame: _Frame, step: float) -> Iterator[Markup]:
    for index in range(round(frame.low / step), round(frame.high / step) + 1):
        value = index * step
        y = frame.y(value)
        yield Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(LEFT, WIDTH - RIGHT, y, y)
        words = text.in_unit(value, chart.unit) if index else "0"
        yield Markup('<text class="tick-left" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y + 4, words)


def _steps_axis(chart: LineChart, frame: _Frame) -> Iterator[Markup]:
    bottom = HEIGHT - BOTTOM
    for step in range(0, frame.steps + 1, chart.step):
        yield Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(frame.x(step), bottom + 16, step)
    words = f"{chart.x_axis}; {chart.y_axis}"
    yield Markup('<text class="axis" x="{:.1f}" y="{}">{}</text>').format(
        (LEFT + WIDTH - RIGHT) / 2, bottom + 38, words
    )


def _line(series: Series, frame: _Frame) -> Markup:
    points = " ".join(f"{frame.x(step):.1f},{frame.y(value):.1f}" for step, value in enumerate(series.values))
    kind = "series reference" if series.is_reference else "series"
    return Markup('<polyline class="{}" points="{}"><title>{}</title></polyline>').format(kind, points, series.name)


def _names(chart: LineChart, frame: _Frame) -> Iterator[Markup]:
    """Each name at the end of its line, moved down where it would cover the one above."""
    lowest = float("-inf")
    for series in sorted(chart.series, key=lambda each: -each.values[-1]):
        y = max(frame.y(series.values[-1]) + 4, lowest + LINE_HEIGHT)
        lowest = y
        x = frame.x(len(series.values) - 1) + 6
        yield Markup('<text class="series-name" x="{:.1f}" y="{:.1f}">{}</text>').format(x, y, series.name)


def _mark(mark: Mark, frame: _Frame) -> Markup:
    x, y = frame.x(mark.x), frame.y(mark.y)
    beside = x + 8 + len(mark.label) * CHARACTER_WIDTH <= WIDTH - RIGHT
    words = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x + 8 if beside else x - 8, y + 20, "start" if beside else "end", mark.label
    )
    circle = Markup('<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(x, y, MARK_RADIUS)
    return circle + words

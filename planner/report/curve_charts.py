"""How cost curves look as SVG: kinks where they are, jumps as jumps, and the stretches where one of them is cheaper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from planner import text
from planner.report.blocks import Band, Curve, CurveChart
from planner.report.charts import CHARACTER_WIDTH, WIDTH, scale_for

HEIGHT = 300
LEFT = 80
RIGHT = 150
TOP = 24
BOTTOM = 46
LINE_HEIGHT = 16  # least distance of two names at the ends of curves
NAME_LENGTH = (RIGHT - 8) // (CHARACTER_WIDTH - 1)
DOT = 3


@dataclass(frozen=True)
class _Frame:
    """From values to pixels."""

    x_end: float
    y_end: float

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.x_end

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.y_end


def draw_curves(chart: CurveChart, number: int) -> Markup:
    """The chart as one inline SVG element; every word of it is escaped."""
    every = [each for curve in chart.curves for each in curve.stretches]
    x_end = max(each.to_x for each in every)
    y_scale = scale_for(max(max(each.from_y, each.to_y) for each in every))
    frame = _Frame(x_end, y_scale.end)
    parts = [
        Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="chart{}-title chart{}-desc" '
            'preserveAspectRatio="xMinYMin meet">'
        ).format(WIDTH, HEIGHT, number, number),
        Markup('<title id="chart{}-title">{}</title>').format(number, chart.title),
        Markup('<desc id="chart{}-desc">{}</desc>').format(number, chart.description),
        *(_band(band, frame) for band in chart.bands),
        *_usd_axis(chart, frame, y_scale.step),
        *_x_axis(chart, frame),
        *(_curve(curve, frame) for curve in chart.curves),
        *_names(chart, frame),
        *_today(chart, frame),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def _band(band: Band, frame: _Frame) -> Markup:
    left, right = frame.x(band.from_x), frame.x(min(band.to_x, frame.x_end))
    return Markup('<rect class="band" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>').format(
        left, TOP, max(right - left, 0.5), HEIGHT - TOP - BOTTOM, band.label
    )


def _usd_axis(chart: CurveChart, frame: _Frame, step: float) -> Iterator[Markup]:
    for index in range(round(frame.y_end / step) + 1):
        y = frame.y(index * step)
        yield Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(LEFT, WIDTH - RIGHT, y, y)
        words = text.in_unit(index * step, chart.unit) if index else "0"
        yield Markup('<text class="tick-left" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y + 4, words)


def _x_axis(chart: CurveChart, frame: _Frame) -> Iterator[Markup]:
    step = scale_for(frame.x_end).step
    for index in range(int(frame.x_end / step * (1 + 1e-9)) + 1):
        words = text.in_unit(index * step, chart.x_unit) if index else "0"
        yield Markup('<text class="tick" x="{:.1f}" y="{}">{}</text>').format(
            frame.x(index * step), HEIGHT - BOTTOM + 16, words
        )
    yield Markup('<text class="axis" x="{:.1f}" y="{}">{}</text>').format(
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 38, f"{chart.x_axis}; {chart.y_axis}"
    )


def _curve(curve: Curve, frame: _Frame) -> Markup:
    """Stretches joined where they meet; between one and the next that starts elsewhere only a dotted jump."""
    path = _moved("M", curve.stretches[0].from_x, curve.stretches[0].from_y, frame)
    jumps = ""
    path += _moved("L", curve.stretches[0].to_x, curve.stretches[0].to_y, frame)
    for before, after in pairwise(curve.stretches):
        if not _meets(before.to_y, after.from_y):
            jumps += _moved("M", before.to_x, before.to_y, frame) + _moved("L", after.from_x, after.from_y, frame)
            path += _moved("M", after.from_x, after.from_y, frame)
        path += _moved("L", after.to_x, after.to_y, frame)
    kind = "series reference" if curve.is_reference else "series"
    drawn = Markup('<path class="{}" d="{}"><title>{}</title></path>').format(kind, path, curve.name)
    if jumps:
        drawn += Markup('<path class="jump" d="{}"/>').format(jumps)
    if curve.ends:
        last = curve.stretches[-1]
        drawn += Markup('<circle class="mark" cx="{:.1f}" cy="{:.1f}" r="{}"/>').format(
            frame.x(last.to_x), frame.y(last.to_y), DOT
        )
    return drawn


def _meets(before: float, after: float) -> bool:
    """Whether two stretches meet but for rounding: their ends are floats of one exact number."""
    return abs(after - before) <= 1e-9 * max(abs(before), abs(after))


def _moved(command: str, x: float, y: float, frame: _Frame) -> str:
    return f"{command}{frame.x(x):.2f} {frame.y(y):.2f}"


def _names(chart: CurveChart, frame: _Frame) -> Iterator[Markup]:
    """Each name beside the end of its curve, moved down where it would cover the one above."""
    lowest = float("-inf")
    for curve in sorted(chart.curves, key=lambda each: -each.stretches[-1].to_y):
        y = max(frame.y(curve.stretches[-1].to_y) + 4, lowest + LINE_HEIGHT)
        lowest = y
        short = curve.name if len(curve.name) <= NAME_LENGTH else curve.name[: NAME_LENGTH - 1] + "…"
        yield Markup('<text class="series-name" x="{}" y="{:.1f}">{}</text>').format(WIDTH - RIGHT + 6, y, short)


def _today(chart: CurveChart, frame: _Frame) -> Iterator[Markup]:
    if chart.today is None or chart.today > frame.x_end:
        return
    x = frame.x(chart.today)
    yield Markup('<path class="today" d="M{0:.1f} {1}L{0:.1f} {2}"/>').format(x, TOP, HEIGHT - BOTTOM)
    yield Markup('<text class="tick" x="{:.1f}" y="{}">today</text>').format(x, TOP - 8)

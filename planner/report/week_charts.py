"""How a week looks as SVG: a row a day, a cell an hour, the darker the busier, framed where it is above its limit."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from planner import text
from planner.report.blocks import WeekChart
from planner.report.charts import CLASSES, WIDTH
from planner.workload.week import DAYS, HOURS_PER_DAY, hour_words

LEFT = 92
TOP = 8
CELL_WIDTH = 24
CELL_HEIGHT = 20
GAP = 1
TICK_HOURS = 3  # between two labels of the hours
AXIS_HEIGHT = 22
LEGEND_HEIGHT = 30
LEGEND_STEPS = 5
FAINTEST = 0.06  # of the colour, so that an idle hour is still a cell
NEAR = 1e-9  # of the limit: no hour is above it by rounding


def draw_week(chart: WeekChart, number: int) -> Markup:
    """The chart as one inline SVG element; every word of it is escaped."""
    bottom = TOP + CELL_HEIGHT * len(DAYS)
    parts = [
        Markup(
            '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="chart{}-title chart{}-desc" '
            'preserveAspectRatio="xMinYMin meet">'
        ).format(WIDTH, bottom + AXIS_HEIGHT + LEGEND_HEIGHT, number, number),
        Markup('<title id="chart{}-title">{}</title>').format(number, chart.title),
        Markup('<desc id="chart{}-desc">{}</desc>').format(number, chart.description),
        *_names(bottom),
        *(_hour(chart, hour) for hour in range(len(chart.values))),
        *_legend(chart, bottom + AXIS_HEIGHT),
        Markup("</svg>"),
    ]
    return Markup("\n").join(parts)


def _names(bottom: int) -> Iterator[Markup]:
    for row, day in enumerate(DAYS):
        y = TOP + CELL_HEIGHT * row + CELL_HEIGHT / 2 + 4
        yield Markup('<text class="label" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y, day)
    for hour in range(0, HOURS_PER_DAY, TICK_HOURS):
        x = LEFT + CELL_WIDTH * hour
        yield Markup('<text class="tick" x="{}" y="{}">{}:00</text>').format(x, bottom + 16, hour)


def _hour(chart: WeekChart, hour: int) -> Markup:
    day, of_day = divmod(hour, HOURS_PER_DAY)
    value = chart.values[hour]
    kind = CLASSES[chart.side] + (" over" if value > chart.limit * (1 + NEAR) else "")
    words = f"{hour_words(hour)}: {text.in_unit(value, chart.unit)}"
    return _cell(LEFT + CELL_WIDTH * of_day, TOP + CELL_HEIGHT * day, kind, value / chart.limit, words)


def _cell(x: int, y: int, kind: str, share: float, words: str) -> Markup:
    opacity = FAINTEST + (1 - FAINTEST) * min(1.0, share)
    return Markup(
        '<rect class="{}" fill-opacity="{:.2f}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
    ).format(kind, opacity, x, y, CELL_WIDTH - GAP, CELL_HEIGHT - GAP, words)


def _legend(chart: WeekChart, top: int) -> Iterator[Markup]:
    for step in range(LEGEND_STEPS):
        share = step / (LEGEND_STEPS - 1)
        words = text.in_unit(share * chart.limit, chart.unit)
        yield _cell(LEFT + CELL_WIDTH * step, top, CLASSES[chart.side], share, words)
    words = f"0 … {text.in_unit(chart.limit, chart.unit)} ({chart.limit_name}); framed: above it"
    x = LEFT + CELL_WIDTH * LEGEND_STEPS + 8
    yield Markup('<text class="series-name" x="{}" y="{}">{}</text>').format(x, top + CELL_HEIGHT / 2 + 4, words)

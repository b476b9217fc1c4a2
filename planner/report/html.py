"""How a report looks as one HTML file: no script, nothing loaded, readable offline, on paper and by a screen reader."""

from __future__ import annotations

from itertools import count
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from planner.report.blocks import BarChart, CurveChart, LineChart, Report, WeekChart
from planner.report.charts import draw
from planner.report.curve_charts import draw_curves
from planner.report.line_charts import draw_lines
from planner.report.week_charts import draw_week


def render_html(report: Report) -> str:
    """The report as HTML; everything it says is escaped, and nothing in it is active or fetched."""
    numbers = count(1)

    def chart(block: BarChart | LineChart | CurveChart | WeekChart) -> Markup:
        number = next(numbers)
        if isinstance(block, WeekChart):
            return draw_week(block, number)
        if isinstance(block, CurveChart):
            return draw_curves(block, number)
        return draw_lines(block, number) if isinstance(block, LineChart) else draw(block, number)

    return _environment().get_template("report.html").render(report=report, chart=chart)


def _environment() -> Environment:
    settings: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}
    return Environment(loader=PackageLoader("planner.report"), autoescape=True, undefined=StrictUndefined, **settings)

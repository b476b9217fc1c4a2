"""Curve charts: kinks where they are, a jump is a gap with a dotted line, bands where the words say, words escaped."""

import re
import xml.etree.ElementTree as ET

import pytest

from planner.report.blocks import Band, Curve, CurveChart, Stretch
from planner.report.curve_charts import draw_curves

SVG = "{http://www.w3.org/2000/svg}"


def curve(name: str, *stretches: tuple[float, float, float, float], ends: bool = False, ref: bool = False) -> Curve:
    made = tuple(Stretch(from_x=a, from_y=b, to_x=c, to_y=d) for a, b, c, d in stretches)
    return Curve(name=name, stretches=made, ends=ends, is_reference=ref)


def chart(*curves: Curve, bands: tuple[Band, ...] = (), today: float | None = None) -> CurveChart:
    return CurveChart(
        title="A <b>meets</b> B",
        description="They meet.",
        x_axis="requests a day",
        y_axis="USD a month",
        unit="USD",
        curves=curves,
        bands=bands,
        today=today,
    )


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(str.replace(drawn, "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def paths(drawn: str, kind: str) -> list[list[tuple[str, float, float]]]:
    found = [each.attrib["d"] for each in parsed(drawn).iter(f"{SVG}path") if kind in each.attrib["class"].split()]
    return [
        [(command, float(x), float(y)) for command, x, y in re.findall(r"([ML])([\d.]+) ([\d.]+)", path)]
        for path in found
    ]


def test_a_kink_is_one_line_and_a_jump_is_two() -> None:
    drawn = draw_curves(chart(curve("c", (0, 0, 10, 10), (10, 10, 20, 50), (20, 80, 30, 80))), 1)
    (points,) = paths(drawn, "series")
    assert [command for command, _, _ in points] == ["M", "L", "L", "M", "L"]
    ((start, end),) = paths(drawn, "jump")
    assert start[1] == end[1]
    assert start[2] > end[2]


def test_the_places_are_in_proportion() -> None:
    (points,) = paths(draw_curves(chart(curve("c", (0, 0, 10, 10), (10, 10, 20, 50))), 1), "series")
    (_, x0, y0), (_, x1, y1), (_, x2, y2) = points
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.02)
    assert (y0 - y2) == pytest.approx(5 * (y0 - y1), abs=0.1)


def test_bands_today_and_the_end_of_a_curve_are_shown() -> None:
    line = curve("c", (0, 0, 100, 50), ends=True)
    drawn = draw_curves(chart(line, bands=(Band(from_x=20, to_x=400, label="cheaper"),), today=50), 1)
    (band,) = [each for each in parsed(drawn).iter(f"{SVG}rect") if each.attrib["class"] == "band"]
    (points,) = paths(drawn, "series")
    left, right = points[0][1], points[-1][1]
    assert float(band.attrib["x"]) == pytest.approx(left + 0.2 * (right - left), abs=0.1)
    assert float(band.attrib["x"]) + float(band.attrib["width"]) == pytest.approx(right, abs=0.2)
    assert paths(drawn, "today")[0][0][1] == pytest.approx((left + right) / 2, abs=0.1)
    assert len(list(parsed(drawn).iter(f"{SVG}circle"))) == 1


def test_a_day_beyond_the_chart_is_left_out_and_words_are_escaped() -> None:
    drawn = draw_curves(chart(curve("<i>" + "long " * 20, (0, 1, 1, 1)), today=5), 1)
    assert "today" not in drawn
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "…" in drawn


def test_costs_of_nothing_can_be_drawn() -> None:
    assert parsed(draw_curves(chart(curve("free", (0, 0, 1, 0))), 1)) is not None

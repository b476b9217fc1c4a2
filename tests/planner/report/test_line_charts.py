"""Line charts: values in proportion, negative ones below zero, marks on their lines, every word escaped."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.report.blocks import LineChart, Mark, Series
from planner.report.line_charts import HEIGHT, draw_lines

SVG = "{http://www.w3.org/2000/svg}"


def chart(*values: tuple[float, ...], marks: tuple[Mark, ...] = ()) -> LineChart:
    return LineChart(
        title="A <b>crosses</b> B",
        description="They cross.",
        x_axis="months",
        y_axis="USD",
        unit="USD",
        series=tuple(Series(name=f"line {n}", values=each, is_reference=n > 0) for n, each in enumerate(values)),
        marks=marks,
    )


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(str.replace(drawn, "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def points(drawn: str) -> list[list[tuple[float, float]]]:
    lines = [line.attrib["points"].split() for line in parsed(drawn).iter(f"{SVG}polyline")]
    return [[(float(x), float(y)) for x, y in (point.split(",") for point in line)] for line in lines]


def test_values_are_in_proportion_from_zero() -> None:
    ((_, zero), (_, half), (_, whole)) = points(draw_lines(chart((0.0, 50.0, 100.0)), 1))[0]
    assert zero - half == pytest.approx(half - whole, abs=0.2)
    assert zero > whole


def test_what_comes_back_lies_below_zero() -> None:
    drawn = draw_lines(chart((0.0, -40.0), (0.0, 100.0)), 1)
    (down, up) = points(drawn)
    assert down[1][1] > down[0][1] > up[1][1]
    assert "−$" in drawn


def test_a_mark_lies_on_its_line() -> None:
    drawn = draw_lines(chart((0.0, 10.0, 20.0), marks=(Mark(x=1, y=10.0, label="month 1"),)), 1)
    circle = next(parsed(drawn).iter(f"{SVG}circle")).attrib
    assert (float(circle["cx"]), float(circle["cy"])) == points(drawn)[0][1]
    assert "month 1" in drawn


def test_names_of_lines_that_end_together_do_not_cover_each_other() -> None:
    drawn = draw_lines(chart((0.0, 10.0), (0.0, 10.0)), 1)
    names = [float(each.attrib["y"]) for each in parsed(drawn).iter(f"{SVG}text") if "line" in (each.text or "")]
    assert abs(names[0] - names[1]) >= 14


def test_a_screen_reader_hears_title_and_description_and_words_are_escaped() -> None:
    root = parsed(draw_lines(chart((0.0, 1.0)), 7))
    assert root.attrib["role"] == "img"
    named = root.attrib["aria-labelledby"].split()
    assert [root.findtext(f"*[@id='{each}']") for each in named] == ["A <b>crosses</b> B", "They cross."]


@given(st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=30))
def test_every_line_stays_inside_the_drawing(values: list[float]) -> None:
    for line in points(draw_lines(chart(tuple(values)), 1)):
        assert all(0 <= y <= HEIGHT for _, y in line)


def test_nothing_at_all_is_a_line_at_zero() -> None:
    assert len({y for _, y in points(draw_lines(chart((0.0, 0.0)), 1))[0]}) == 1

"""The week in a report: a map for every target in use, every hour in its words, those above the limit framed."""

import xml.etree.ElementTree as ET

from planner.placement.options import Side
from planner.placement.plan import Plan
from planner.report import weeks
from planner.report.blocks import Table, WeekChart
from planner.report.week_charts import draw_week
from planner.text import share

SVG = "{http://www.w3.org/2000/svg}"


def chart(**hours: float) -> WeekChart:
    values = [0.1] * 168
    for name, value in hours.items():
        values[int(name[1:])] = value
    return WeekChart(
        title="A <b>week</b>",
        description="A week.",
        unit="share",
        values=tuple(values),
        limit=0.3,
        limit_name="cap",
        side=Side.EDGE,
    )


def cells(drawn: str) -> dict[str, ET.Element]:
    root = ET.fromstring(str.replace(drawn, "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))
    return {str(each[0].text): each for each in root.iter(f"{SVG}rect")}


def test_every_hour_is_a_cell_as_dark_as_it_is_busy() -> None:
    found = cells(draw_week(chart(h34=0.3, h0=0.0), 1))
    assert len([name for name in found if "day " in name]) == 168
    opacity = {name: float(each.attrib["fill-opacity"]) for name, each in found.items()}
    assert opacity["Tuesday 10:00: 30 %"] == 1
    assert 0 < opacity["Monday 0:00: 0 %"] < opacity["Monday 1:00: 10 %"] < 1


def test_days_lie_below_each_other_and_hours_beside() -> None:
    found = cells(draw_week(chart(h24=0.2, h1=0.15), 1))
    first, next_day, next_hour = (
        found[name].attrib for name in ("Monday 2:00: 10 %", "Tuesday 0:00: 20 %", "Monday 1:00: 15 %")
    )
    assert float(next_day["y"]) > float(first["y"])
    assert float(next_day["x"]) < float(next_hour["x"]) < float(first["x"])


def test_only_hours_above_the_limit_are_framed() -> None:
    found = cells(draw_week(chart(h34=0.31, h35=0.3), 1))
    assert [name for name, each in found.items() if "over" in each.attrib["class"]] == ["Tuesday 10:00: 31 %"]


def test_words_are_escaped() -> None:
    assert "<b>" not in draw_week(chart(), 1)


def test_the_section_says_what_the_plan_says(finished: Plan) -> None:
    (section,) = weeks.sections(finished)
    drawn = [block for block in section.blocks if isinstance(block, WeekChart)]
    assert [each.values for each in drawn] == [check.busy for check in finished.week_checks]
    assert all(check.sentence in each.title for each, check in zip(drawn, finished.week_checks, strict=True))
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    for cells_, check in zip(table.rows, finished.week_checks, strict=True):
        load = next(each for each in finished.fleet_loads if each.profile_id == check.target)
        assert cells_[2].text == share(load.peak_utilization)


def test_a_plan_of_before_has_no_such_section(finished: Plan) -> None:
    assert weeks.sections(finished.model_copy(update={"week_checks": ()})) == ()

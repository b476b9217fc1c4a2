"""The horizon in the report: its sentence, its years add up, the chart crosses where the words say."""

from datetime import date
from decimal import Decimal

import pytest

from planner.horizon import Horizon, OneOff
from planner.outlook.horizon import horizon_of
from planner.placement.plan import Plan
from planner.planning import plan
from planner.report.blocks import Bullets, Figures, LineChart, Paragraph, Section, Table
from planner.report.document import build_report
from planner.report.html import render_html
from planner.report.outlook import chart_block, section
from planner.samples.catalog import sample
from planner.scenario import Fleet, HardwarePolicy, Policy, Scenario
from tests.support.engine import device, ownership, scenario, task_class


def bought() -> Scenario:
    """One class on devices that are bought for it, tuned twice, over five and a half years."""
    tuned = OneOff(name="Tuning", kind="fine_tuning", usd=Decimal(500), repeats_every_months=24, side="edge")
    return scenario(
        task_class(requests_per_day=40_000.0),
        fleets=(Fleet(profile=device(owned=ownership(incremental_usd=Decimal(25), life_years=2.0)), count=100),),
        policy=Policy(hardware=HardwarePolicy.INCREMENTAL),
        horizon=Horizon(years=5.5, one_offs=(tuned,)),
    )


@pytest.fixture(scope="module")
def shown() -> Section:
    return section(plan(bought()), bought())


def tables(part: Section) -> list[Table]:
    return [block for block in part.blocks if isinstance(block, Table)]


def test_the_report_looks_ahead_after_the_costs(finished: Plan, scenario: Scenario) -> None:
    ids = [each.section_id for each in build_report(finished, scenario).sections]
    assert ids[ids.index("costs") + 1] == "horizon"


def test_the_sentence_comes_first_and_the_doubts_with_their_advice(shown: Section) -> None:
    view = horizon_of(bought())
    assert isinstance(shown.blocks[0], Paragraph)
    assert shown.blocks[0].text == view.sentence
    doubts = next(block for block in shown.blocks if isinstance(block, Bullets))
    assert doubts.items == tuple((doubt.sentence, doubt.advice) for doubt in view.doubts)
    assert view.doubts


def test_every_year_has_a_row_and_the_rest_is_named(shown: Section) -> None:
    years = [line[0].text for line in tables(shown)[0].rows]
    assert years == ["before month 1", "1", "2", "3", "4", "5", "6 (6 months)", "All"]


def test_every_kind_of_cost_has_a_row(shown: Section) -> None:
    view = horizon_of(bought())
    kinds = {line.kind for stream in (view.plan, view.base) for line in stream.lines}
    assert {line[0].text for line in tables(shown)[1].rows} == kinds
    assert "salvage" in kinds


def test_the_chart_marks_the_month_of_the_sentence(shown: Section) -> None:
    chart = next(block for block in shown.blocks if isinstance(block, LineChart))
    (mark,) = chart.marks
    mine, base = (each.values for each in chart.series)
    assert mark.y == mine[mark.x] <= base[mark.x]
    assert mine[mark.x - 1] > base[mark.x - 1]
    assert f"month {mark.x}" in str(shown.blocks[0])


def test_a_one_off_stands_with_the_month_in_which_it_is_passed(shown: Section) -> None:
    (row,) = tables(shown)[2].rows
    assert row[0].text == "Tuning"
    assert row[1].text == "this plan"
    assert row[2].detail == "3 times"
    assert "Mail: " in row[4].text


def test_a_plan_of_nothing_looks_ahead_to_nothing() -> None:
    nothing = scenario_without_options()
    blocks = section(plan(nothing), nothing).blocks
    assert len(blocks) == 1
    assert not any(isinstance(block, Figures) for block in blocks)


def test_a_horizon_that_cannot_be_told_says_why_and_leaves_the_report_whole() -> None:
    asked = bought().model_copy(update={"horizon": Horizon(starts=date(9999, 12, 1))})
    (only,) = section(plan(asked), asked).blocks
    assert isinstance(only, Paragraph)
    assert "calendars end" in only.text


def scenario_without_options() -> Scenario:
    return scenario(fleets=(), offers=())


def test_the_same_plan_gives_the_same_page(finished: Plan, scenario: Scenario) -> None:
    one = render_html(build_report(finished, scenario))
    assert one == render_html(build_report(plan(sample("office-assistant")), sample("office-assistant")))
    assert "<polyline" in one


def test_a_chart_that_never_crosses_has_no_mark() -> None:
    view = horizon_of(bought().model_copy(update={"horizon": Horizon(years=0.5)}))
    chart = chart_block(view)
    assert chart.marks == ()
    assert chart.description.endswith("are still missing then.")

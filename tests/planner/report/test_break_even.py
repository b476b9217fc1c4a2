"""Where the decision turns, in the report: the sentence first, the chart's bands are the table's intervals."""

import itertools

from planner.outlook.break_even import break_even
from planner.planning import plan
from planner.report.blocks import CurveChart, Paragraph, Section, Table
from planner.report.break_even import section
from planner.report.document import build_report
from planner.report.html import render_html
from tests.support import scenarios
from tests.support.capacities import capacity_scenario, owned


def shown() -> tuple[Section, list[CurveChart]]:
    made = capacity_scenario(owned())
    found = section(plan(made), made)
    return found, [block for block in found.blocks if isinstance(block, CurveChart)]


def test_the_sentence_comes_first_and_both_charts_follow() -> None:
    found, charts = shown()
    view = break_even(capacity_scenario(owned()), "volume")
    assert isinstance(found.blocks[0], Paragraph)
    assert found.blocks[0].text == view.sentence == view.pairs[0].sentence
    assert [chart.description for chart in charts] == [view.pairs[0].sentence, view.pairs[-1].sentence]


def test_the_bands_are_the_intervals_and_the_jumps_are_in_the_curve() -> None:
    _, charts = shown()
    boxes = break_even(capacity_scenario(owned()), "volume").pairs[-1]
    assert len(boxes.cheaper) > 1
    assert [band.from_x for band in charts[1].bands] == [
        each.low for each in boxes.cheaper if each.low < charts[1].curves[0].stretches[-1].to_x
    ]
    stretches = charts[1].curves[0].stretches
    assert any(after.from_y > before.to_y for before, after in itertools.pairwise(stretches))


def test_every_pair_has_a_row() -> None:
    found, _ = shown()
    (rows,) = [block.rows for block in found.blocks if isinstance(block, Table)]
    assert len(rows) == len(break_even(capacity_scenario(owned()), "volume").pairs)


def test_the_report_tells_it_after_the_horizon_and_draws_it() -> None:
    made = capacity_scenario(owned())
    report = build_report(plan(made), made)
    ids = [each.section_id for each in report.sections]
    assert ids[ids.index("horizon") + 1] == "break-even"
    html = render_html(report)
    assert 'class="jump"' in html
    assert "Where it turns" in html


def test_without_two_alternatives_it_says_why() -> None:
    made = scenarios.scenario()
    lone = made.model_copy(update={"prices": made.prices.model_copy(update={"offers": ()})})
    found = section(plan(lone), lone)
    assert isinstance(found.blocks[0], Paragraph)
    assert "no two alternatives" in found.blocks[0].text
    assert render_html(build_report(plan(lone), lone))

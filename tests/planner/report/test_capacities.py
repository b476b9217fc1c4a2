"""The report's section on capacities: the engine's own figures, every part of them, and why one is unknown."""

from __future__ import annotations

from planner import text
from planner.cost.capacity import capacity_month
from planner.planning import plan
from planner.report.blocks import Bullets, Section, Table
from planner.report.capacities import sections
from planner.scenario import Scenario
from tests.support.capacities import DAY, capacity_scenario, owned, rented, reserved, shared_scenario
from tests.support.scenarios import scenario


def _sections(scenario: Scenario) -> tuple[Section, ...]:
    return sections(plan(scenario), scenario)


def _tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def test_a_scenario_without_capacity_has_no_such_section() -> None:
    assert _sections(scenario()) == ()


def test_every_capacity_stands_there_with_the_engines_figures() -> None:
    hosted = capacity_scenario()
    (section,) = _sections(hosted)
    overview, prices, parts = _tables(section)
    assert [cells[0].text for cells in overview.rows] == [each.title for each in hosted.capacities]
    assert len(prices.rows) == len(hosted.capacities)
    for capacity, cells in zip(hosted.capacities, overview.rows, strict=True):
        month = capacity_month(hosted, capacity, DAY)
        assert month.billed is not None
        assert month.utilization is not None
        assert cells[3].text == text.share(month.utilization.value)
        assert cells[4].text == text.money(month.billed.upfront_usd)
        lines = [each for each in parts.rows if each[0].text == capacity.title]
        assert [each[2].text for each in lines] == [text.money(part.usd_per_month) for part in month.parts]


def test_an_unknown_price_is_unknown_with_its_reason() -> None:
    (section,) = _sections(capacity_scenario(reserved(term_months=36), owned()))
    overview, prices, _ = _tables(section)
    assert [cell.text for cell in overview.rows[0][2:]] == [text.UNKNOWN] * 6
    assert "the vendor answers on request only" in overview.note
    assert len(prices.rows) == 1


def test_doubts_are_told_with_what_to_do() -> None:
    (section,) = _sections(capacity_scenario(reserved()))
    (bullets,) = [block for block in section.blocks if isinstance(block, Bullets)]
    assert any("reserves no hardware" in sentence for sentence, _ in bullets.items)
    (quiet,) = _sections(capacity_scenario(rented()))
    assert not [block for block in quiet.blocks if isinstance(block, Bullets)]


def test_a_capacity_in_use_stands_there_with_the_classes_the_plan_puts_there() -> None:
    hosted = shared_scenario()
    made = plan(hosted)
    (section,) = sections(made, hosted)
    overview, _, parts = _tables(section)
    used = {load.title: load for load in made.capacity_loads}
    assert used
    for cells in overview.rows:
        load = used.get(cells[0].text)
        assert cells[1].text == ("not used" if load is None else "in use")
        if load is not None:
            assert load.month.units is not None
            assert cells[2].text.startswith(f"{load.month.units:,} ×")
            lines = [each[2].text for each in parts.rows if each[0].text == load.title]
            assert lines == [text.money(part.usd_per_month) for part in load.month.parts]

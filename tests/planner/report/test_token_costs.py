"""A price of tokens never stands without utilization and the figure at 100 %; what is not charged is said."""

from __future__ import annotations

from planner.planning import plan
from planner.report.blocks import Table
from planner.report.costs import fleet_section, section
from planner.report.token_costs import not_charged_table, per_mtok_table
from tests.support.engine import assumptions, quantity, scenario, task_class


def test_every_placed_class_has_its_price_of_tokens() -> None:
    result = plan(scenario(task_class("mail", may_leave_device=False)))
    (line,) = per_mtok_table(result).rows
    chosen = result.placements[0].chosen
    assert chosen is not None
    assert chosen.cost is not None
    assert line[0].text == "Mail"
    assert line[4].detail == "5.07 input tokens per output token"
    assert line[5].text.endswith(" %")
    assert all(cell.text.startswith("$") for cell in (*line[2:5], *line[6:]))


def test_paid_by_the_token_utilization_does_not_apply_and_says_why() -> None:
    (line,) = per_mtok_table(plan(scenario(task_class("mail", requests_per_day=1.0)))).rows
    assert [cell.text for cell in line[5:]] == ["does not apply"] * 3
    assert line[5].detail == "paid by the token: no capacity of ours stands unused"


def test_what_is_not_charged_is_listed_once_a_device() -> None:
    result = plan(scenario(task_class("mail", may_leave_device=False), task_class("chat", may_leave_device=False)))
    rows = [[cell.text for cell in line] for line in not_charged_table(result).rows]
    assert [line[1] for line in rows] == [
        "battery wear",
        "time of users who wait for a slower device",
        "packaging of a release",
        "evaluation of a release",
        "model downloads",
    ]
    assert rows[1][2] == "the scenario states no value of it"


def test_policies_are_shown_per_accepted_result_and_per_mtok() -> None:
    policies = next(
        block
        for block in section(plan(scenario(task_class("mail", may_leave_device=False))), scenario()).blocks
        if isinstance(block, Table) and block.caption == "Hardware cost of the device placements under each policy"
    )
    (line,) = policies.rows
    for cell in line[2:]:
        assert "an accepted result" in cell.detail
        assert "/Mtok: " in cell.detail


def test_the_fixed_costs_of_a_fleet_are_shown_line_by_line() -> None:
    stated = assumptions().model_copy(
        update={"packaging_usd_per_release": quantity(60, "USD"), "releases_per_year": quantity(12, "count")}
    )
    one = scenario(task_class("mail", may_leave_device=False)).model_copy(update={"assumptions": stated})
    fixed = fleet_section(plan(one)).blocks[1]
    assert isinstance(fixed, Table)
    lines = [[cell.text for cell in line] for line in fixed.rows]
    assert [line[1:3] for line in lines] == [["support", "$50.00"], ["packaging of llama-3.2-1b int4", "$60.00"]]

"""Classes on one device in report and terminal: the plan's own figures, each against its bound (CONVENTION §12)."""

from __future__ import annotations

from functools import cache

import pytest

from planner import text
from planner.cli.decision import show_plan
from planner.placement.plan import Plan
from planner.planning import plan
from planner.report import devices
from planner.report.inputs import assumptions_section
from planner.report.placements import section
from planner.report.together import together_tables
from planner.scenario import Scenario
from planner.workload.task_classes import Slo
from tests.support.engine import scenario, task_class
from tests.support.unlike_users import unlike_users


def bound_to_the_device() -> Scenario:
    """Nothing may leave, so what breaks together stays so."""
    return scenario(
        task_class("chat", requests_per_day=45_000.0, slo=Slo(ttft_p95_s=10.0), may_leave_device=False),
        task_class("reports", requests_per_day=9_400.0, output_tokens=1500, may_leave_device=False),
    )


@cache
def made() -> Plan:
    return plan(bound_to_the_device())


def test_every_class_stands_with_its_wait_and_its_bound() -> None:
    (shown,) = together_tables(made())
    chat, reports = made().fleet_loads[0].shared
    assert shown.caption == "Together on one Testbook"
    first, second = [[cell.text for cell in cells] for cells in shown.rows]
    assert first[:3] == ["Chat", "first", text.seconds(chat.wait_p95_s)]
    assert second[:3] == ["Reports", "after the others", text.seconds(reports.wait_p95_s)]
    assert "bound 10 s" in shown.rows[0][3].detail
    assert "no bound" in shown.rows[0][4].detail
    assert (first[5], second[5]) == ("no", "it has none")


def test_a_queue_that_grows_has_no_percentile() -> None:
    load = made().fleet_loads[0]
    growing = tuple(each.model_copy(update={"wait_p95_s": None}) for each in load.shared)
    shown = made().model_copy(update={"fleet_loads": (load.model_copy(update={"shared": growing}),)})
    (table,) = together_tables(shown)
    assert [cell.text for cell in table.rows[0]][2:] == [
        "it grows",
        "unknown",
        "unknown",
        "its queue does not clear in that hour",
    ]


def test_a_class_with_a_device_of_its_own_needs_no_table() -> None:
    assert together_tables(plan(scenario(task_class(may_leave_device=False)))) == ()


def test_the_terminal_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    show_plan(made())
    printed = capsys.readouterr().out
    assert "Together on one Testbook, in the busiest hour" in printed
    for wait in made().fleet_loads[0].shared:
        for figure_s in (wait.wait_p95_s, wait.ttft_p95_s.value, wait.e2e_p95_s.value):
            assert text.seconds(figure_s) in printed


def test_what_overflows_is_shown_where_the_class_is_placed(capsys: pytest.CaptureFixture[str]) -> None:
    given = unlike_users()
    result = plan(given)
    overflows = {
        each.task_class: each.chosen.overflow for each in result.placements if each.chosen and each.chosen.overflow
    }
    words = f"{text.share(overflows['chat--slow'].share.value)} overflows to acme/small"
    shown = section(result, given).blocks[0].model_dump_json()
    assert words in shown
    show_plan(result)
    assert words in " ".join(capsys.readouterr().out.split())


def test_the_report_names_what_it_was_told_of_users() -> None:
    given = unlike_users()
    assumed = assumptions_section(given).model_dump_json()
    assert "Spread of demand over users" in assumed
    assert "80 %" in assumed
    assert "Spread of demand over users" not in assumptions_section(bound_to_the_device()).model_dump_json()
    told = "".join(each.model_dump_json() for each in devices.sections(given))
    assert "30 of these devices are in the fleet, for 30 users." in told

"""`edgewise explain`: reasons, flip points, next plans and options, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.outlook.explanation import explanation, overview
from planner.placement.plan import SavedPlan
from planner.planning import plan
from tests.support.engine import scenario, task_class

GIVEN = scenario(task_class(requests_per_day=100_000.0), task_class("notes", may_leave_device=False))


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.json"
    path.write_text(to_json(GIVEN), encoding="utf-8")
    return path


def test_words_say_why_here_and_why_not_there(edgewise, given: Path) -> None:
    out = edgewise("explain", given, "--class", "mail").out
    assert out.startswith("Mail: llama-3.2-1b int4 on Testbook.\nLocal wins while volume is at most ")
    for words in (
        "why not there",
        "a year more",
        "Proven: no other choice",
        "Flip points",
        "all token prices",
        "Near-equal plans",
        "Next-best plans",
        "chosen",
    ):
        assert words in out


def test_a_conflict_comes_with_what_would_lift_it(edgewise, given: Path) -> None:
    out = edgewise("explain", given, "--class", "notes").out
    assert "by privacy" in out
    assert "Only local is allowed, whatever it costs." in out
    assert "acme/small would be allowed with permission to leave the device." in out


def test_without_a_class_every_one_is_explained_in_short(edgewise, given: Path) -> None:
    out = edgewise("explain", given).out
    assert "Mail" in out
    assert "Notes" in out
    assert "forbidden" in out
    assert "Local wins while" in out
    assert edgewise("explain", given, "--json").out == to_json(overview(GIVEN))


def test_json_is_the_engines_answer_and_a_plan_will_do(edgewise, given: Path, tmp_path: Path) -> None:
    ended = edgewise("explain", given, "--class", "mail", "--json")
    assert ended.out == to_json(explanation(GIVEN, "mail"))
    path = tmp_path / "plan.json"
    path.write_text(to_json(SavedPlan(scenario=GIVEN, plan=plan(GIVEN))), encoding="utf-8")
    assert json.loads(edgewise("explain", path, "--class", "mail", "--json").out)["task_class"] == "mail"


def test_an_unknown_class_is_refused(edgewise, given: Path) -> None:
    ended = edgewise("explain", given, "--class", "nope")
    assert ended.code == 2
    assert "Its classes: mail, notes" in ended.err

"""`edgewise explain`: reasons, next plans and options, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.outlook.explanation import explanation
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
    assert out.startswith("Mail: llama-3.2-1b int4 on Testbook.")
    for words in ("why not there", "a year more", "Proven: no other choice", "Next-best plans", "chosen"):
        assert words in out
    assert "by privacy" in edgewise("explain", given, "--class", "notes").out


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

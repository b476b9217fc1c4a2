"""A saved plan stands for its scenario wherever a scenario is looked at."""

import json
from pathlib import Path

import pytest

from planner.cli.planned_scenarios import scenario_of
from planner.errors import DocumentError
from planner.outlook.focus_export import focus_csv
from planner.plan_files import save_plan
from planner.planning import plan
from planner.scenario_files import save_scenario
from tests.support.engine import scenario


def test_a_saved_plan_a_scenario_file_and_nothing_else_are_taken(tmp_path: Path) -> None:
    given = scenario()
    save_plan(tmp_path / "plan.json", given, plan(given))
    save_scenario(tmp_path / "scenario.json", given)
    assert scenario_of(str(tmp_path / "plan.json")) == scenario_of(str(tmp_path / "scenario.json")) == given
    (tmp_path / "other.json").write_text('{"format": "edgewise.workload"}', encoding="utf-8")
    with pytest.raises(DocumentError):
        scenario_of(str(tmp_path / "other.json"))


@pytest.mark.parametrize("verb", [("cost",), ("horizon",), ("break-even", "--by", "volume")])
def test_every_look_takes_a_saved_plan(verb: tuple[str, ...], edgewise, tmp_path: Path) -> None:
    given = scenario()
    save_plan(tmp_path / "plan.json", given, plan(given))
    save_scenario(tmp_path / "scenario.json", given)
    name, *options = verb
    ended = edgewise(name, tmp_path / "plan.json", *options, "--json")
    assert ended.code == 0
    assert json.loads(ended.out) == json.loads(edgewise(name, tmp_path / "scenario.json", *options, "--json").out)


def test_an_export_takes_a_saved_plan(edgewise, tmp_path: Path) -> None:
    given = scenario()
    save_plan(tmp_path / "plan.json", given, plan(given))
    assert edgewise("prices", "export", "--focus", tmp_path / "month.csv", tmp_path / "plan.json").code == 0
    assert (tmp_path / "month.csv").read_bytes().decode() == focus_csv(given)

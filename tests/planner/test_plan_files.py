"""plan.json reopens and recomputes to the same bytes, or says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.errors import DocumentError
from planner.plan_files import load_plan, reopen_plan, save_plan
from planner.planning import SavedPlan, plan
from planner.scenario_files import load_scenario, save_scenario
from tests.support.engine import scenario


def saved(folder: Path) -> Path:
    given = scenario()
    path = folder / "plan.json"
    save_plan(path, given, plan(given))
    return path


def test_reopened_to_the_same_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path)
    again: SavedPlan = reopen_plan(path)
    assert to_json(again).encode() == path.read_bytes()


def test_a_plan_edited_by_hand_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["plan"]["sentence"] = "Buy laptops."
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DocumentError, match="edited by hand"):
        reopen_plan(path)
    assert load_plan(path).plan.sentence == "Buy laptops."


def test_a_plan_of_another_engine_says_so(tmp_path: Path) -> None:
    path = saved(tmp_path)
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["plan"]["engine"] = "edgewise 0.0.1"
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"made by edgewise 0\.0\.1"):
        reopen_plan(path)


def test_scenarios_round_trip_byte_for_byte(tmp_path: Path) -> None:
    path = tmp_path / "s.edgewise.json"
    save_scenario(path, scenario())
    before = path.read_bytes()
    save_scenario(path, load_scenario(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"workload": {"seats": -1}}, "workload.seats"),
        ({"colour": "red"}, "colour: unknown key"),
        ({"version": 4}, "version"),
    ],
)
def test_a_malformed_scenario_names_file_and_place(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    path = tmp_path / "s.json"
    raw = json.loads(to_json(scenario()))
    for key, value in change.items():
        if isinstance(value, dict):
            raw[key].update(value)
        else:
            raw[key] = value
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        load_scenario(path)
    assert complaint in str(caught.value)
    assert str(path) in str(caught.value)

"""`edgewise cost`: what every target costs, in tables for people and in JSON with every figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.documents import to_json
from planner.outlook.true_costs import true_costs
from planner.placement.plan import SavedPlan
from planner.planning import plan
from tests.support.capacities import RAISED, capacity_scenario, reserved, shared_scenario


@pytest.fixture
def hosted(tmp_path: Path) -> Path:
    path = tmp_path / "hosted.json"
    path.write_text(to_json(capacity_scenario()), encoding="utf-8")
    return path


def test_tables_show_classes_policies_capacities_and_doubts(edgewise, hosted: Path) -> None:
    out = edgewise("cost", hosted).out
    assert "Hosted: true costs at the prices of 23 Nov 2026." in out
    for words in ("Chat, 6 input tokens per output token", "metered", "chosen by the plan", "at 100 %"):
        assert words in out
    assert "An accepted result by hardware policy (this scenario: sunk)" in out
    assert "Rented on-demand is busy 14 % (7 % … 14 %) of its paid hours: 0.18 load factor × 0.8 headroom" in out
    assert "4 boxes" in out
    assert "Doubts" in out


def test_json_is_the_engines_answer(edgewise, hosted: Path) -> None:
    ended = edgewise("cost", hosted, "--json")
    assert ended.out == to_json(true_costs(capacity_scenario()))


def test_one_class_on_another_day(edgewise, hosted: Path) -> None:
    told = json.loads(edgewise("cost", hosted, "--class", "archive", "--on", RAISED.isoformat(), "--json").out)
    assert told["on"] == RAISED.isoformat()
    assert {each["task_class"] for each in told["targets"]} == {"archive"}


def test_a_saved_plan_is_costed_from_its_scenario(edgewise, tmp_path: Path) -> None:
    scenario = capacity_scenario()
    path = tmp_path / "plan.json"
    path.write_text(to_json(SavedPlan(scenario=scenario, plan=plan(scenario))), encoding="utf-8")
    assert json.loads(edgewise("cost", path, "--json").out)["title"] == "Hosted"


def test_what_has_no_price_says_why(edgewise, tmp_path: Path) -> None:
    path = tmp_path / "unpriced.json"
    path.write_text(to_json(capacity_scenario(reserved(term_months=36))), encoding="utf-8")
    out = edgewise("cost", path).out
    assert "Reserved reserved has no price: one PTU of ptu: the vendor answers on request only." in out
    assert ".;" not in out


def test_many_targets_without_a_price_are_told_in_sentences_and_the_rest_by_name(edgewise, tmp_path: Path) -> None:
    made = shared_scenario(*(reserved(name=f"later-{number}", term_months=36) for number in range(5)))
    path = tmp_path / "unpriced.json"
    path.write_text(to_json(made), encoding="utf-8")
    out = " ".join(edgewise("cost", path, "--class", "chat").out.split())
    why = "has no price: one PTU of ptu: the vendor answers on request only"
    told = [f"acme/mini, Reserved later-{number}" for number in range(5)]
    assert [f"{name} {why}" in out for name in told] == [True, True, True, False, False]
    assert f"And 2 more have no price (--json has the reasons): {told[3]}; {told[4]}." in out
    assert ".;" not in out
    assert out.count(why) == 3 + 5  # and once for each of the capacities


def test_a_used_capacity_is_costed_with_the_classes_of_the_plan(edgewise, tmp_path: Path) -> None:
    path = tmp_path / "shared.json"
    path.write_text(to_json(shared_scenario()), encoding="utf-8")
    out = " ".join(edgewise("cost", path).out.split())
    assert "Capacities, each with the classes that the plan puts there, else with all that it may take" in out
    for each in true_costs(shared_scenario()).capacities:
        assert f"{each.title} is busy" in out
        assert f"It is costed with {', '.join(each.task_classes)}." in out


def test_an_unknown_class_or_day_is_refused(edgewise, hosted: Path) -> None:
    ended = edgewise("cost", hosted, "--class", "cat")
    assert ended.code == 2
    assert "no task class is called 'cat'" in ended.err
    assert edgewise("cost", hosted, "--on", "tomorrow").code == 2

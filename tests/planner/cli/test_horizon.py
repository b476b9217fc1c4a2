"""`edgewise horizon`: the sentence, every month as JSON and CSV, refusals in words."""

import csv
import json
from pathlib import Path

import pytest

from planner.documents import save_document
from planner.outlook.horizon import horizon_of
from planner.samples.catalog import sample
from tests.support.capacities import answering, capacity_scenario, owned
from tests.support.engine import scenario


def test_the_sentence_comes_first_and_the_years_add_up(edgewise) -> None:
    ended = edgewise("horizon", "office-assistant")
    assert ended.code == 0
    assert ended.out.startswith(horizon_of(sample("office-assistant")).sentence)
    assert "Billed by year" in ended.out
    assert "All" not in ended.err


def test_the_look_ahead_as_json_is_the_document(edgewise) -> None:
    ended = edgewise("horizon", "office-assistant", "--years", "1.5", "--json")
    document = json.loads(ended.out)
    assert document["format"] == "edgewise.horizon"
    assert document["months"] == 18
    assert len(document["plan"]["billed_usd"]) == 19


def test_every_month_is_a_row_of_the_csv(edgewise, tmp_path: Path) -> None:
    file = tmp_path / "months.csv"
    ended = edgewise("horizon", "office-assistant", "--csv", file)
    assert ended.code == 0
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    view = horizon_of(sample("office-assistant"))
    assert [row["month"] for row in rows] == [str(month) for month in range(37)]
    assert rows[1]["begins"] == "2026-11-23"
    column = "plan: all, billed (USD)"
    assert [float(row[column]) for row in rows] == list(view.plan.billed_usd)
    parts = [name for name in rows[0] if name.startswith("base case: ") and name.endswith(", billed (USD)")]
    total = parts.pop(parts.index("base case: all, billed (USD)"))
    assert sum(float(rows[9][name]) for name in parts) == pytest.approx(float(rows[9][total]))


def test_capacities_stand_beside_the_base_case(edgewise, tmp_path: Path) -> None:
    file, months = tmp_path / "scenario.json", tmp_path / "months.csv"
    save_document(file, capacity_scenario(answering(owned(name="own-box"))))
    ended = edgewise("horizon", file, "--csv", months)
    assert ended.code == 0
    assert "Owned own-box" in ended.out
    assert "own-box: hardware, billed (USD)" in months.read_text(encoding="utf-8")


def test_a_scenario_of_one_s_own_is_read(edgewise, tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    save_document(file, scenario())
    assert edgewise("horizon", file).code == 0


@pytest.mark.parametrize("years", ["0", "11", "-1", "nan"])
def test_a_horizon_nobody_can_mean_is_refused(edgewise, years: str) -> None:
    ended = edgewise("horizon", "office-assistant", "--years", years)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_an_unknown_sample_is_refused_in_a_sentence(edgewise) -> None:
    ended = edgewise("horizon", "ofice-assistant")
    assert ended.code == 2
    assert "office-assistant" in ended.err

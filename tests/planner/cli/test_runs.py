"""`edgewise runs` tells earlier measurements, compares two of them and hands out their raw data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from planner.comparison.runs import compare_runs
from planner.documents import read_document
from planner.measurement.runs import Run
from planner.profiles.files import save_profile
from planner.profiles.raw_export import RunsExport
from tests.support.compared_runs import run_of, slices_of
from tests.support.profiles import profile
from tests.support.sustained import soak_of


def on_battery(run: Run) -> Run:
    return run.model_copy(update={"conditions": run.conditions.model_copy(update={"power_source": "battery"})})


OLDER = run_of((50, 51, 49), "20261123T120000Z-aaaaaa")
NEWER = on_battery(run_of((60, 61, 59), "20261123T130000Z-bbbbbb", hours=1))


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "device.json"
    save_profile(path, profile(runs=(OLDER, NEWER), slices=(slices_of(hours=2),), soaks=(soak_of(np.full(20, 40.0)),)))
    return path


def test_the_history_is_a_table_newest_first_with_conditions_and_doubts(edgewise, known: Path) -> None:
    ended = edgewise("runs", known)
    assert ended.code == 0
    places = [ended.out.index(name) for name in ("zdeep", "bbbbbb", "aaaaaa")]
    assert places == sorted(places)
    line = next(line for line in ended.out.splitlines() if "bbbbbb" in line)
    assert "60 tok/s" in line
    assert "on battery" in line
    assert line.split()[-1] == "1"  # the doubt that it ran on battery
    assert "estimated (≈)" in ended.out


def test_the_history_as_json_names_every_figure(edgewise, known: Path) -> None:
    told = json.loads(edgewise("runs", known, "--json").out)
    assert told["profile_id"] == "testbook-14"
    assert [row["kind"] for row in told["measurements"]] == ["slices", "run", "run", "soak"]
    newest_run = told["measurements"][1]
    assert newest_run["decode"]["tok_s"]["value"] == pytest.approx(60)
    assert newest_run["conditions"]["power_source"] == "battery"
    assert [doubt["kind"] for doubt in newest_run["doubts"]] == ["OnBattery"]


def test_one_run_is_told_in_full(edgewise, known: Path) -> None:
    ended = edgewise("runs", known, "--run", "last")
    assert "aaaaaa" not in ended.out
    assert "overall time to first token" in ended.out
    assert "! The device ran on battery." in ended.out


def test_two_runs_are_compared_in_a_sentence_figures_and_what_differs(edgewise, known: Path) -> None:
    ended = edgewise("runs", known, "--compare", "previous", "last")
    assert ended.code == 0
    assert ended.out.startswith("B decodes 20 % faster (")
    assert "it ran on battery, A on mains." in ended.out
    assert "decode at 512 tokens" in ended.out
    assert "power source" in ended.out
    assert "Welch" in ended.out


def test_the_comparison_as_json_is_the_engines(edgewise, known: Path) -> None:
    told = json.loads(edgewise("runs", known, "--compare", "20261123T12", "20261123T13", "--json").out)
    assert told == compare_runs(OLDER, NEWER).model_dump(mode="json")


def test_an_export_says_which_files_it_wrote(edgewise, known: Path, tmp_path: Path) -> None:
    out = tmp_path / "raw.csv"
    ended = edgewise("runs", known, "--export", out)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines() == [
        f"Written: {tmp_path / name}" for name in ("raw.csv", "raw-readings.csv", "raw-windows.csv")
    ]
    assert {OLDER.run_id, NEWER.run_id} <= {line.split(",")[0] for line in out.read_text("utf-8").splitlines()}


def test_one_run_is_exported_as_it_is(edgewise, known: Path, tmp_path: Path) -> None:
    out = tmp_path / "raw.json"
    ended = edgewise("runs", known, "--export", out, "--run", "previous", "--json")
    assert json.loads(ended.out) == {"files": [str(out)]}
    document = read_document(out, RunsExport)
    assert (document.runs, document.soaks) == ((OLDER,), ())


def test_another_ending_is_refused(edgewise, known: Path, tmp_path: Path) -> None:
    ended = edgewise("runs", known, "--export", tmp_path / "raw.xlsx")
    assert ended.code == 2
    assert ".csv or .json" in ended.err
    assert not (tmp_path / "raw.xlsx").exists()


def test_comparing_and_exporting_at_once_is_refused(edgewise, known: Path, tmp_path: Path) -> None:
    ended = edgewise("runs", known, "--compare", "previous", "last", "--export", tmp_path / "raw.csv")
    assert ended.code == 2
    assert "--compare" in ended.err


def test_an_unknown_run_is_refused_with_near_names(edgewise, known: Path) -> None:
    ended = edgewise("runs", known, "--compare", "20261123T120000Z-aaaaab", "last")
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean 20261123T120000Z-aaaaaa" in ended.err


def test_a_device_without_measurements_says_so(edgewise) -> None:
    ended = edgewise("runs", "mac-mini-m4")
    assert ended.code == 0
    assert "nothing was measured on it" in ended.out

"""`edgewise week`: a log's hours shown, and written into a workload."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.workload.files import load_workload, save_workload
from planner.workload.presets import preset


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Nine days from 0, ten requests an hour, forty at 10:00 of the fifth day (a Monday, if day 0 is a Thursday)."""
    path = tmp_path / "log.csv"
    times = [hour * 3600 + n * 60 for hour in range(9 * 24) for n in range(40 if hour == 4 * 24 + 10 else 10)]
    rows = "".join(f"{at},100,7\n" for at in times)
    path.write_text("Timestamp,Request tokens,Response tokens\n" + rows, encoding="utf-8")
    return path


@pytest.fixture
def workload(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    save_workload(path, preset("office-assistant"))
    return path


def test_the_week_in_words(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["week", str(log)]) == 0
    said = capsys.readouterr()
    assert "Monday 10:00, 40 requests" in said.out
    assert "1,710 requests in 168 of 168 hours" in said.out
    assert "which day it began on is unknown" in said.err


def test_the_week_as_json(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["week", str(log), "--utc-offset", "1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["busiest_hour"] == 11
    assert len(said["requests_by_hour"]) == 168
    assert said["blocks"] == [{"hours": 1, "requests_per_h": 40.0}, {"hours": 167, "requests_per_h": 10.0}]


def test_a_workload_gets_the_hours(log: Path, workload: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = workload.with_name("hours.toml")
    assert main(["week", str(log), "--workload", str(workload), "--out", str(out), "--class", "chat"]) == 0
    assert f"Written: {out}" in capsys.readouterr().err.replace("\n", "")
    told = load_workload(out)
    week = next(each.week for each in told.task_classes if each.name == "chat")
    assert week is not None
    assert week.weights.index(max(week.weights)) == 10
    assert load_workload(workload) == preset("office-assistant")


@pytest.mark.parametrize("options", [["--workload", "w.toml"], ["--out", "o.toml"], ["--class", "chat"]])
def test_half_a_wish_is_refused(log: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["week", str(log), *options]) == 2
    assert "--" in capsys.readouterr().err

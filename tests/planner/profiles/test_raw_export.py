"""Raw data leaves the program whole: what is read again equals what was measured."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from planner.documents import read_document
from planner.errors import PlannerError, WriteError
from planner.measurement.readings import Reading
from planner.measurement.runs import RoundState
from planner.profiles.raw_columns import BURST_COLUMNS, READING_COLUMNS, SAMPLE_COLUMNS, WINDOW_COLUMNS
from planner.profiles.raw_export import RunsExport, export_runs
from tests.support.compared_runs import round_of, run_of, slices_of
from tests.support.machine_readings import quiet
from tests.support.sustained import contention_of, soak_of

COLD = quiet(3, lambda second: {"temperature_c": -7.3, "headroom_c": -0.1} if second else {})
RUN = run_of((50 / 3, 49.7, 50.123456789), readings=COLD)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_timed_sample_has_its_rows_in_full_precision(tmp_path: Path) -> None:
    samples, _ = export_runs(tmp_path / "out.csv", [RUN], "csv")
    rows = table(samples)
    assert tuple(rows[0]) == tuple(SAMPLE_COLUMNS)
    for one in RUN.rounds:
        mine = [row for row in rows if row["round"] == str(one.number)]
        prefill = [row for row in mine if row["kind"] == "prefill"]
        assert [(int(row["tokens"]), float(row["duration_s"])) for row in prefill] == [
            (sample.prompt_tokens, sample.duration_s) for sample in one.prefill
        ]
        for number, series in enumerate(one.decode, 1):
            steps = [row for row in mine if (row["kind"], row["sample"]) == ("decode", str(number))]
            assert tuple(float(row["token_time_s"]) for row in steps) == series.token_times_s
            assert [int(row["token_index"]) for row in steps] == list(range(1, len(series.token_times_s) + 1))
            assert {row["tokens"] for row in steps} == {str(series.context_tokens)}
            assert {float(row["began_s"]) for row in steps} == {series.began_s}
        assert [float(row["duration_s"]) for row in mine if row["kind"] in {"load", "first_run"}] == [0.25, 0.5]


def test_disturbed_and_partial_rounds_are_not_left_out(tmp_path: Path) -> None:
    """§10: they count and are shown."""
    rounds = tuple(round_of(number, 50, state=state) for number, state in enumerate(RoundState, 1))
    samples, _ = export_runs(tmp_path / "out.csv", [RUN.model_copy(update={"rounds": rounds})], "csv")
    assert {(row["round"], row["state"]) for row in table(samples)} == {
        ("1", "clean"),
        ("2", "disturbed"),
        ("3", "partial"),
    }


def test_readings_are_the_same_when_read_again(tmp_path: Path) -> None:
    _, readings = export_runs(tmp_path / "out.csv", [RUN], "csv")
    assert readings.name == "out-readings.csv"
    rows = table(readings)
    assert tuple(rows[0]) == tuple(READING_COLUMNS)
    again = [
        Reading.model_validate(
            {name: cell for name, cell in row.items() if cell and name not in {"run_id", "round"}}, strict=False
        )
        for row in rows
    ]
    assert again == [reading for one in RUN.rounds for reading in one.readings]
    assert {row["temperature_c"] for row in rows[1:]} >= {"-7.3"}  # a number below zero is no formula


def test_the_columns_of_readings_are_a_readings_own() -> None:
    assert tuple(READING_COLUMNS) == ("run_id", "round", *Reading.model_fields)


def test_a_model_named_like_a_formula_is_text(tmp_path: Path) -> None:
    run = RUN.model_copy(update={"model": RUN.model.model_copy(update={"name": "=cmd|' /C calc'!A0"})})
    samples, _ = export_runs(tmp_path / "out.csv", [run], "csv")
    assert table(samples)[0]["model"] == "'=cmd|' /C calc'!A0"


def test_json_holds_the_documents_themselves(tmp_path: Path) -> None:
    soak, contention = soak_of(np.full(20, 40.0)), contention_of()
    [path] = export_runs(tmp_path / "out.json", [RUN], "json", soaks=[soak], contentions=[contention])
    document = read_document(path, RunsExport)
    assert (document.runs, document.soaks, document.contentions) == ((RUN,), (soak,), (contention,))


def test_windows_and_bursts_stand_in_files_of_their_own(tmp_path: Path) -> None:
    soak, contention = soak_of(np.linspace(50, 40, 20)), contention_of()
    files = export_runs(tmp_path, [RUN], "csv", soaks=[soak], contentions=[contention])
    assert [file.name for file in files] == ["runs.csv", "runs-readings.csv", "runs-windows.csv", "runs-bursts.csv"]
    windows, bursts = table(files[2]), table(files[3])
    assert (tuple(windows[0]), tuple(bursts[0])) == (tuple(WINDOW_COLUMNS), tuple(BURST_COLUMNS))
    worked = [*soak.windows, *(window for turn in contention.turns for window in turn.windows)]
    assert [(float(row["at_s"]), float(row["decode_s"])) for row in windows] == [
        (window.at_s, window.decode_s) for window in worked
    ]
    assert [float(row["worked_s"]) for row in bursts] == [
        burst.worked_s for turn in contention.turns for burst in turn.bursts
    ]


def test_slices_are_told_apart_by_their_layers(tmp_path: Path) -> None:
    slices = slices_of()
    samples, _ = export_runs(tmp_path / "out.csv", [slices.shallow, slices.deep, RUN], "csv")
    assert {row["layers"] for row in table(samples)} == {"2", "10", ""}


def test_nothing_to_export_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="nothing to export"):
        export_runs(tmp_path / "out.csv", [], "csv")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_refused_and_keeps_what_stood_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(WriteError):
        export_runs(tmp_path / "file" / "out.csv", [RUN], "csv")
    assert (tmp_path / "file").read_text() == "kept"

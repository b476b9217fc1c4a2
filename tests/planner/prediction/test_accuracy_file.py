"""The accuracy log is one file that only grows, is never half written, and is never replaced when it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.errors import DocumentError, WriteError
from planner.measurement.runs import Run
from planner.prediction.accuracy import AccuracyLog
from planner.prediction.accuracy_file import accuracy_file, load_accuracy, record_predictions, record_run
from planner.prediction.predict import predict_from_slices
from planner.prediction.prediction import Prediction
from tests.support.compared_runs import run_of
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import facts

DEVICE = "testbook-14"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file this machine's log is in for one test."""
    path = tmp_path / "data" / "accuracy.json"
    monkeypatch.setenv("EDGEWISE_ACCURACY_LOG", str(path))
    return path


def predicted() -> Prediction:
    return predict_from_slices(slices_after(Law()), facts(), device=DEVICE, prompt_tokens=512, context_tokens=512)


def later_run() -> Run:
    """A run that begins in a thousand years: after any prediction a test makes."""
    return run_of((50, 50, 50), hours=24 * 365_000)


def test_the_variable_names_the_file_and_without_it_the_users_folder_has_it(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accuracy_file() == log
    for value in (None, ""):
        if value is None:
            monkeypatch.delenv("EDGEWISE_ACCURACY_LOG")
        else:
            monkeypatch.setenv("EDGEWISE_ACCURACY_LOG", value)
        assert accuracy_file().name == "accuracy.json"
        assert "edgewise" in accuracy_file().parts
        assert accuracy_file().is_absolute()


def test_without_a_file_the_log_is_empty_and_reading_makes_none(log: Path) -> None:
    assert load_accuracy() == AccuracyLog()
    assert not log.exists()


def test_predictions_are_on_disk_when_the_call_returns(log: Path) -> None:
    first, second = predicted(), predicted()
    assert record_predictions(first).entries[0].prediction == first
    assert load_accuracy() == AccuracyLog.model_validate_json(log.read_bytes())
    record_predictions(second, first)
    assert [entry.prediction for entry in load_accuracy().entries] == [first, second]


def test_a_run_is_set_beside_its_prediction_on_disk(log: Path) -> None:
    told = predicted()
    record_predictions(told)
    record_run(DEVICE, later_run())
    (entry,) = load_accuracy().entries
    assert entry.prediction == told
    assert entry.decode is not None
    assert entry.decode.measured.value == pytest.approx(50)


def test_a_run_that_answers_nothing_leaves_the_file_alone(log: Path) -> None:
    record_run(DEVICE, run_of((50, 50, 50)))
    assert not log.exists()
    record_predictions(predicted())
    before = log.stat()
    record_run("another-device", run_of((50, 50, 50)))
    assert (log.stat().st_mtime_ns, log.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_another_file_may_be_named(log: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    record_predictions(predicted(), path=own)
    assert len(load_accuracy(own).entries) == 1
    record_run(DEVICE, later_run(), path=own)
    assert load_accuracy(own).entries[0].decode is not None
    assert not log.exists()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{not json",
        '{"format": "edgewise.accuracy-log", "version": 1, "entries": [{}]}',
        '{"format": "edgewise.accuracy-log", "version": 2, "entries": []}',  # a newer program's
        '{"format": "edgewise.device-profile", "version": 1, "entries": []}',
    ],
)
def test_a_damaged_or_foreign_file_is_named_and_left_as_it_is(log: Path, content: str) -> None:
    log.parent.mkdir()
    log.write_text(content, encoding="utf-8")
    for attempt in (
        load_accuracy,
        lambda: record_predictions(predicted()),
        lambda: record_run(DEVICE, run_of((50, 50, 50))),
    ):
        with pytest.raises(DocumentError) as caught:
            attempt()
        assert str(log) in caught.value.sentence
    assert log.read_text(encoding="utf-8") == content
    assert [each.name for each in log.parent.iterdir()] == [log.name]


def test_a_write_that_fails_leaves_the_old_log_whole(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_predictions(predicted())
    before = log.read_bytes()

    def refuse(path: Path, target: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WriteError, match="No space left"):
        record_predictions(predicted())
    assert log.read_bytes() == before
    assert not [each for each in log.parent.iterdir() if each.suffix == ".tmp"]


def test_what_stood_there_is_kept_as_a_backup(log: Path) -> None:
    record_predictions(predicted())
    before = log.read_bytes()
    record_predictions(predicted())
    assert log.with_name("accuracy.json.bak1").read_bytes() == before

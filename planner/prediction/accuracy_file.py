"""Where this machine keeps its accuracy log: one file in the user's data folder, added to and never thinned out."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from planner.documents import read_document, save_text, to_json
from planner.measurement.runs import Run
from planner.prediction.accuracy import AccuracyLog, with_prediction, with_run
from planner.prediction.prediction import Prediction


def accuracy_file() -> Path:
    """The log's file; `EDGEWISE_ACCURACY_LOG` names another."""
    named = os.environ.get("EDGEWISE_ACCURACY_LOG")
    return Path(named) if named else user_data_path("edgewise", appauthor=False) / "accuracy.json"


def load_accuracy(path: Path | None = None) -> AccuracyLog:
    """The log, empty where there is none yet; a damaged one is a DocumentError that names it."""
    file = path or accuracy_file()
    return read_document(file, AccuracyLog) if file.exists() else AccuracyLog()


def record_predictions(*predictions: Prediction, path: Path | None = None) -> AccuracyLog:
    """Write predictions down before anything is run, so that nobody can choose among them later."""
    return _save(with_prediction(load_accuracy(path), *predictions), path)


def record_run(device: str, run: Run, path: Path | None = None) -> AccuracyLog:
    """Set a finished run beside the predictions it answers; the file is left alone where there are none."""
    log = load_accuracy(path)
    judged = with_run(log, device, run)
    return log if judged == log else _save(judged, path)


def _save(log: AccuracyLog, path: Path | None) -> AccuracyLog:
    save_text(path or accuracy_file(), to_json(log), keep_backups=True)
    return log

"""How commands end: each way has its exit code and its sentence, and a traceback is never among them."""

import io
import os
import sys
from pathlib import Path

import pytest

from planner.cli.failures import ACCIDENT, DEBUG_VARIABLE, INTERRUPTED, REFUSED, exit_code_of
from planner.errors import DocumentError, StoppedError


def ending(error: BaseException) -> int:
    def command() -> None:
        raise error

    return exit_code_of(command)


def test_done_is_0() -> None:
    assert exit_code_of(lambda: None) == 0


def test_a_refusal_is_one_sentence_with_place_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = DocumentError("no such file", where="plan.json", remedy="Check the spelling.")
    assert ending(refusal) == REFUSED
    assert capsys.readouterr().err == "edgewise: plan.json: no such file. Check the spelling.\n"


def test_stopped_before_there_was_anything_to_keep_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(StoppedError("stopped before anything was timed", where="smollm2-135m")) == INTERRUPTED
    assert capsys.readouterr().err == "edgewise: smollm2-135m: stopped before anything was timed.\n"


def test_an_accident_is_a_sentence_and_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(ZeroDivisionError("in the kitchen")) == ACCIDENT
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "Traceback" not in told
    assert "ZeroDivisionError" in told
    log = Path(next(word for word in told.split() if word.endswith("errors.log.")).removesuffix("."))
    assert "in the kitchen" in log.read_text(encoding="utf-8")


def test_debugging_shows_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, "1")
    assert ending(DocumentError("no such file")) == REFUSED
    assert "Traceback" in capsys.readouterr().err


def test_where_no_log_can_be_written_the_sentence_still_comes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for variable in ("XDG_STATE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "file" / "below"))
    monkeypatch.setattr("platformdirs.user_log_path", _no_folder)
    assert ending(ZeroDivisionError()) == ACCIDENT
    assert DEBUG_VARIABLE in capsys.readouterr().err


def _no_folder(*_: object, **__: object) -> Path:
    raise PermissionError("read-only")


def test_ctrl_c_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(KeyboardInterrupt()) == INTERRUPTED
    assert capsys.readouterr().err == "edgewise: Stopped.\n"


@pytest.mark.parametrize("code", [0, 2, 130])
def test_the_code_a_command_chose_is_kept(code: int) -> None:
    assert ending(SystemExit(code)) == code


def test_a_reader_that_went_away_is_no_accident(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(os.fdopen(writing, "wb")) as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert exit_code_of(lambda: sys.stdout.write("x" * 100_000) and None) == ACCIDENT
    assert capsys.readouterr().err == ""

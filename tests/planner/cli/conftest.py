"""The command line run in this process: exit code and what came out of either stream; its accuracy log is empty."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner.cli.main import main


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Edgewise = Callable[..., Ended]


@pytest.fixture
def edgewise(capsys: pytest.CaptureFixture[str]) -> Edgewise:
    """Type a command: edgewise("plan", "office-assistant")."""

    def run(*arguments: object) -> Ended:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture(autouse=True)
def accuracy_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of this test's own; it is there once something was written down."""
    file = tmp_path / "log" / "accuracy.json"
    monkeypatch.setenv("EDGEWISE_ACCURACY_LOG", str(file))
    return file

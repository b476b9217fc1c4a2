"""`edgewise runtimes` lists, adds and removes, and refuses in sentences."""

import json
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDGEWISE_RUNTIMES", str(tmp_path / "runtimes"))
    return tmp_path / "runtimes"


def test_where_none_is_registered_the_known_ones_are_named(edgewise, folder: Path) -> None:
    ended = edgewise("runtimes")
    assert ended.code == 0
    assert str(folder) in ended.out
    assert "openvino: onnxruntime-openvino, for linux x86_64 and windows x86_64" in ended.out
    assert json.loads(edgewise("runtimes", "--json").out) == []


def test_an_interpreter_is_added_listed_and_removed(edgewise, folder: Path) -> None:
    added = edgewise("runtimes", "add", "same", "--python", sys.executable)
    assert added.code == 0
    assert "same is added: onnxruntime" in added.err
    (row,) = json.loads(edgewise("runtimes", "--json").out)
    assert (row["name"], row["problem"]) == ("same", None)
    assert "CPUExecutionProvider" in row["usable"]
    assert "CPUExecutionProvider" in edgewise("runtimes").out
    assert edgewise("runtimes", "remove", "same").code == 0
    assert not (folder / "same").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("add",), "say which runtime to add"),
        (("remove", "openvino"), "no runtime is called 'openvino'"),
        (("add", "rocm"), "no onnxruntime wheel is known as 'rocm'"),
        (("remove", "openvino", "--python", "python"), "--python goes with"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(edgewise, arguments: tuple[str, ...], complaint: str) -> None:
    ended = edgewise("runtimes", *arguments)
    assert ended.code == 2
    assert complaint in " ".join(ended.err.split())
    assert "Traceback" not in ended.err

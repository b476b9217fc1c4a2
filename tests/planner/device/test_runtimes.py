"""The registry of runtimes: what stands in it is listed, and what is damaged says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.device.runtimes import (
    KNOWN,
    Runtime,
    bringing,
    find_runtime,
    interpreter_of,
    known_runtime,
    registered,
    runtimes_folder,
)
from planner.documents import save_document
from planner.errors import PlannerError, UnknownNameError


def put(folder: Path, name: str, python: Path) -> None:
    record = Runtime(
        name=name,
        python=str(python),
        requirement="onnxruntime-openvino",
        onnxruntime="1.24.1",
        execution_providers=("OpenVINOExecutionProvider", "CPUExecutionProvider"),
        added_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    save_document(folder / name / "runtime.json", record)


@pytest.fixture
def python(tmp_path: Path) -> Path:
    (tmp_path / "python").touch()
    return tmp_path / "python"


def test_nothing_is_registered_where_there_is_no_folder(tmp_path: Path) -> None:
    assert registered(tmp_path / "none") == ()


def test_runtimes_are_listed_by_name(tmp_path: Path, python: Path) -> None:
    folder = tmp_path / "runtimes"
    for name in ("openvino", "cuda"):
        put(folder, name, python)
    (folder / "unfinished" / "env").mkdir(parents=True)  # its record is written last
    assert [one.name for one in registered(folder)] == ["cuda", "openvino"]
    assert find_runtime("openvino", folder).python == python
    assert interpreter_of("openvino", folder) == python
    assert interpreter_of(None, folder) is None


def test_an_interpreter_that_is_gone_is_a_problem_and_no_crash(tmp_path: Path, python: Path) -> None:
    folder = tmp_path / "runtimes"
    put(folder, "openvino", python)
    python.unlink()
    (one,) = registered(folder)
    assert one.python is None
    assert "is gone" in str(one.problem)
    with pytest.raises(PlannerError, match="edgewise runtimes remove openvino"):
        find_runtime("openvino", folder)


def test_a_damaged_record_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "runtime.json").write_text("{}")
    (one,) = registered(tmp_path)
    assert one.runtime is None
    assert "runtime.json" in str(one.problem)


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path, python: Path) -> None:
    put(tmp_path / "runtimes", "openvino", python)
    with pytest.raises(UnknownNameError, match="Did you mean openvino"):
        find_runtime("opnvino", tmp_path / "runtimes")
    with pytest.raises(UnknownNameError, match="None is registered"):
        find_runtime("openvino", tmp_path / "none")
    with pytest.raises(UnknownNameError, match="Known: openvino, directml, cuda, qnn"):
        known_runtime("rocm")


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_RUNTIMES", str(tmp_path))
    assert runtimes_folder() == tmp_path
    monkeypatch.delenv("EDGEWISE_RUNTIMES")
    assert runtimes_folder().parts[-2:] == ("edgewise", "runtimes")


def test_no_provider_comes_with_two_known_wheels() -> None:
    held = [name for one in KNOWN for name in one.execution_providers]
    assert len(held) == len(set(held))
    assert bringing("DmlExecutionProvider") == known_runtime("directml")
    assert bringing("CPUExecutionProvider") is None

"""Adding runtimes: what will be installed is told, failures are sentences, and nothing half made is left behind."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from planner.device.runtimes import registered
from planner.errors import MeasurementError, PlannerError, UnknownNameError
from planner.measurement import runtimes
from planner.measurement.runtimes import Installation, add_existing, install, plan_installation, remove, states

LINUX = {"platform": "linux", "architecture": "x86_64"}
ANSWER = {
    "python": [3, 12],
    "numpy": "2.3.0",
    "psutil": "7.0.0",
    "onnxruntime": "1.24.1",
    "providers": ["OpenVINOExecutionProvider", "CPUExecutionProvider"],
}


class Shell:
    """Runs nothing: makes the interpreter that `venv` would make, and answers as it would."""

    def __init__(
        self, python: Path, *, pip: tuple[int, str] = (0, ""), answer: dict[str, object] | None = None
    ) -> None:
        self.commands: list[tuple[str, ...]] = []
        self._python, self._pip, self._answer = python, pip, ANSWER if answer is None else answer

    def __call__(self, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        self.commands.append(tuple(command))
        if "venv" in command:
            self._python.parent.mkdir(parents=True)
            self._python.touch()
        if "install" in command:
            return subprocess.CompletedProcess(command, self._pip[0], "", self._pip[1])
        return subprocess.CompletedProcess(command, 0, f"noise\n{json.dumps(self._answer)}\n", "")


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setattr(runtimes.shutil, "which", lambda name: None)
    return plan_installation("openvino", folder=tmp_path, **LINUX)


def test_what_will_be_installed_is_told_before(plan: Installation) -> None:
    assert "onnxruntime-openvino, numpy, psutil" in plan.sentence
    assert str(plan.home) in plan.sentence
    assert not plan.home.exists()


def test_a_known_runtime_gets_an_environment_of_its_own(plan: Installation, tmp_path: Path) -> None:
    shell = Shell(plan.python)
    runtime = install(plan, run=shell)
    venv, pip, look = shell.commands
    assert venv == (sys.executable, "-m", "venv", str(plan.home / "env"))
    assert pip[0] == look[0] == str(plan.python)
    assert pip[-3:] == ("onnxruntime-openvino", "numpy", "psutil")
    assert (runtime.name, runtime.onnxruntime) == ("openvino", "1.24.1")
    (one,) = registered(tmp_path)
    assert (one.runtime, one.python) == (runtime, plan.python)


def test_uv_is_used_where_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtimes.shutil, "which", lambda name: "/bin/uv")
    venv, pip = plan_installation("openvino", folder=tmp_path, **LINUX).commands
    assert venv[:2] == ("/bin/uv", "venv")
    assert pip[:3] == ("/bin/uv", "pip", "install")


PIP_WORDS = """\
Looking in indexes: somewhere
ERROR: Could not find a version that satisfies the requirement onnxruntime-openvino (from versions: none)
ERROR: No matching distribution found for onnxruntime-openvino
[notice] A new release of pip is available
"""


def test_a_failing_pip_is_its_last_error_and_leaves_nothing(plan: Installation, tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="No matching distribution found for onnxruntime-openvino") as refusal:
        install(plan, run=Shell(plan.python, pip=(1, PIP_WORDS)))
    assert "Looking in indexes" not in refusal.value.sentence
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_installation_leaves_nothing(plan: Installation, tmp_path: Path) -> None:
    shell = Shell(plan.python)

    def interrupted(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        if "install" in command:
            raise KeyboardInterrupt
        return shell(command)

    with pytest.raises(KeyboardInterrupt):
        install(plan, run=interrupted)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "platform", "architecture"),
    [
        ("directml", "linux", "x86_64"),
        ("openvino", "darwin", "arm64"),
        ("openvino", "linux", "arm64"),
        ("qnn", "linux", "x86_64"),
    ],
)
def test_a_wheel_that_does_not_exist_here_is_refused_before_anything_is_made(
    tmp_path: Path, name: str, platform: str, architecture: str
) -> None:
    with pytest.raises(MeasurementError, match="is published for"):
        plan_installation(name, folder=tmp_path, platform=platform, architecture=architecture)


def test_names_are_checked(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Known: openvino"):
        plan_installation("rocm", folder=tmp_path, **LINUX)
    with pytest.raises(MeasurementError, match="cannot name a runtime"):
        add_existing("../evil", Path(sys.executable), folder=tmp_path)


def test_an_interpreter_of_the_users_own_is_registered_and_kept_when_removed(tmp_path: Path) -> None:
    python, folder = tmp_path / "their" / "python", tmp_path / "runtimes"
    python.parent.mkdir()
    python.touch()
    runtime = add_existing("mine", python, folder=folder, run=Shell(python))
    assert runtime.requirement is None
    with pytest.raises(MeasurementError, match="there already"):
        add_existing("mine", python, folder=folder, run=Shell(python))
    assert remove("mine", folder=folder) == folder / "mine"
    assert registered(folder) == ()
    assert python.exists()
    with pytest.raises(UnknownNameError):
        remove("mine", folder=folder)


def test_removing_what_we_made_deletes_it_but_no_file_of_the_users(plan: Installation, tmp_path: Path) -> None:
    install(plan, run=Shell(plan.python))
    (plan.home / "notes.txt").write_text("mine")
    remove("openvino", folder=tmp_path)
    assert [each.name for each in plan.home.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"python": [3, 10]}, "this is Python 3.10"),
        ({"onnxruntime": None}, "onnxruntime cannot be imported there"),
        ({"numpy": None, "psutil": None}, "numpy and psutil cannot be imported there"),
    ],
)
def test_an_environment_that_could_not_run_the_child_is_refused(
    tmp_path: Path, told: dict[str, object], complaint: str
) -> None:
    python = tmp_path / "python"
    python.touch()
    with pytest.raises(MeasurementError, match=complaint):
        add_existing("mine", python, folder=tmp_path / "runtimes", run=Shell(python, answer={**ANSWER, **told}))
    assert registered(tmp_path / "runtimes") == ()


def test_our_own_interpreter_as_another_runtime_really_answers(tmp_path: Path) -> None:
    runtime = add_existing("same", Path(sys.executable), folder=tmp_path)
    assert "CPUExecutionProvider" in runtime.execution_providers
    (state,) = states(tmp_path)
    assert state.onnxruntime == runtime.onnxruntime
    assert "CPUExecutionProvider" in state.usable
    assert state.problem is None


def test_a_runtime_whose_interpreter_is_gone_is_listed_with_the_problem(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.touch()
    add_existing("mine", python, folder=tmp_path / "runtimes", run=Shell(python))
    python.unlink()
    (state,) = states(tmp_path / "runtimes")
    assert state.usable == ()
    assert "is gone" in str(state.problem)


def test_a_program_that_is_no_python_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlannerError, match="no such file"):
        add_existing("mine", tmp_path / "none", folder=tmp_path)

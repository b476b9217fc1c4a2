"""A child's answers arrive whole, its failures become sentences, and nothing of it outlives us."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import threading
import time
import venv
from pathlib import Path

import psutil
import pytest

from planner.child import CHILD_FLAG, Child, ask, child_module
from planner.child_ending import EndKind
from planner.errors import MeasurementError, StoppedError

PROGRAMS = "tests.support.child_programs"
PATIENCE_S = 30.0
ROOT = Path(__file__).resolve().parents[2]

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are POSIX")


def gone(pid: int) -> bool:
    """Whether the process ends; a zombie that nobody reaps (we are not its parent) has ended."""
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def first_message(child: Child) -> dict[str, object]:
    message = child.read(PATIENCE_S)
    assert message is not None
    return message


def pids_of(message: dict[str, object]) -> list[int]:
    pids = message["pids"]
    assert isinstance(pids, list)
    return [int(str(pid)) for pid in pids]


def test_the_last_message_is_the_answer_and_native_noise_is_none() -> None:
    assert ask(PROGRAMS, {"do": "echo", "value": ["é", None, 1.5]}, timeout_s=PATIENCE_S) == {"echo": ["é", None, 1.5]}


def test_noise_on_stdout_is_kept_apart_from_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE_NOISE", "1")
    with Child.start(PROGRAMS, {"do": "echo", "value": 1}) as child:
        messages = list(child.messages(silence_s=PATIENCE_S))
    assert messages == [{"n": 1}, {"echo": 1}]
    assert list(child.noise) == ["noise", "{broken", "[1]"]
    assert "native noise" in child.stderr_tail
    assert child.ending is not None
    assert child.ending.kind is EndKind.ENDED


def test_an_error_in_the_answer_is_raised() -> None:
    with pytest.raises(MeasurementError, match="this cannot be done"):
        ask(PROGRAMS, {"do": "error"}, timeout_s=PATIENCE_S)


def test_no_answer_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="without an answer"):
        ask(PROGRAMS, {"do": "nothing"}, timeout_s=PATIENCE_S)


def test_an_exit_code_is_told_with_the_last_line_of_stderr() -> None:
    with pytest.raises(MeasurementError, match=r"exit code 7; it last wrote «the last word»"):
        ask(PROGRAMS, {"do": "exit"}, timeout_s=PATIENCE_S)


def test_a_module_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(MeasurementError, match="No module named"):
        ask("tests.support.no_such_program", {}, timeout_s=PATIENCE_S)


@posix_only
def test_a_segfault_is_named_with_the_fault_handlers_words() -> None:
    with pytest.raises(MeasurementError, match=r"crashed \(SIGSEGV\); it last wrote «Fatal Python error"):
        ask(PROGRAMS, {"do": "segfault"}, timeout_s=PATIENCE_S)


@posix_only
def test_a_kill_from_outside_reads_as_lack_of_memory() -> None:
    with pytest.raises(MeasurementError, match="killed by the system, most likely for lack of memory"):
        ask(PROGRAMS, {"do": "killed"}, timeout_s=PATIENCE_S)


def test_silence_beyond_the_deadline_ends_the_child() -> None:
    with Child.start(PROGRAMS, {"do": "hang"}) as child:
        pid = int(str(first_message(child)["pid"]))
        assert list(child.messages(silence_s=0.2)) == []
    assert child.ending is not None
    assert child.ending.kind is EndKind.DEADLINE
    assert gone(pid)


def test_stop_ends_the_child() -> None:
    stop = threading.Event()
    with Child.start(PROGRAMS, {"do": "hang"}) as child:
        for message in child.messages(silence_s=PATIENCE_S, stop=stop):
            assert message == {"pid": child.pid}
            stop.set()
    assert child.ending is not None
    assert child.ending.kind is EndKind.STOPPED
    assert gone(child.pid)


def test_kill_ends_grandchildren_too() -> None:
    with Child.start(PROGRAMS, {"do": "family"}) as child:
        pids = pids_of(first_message(child))
        child.kill()
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


@posix_only
def test_a_grandchild_that_outlives_its_parent_is_swept_up() -> None:
    with Child.start(PROGRAMS, {"do": "orphan"}) as child:
        _, pid = pids_of(first_message(child))
        list(child.messages(silence_s=0.5))
    assert gone(pid)


def test_the_memory_limit_ends_the_child_and_says_so() -> None:
    limit = 256 * 1024**2
    with Child.start(PROGRAMS, {"do": "allocate", "mib": 4096}, memory_limit_bytes=limit) as child:
        assert list(child.messages(silence_s=PATIENCE_S)) == []
    assert child.ending is not None
    assert child.ending.kind is EndKind.OUT_OF_MEMORY
    assert "memory limit of 0.2 GiB" in child.ending.sentence
    assert child.peak_rss_bytes is not None
    assert child.peak_rss_bytes > limit


def test_a_child_within_its_limit_is_left_alone() -> None:
    with Child.start(PROGRAMS, {"do": "allocate", "mib": 16}, memory_limit_bytes=1024**3) as child:
        assert first_message(child) == {"held": 2}


@posix_only
def test_the_terminals_interrupt_does_not_reach_it() -> None:
    assert ask(PROGRAMS, {"do": "interrupt"}, timeout_s=PATIENCE_S) == {"alive": True}
    with Child.start(PROGRAMS, {"do": "hang"}) as child:
        assert os.getpgid(child.pid) != os.getpgid(0)


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
@posix_only
def test_it_dies_with_its_parent(how: str) -> None:
    program = (
        "import os\nfrom planner.child import Child\n"
        f"child = Child.start({PROGRAMS!r}, {{'do': 'hang'}})\n"
        f"print(child.read({PATIENCE_S})['pid'], flush=True)\n{how}\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=60, check=False
    )
    assert gone(int(parent.stdout))


def test_a_module_in_the_users_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ctypes.py").write_text("raise SystemExit('imported from the current folder')")
    monkeypatch.chdir(tmp_path)
    assert ask(PROGRAMS, {"do": "echo", "value": 1}, timeout_s=PATIENCE_S) == {"echo": 1}


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with nothing in it but a package that our environment has too."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    places = [sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)})]
    package = Path(places[0]) / "numpy"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text("where = 'elsewhere'")
    return python


def test_a_child_under_another_python_sees_that_ones_packages_before_ours(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setattr("planner.child._ROOT", stage(elsewhere))
    answer = ask("planner.told", {}, timeout_s=PATIENCE_S, python=elsewhere)
    assert answer == {"numpy": "elsewhere", "prefix": str(elsewhere.parent.parent), "scipy": None}


def stage(elsewhere: Path) -> Path:
    """A folder as our site-packages would be: `planner` beside packages that must not win."""
    root = elsewhere.parent.parent / "ours"
    (root / "planner").mkdir(parents=True, exist_ok=True)
    (root / "numpy").mkdir(exist_ok=True)
    (root / "numpy" / "__init__.py").write_text("where = 'ours'")
    (root / "planner" / "__init__.py").touch()
    (root / "planner" / "child.py").touch()
    (root / "planner" / "told.py").write_text(
        "import importlib.util, json, sys, numpy\n"
        "print(json.dumps({'numpy': numpy.where, 'prefix': sys.prefix, 'scipy': importlib.util.find_spec('scipy')}))\n"
    )
    return root


def test_a_program_without_source_refuses_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.child._ROOT", tmp_path)
    with pytest.raises(MeasurementError, match="packaged program holds no Python modules"):
        ask(PROGRAMS, {"do": "echo", "value": 1}, timeout_s=PATIENCE_S, python=Path(sys.executable))


def test_another_python_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="could not be started"):
        ask(PROGRAMS, {"do": "echo", "value": 1}, timeout_s=PATIENCE_S, python=tmp_path / "python")


def test_asking_can_be_stopped() -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    with pytest.raises(StoppedError, match="stopped"):
        ask(PROGRAMS, {"do": "hang"}, timeout_s=PATIENCE_S, stop=stop)


def test_the_measuring_child_needs_no_more_than_numpy_onnxruntime_and_psutil() -> None:
    """Another environment holds only these, so whatever a verb imports has to be light."""
    program = (
        "import sys, importlib, pkgutil, planner.measurement.worker as worker\n"
        "for each in pkgutil.iter_modules(worker.__path__):\n"
        "    importlib.import_module(f'{worker.__name__}.{each.name}')\n"
        "print(sorted({'pydantic', 'onnx', 'scipy', 'rich', 'typer', 'platformdirs'} & set(sys.modules)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        ([CHILD_FLAG, "planner.measurement.worker"], "planner.measurement.worker"),
        ([CHILD_FLAG, "os"], None),
        ([CHILD_FLAG], None),
        (["plan"], None),
        ([], None),
    ],
)
def test_a_frozen_program_runs_only_the_engines_modules(arguments: list[str], module: str | None) -> None:
    assert child_module(arguments) == module

"""How an onnxruntime environment is added beside our own: made with one wheel in it, or an interpreter of yours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from pydantic import Field

from planner.child import ask
from planner.device.runtimes import (
    ENVIRONMENT,
    NAME,
    RECORD,
    KnownRuntime,
    Registered,
    Runtime,
    find_runtime,
    known_runtime,
    registered,
    runtimes_folder,
)
from planner.device.system import System
from planner.documents import Frozen, from_plain, save_document
from planner.errors import MeasurementError, PlannerError

WORKER = "planner.measurement.worker"
BESIDE = ("numpy", "psutil")  # what the measuring child needs besides onnxruntime
INSTALL_S = 3600.0
LOOK_S = 120.0
OLDEST_PYTHON = (3, 11)
SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}

_LOOK = """\
import importlib, json, sys
sys.path[:] = [place for place in sys.path if place]
found = {"python": list(sys.version_info[:2]), "providers": []}
for name in ("numpy", "psutil", "onnxruntime"):
    try:
        module = importlib.import_module(name)
        found[name] = module.__version__
    except Exception:
        found[name] = None
if found["onnxruntime"]:
    found["providers"] = module.get_available_providers()
print(json.dumps(found))
"""

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Installation:
    """What adding a known runtime will do, to be told before it is done."""

    known: KnownRuntime
    home: Path
    commands: tuple[tuple[str, ...], ...]

    @property
    def python(self) -> Path:
        """The interpreter of the environment to be."""
        return self.home / ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def sentence(self) -> str:
        """What will be downloaded, from where, and to which folder."""
        packages = ", ".join((self.known.requirement, *BESIDE))
        return (
            f"Installing {packages} and what they need into {self.home / ENVIRONMENT}, from the package index that pip "
            f"is configured for. {self.known.name} needs {self.known.needs}."
        )


class RuntimeState(Frozen):
    """A runtime as it answers now: which execution providers a small model ran on, or what is wrong with it."""

    name: str
    folder: Path
    onnxruntime: str | None
    usable: tuple[str, ...]
    unusable: dict[str, str] = Field(default_factory=dict)  # execution provider → reason
    problem: str | None = None


def plan_installation(
    name: str, *, folder: Path | None = None, platform: str = sys.platform, architecture: str | None = None
) -> Installation:
    """What `install` would do for a known runtime; refuses one that has no wheel here or is there already."""
    known = known_runtime(name)
    if getattr(sys, "frozen", False):
        raise MeasurementError(
            "a packaged program cannot make Python environments",
            where=f"runtime {name}",
            remedy="Install edgewise with pip to measure with other runtimes.",
        )
    here = SYSTEMS.get(platform, platform), architecture or System().architecture()
    if here not in known.platforms:
        places = ", ".join(f"{system} {machine}" for system, machine in known.platforms)
        raise MeasurementError(f"{known.requirement} is published for {places} only", where=f"runtime {name}")
    home = _new_home(name, folder)
    environment = home / ENVIRONMENT
    uv = shutil.which("uv")
    installation = Installation(known, home, ())
    python, packages = str(installation.python), (known.requirement, *BESIDE)
    if uv is not None:
        commands = (
            (uv, "venv", "--quiet", "--python", sys.executable, str(environment)),
            (uv, "pip", "install", "--quiet", "--python", python, *packages),
        )
    else:
        commands = (
            (sys.executable, "-m", "venv", str(environment)),
            (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages),
        )
    return Installation(known, home, commands)


def install(installation: Installation, *, run: Run | None = None) -> Runtime:
    """Make the environment and register it; what fails or is broken off leaves nothing behind."""
    execute = run or _run
    home, where = installation.home, f"runtime {installation.known.name}"
    _delete(home)  # a leftover of a broken-off installation
    try:
        for command in installation.commands:
            ended = execute(command)
            if ended.returncode != 0:
                raise MeasurementError(
                    f"{_last_line(ended)} ({' '.join(command[1:4])} …)",
                    where=where,
                    remedy="Check the network and the package index, and try again.",
                )
        return _register(installation.known.name, installation.python, home, installation.known.requirement, execute)
    except BaseException:
        _delete(home)
        raise


def add_existing(name: str, python: Path, *, folder: Path | None = None, run: Run | None = None) -> Runtime:
    """Register an interpreter that has onnxruntime, numpy and psutil already; nothing is installed into it."""
    home = _new_home(name, folder)
    place = Path(os.path.abspath(python.expanduser()))  # noqa: PTH100 - a resolved link would leave its environment
    if not place.is_file():
        raise MeasurementError("no such file", where=str(python), remedy="Name a Python interpreter.")
    return _register(name, place, home, None, run or _run)


def remove(name: str, *, folder: Path | None = None) -> Path:
    """Forget a runtime, and delete the environment where we made it; an interpreter of the user's own stays."""
    for one in registered(folder):
        if one.name == name:
            _delete(one.folder)
            return one.folder
    find_runtime(name, folder)  # says which there are
    raise AssertionError("unreachable")


def states(folder: Path | None = None) -> tuple[RuntimeState, ...]:
    """Every registered runtime, asked in a child which of its execution providers work here."""
    return tuple(_state(one) for one in registered(folder))


def _state(one: Registered) -> RuntimeState:
    version = None if one.runtime is None else one.runtime.onnxruntime
    if one.python is None:
        return RuntimeState(name=one.name, folder=one.folder, onnxruntime=version, usable=(), problem=one.problem)
    try:
        answer = ask(WORKER, {"verb": "execution_providers"}, timeout_s=LOOK_S, python=one.python)
    except PlannerError as error:
        return RuntimeState(name=one.name, folder=one.folder, onnxruntime=version, usable=(), problem=error.sentence)
    tried = cast("dict[str, dict[str, object]]", answer.get("usable") or {})
    return RuntimeState(
        name=one.name,
        folder=one.folder,
        onnxruntime=str(answer.get("version")),
        usable=tuple(name for name, told in tried.items() if told.get("usable") is True),
        unusable={name: str(told.get("reason")) for name, told in tried.items() if told.get("usable") is not True},
    )


class _Found(Frozen):
    """What an interpreter says of itself."""

    python: tuple[int, int]
    numpy: str | None
    psutil: str | None
    onnxruntime: str | None
    providers: tuple[str, ...]


def _register(name: str, python: Path, home: Path, requirement: str | None, run: Run) -> Runtime:
    found = _look(python, run)
    runtime = Runtime(
        name=name,
        python=str(python),
        requirement=requirement,
        onnxruntime=found.onnxruntime or "",
        execution_providers=found.providers,
        added_at=datetime.now(UTC),
    )
    save_document(home / RECORD, runtime)
    return runtime


def _look(python: Path, run: Run) -> _Found:
    """Ask an interpreter what it has; refuse one that could not run the measuring child."""
    ended = run((str(python), "-c", _LOOK))
    line = next((line for line in reversed(ended.stdout.splitlines()) if line.startswith("{")), None)
    if ended.returncode != 0 or line is None:
        raise MeasurementError(_last_line(ended), where=str(python), remedy="Name a Python interpreter that starts.")
    found = from_plain(json.loads(line), _Found, where=str(python))
    if found.python < OLDEST_PYTHON:
        raise MeasurementError(
            f"this is Python {found.python[0]}.{found.python[1]}, and the measuring child needs 3.11",
            where=str(python),
            remedy="Make the environment with a newer Python.",
        )
    missing = [package for package in ("onnxruntime", *BESIDE) if getattr(found, package) is None]
    if missing:
        raise MeasurementError(
            f"{' and '.join(missing)} cannot be imported there",
            where=str(python),
            remedy=f"Install {' '.join(missing)} into that environment first.",
        )
    return found


def _new_home(name: str, folder: Path | None) -> Path:
    if not re.match(NAME, name):
        raise MeasurementError(
            f"{name!r} cannot name a runtime", remedy="Use small letters, digits, dots and dashes, at most 40."
        )
    home = (runtimes_folder() if folder is None else folder) / name
    if (home / RECORD).is_file():
        raise MeasurementError(
            "it is there already", where=f"runtime {name}", remedy=f"Type «edgewise runtimes remove {name}» first."
        )
    return home


def _delete(home: Path) -> None:
    """Take away what we put there, and the folder if nothing else is in it."""
    shutil.rmtree(home / ENVIRONMENT, ignore_errors=True)
    for record in home.glob(f"{RECORD}*"):  # and its backups
        record.unlink(missing_ok=True)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command without our own import path; one that cannot start is one that failed."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    try:
        return subprocess.run(
            list(command), capture_output=True, text=True, errors="replace", env=kept, timeout=INSTALL_S, check=False
        )
    except OSError as error:
        return subprocess.CompletedProcess(list(command), 1, "", f"{command[0]}: {error.strerror}")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(list(command), 1, "", f"nothing came of it in {INSTALL_S / 60:.0f} minutes")


def _last_line(ended: subprocess.CompletedProcess[str]) -> str:
    """Pip's verdict: its last line that begins with ERROR, else the last line there is."""
    lines = [line.strip() for line in f"{ended.stdout}\n{ended.stderr}".splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "error", "×"))]
    return (errors or lines or [f"it ended with exit code {ended.returncode} and said nothing"])[-1]

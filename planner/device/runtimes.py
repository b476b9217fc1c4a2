"""Which other onnxruntime environments this machine has: one wheel in each, since the wheels exclude each other."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field

from planner.documents import Frozen, read_document
from planner.errors import PlannerError, UnknownNameError

FORMAT = "edgewise.runtime"
FOLDER_VARIABLE = "EDGEWISE_RUNTIMES"
RECORD = "runtime.json"
ENVIRONMENT = "env"  # beside the record, where we made the environment
NAME = r"^[a-z0-9][a-z0-9._-]{0,39}$"


@dataclass(frozen=True)
class KnownRuntime:
    """A published wheel with other execution providers: where it exists (November 2026) and what it needs."""

    name: str
    requirement: str  # what pip is asked for
    execution_providers: tuple[str, ...]
    platforms: tuple[tuple[str, str], ...]  # (system, architecture) with a wheel
    needs: str


_X86 = "x86_64"

KNOWN = (
    KnownRuntime(
        "openvino",
        "onnxruntime-openvino",
        ("OpenVINOExecutionProvider",),
        (("linux", _X86), ("windows", _X86)),
        "an x86 processor for its CPU device; an Intel GPU or NPU with its driver for the others",
    ),
    KnownRuntime(
        "directml",
        "onnxruntime-directml",
        ("DmlExecutionProvider",),
        (("windows", _X86),),
        "a GPU with DirectX 12",
    ),
    KnownRuntime(
        "cuda",
        "onnxruntime-gpu",
        ("CUDAExecutionProvider", "TensorrtExecutionProvider"),
        (("linux", _X86), ("windows", _X86)),
        "an NVIDIA GPU with its driver, and CUDA and cuDNN libraries of the versions that onnxruntime-gpu names",
    ),
    KnownRuntime(
        "qnn",
        "onnxruntime-qnn<2",  # from 2 on it is a plug-in for another wheel, which is loaded in another way
        ("QNNExecutionProvider",),
        (("windows", "arm64"), ("windows", _X86)),
        "a Qualcomm Snapdragon processor with its NPU driver; the x86 wheel only prepares models",
    ),
)


class Runtime(Frozen):
    """The record of an environment with an onnxruntime of its own, as it was when it was added."""

    format: Literal["edgewise.runtime"] = FORMAT
    version: Literal[1] = 1
    name: str = Field(pattern=NAME)
    python: str  # its interpreter, absolute
    requirement: str | None  # what we installed; None where the environment was there already
    onnxruntime: str  # version
    execution_providers: tuple[str, ...]
    added_at: datetime


@dataclass(frozen=True)
class Registered:
    """A folder of the registry: its record, or why it is of no use."""

    name: str
    folder: Path
    runtime: Runtime | None
    problem: str | None = None

    @property
    def python(self) -> Path | None:
        """The interpreter, where it can be started."""
        return None if self.runtime is None or self.problem else Path(self.runtime.python)


def runtimes_folder() -> Path:
    """Where runtimes are registered; `EDGEWISE_RUNTIMES` names another folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_data_path("edgewise", appauthor=False) / "runtimes"


def registered(folder: Path | None = None) -> tuple[Registered, ...]:
    """Every registered runtime by name; a damaged one is listed with its problem, never left out."""
    root = runtimes_folder() if folder is None else folder
    if not root.is_dir():
        return ()
    homes = sorted(home for home in root.iterdir() if (home / RECORD).is_file())
    return tuple(_registered(home) for home in homes)


def find_runtime(name: str, folder: Path | None = None) -> Registered:
    """The registered runtime of that name, which must work."""
    everyone = registered(folder)
    for one in everyone:
        if one.name != name:
            continue
        if one.problem is not None:
            raise PlannerError(one.problem, where=f"runtime {name}", remedy=f"Type «edgewise runtimes remove {name}».")
        return one
    raise UnknownNameError(f"no runtime is called {name!r}", remedy=_hint(name, [one.name for one in everyone]))


def interpreter_of(runtime: str | None, folder: Path | None = None) -> Path | None:
    """The Python to measure under, for `ExecutionProvider.runtime`; None is our own."""
    return None if runtime is None else find_runtime(runtime, folder).python


def known_runtime(name: str) -> KnownRuntime:
    """The published wheel of that short name."""
    for one in KNOWN:
        if one.name == name:
            return one
    raise UnknownNameError(
        f"no onnxruntime wheel is known as {name!r}",
        remedy=f"Known: {', '.join(one.name for one in KNOWN)}. With --python PATH one of your own may have any name.",
    )


def bringing(execution_provider: str) -> KnownRuntime | None:
    """The known wheel that holds an execution provider."""
    return next((one for one in KNOWN if execution_provider in one.execution_providers), None)


def _registered(home: Path) -> Registered:
    try:
        runtime = read_document(home / RECORD, Runtime)
    except PlannerError as error:
        return Registered(home.name, home, None, error.sentence)
    if not Path(runtime.python).is_file():
        return Registered(home.name, home, runtime, f"its interpreter {runtime.python} is gone")
    return Registered(home.name, home, runtime)


def _hint(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), names, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    there = f"Registered: {', '.join(names)}." if names else "None is registered."
    return f"{there} «edgewise runtimes add NAME» makes one."

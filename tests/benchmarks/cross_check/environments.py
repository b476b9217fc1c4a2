"""Where the other runtimes are installed, outside this repository, and how a missing one is made."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WORK = Path(tempfile.gettempdir()) / "edgewise-cross-check"
_PYTHON = Path("Scripts", "python.exe") if os.name == "nt" else Path("bin", "python")


@dataclass(frozen=True)
class Environment:
    """A virtual environment that holds one other runtime."""

    title: str
    folder: Path
    imports: str  # modules that must be there, comma-separated
    install: str  # what follows `python -m pip install`; may end in a comment
    note: str = ""

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / _PYTHON

    def missing(self) -> str | None:
        """How to make it, where it is not there or lacks something; None: it is ready."""
        if self.python.is_file():
            tried = subprocess.run(
                [self.python, "-c", f"import {self.imports}"], capture_output=True, text=True, check=False
            )
            if tried.returncode == 0:
                return None
        lines = [
            f"{self.title} is not in {self.folder}. To have it there:",
            f"  {sys.executable} -m venv {self.folder}",
            f"  {self.install.format(python=self.python)}",
        ]
        return "\n".join([*lines, f"  {self.note}"] if self.note else lines)

    def version(self, package: str) -> str:
        """Which version of a package it holds."""
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def genai(folder: Path, onnxruntime_version: str) -> Environment:
    """onnxruntime-genai on the very onnxruntime that the product measures with."""
    return Environment(
        title="onnxruntime-genai",
        folder=folder,
        imports="onnxruntime_genai, numpy, psutil",
        install="{python} -m pip install onnxruntime-genai==0.18.0 onnxruntime==" + onnxruntime_version + " psutil",
    )


def llama(folder: Path) -> Environment:
    """llama.cpp compiled for this processor, and the writer of its files."""
    return Environment(
        title="llama.cpp",
        folder=folder,
        imports="llama_cpp, gguf, numpy",
        install='CMAKE_ARGS="-DGGML_NATIVE=ON" CMAKE_BUILD_PARALLEL_LEVEL=2 nice -n 15 '
        "{python} -m pip install llama-cpp-python==0.3.36 gguf psutil",
        note="(compiled from source: a C++ compiler, cmake, and 10 to 20 minutes on two cores)",
    )

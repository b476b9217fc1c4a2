"""One process start of a contender, and what it yields: a rate for every point, medians within the start."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from planner.child import Child
from planner.measurement.foreign_cpu import CpuClock
from planner.measurement.grid import Grid
from planner.measurement.prepare import PreparedModel
from planner.measurement.statistics import tpot_s

REPOSITORY = Path(__file__).resolve().parents[3]
WORKER = "planner.measurement.worker"
QUIET_ENV = {"ORT_LOAD_CONFIG_FROM_MODEL": "0"}  # as the product's supervisor starts its child
DEADLINE_S = 600.0

Messages = Iterator[Mapping[str, Any]]


@dataclass(frozen=True)
class Start:
    """The rates of one process start in tok/s, by prompt and by context length."""

    runtime: str
    load_s: float
    prefill_tok_s: dict[int, float]
    decode_tok_s: dict[int, float]
    foreign_cpus: float | None  # kept busy by other programs meanwhile


@dataclass(frozen=True)
class Contender:
    """Something that runs a decoder over a grid in a fresh process, telling what it does in our messages."""

    name: str
    file_bytes: int
    begin: Callable[[Grid, int], Messages]  # grid, seed of the prompts
    details: dict[str, str] = field(default_factory=dict[str, str])  # filled by what it says of itself

    def start(self, grid: Grid, seed: int) -> Start:
        """Run it once, from a new process to its end."""
        began = ended = CpuClock.now()
        cpu_s = 0.0
        loaded: Mapping[str, Any] = {}
        done = False
        prefill: dict[int, list[float]] = {}
        steps: dict[int, list[float]] = {}
        for message in self.begin(grid, seed):
            match message:
                case {"error": error}:
                    raise RuntimeError(f"{self.name}: {error}")
                case {"type": "loaded"}:
                    loaded = message
                case {"type": "sample", "kind": "prefill"}:
                    prefill.setdefault(message["tokens"], []).append(message["duration_s"])
                case {"type": "sample", "kind": "decode"}:
                    steps.setdefault(message["tokens"], []).append(tpot_s(message["token_times_s"]))
                case {"type": "memory"}:
                    cpu_s, ended = message["cpu_s"], CpuClock.now()  # the last one stands behind the last sample
                case {"type": "done"}:
                    done = True
                case _:
                    pass
        if not done:
            raise RuntimeError(f"{self.name} ended without finishing its grid")
        if "system" in loaded:
            self.details["system"] = loaded["system"]
        return Start(
            runtime=loaded["runtime"],
            load_s=loaded["load_s"],
            prefill_tok_s={tokens: tokens / statistics.median(taken) for tokens, taken in prefill.items()},
            decode_tok_s={tokens: 1 / statistics.median(taken) for tokens, taken in steps.items()},
            foreign_cpus=began.foreign_cpus(ended, cpu_s),
        )


def ours(name: str, model: PreparedModel, threads: int) -> Contender:
    """The product's own measuring child, started as its supervisor starts it."""

    def begin(grid: Grid, seed: int) -> Messages:
        request = round_request(model, threads, grid, seed)
        child = Child.start(WORKER, {**request, "execution_provider": "CPUExecutionProvider"}, env=QUIET_ENV)
        with child:
            yield from child.messages(silence_s=DEADLINE_S)
        if child.ending is not None and child.ending.last_words:
            sys.stderr.write(child.ending.last_words + "\n")

    return Contender(name, model.identity.file_bytes, begin)


def other(name: str, python: Path, script: str, request: Callable[[Grid, int], dict[str, Any]], size: int) -> Contender:
    """Another runtime behind one of the scripts beside this file."""

    def begin(grid: Grid, seed: int) -> Messages:
        return ask(python, script, request(grid, seed))

    return Contender(name, size, begin)


def round_request(model: PreparedModel, threads: int, grid: Grid, seed: int) -> dict[str, Any]:
    """What every contender is asked; the worker's own shape."""
    return {
        "verb": "round",
        "graph": str(model.folder.graph_path),
        "folder": str(model.folder.folder),
        "threads": threads,
        "seed": seed,
        "decoder": model.decoder(),
        "grid": asdict(grid),
    }


def ask(python: Path, script: str, request: Mapping[str, Any]) -> Messages:
    """Start a script beside this file under another interpreter and yield what it answers, line by line."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [python, "-P", str(Path(__file__).with_name(script))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **QUIET_ENV, "PYTHONPATH": str(REPOSITORY)},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(DEADLINE_S, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()  # and stays open: its end would end the child
            for line in process.stdout:
                if line.startswith(b"{"):
                    yield json.loads(line)
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{script} ended with {process.returncode}: {errors.read()[-2000:].decode()}")

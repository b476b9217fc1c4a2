"""Our own program as a child process: JSON lines over pipes, a memory limit, deadlines, and an end that is sure."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import psutil

from planner.child_ending import Ending, EndKind, classify
from planner.errors import MeasurementError, StoppedError

Message = dict[str, object]

CHILD_FLAG = "--child"
"""How a frozen program is told to be a child: `edgewise --child MODULE` (there is no `python -m` in it)."""

END_WITHIN_S = 2.0
MAX_LINE_BYTES = 8 * 1024 * 1024
TAIL_LINES = 40
_ROOT = Path(__file__).resolve().parent.parent  # the folder that holds `planner`
_OURS_ALONE = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
_WATCH_EVERY_S = 0.05
_POLL_EVERY_S = 0.1


class Child:
    """One child process running `python -m MODULE`, given one JSON line and answering with many.

    The memory limit is kept by a watchdog on resident memory, not by RLIMIT_AS or RLIMIT_DATA: those count address
    space that mapped weights and the runtime's arenas reserve and never touch, and Windows has neither. The watchdog
    looks every 50 ms, so a limit must leave the machine some room.
    """

    def __init__(self, process: subprocess.Popen[bytes], memory_limit_bytes: int | None) -> None:
        self.ending: Ending | None = None
        self.peak_rss_bytes: int | None = None
        self.noise: deque[str] = deque(maxlen=TAIL_LINES)  # lines on stdout that were not ours
        self._process = process
        self._limit_bytes = memory_limit_bytes
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=TAIL_LINES)
        self._our_reason: EndKind | None = None
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read_stdout, self._read_stderr)]
        if memory_limit_bytes is not None:
            self._threads.append(threading.Thread(target=self._watch_memory, daemon=True))
        for thread in self._threads:
            thread.start()

    @classmethod
    def start(
        cls,
        module: str,
        request: Message,
        *,
        memory_limit_bytes: int | None = None,
        env: dict[str, str] | None = None,
        python: Path | None = None,
    ) -> Child:
        """Start the module as a child in a process group of its own and hand it the request.

        `python` is the interpreter of another environment: its own packages come first there, so that its onnxruntime
        is the one that runs, and this program's light modules last.
        """
        line = json.dumps(request, allow_nan=False).encode() + b"\n"
        new_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                _command(module) if python is None else _command_elsewhere(module, python),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(env) if python is None else _environment_elsewhere(env),
                start_new_session=os.name == "posix",  # so that the terminal's Ctrl+C reaches us alone
                creationflags=new_group,
            )
        except OSError as error:
            raise MeasurementError(
                f"the child process could not be started: {error.strerror}",
                remedy="Close other programs and try again.",
            ) from error
        child = cls(process, memory_limit_bytes)
        stdin = cast("IO[bytes]", process.stdin)
        with contextlib.suppress(OSError):  # it died at once; its ending says how
            stdin.write(line)
            stdin.flush()  # and stays open: its end tells the child that we are gone
        return child

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def stderr_tail(self) -> str:
        """The last lines the child wrote to stderr."""
        return "\n".join(self._stderr)

    def read(self, timeout_s: float) -> Message | None:
        """The next message; None when there was none in time, or when the child has ended (`ending` is then set)."""
        if self.ending is not None:
            return None
        try:
            message = self._messages.get(timeout=max(timeout_s, 0.0))
        except queue.Empty:
            return None
        if message is None:
            self._finish()
        return message

    def messages(self, *, silence_s: float, stop: threading.Event | None = None) -> Iterator[Message]:
        """Every message until the child ends; ends it itself after `silence_s` without one, or when `stop` is set."""
        heard = time.monotonic()
        while self.ending is None:
            message = self.read(_POLL_EVERY_S)
            if message is not None:
                yield message
                heard = time.monotonic()
            elif self.ending is None and time.monotonic() - heard > silence_s:
                self.kill(EndKind.DEADLINE)
            if stop is not None and stop.is_set():
                self.kill(EndKind.STOPPED)

    def kill(self, reason: EndKind = EndKind.STOPPED) -> Ending:
        """End the child and every process it started, now; returns how it ended."""
        self._end_group(reason)
        return self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _end_group(self, reason: EndKind) -> None:
        with self._lock:
            if self._process.poll() is not None:
                return
            self._our_reason = reason
            if sys.platform == "win32":
                _kill_tree(self.pid)
            else:
                _kill_group(self.pid)

    def _finish(self) -> Ending:
        """Reap the child, sweep up what it left running, close the pipes, and say how it ended."""
        if self.ending is not None:
            return self.ending
        try:
            # Its stdout is closed or it was killed, so it is ending; one that lives on is ended here.
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._end_group(EndKind.DEADLINE)
            with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel: its ending says so
                self._process.wait(END_WITHIN_S)
        if sys.platform != "win32":
            _kill_group(self.pid)  # grandchildren that outlived it still carry its group
        for thread in self._threads:
            thread.join(END_WITHIN_S)
        _close(self._process.stdin)
        if not any(thread.is_alive() for thread in self._threads):  # a reader that still blocks owns its pipe
            _close(self._process.stdout)
            _close(self._process.stderr)
        self.ending = classify(self._process.returncode, self._our_reason, self._limit_bytes, self.stderr_tail)
        return self.ending

    def _read_stdout(self) -> None:
        stdout = cast("IO[bytes]", self._process.stdout)
        while line := stdout.readline(MAX_LINE_BYTES):
            message = _as_message(line)
            if message is None:
                self.noise.append(line[:1000].decode("utf-8", "replace").rstrip())
            else:
                self._messages.put(message)
        self._messages.put(None)

    def _read_stderr(self) -> None:
        stderr = cast("IO[bytes]", self._process.stderr)
        while line := stderr.readline(MAX_LINE_BYTES):
            self._stderr.append(line[:1000].decode("utf-8", "replace").rstrip())

    def _watch_memory(self) -> None:
        try:
            process = psutil.Process(self.pid)
            while self._process.poll() is None:
                rss = process.memory_info().rss
                self.peak_rss_bytes = max(rss, self.peak_rss_bytes or 0)
                if self._limit_bytes is not None and rss > self._limit_bytes:
                    self._end_group(EndKind.OUT_OF_MEMORY)
                    return
                time.sleep(_WATCH_EVERY_S)
        except psutil.Error:
            return  # it ended between two looks


def ask(
    module: str,
    request: Message,
    *,
    timeout_s: float,
    memory_limit_bytes: int | None = None,
    env: dict[str, str] | None = None,
    python: Path | None = None,
    stop: threading.Event | None = None,
) -> Message:
    """Start the module as a child, hand it one request and return its last message; the rest is `Child.start`'s.

    A crash, a silence longer than `timeout_s`, an `error` in the answer or no answer at all is a MeasurementError;
    ended by `stop`, a StoppedError.
    """
    answer: Message | None = None
    child = Child.start(module, request, memory_limit_bytes=memory_limit_bytes, env=env, python=python)
    with child:
        for message in child.messages(silence_s=timeout_s, stop=stop):
            answer = message
    ending = child.ending
    if ending is not None and ending.kind is EndKind.STOPPED:
        raise StoppedError(ending.sentence)
    if ending is not None and ending.kind is not EndKind.ENDED:
        raise MeasurementError(f"{ending.sentence}{ending.last_words}")
    if answer is None:
        raise MeasurementError("the child process ended without an answer")
    if isinstance(answer.get("error"), str):
        raise MeasurementError(str(answer["error"]))
    return answer


def child_module(arguments: list[str]) -> str | None:
    """The module a frozen program is asked to run as a child, or None when it is not a child.

    A frozen entry point calls this first: `if module := child_module(sys.argv[1:]): runpy.run_module(...)`.
    Only the engine's own modules are named this way, so an argument can never run foreign code.
    """
    match arguments:
        case [flag, module] if flag == CHILD_FLAG and module.startswith("planner."):
            return module
        case _:
            return None


def _command(module: str) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_FLAG, module]
    # -P: a file named numpy.py in the folder the user happens to stand in is not imported.
    return [sys.executable, "-P", "-X", "faulthandler", "-m", module]


def _command_elsewhere(module: str, python: Path) -> list[str]:
    """The module under another interpreter, which finds it at the very end of its own import path."""
    if not (_ROOT / "planner" / "child.py").is_file():
        raise MeasurementError(
            "a packaged program holds no Python modules that another Python could run",
            where=str(python),
            remedy="Install edgewise with pip to measure with other runtimes.",
        )
    start = (
        f"import sys, runpy; sys.path.append({str(_ROOT)!r}); "
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    return [str(python), "-P", "-X", "faulthandler", "-c", start]


def _environment_elsewhere(extra: dict[str, str] | None) -> dict[str, str]:
    """Ours, without what would point another interpreter to our packages."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS_ALONE}
    return {**kept, **(extra or {})}


def _environment(extra: dict[str, str] | None) -> dict[str, str]:
    """Ours, with the same import path: the child is the same program."""
    root = str(_ROOT)
    paths = [path for path in sys.path if path]
    if root not in paths:
        paths.append(root)
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(extra or {})}


def _as_message(line: bytes) -> Message | None:
    """A JSON object on a line of its own; anything else a native library printed."""
    if not line.startswith(b"{"):
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("Message", message) if isinstance(message, dict) else None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _kill_tree(pid: int) -> None:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in [*process.children(recursive=True), process]:
            each.kill()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()

"""How a command ends: refusals in one sentence with exit code 2, accidents with a log, never a traceback."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from planner.errors import PlannerError, StoppedError

REFUSED = 2
ACCIDENT = 1
INTERRUPTED = 130
DEBUG_VARIABLE = "EDGEWISE_DEBUG"


def exit_code_of(command: Callable[[], None]) -> int:
    """Run a command and turn however it ends into an exit code; words for people go to stderr."""
    try:
        command()
    except SystemExit as end:
        return _code(end)
    except PlannerError as refusal:
        _debug_traceback()
        _complain(refusal.sentence)
        return INTERRUPTED if isinstance(refusal, StoppedError) else REFUSED
    except KeyboardInterrupt:
        _complain("Stopped.")
        return INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()
        return ACCIDENT
    except Exception as accident:  # the one place where anything at all may arrive
        _debug_traceback()
        _complain(_accident_sentence(accident))
        return ACCIDENT
    return _flushed()


def _flushed() -> int:
    """A pipe closed by its reader shows only when what is buffered goes out."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
        return ACCIDENT
    return 0


def _drop_stdout() -> None:
    """Nobody reads: let the interpreter's own flush at exit go nowhere instead of failing loudly."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return _flushed() if not end.code else end.code
    _complain(str(end.code))
    return ACCIDENT


def _complain(sentence: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"edgewise: {sentence}\n")
        sys.stderr.flush()


def _debug_traceback() -> None:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        traceback.print_exc()


def _accident_sentence(accident: Exception) -> str:
    kind = type(accident).__name__
    log = _write_log()
    where = f"Details are in {log}." if log else f"Set {DEBUG_VARIABLE}=1 and try again to see the details."
    return f"something went wrong that should not ({kind}). {where} Please report it."


def _write_log() -> Path | None:
    """Append the traceback to the error log; where even that fails there is nothing to name."""
    try:
        folder = platformdirs.user_log_path("edgewise", appauthor=False, ensure_exists=True)
        path = folder / "errors.log"
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{datetime.now(UTC).isoformat()} edgewise {' '.join(sys.argv[1:2])}\n")
            stream.write(traceback.format_exc() + "\n")
    except OSError:
        return None
    return path

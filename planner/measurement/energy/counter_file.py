"""A counter's file held open: to open it anew fifty times a second would slow down what is measured."""

from __future__ import annotations

import os

from planner.device.system import System, whole_number

_MOST_BYTES = 64


class CounterFile:
    """The whole number in one file of sysfs, read again and again.

    A machine that is a recording has no such file here, or another machine's: then `system` is asked each time.
    """

    def __init__(self, system: System, path: str) -> None:
        self._system = system
        self._path = path
        self._handle = _opened(path)
        if self._handle is not None and not self._shows_the_same():
            self.close()

    def read(self) -> int | None:
        """The number now; None where it cannot be read."""
        if self._handle is None:
            return self._system.number(self._path)
        return _number(self._handle)

    def close(self) -> None:
        """Give the file back; `read` then opens it each time."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def is_open(self) -> bool:
        """Whether the file is held open."""
        return self._handle is not None

    def _shows_the_same(self) -> bool:
        """Whether a rising counter is seen between two looks through the system."""
        early, mine, late = self._system.number(self._path), self.read(), self._system.number(self._path)
        return early is not None and mine is not None and late is not None and early <= mine <= late


def _opened(path: str) -> int | None:
    if not hasattr(os, "pread"):
        return None
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None


def _number(handle: int) -> int | None:
    try:
        return whole_number(os.pread(handle, _MOST_BYTES, 0).decode("ascii", errors="replace"))
    except OSError:
        return None

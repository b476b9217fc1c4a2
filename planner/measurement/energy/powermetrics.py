"""macOS: what `powermetrics` prints of the chip's energy, one property list an interval; only root may run it.

Apple's own words: its power values are estimates, good for comparing on one device and not between devices.
"""

from __future__ import annotations

import os
import plistlib
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO, Protocol, cast
from xml.parsers.expat import ExpatError

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.channels import Clock, IntervalChannel, Source
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope

PERIOD_S = 0.1
TOOL = "/usr/bin/powermetrics"
_COMMAND = (TOOL, "--samplers", "cpu_power,gpu_power", "--format", "plist", "--buffer-size", "1")
_END = b"</plist>"
_MOST_BYTES = 4 * 1024 * 1024
_END_WITHIN_S = 2.0
_NANO, _MILLI = 1e-9, 1e-3
_PARTS = ("cpu", "gpu", "ane")


class Stream(Protocol):
    """A tool that is running: what it prints, and how to end it."""

    @property
    def lines(self) -> IO[bytes]: ...
    def end(self) -> None: ...


class _Running:
    def __init__(self, command: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        if self._process.stdout is None:
            raise OSError("it has no output")
        self.lines = self._process.stdout

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def is_root() -> bool:
    """Whether this process may read what only root may."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def find_powermetrics(
    system: System,
    *,
    root: Callable[[], bool] = is_root,
    start: Callable[[tuple[str, ...]], Stream] = _Running,
    clock: Clock = time.perf_counter,
) -> Source | MeterProblem:
    """The running tool as a meter, or why it cannot run."""
    if not system.exists(TOOL):
        return _problem(f"there is no {TOOL}", "")
    if not root():
        return _problem("only root may run it", "Measure with sudo.")
    try:
        stream = start((*_COMMAND, "--sample-rate", str(round(PERIOD_S * 1000))))
    except OSError as error:
        return _problem(f"it did not start ({error.strerror or error})", "")
    channel = IntervalChannel(period_s=PERIOD_S)
    listener = threading.Thread(target=_listen, args=(stream.lines, channel, clock), daemon=True)
    listener.start()

    def close() -> None:
        stream.end()
        listener.join(_END_WITHIN_S)
        stream.lines.close()

    meter = EnergyMeter(
        kind=MeterKind.POWERMETRICS,
        name="powermetrics",
        scope=MeterScope.CHIP,
        provenance="powermetrics cpu_power, gpu_power: CPU, GPU and neural engine as macOS estimates them",
        basis=Basis.ESTIMATED,
        period_s=PERIOD_S,
    )
    return Source(meter, [channel], PERIOD_S, close=close)


def parse_interval(document: bytes) -> tuple[float, float] | None:
    """Seconds and joules of one property list; None where it holds no energy.

    Apple chips: cpu_energy, gpu_energy, ane_energy in mJ, older and newer systems only the powers in mW. Intel Macs:
    package_joules, or package_watts.
    """
    try:
        told: object = plistlib.loads(document.strip(b"\x00 \r\n"), fmt=plistlib.FMT_XML)
    except (plistlib.InvalidFileException, ExpatError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    table = cast("dict[str, object]", told)
    elapsed_ns, processor = _number(table.get("elapsed_ns")), table.get("processor")
    if not elapsed_ns or not isinstance(processor, dict):
        return None
    duration_s = elapsed_ns * _NANO
    joules = _joules(cast("dict[str, object]", processor), duration_s)
    return None if joules is None else (duration_s, joules)


def _joules(processor: Mapping[str, object], duration_s: float) -> float | None:
    package_j, package_w = _number(processor.get("package_joules")), _number(processor.get("package_watts"))
    if package_j is not None:
        return package_j
    if package_w is not None:
        return package_w * duration_s
    energies = [_number(processor.get(f"{part}_energy")) for part in _PARTS]
    if energies[0] is not None:
        return sum(each for each in energies if each is not None) * _MILLI
    combined = _number(processor.get("combined_power"))
    if combined is not None:
        return combined * _MILLI * duration_s
    powers = [_number(processor.get(f"{part}_power")) for part in _PARTS]
    return None if powers[0] is None else sum(each for each in powers if each is not None) * _MILLI * duration_s


def _number(value: object) -> float | None:
    """A number that is none of energy's impossible ones."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < float("inf") else None


def _listen(lines: IO[bytes], channel: IntervalChannel, clock: Clock) -> None:
    """Take each property list as it ends; the moment it is read is the moment its interval ended."""
    document = b""
    try:
        for line in lines:
            document += line
            if _END in line:
                told = parse_interval(document)
                document = b""
                if told is not None:
                    channel.add(clock(), *told)
            elif len(document) > _MOST_BYTES:
                break
    except (OSError, ValueError):  # the pipe was closed under it
        pass
    channel.fail("powermetrics ended")


def _problem(why: str, remedy: str) -> MeterProblem:
    return MeterProblem(kind=MeterKind.POWERMETRICS, sentence=f"powermetrics: {why}.", remedy=remedy)

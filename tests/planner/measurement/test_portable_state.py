"""What psutil tells stands in where no file does; what it only seems to tell is left unknown."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from planner.measurement.portable_state import PortableState
from tests.planner.device.conftest import MACHINES, write_machine


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Times:
        def _asdict(self) -> dict[str, float]:
            return {"user": 50.0, "nice": 0.0, "system": 20.0, "idle": 300.0}

    monkeypatch.setattr(psutil, "cpu_times", Times)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(used=3 * 2**30, sin=7 * 4096))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=5 * 2**30))


def test_a_mac(tmp_path: Path, told: None) -> None:
    system = write_machine((MACHINES / "macbook_pro_m1_pro.txt").read_text(encoding="utf-8"), tmp_path)
    state = PortableState(system, os.getpid(), windows=False).look(thoroughly=True)
    assert state.counters.busy_s == 70.0
    assert state.counters.swapped_in_bytes == 28_672
    assert state.counters.own_s is not None
    assert state.gauges.power_mode in {"automatic", "low power", "high power"}
    assert state.gauges.swap_used_bytes == 3 * 2**30
    assert state.gauges.available_memory_bytes == 5 * 2**30
    assert (state.counters.steal_s, state.gauges.frequency_mhz, state.gauges.temperature_c) == (None, None, None)


def test_windows(tmp_path: Path, told: None) -> None:
    recording = (
        "=== battery\n63.0 False\n\n=== $ powercfg /getactivescheme\n"
        "Power Scheme GUID: 381b4222-f694-41f0-9685-ff5bb260df2e  (Balanced)\n"
    )
    portable = PortableState(write_machine(recording, tmp_path), os.getpid(), windows=True)
    state = portable.look(thoroughly=True)
    assert state.counters.swapped_in_bytes is None  # psutil's zero is no count
    assert (state.gauges.power_mode, state.gauges.battery_percent, state.gauges.on_battery) == ("Balanced", 63.0, True)
    assert portable.look(thoroughly=False).gauges.power_mode is None


@pytest.mark.parametrize(
    ("error", "windows", "known"),
    [
        (psutil.NoSuchProcess, False, True),  # waited for: POSIX counts it among this process's children
        (psutil.NoSuchProcess, True, False),
        (psutil.ZombieProcess, False, False),
        (psutil.AccessDenied, False, False),
    ],
)
def test_a_child_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[psutil.Error], windows: bool, known: bool
) -> None:
    def gone(pid: int) -> object:
        raise error(pid)

    monkeypatch.setattr(psutil, "Process", gone)
    own_s = PortableState(write_machine("", tmp_path), 4242, windows=windows).look(thoroughly=False).counters.own_s
    assert (own_s is not None) is known


def test_calls_that_fail_leave_unknowns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> object:
        raise OSError

    for name in ("cpu_times", "swap_memory", "virtual_memory"):
        monkeypatch.setattr(psutil, name, fails)
    state = PortableState(write_machine("", tmp_path), os.getpid()).look(thoroughly=True)
    assert (state.counters.busy_s, state.gauges.swap_used_bytes, state.gauges.available_memory_bytes) == (None,) * 3

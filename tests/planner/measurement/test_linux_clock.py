"""The clock is the mean of the cores that work, from the best file there is, and unknown where none tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.measurement.linux_clock import MOST_CORES_READ, Clock
from tests.planner.device.conftest import MACHINES, write_machine

STATUS = "=== /proc/self/status\nName:\tpython3\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\nMems_allowed_list:\t0\n"


def core(cpu: int, name: str, khz: int) -> str:
    return f"=== /sys/devices/system/cpu/cpu{cpu}/cpufreq/{name}\n{khz}\n"


def test_the_mean_of_the_usable_cores(tmp_path: Path) -> None:
    recording = STATUS + "".join(core(cpu, "scaling_cur_freq", khz) for cpu, khz in ((0, 2400000), (1, 1500000)))
    clock = Clock(write_machine(recording + core(7, "scaling_cur_freq", 800000), tmp_path))
    assert clock.cpus == (0, 1)
    assert clock.mhz() == pytest.approx(1950.0)


def test_with_fewer_threads_than_cores_the_idle_ones_do_not_count(tmp_path: Path) -> None:
    recording = STATUS + core(0, "scaling_cur_freq", 800000) + core(1, "scaling_cur_freq", 4400000)
    assert Clock(write_machine(recording, tmp_path), threads=1).mhz() == pytest.approx(4400.0)


def test_what_the_hardware_counted_outranks_what_was_asked_for(tmp_path: Path) -> None:
    recording = STATUS + core(0, "scaling_cur_freq", 2400000) + core(0, "cpuinfo_avg_freq", 1800000)
    assert Clock(write_machine(recording, tmp_path)).mhz() == pytest.approx(1800.0)


def test_it_is_read_anew_each_time(tmp_path: Path) -> None:
    clock = Clock(write_machine(STATUS + core(0, "scaling_cur_freq", 2400000), tmp_path))
    (tmp_path / "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq").write_text("600000\n")
    assert clock.mhz() == pytest.approx(600.0)


def test_a_server_is_not_asked_core_by_core(tmp_path: Path) -> None:
    recording = STATUS.replace("0-1", "0-191") + "".join(core(cpu, "scaling_cur_freq", 3_000_000) for cpu in range(192))
    clock = Clock(write_machine(recording, tmp_path))
    assert clock.mhz() == pytest.approx(3000.0)
    assert len(clock.asked) == MOST_CORES_READ


@pytest.mark.parametrize(
    ("flags", "mhz"),
    [("fpu aperfmperf", 3100.5), ("fpu", None), ("fpu aperfmperf hypervisor", None)],
)
def test_cpuinfo_is_believed_only_where_cycles_are_counted(tmp_path: Path, flags: str, mhz: float | None) -> None:
    recording = f"=== /proc/cpuinfo\nprocessor\t: 0\ncpu MHz\t\t: 3100.500\nflags\t\t: {flags}\n"
    assert Clock(write_machine(recording, tmp_path)).mhz() == mhz


@pytest.mark.parametrize("name", ["vm_2core", "h100"])
def test_recorded_virtual_machines_do_not_tell_their_clock(tmp_path: Path, name: str) -> None:
    assert Clock(write_machine((MACHINES / f"{name}.txt").read_text(encoding="utf-8"), tmp_path)).mhz() is None

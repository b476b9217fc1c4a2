"""A Linux machine is read from its files; the child's time counts as ours while it runs and after its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.measurement.foreign_cpu import busy_s
from planner.measurement.linux_state import LinuxState, parse_cpu_times
from planner.measurement.machine_state import reading
from tests.planner.device.conftest import MACHINES, RecordedSystem, write_machine

TICKS = float(os.sysconf("SC_CLK_TCK")) if hasattr(os, "sysconf") else 100.0

# The first line of /proc/stat of a virtual server, as printed in
# github.com/sensu-plugins/sensu-plugins-cpu-checks issue 17.
CPU_LINE = "cpu  724635608 1472915 42523717 1190216593 104755408 1555 18433154 58368179 0 0"

# proc_pid_stat(5): a name with a space and a parenthesis, 41 major faults, utime 1200, stime 50, cutime 30, cstime 20.
CHILD = "4242 (python) 3) S 1 4242 4242 0 -1 4194304 9000 0 41 0 1200 50 30 20 20 0 5 0 77777 1 1"


def machine(name: str, root: Path, stat: str = CPU_LINE) -> RecordedSystem:
    extra = f"""
=== /proc/stat
{stat}
cpu0 1 0 1 1 1 1 1 1 0 0
ctxt 1

=== /proc/vmstat
nr_free_pages 123
pswpin 300
pswpout 900

=== /proc/loadavg
0.52 0.41 0.47 2/941 5547

=== /proc/4242/stat
{CHILD}
"""
    return write_machine((MACHINES / f"{name}.txt").read_text(encoding="utf-8") + extra, root)


def times(own: float = 2.0, ended: float = 0.0) -> os.times_result:
    return os.times_result((own, 0.0, ended, 0.0, 1.0))


def test_cpu_times_by_kind() -> None:
    found = parse_cpu_times(CPU_LINE + "\ncpu0 1 2 3\n", 100.0)
    assert found["steal"] == pytest.approx(583_681.79)
    assert busy_s(found) == pytest.approx((724635608 + 1472915 + 42523717 + 1555 + 18433154) / 100)
    assert parse_cpu_times("cpu  5 0 2 90\n", 100.0) == {"user": 0.05, "nice": 0.0, "system": 0.02, "idle": 0.9}


@pytest.mark.parametrize("text", [None, "", "intr 5", "cpu  5 x 2"])
def test_no_cpu_times(text: str | None) -> None:
    assert parse_cpu_times(text, 100.0) == {}


def test_a_recorded_laptop(tmp_path: Path) -> None:
    state = LinuxState(machine("intel_hybrid_laptop", tmp_path), 4242, times=times).look(thoroughly=True)
    counters, gauges = state.counters, state.gauges
    assert counters.own_s == pytest.approx(2.0 + 1300 / TICKS)
    assert counters.steal_s == pytest.approx(58368179 / TICKS)
    assert counters.all_s == pytest.approx(sum(map(int, CPU_LINE.split()[1:])) / TICKS)
    assert counters.major_faults == 41
    assert counters.swapped_in_bytes is not None
    assert counters.swapped_in_bytes % 300 == 0
    assert gauges.load_average_1min == 0.52
    assert gauges.power_mode is not None
    assert gauges.battery_percent is not None
    assert gauges.on_battery in {True, False}
    assert gauges.available_memory_bytes is not None


def test_power_is_asked_only_when_thorough(tmp_path: Path) -> None:
    gauges = LinuxState(machine("intel_hybrid_laptop", tmp_path), 4242).look(thoroughly=False).gauges
    assert (gauges.power_mode, gauges.battery_percent, gauges.on_battery) == (None, None, None)


def test_swap_in_use(tmp_path: Path) -> None:
    system = machine("raspberry_pi_5", tmp_path)
    assert LinuxState(system, 4242).look(thoroughly=False).gauges.swap_used_bytes is None  # no SwapFree was recorded
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 512 kB\nSwapTotal: 204784 kB\nSwapFree: 102400 kB\n")
    gauges = LinuxState(system, 4242).look(thoroughly=False).gauges
    assert gauges.swap_used_bytes == (204784 - 102400) * 1024
    assert gauges.available_memory_bytes == 512 * 1024


def test_a_containers_limit_bounds_what_is_available(tmp_path: Path) -> None:
    system = machine("container_cgroup_v2", tmp_path)
    available = LinuxState(system, 4242).look(thoroughly=False).gauges.available_memory_bytes
    (tmp_path / "proc/meminfo").write_text("MemAvailable: 999999999 kB\n")
    assert LinuxState(system, 4242).look(thoroughly=False).gauges.available_memory_bytes == available


def test_a_child_that_ended_still_counts_as_ours(tmp_path: Path) -> None:
    """13 CPU seconds of the child move from its own file to the children that this process waited for."""
    now = [times()]
    linux = LinuxState(machine("vm_2core", tmp_path), 4242, times=lambda: now[0])
    before = linux.look(thoroughly=False)
    (tmp_path / "proc/4242/stat").unlink()
    now[0] = times(own=2.5, ended=1300 / TICKS + 4)
    after = linux.look(thoroughly=False)
    assert after.counters.own_s is not None
    assert before.counters.own_s is not None
    assert after.counters.own_s - before.counters.own_s == pytest.approx(4.5)
    assert after.counters.major_faults is None


def test_a_machine_that_tells_nothing_is_unknown_throughout(tmp_path: Path) -> None:
    state = LinuxState(write_machine("=== architecture\nx86_64\n", tmp_path), 4242).look(thoroughly=True)
    made = reading(0.0, state, None)
    assert made.model_dump(exclude_none=True) == {"at_s": 0.0}

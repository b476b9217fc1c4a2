"""The processor's own sensors are chosen among all there are, with their limits and the witnesses of throttling."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.measurement.linux_heat import Heat
from tests.planner.device.conftest import MACHINES, write_machine

# Names and labels as listed for an Intel laptop in github.com/cockpit-project/cockpit pull request 17160, figures as
# in github.com/htop-dev/htop issue 806.
INTEL_LAPTOP = """
=== /sys/class/hwmon/hwmon1/name
acpitz

=== /sys/class/hwmon/hwmon1/temp1_input
99000

=== /sys/class/hwmon/hwmon3/name
thinkpad

=== /sys/class/hwmon/hwmon3/temp1_label
CPU

=== /sys/class/hwmon/hwmon3/temp1_input
91000

=== /sys/class/hwmon/hwmon9/name
coretemp

=== /sys/class/hwmon/hwmon9/temp1_label
Package id 0

=== /sys/class/hwmon/hwmon9/temp1_input
36000

=== /sys/class/hwmon/hwmon9/temp1_max
84000

=== /sys/class/hwmon/hwmon9/temp1_crit
100000

=== /sys/class/hwmon/hwmon9/temp2_label
Core 0

=== /sys/class/hwmon/hwmon9/temp2_input
31000

=== /sys/class/thermal/thermal_zone1/type
x86_pkg_temp

=== /sys/class/thermal/thermal_zone1/temp
35000

=== /sys/class/thermal/cooling_device0/type
Processor

=== /sys/class/thermal/cooling_device0/cur_state
0

=== /sys/class/thermal/cooling_device9/type
intel_powerclamp

=== /sys/class/thermal/cooling_device9/cur_state
-1

=== /sys/devices/system/cpu/cpu{0-1}/thermal_throttle/core_throttle_count
2

=== /sys/devices/system/cpu/cpu{0-1}/thermal_throttle/package_throttle_count
31
"""

# Labels as the kernel's hwmon/k10temp.rst describes them; the offset of 10 degrees is that of a Ryzen 2700X
# (github.com/LibreHardwareMonitor/LibreHardwareMonitor issue 42).
RYZEN = """
=== /sys/class/hwmon/hwmon2/name
k10temp

=== /sys/class/hwmon/hwmon2/temp1_label
Tctl

=== /sys/class/hwmon/hwmon2/temp1_input
71500

=== /sys/class/hwmon/hwmon2/temp2_label
Tdie

=== /sys/class/hwmon/hwmon2/temp2_input
61500
"""

# In the formats of the kernel's thermal/sysfs-api.rst and of github.com/raspberrypi/linux issue 2367.
PI = """
=== /sys/class/thermal/thermal_zone0/type
cpu-thermal

=== /sys/class/thermal/thermal_zone0/temp
79950

=== /sys/class/thermal/thermal_zone0/trip_point_0_type
critical

=== /sys/class/thermal/thermal_zone0/trip_point_0_temp
110000
"""

BOARD = """
=== /sys/class/thermal/thermal_zone0/type
soc-thermal

=== /sys/class/thermal/thermal_zone0/temp
68000

=== /sys/class/thermal/thermal_zone0/trip_point_0_type
passive

=== /sys/class/thermal/thermal_zone0/trip_point_0_temp
75000

=== /sys/class/thermal/thermal_zone0/trip_point_1_type
critical

=== /sys/class/thermal/thermal_zone0/trip_point_1_temp
115000

=== /sys/class/thermal/thermal_zone1/type
gpu-thermal

=== /sys/class/thermal/thermal_zone1/temp
84000

=== /sys/class/thermal/cooling_device0/type
thermal-cpufreq-0

=== /sys/class/thermal/cooling_device0/cur_state
1
"""


def heat(recording: str, root: Path) -> Heat:
    return Heat(write_machine(recording, root), (0, 1))


def test_an_intel_laptop_is_read_from_its_package_sensor(tmp_path: Path) -> None:
    laptop = heat(INTEL_LAPTOP, tmp_path)
    assert laptop.temperature_c() == pytest.approx(36.0)
    assert laptop.headroom_c() == pytest.approx(64.0)
    assert laptop.throttle_count() == 2 + 2 + 31
    assert laptop.throttled() is False


def test_a_ryzen_is_read_from_its_die_and_not_from_what_steers_its_fan(tmp_path: Path) -> None:
    ryzen = heat(RYZEN, tmp_path)
    assert ryzen.temperature_c() == pytest.approx(61.5)
    assert (ryzen.headroom_c(), ryzen.throttle_count(), ryzen.throttled()) == (None, None, None)


@pytest.mark.parametrize(
    ("firmware", "throttled"),
    [("80008", True), ("50005", True), ("0x2", True), ("80000", False), ("1", False), ("0", False)],
)
def test_a_pi_is_believed_when_its_firmware_holds_the_clock_down_now(
    tmp_path: Path, firmware: str, throttled: bool
) -> None:
    pi = heat(f"{PI}\n=== /sys/devices/platform/soc/soc:firmware/get_throttled\n{firmware}\n", tmp_path)
    assert pi.throttled() is throttled
    assert pi.temperature_c() == pytest.approx(79.95)
    assert pi.headroom_c() is None  # the critical trip shuts it down; where it slows down no file tells


def test_a_board_tells_its_passive_trip_and_the_kernels_cooling(tmp_path: Path) -> None:
    board = heat(BOARD, tmp_path)
    assert board.temperature_c() == pytest.approx(68.0)
    assert board.headroom_c() == pytest.approx(7.0)
    assert board.throttled() is True


@pytest.mark.parametrize("nonsense", ["-274000", "255000", "", "hot"])
def test_a_sensor_that_is_not_connected_is_unknown(tmp_path: Path, nonsense: str) -> None:
    assert heat(PI.replace("79950", nonsense), tmp_path).temperature_c() is None


def test_an_unset_trip_is_no_limit(tmp_path: Path) -> None:
    assert heat(BOARD.replace("75000", "0"), tmp_path).headroom_c() is None


def test_a_virtual_machine_tells_nothing(tmp_path: Path) -> None:
    vm = heat((MACHINES / "vm_2core.txt").read_text(encoding="utf-8"), tmp_path)
    assert (vm.temperature_c(), vm.headroom_c(), vm.throttle_count(), vm.throttled()) == (None, None, None, None)

"""Which RAPL counters are read, and which problem is named where none can be."""

import pytest

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.channels import Source
from planner.measurement.energy.figures import MeterKind, MeterProblem, MeterScope
from planner.measurement.energy.rapl import POWERCAP, Zone, find_rapl, read_zones

RANGE_UJ = 262143328850
WATTS = {"package-0": 20, "package-1": 15, "core": 12, "dram": 2, "psys": 45}


class Machine(System):
    """A machine whose counters rise with a clock moved by `wait`; files may be unreadable."""

    def __init__(self, zones, watts=None, unreadable=()):
        self._zones = zones
        self._watts = {**WATTS, **(watts or {})}
        self._unreadable = unreadable
        self.spent_s = 0.0

    def wait(self, seconds):
        self.spent_s += seconds

    def entries(self, folder):
        return (*sorted(self._zones), "dtpm", "intel-rapl", "intel-rapl-mmio:0") if folder == POWERCAP else None

    def exists(self, path):
        return path.split("/")[-2] in self._zones and path.endswith("energy_uj")

    def text(self, path):
        zone, file = path.split("/")[-2:]
        name = self._zones.get(zone)
        if name is None or (file == "energy_uj" and zone in self._unreadable):
            return None
        uj = (RANGE_UJ - 1_000_000 + round(self._watts[name] * self.spent_s * 1e6)) % RANGE_UJ
        return {"name": f"{name}\n", "max_energy_range_uj": f"{RANGE_UJ}\n", "energy_uj": f"{uj}\n"}.get(file)


LAPTOP = {"intel-rapl:0": "package-0", "intel-rapl:0:0": "core", "intel-rapl:0:1": "dram", "intel-rapl:1": "psys"}
SERVER = {"intel-rapl:0": "package-0", "intel-rapl:0:0": "dram", "intel-rapl:1": "package-1"}


def found(machine, vendor="Intel", **how):
    return find_rapl(machine, cpu_vendor=vendor, wait=machine.wait, clock=lambda: machine.spent_s, **how)


def energy_of(source, machine, seconds):
    for channel in source.channels:
        channel.take()
    machine.wait(seconds)
    return sum(point.joules for channel in source.channels for point in channel.take())


def test_the_platform_counter_is_preferred():
    machine = Machine(LAPTOP)
    source = found(machine)
    assert (source.meter.name, source.meter.scope) == ("psys", MeterScope.PLATFORM)
    assert energy_of(source, machine, 2.0) == pytest.approx(90.0)


@pytest.mark.parametrize("psys_w", [0, 10])
def test_a_platform_counter_that_shows_less_than_the_package_is_not_believed(psys_w):
    source = found(Machine(LAPTOP, watts={"psys": psys_w}))
    assert (source.meter.name, source.meter.scope) == ("package-0 + dram", MeterScope.CPU_AND_MEMORY)


def test_packages_and_memory_add_up_over_a_wrap_and_cores_do_not_count_twice():
    machine = Machine(SERVER)
    source = found(machine)
    assert source.meter.name == "package-0 + package-1 + dram"
    assert energy_of(source, machine, 2.0) == pytest.approx(2 * (20 + 15 + 2))


def test_beside_a_graphics_board_the_platform_counter_stays_out():
    assert found(Machine(LAPTOP), with_platform=False).meter.name == "package-0 + dram"


def test_memory_that_counts_nothing_is_left_out():
    source = found(Machine(SERVER, watts={"dram": 0}))
    assert (source.meter.name, source.meter.scope) == ("package-0 + package-1", MeterScope.CPU_PACKAGE)


@pytest.mark.parametrize(
    ("vendor", "basis"), [("Intel", Basis.MEASURED), ("AMD", Basis.ESTIMATED), (None, Basis.ESTIMATED)]
)
def test_only_intel_is_known_to_measure(vendor, basis):
    source = found(Machine(SERVER), vendor)
    assert isinstance(source, Source)
    assert source.meter.basis is basis
    assert "intel-rapl:0, intel-rapl:1, intel-rapl:0:0" in source.meter.provenance


@pytest.mark.parametrize(
    ("machine", "words", "remedy"),
    [
        (
            Machine(SERVER, unreadable={"intel-rapl:0"}),
            "intel-rapl:0/energy_uj is there but may not be read",
            "sudo chmod",
        ),
        (Machine(SERVER, watts={"package-1": 0}), "the counter of package-1 stands still", "on the machine itself"),
        (Machine({"intel-rapl:0:0": "core"}), "only core", ""),
        (Machine({}), "holds no energy counter of a processor", "on the machine itself"),
    ],
)
def test_problems_are_named(machine, words, remedy):
    problem = found(machine)
    assert isinstance(problem, MeterProblem)
    assert problem.kind is MeterKind.RAPL
    assert words in problem.sentence
    assert remedy in problem.remedy


def test_a_machine_without_powercap(files):
    problem = find_rapl(files({}), cpu_vendor="Intel")
    assert "no /sys/class/powercap here, as in most virtual machines" in problem.sentence


def test_zones_are_read_from_files(files):
    folder = f"{POWERCAP}/intel-rapl:0"
    told = {
        f"{folder}/name": "package-0",
        f"{folder}/energy_uj": 7,
        f"{folder}/max_energy_range_uj": 9,
        f"{POWERCAP}/intel-rapl/enabled": 1,
    }
    assert read_zones(files(told)) == (Zone(folder, "package-0", 9),)

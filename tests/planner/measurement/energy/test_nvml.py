"""NVIDIA boards by their energy counter, or by power where they have none."""

from types import SimpleNamespace

import pytest

from planner.basis import Basis
from planner.measurement.energy.channels import CounterChannel, MeterFaultError, PowerChannel, Source
from planner.measurement.energy.figures import MeterProblem, MeterScope
from planner.measurement.energy.nvml import find_nvml


class NVMLError(Exception):
    pass


class Library(SimpleNamespace):
    """NVML with what was recorded of an H100; `without` names the calls that are not supported."""

    NVMLError = NVMLError

    def __init__(self, boards=1, without=()):
        super().__init__(open=0, energy_mj=2144192, power_mw=107794)
        self._boards = boards
        self._without = without

    def _refuse(self, call):
        if call in self._without:
            raise NVMLError("Not Supported")

    def nvmlInit(self):  # noqa: N802
        self._refuse("init")
        self.open += 1

    def nvmlShutdown(self):  # noqa: N802
        self.open -= 1

    def nvmlDeviceGetCount(self):  # noqa: N802
        return self._boards

    def nvmlDeviceGetHandleByIndex(self, index):  # noqa: N802
        return index

    def nvmlDeviceGetName(self, _):  # noqa: N802
        return b"NVIDIA H100 80GB HBM3"

    def nvmlDeviceGetTotalEnergyConsumption(self, _):  # noqa: N802
        self._refuse("energy")
        return self.energy_mj

    def nvmlDeviceGetPowerUsage(self, _):  # noqa: N802
        self._refuse("power")
        return self.power_mw


def test_the_energy_counter_comes_first():
    library = Library()
    source = find_nvml(lambda: library)
    assert isinstance(source, Source)
    assert (source.meter.name, source.meter.scope, source.meter.basis) == (
        "NVIDIA H100 80GB HBM3",
        MeterScope.GPU_BOARD,
        Basis.MEASURED,
    )
    (channel,) = source.channels
    assert isinstance(channel, CounterChannel)
    channel.take()
    library.energy_mj += 5_000
    (point,) = channel.take()
    assert point.joules == pytest.approx(5.0)
    source.close()
    assert library.open == 0


def test_power_is_integrated_where_there_is_no_counter():
    source = find_nvml(lambda: Library(without={"energy"}))
    (channel,) = source.channels
    assert isinstance(channel, PowerChannel)
    assert "nvmlDeviceGetPowerUsage, integrated" in source.meter.provenance


def test_several_boards_are_read_together():
    source = find_nvml(lambda: Library(boards=2))
    assert len(source.channels) == 2
    assert "all 2 boards together" in source.meter.provenance


def test_a_board_that_stops_answering_is_a_fault():
    library = Library()
    (channel,) = find_nvml(lambda: library).channels
    library._without = {"energy"}
    with pytest.raises(MeterFaultError):
        channel.take()


@pytest.mark.parametrize(
    ("library", "words"),
    [
        (Library(without={"init"}), "it did not start (Not Supported)"),
        (Library(without={"energy", "power"}), "tells neither energy nor power (Not Supported)"),
        (Library(boards=0), "it sees no board"),
    ],
)
def test_problems_are_named_and_nothing_stays_open(library, words):
    problem = find_nvml(lambda: library)
    assert isinstance(problem, MeterProblem)
    assert words in problem.sentence
    assert library.open == 0


def test_without_the_package():
    def missing():
        raise ImportError

    problem = find_nvml(missing)
    assert "nvidia-ml-py is not installed" in problem.sentence
    assert "nvidia-ml-py" in problem.remedy

"""Meters in their order, and never one that leaves out where the model runs."""

import sys

import pytest

from planner.basis import Basis
from planner.device.system import System
from planner.measurement.energy.channels import Source
from planner.measurement.energy.discovery import EnergyOptions, Finders, discover
from planner.measurement.energy.figures import MeterKind, MeterProblem, MeterScope
from tests.planner.measurement.energy.conftest import Drawing, a_meter

CUDA = "CUDAExecutionProvider"


class Found:
    """Finders that find what is named, note who was asked, and which sources were given back."""

    def __init__(self, *has):
        self.asked = []
        self.closed = []
        scopes = {
            "rapl": MeterScope.CPU_AND_MEMORY,
            "nvml": MeterScope.GPU_BOARD,
            "battery": MeterScope.WHOLE_DEVICE,
            "powermetrics": MeterScope.CHIP,
            "emi": MeterScope.CPU_PACKAGE,
        }

        def finder(name):
            def find(*_, **how):
                self.asked.append((name, how) if how else name)
                if name not in has:
                    return MeterProblem(kind=MeterKind(name), sentence=f"{name}: not here.")
                basis = Basis.ESTIMATED if name == "powermetrics" else Basis.MEASURED
                meter = a_meter(kind=MeterKind(name), name=name, scope=scopes[name], basis=basis)
                return Source(meter, [Drawing(1.0)], close=lambda: self.closed.append(name))

            return find

        self.finders = Finders(**{name: finder(name) for name in scopes})

    def __call__(self, platform, **options):
        return discover(System(), EnergyOptions(**options), platform=platform, finders=self.finders)


def kinds(problems):
    return [problem.kind.value for problem in problems]


@pytest.mark.parametrize(
    ("platform", "provider", "order"),
    [
        ("linux", "CPUExecutionProvider", ["rapl", "battery", "wall_meter", "assumed"]),
        ("linux", CUDA, ["rapl", "nvml", "battery", "wall_meter", "assumed"]),
        ("darwin", "CoreMLExecutionProvider", ["battery", "powermetrics", "wall_meter", "assumed"]),
        ("win32", "CPUExecutionProvider", ["battery", "emi", "wall_meter", "assumed"]),
        ("win32", CUDA, ["nvml", "battery", "emi", "wall_meter", "assumed"]),
    ],
)
def test_every_meter_in_order_and_a_problem_for_each(platform, provider, order):
    source, problems = Found()(platform, execution_provider=provider)
    assert source is None
    assert kinds(problems) == order


def test_this_machine_is_told_apart_by_its_operating_system():
    _, problems = discover(System(), EnergyOptions(), finders=Found().finders)
    assert ("rapl" in kinds(problems)) == sys.platform.startswith("linux")


@pytest.mark.parametrize(
    ("platform", "has", "chosen", "passed"),
    [
        ("linux", ["rapl", "battery"], "rapl", []),
        ("linux", ["battery"], "battery", ["rapl"]),
        ("darwin", ["powermetrics"], "powermetrics", ["battery"]),
        ("win32", ["emi"], "emi", ["battery"]),
    ],
)
def test_the_first_that_can_be_read(platform, has, chosen, passed):
    source, problems = Found(*has)(platform)
    assert source.meter.name == chosen
    assert kinds(problems) == passed


def test_stated_watts_come_last():
    source, problems = Found()("linux", wall_active_w=40.0, assumed_active_w=30.0)
    assert source.meter.kind is MeterKind.WALL_METER
    assert kinds(problems) == ["rapl", "battery"]
    source, problems = Found()("linux", assumed_active_w=30.0)
    assert (source.meter.kind, source.meter.basis) == (MeterKind.ASSUMED, Basis.ASSUMED)


def test_a_model_on_a_board_needs_the_boards_meter():
    found = Found("rapl")
    source, problems = found("linux", execution_provider=CUDA)
    assert source is None
    assert problems[0].sentence == f"rapl can be read but does not cover where {CUDA} runs the model."
    assert found.closed == ["rapl"]


def test_processor_and_board_together():
    found = Found("rapl", "nvml")
    source, problems = found("linux", execution_provider=CUDA, cpu_vendor="Intel")
    assert (source.meter.name, source.meter.scope, problems) == ("rapl + nvml", MeterScope.CPU_AND_GPU, ())
    assert len(source.channels) == 2
    assert found.asked[0] == ("rapl", {"cpu_vendor": "Intel", "with_platform": False})
    source.close()
    assert found.closed == ["rapl", "nvml"]


def test_the_board_alone_where_the_processor_cannot_be_read():
    source, problems = Found("nvml")("linux", execution_provider=CUDA)
    assert (source.meter.name, kinds(problems)) == ("nvml", ["rapl"])


def test_a_board_does_not_stand_for_the_processor():
    source, problems = Found("nvml")("linux", meter=MeterKind.NVML)
    assert source is None
    assert "does not cover where CPUExecutionProvider runs" in problems[0].sentence


def test_one_meter_may_be_asked_for():
    source, problems = Found("rapl", "battery")("linux", meter=MeterKind.BATTERY)
    assert (source.meter.name, problems) == ("battery", ())
    source, _ = Found("rapl")("linux", meter=MeterKind.WALL_METER, wall_active_w=40.0)
    assert source.meter.kind is MeterKind.WALL_METER


def test_a_meter_of_another_system_is_a_problem():
    source, problems = Found()("win32", meter=MeterKind.RAPL)
    assert source is None
    assert "does not exist on this system" in problems[0].sentence


def test_a_machine_without_any_meter(files):
    """As in a virtual machine: no powercap, no power supplies, nothing typed."""
    source, problems = discover(files({}), EnergyOptions(), platform="linux")
    assert source is None
    assert kinds(problems) == ["rapl", "battery", "wall_meter", "assumed"]
    assert all(problem.sentence for problem in problems)

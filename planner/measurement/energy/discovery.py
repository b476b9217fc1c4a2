"""Which meter a run is read with: the first in order that can be read and covers where the model runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from planner.basis import weakest
from planner.device.system import System
from planner.measurement.energy.battery import find_battery
from planner.measurement.energy.channels import Source
from planner.measurement.energy.emi import find_emi
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope
from planner.measurement.energy.nvml import NVIDIA_PROVIDERS, find_nvml
from planner.measurement.energy.powermetrics import find_powermetrics
from planner.measurement.energy.rapl import find_rapl
from planner.measurement.energy.typed import assumed_watts, wall_meter

Found = Source | MeterProblem
CPU_PROVIDERS = frozenset({"CPUExecutionProvider", "XnnpackExecutionProvider"})
_PROCESSOR_ONLY = frozenset({MeterScope.CPU_PACKAGE, MeterScope.CPU_AND_MEMORY})


@dataclass(frozen=True)
class EnergyOptions:
    """Where the model runs, and what a user says about its power."""

    execution_provider: str = "CPUExecutionProvider"
    cpu_vendor: str | None = None  # as the probe names it; it decides whether RAPL measures or models
    meter: MeterKind | None = None  # None: the first in order
    wall_active_w: float | None = None
    wall_idle_w: float | None = None
    assumed_active_w: float | None = None
    assumed_idle_w: float | None = None


@dataclass(frozen=True)
class Finders:
    """How each meter is looked for; a test hands over others."""

    rapl: Callable[..., Found] = find_rapl
    nvml: Callable[..., Found] = find_nvml
    battery: Callable[..., Found] = find_battery
    powermetrics: Callable[..., Found] = find_powermetrics
    emi: Callable[..., Found] = find_emi


def discover(
    system: System,
    options: EnergyOptions,
    *,
    platform: str = sys.platform,
    finders: Finders | None = None,
) -> tuple[Source | None, tuple[MeterProblem, ...]]:
    """The meter, and the problems of those before it; only meters this operating system can have are looked for."""
    problems: list[MeterProblem] = []
    for kind, look in _in_order(system, options, platform, finders or Finders()):
        if options.meter not in {None, kind}:
            continue
        found = look()
        if isinstance(found, MeterProblem):
            problems.append(found)
        elif _misses(found.meter, options.execution_provider):
            found.close()
            problems.append(_does_not_cover(found.meter, options.execution_provider))
        else:
            return found, tuple(problems)
    if not problems:
        problems.append(_not_here(options.meter or MeterKind.RAPL, platform))
    return None, tuple(problems)


def _in_order(
    system: System, options: EnergyOptions, platform: str, finders: Finders
) -> Iterator[tuple[MeterKind, Callable[[], Found]]]:
    """Every meter this operating system can have, in the order in which they are preferred."""
    on_gpu = options.execution_provider in NVIDIA_PROVIDERS
    if platform.startswith("linux"):
        yield MeterKind.RAPL, lambda: _processor(system, options, finders, beside_a_gpu=on_gpu)
    if on_gpu or options.meter is MeterKind.NVML:
        yield MeterKind.NVML, finders.nvml
    if platform.startswith("linux"):
        yield MeterKind.BATTERY, lambda: finders.battery(system)
    elif options.meter in {None, MeterKind.BATTERY}:
        yield MeterKind.BATTERY, _battery_too_coarse
    if platform == "darwin":
        yield MeterKind.POWERMETRICS, lambda: finders.powermetrics(system)
    if platform == "win32":
        yield MeterKind.EMI, lambda: finders.emi(cpu_vendor=options.cpu_vendor)
    yield MeterKind.WALL_METER, lambda: wall_meter(options.wall_active_w, options.wall_idle_w)
    yield MeterKind.ASSUMED, lambda: assumed_watts(options.assumed_active_w, options.assumed_idle_w)


def _processor(system: System, options: EnergyOptions, finders: Finders, *, beside_a_gpu: bool) -> Found:
    """RAPL; with a model on an NVIDIA board, processor and board together, since each leaves the other out.

    The platform counter stays out then: on some machines it contains the board, which would count twice.
    """
    rapl = finders.rapl(system, cpu_vendor=options.cpu_vendor, with_platform=not beside_a_gpu)
    if not beside_a_gpu or isinstance(rapl, MeterProblem):
        return rapl
    board = finders.nvml()
    return rapl if isinstance(board, MeterProblem) else _both(rapl, board)


def _both(processor: Source, board: Source) -> Source:
    def close() -> None:
        processor.close()
        board.close()

    meter = EnergyMeter(
        kind=MeterKind.RAPL,
        name=f"{processor.meter.name} + {board.meter.name}",
        scope=MeterScope.CPU_AND_GPU,
        provenance=f"{processor.meter.provenance}; {board.meter.provenance}",
        basis=weakest(processor.meter.basis, board.meter.basis),
        period_s=max(processor.meter.period_s or 0, board.meter.period_s or 0) or None,
    )
    return Source(
        meter,
        (*processor.channels, *board.channels),
        read_every_s=min(processor.read_every_s, board.read_every_s),
        close=close,
    )


def _misses(meter: EnergyMeter, execution_provider: str) -> bool:
    """Whether the meter leaves out the very part that runs the model."""
    if meter.scope in _PROCESSOR_ONLY:  # an integrated GPU or NPU is in the package, a board is not
        return execution_provider in NVIDIA_PROVIDERS
    return meter.scope is MeterScope.GPU_BOARD and execution_provider in CPU_PROVIDERS


def _does_not_cover(meter: EnergyMeter, execution_provider: str) -> MeterProblem:
    return MeterProblem(
        kind=meter.kind,
        sentence=f"{meter.name} can be read but does not cover where {execution_provider} runs the model.",
        remedy="Make the meter of that part readable, or read a wall meter.",
    )


def _battery_too_coarse() -> MeterProblem:
    return MeterProblem(
        kind=MeterKind.BATTERY,
        sentence="Battery: this system tells its charge in whole percent, which is far too coarse for a run.",
        remedy="",
    )


def _not_here(kind: MeterKind, platform: str) -> MeterProblem:
    return MeterProblem(
        kind=kind, sentence=f"{kind.value} does not exist on this system ({platform}).", remedy="Ask for another meter."
    )

"""NVIDIA boards: NVML's energy counter in millijoules since the driver was loaded, or its power where there is none.

The figures come from the board's own sensors, good to about 5 %; on recent boards they are renewed every 20 to
100 ms, and NVIDIA publishes neither (Yang, Adamek and Armour, «Part-time power measurements», SC 2024).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from planner.basis import Basis
from planner.measurement.energy.channels import Channel, CounterChannel, PowerChannel, Source
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterProblem, MeterScope

READ_EVERY_S = 0.05
_PERIOD_S = 0.1
_MILLI = 1e-3
NVIDIA_PROVIDERS = frozenset({"CUDAExecutionProvider", "TensorrtExecutionProvider", "NvTensorRtRtxExecutionProvider"})


def find_nvml(library: Callable[[], Any] = lambda: importlib.import_module("pynvml")) -> Source | MeterProblem:
    """Every NVIDIA board, or why NVML cannot be asked. Boards that rest add idle watts, which are subtracted."""
    try:
        nvml = library()
    except ImportError:
        return _problem("nvidia-ml-py is not installed", "Install it: pip install nvidia-ml-py.")
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as error:
        return _problem(f"it did not start ({error})", "Check that NVIDIA's driver is loaded.")
    try:
        return _boards(nvml)
    except nvml.NVMLError as error:
        nvml.nvmlShutdown()
        return _problem(f"a board tells neither energy nor power ({error})", "")


def _boards(nvml: Any) -> Source | MeterProblem:
    handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
    if not handles:
        nvml.nvmlShutdown()
        return _problem("it sees no board", "")
    channels = [_channel(nvml, handle) for handle in handles]
    counted = all(isinstance(channel, CounterChannel) for channel in channels)
    call = "nvmlDeviceGetTotalEnergyConsumption" if counted else "nvmlDeviceGetPowerUsage, integrated"
    boards = "" if len(handles) == 1 else f", all {len(handles)} boards together"
    meter = EnergyMeter(
        kind=MeterKind.NVML,
        name=" + ".join(_word(nvml.nvmlDeviceGetName(handle)) for handle in handles),
        scope=MeterScope.GPU_BOARD,
        provenance=f"NVML {call}{boards}: the board's own sensors, good to about 5 %",
        basis=Basis.MEASURED,
        period_s=_PERIOD_S,
    )
    return Source(meter, channels, READ_EVERY_S, close=nvml.nvmlShutdown)


def _channel(nvml: Any, handle: Any) -> Channel:
    """The board's energy counter; boards before Volta have none, so their power is integrated."""

    def energy_mj() -> int | None:
        try:
            return int(nvml.nvmlDeviceGetTotalEnergyConsumption(handle))
        except nvml.NVMLError:
            return None

    def power_w() -> float | None:
        try:
            return float(nvml.nvmlDeviceGetPowerUsage(handle)) * _MILLI
        except nvml.NVMLError:
            return None

    if energy_mj() is not None:
        return CounterChannel(energy_mj, unit_j=_MILLI, period_s=_PERIOD_S)
    nvml.nvmlDeviceGetPowerUsage(handle)  # raises here what find_nvml makes a problem of
    return PowerChannel(power_w, period_s=_PERIOD_S)


def _word(value: str | bytes) -> str:
    """Older bindings answer in bytes."""
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value


def _problem(why: str, remedy: str) -> MeterProblem:
    return MeterProblem(kind=MeterKind.NVML, sentence=f"NVML: {why}.", remedy=remedy)

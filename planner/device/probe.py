"""What this machine is: the answers of the operating system, NVIDIA's library and the runtimes, put together."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from planner import child
from planner.basis import known, unknown
from planner.device import execution_providers
from planner.device.accelerators import merge
from planner.device.execution_providers import Machine
from planner.device.facts import CpuFacts, DeviceFacts, MemoryFacts, PowerFacts
from planner.device.linux import read_linux
from planner.device.machine_reading import NOT_MEASURED_BANDWIDTH, MachineReading
from planner.device.macos import read_macos
from planner.device.nvidia import read_nvidia
from planner.device.runtimes import Registered, registered
from planner.device.system import System
from planner.device.windows import read_windows
from planner.errors import PlannerError

ASK_TIMEOUT_S = 60.0
_WORKER = "planner.measurement.worker"
_VERB = "execution_providers"

_READERS: dict[str, tuple[str, Callable[[System], MachineReading]]] = {
    "linux": ("linux", read_linux),
    "darwin": ("macos", read_macos),
    "win32": ("windows", read_windows),
}


class Ask(Protocol):
    """How the child that may import onnxruntime is asked: `planner.child.ask`."""

    def __call__(
        self, module: str, request: child.Message, *, timeout_s: float, python: Path | None = None
    ) -> child.Message:
        """The child's answer, or a PlannerError."""
        ...


def probe(
    *,
    ask: Ask = child.ask,
    system: System | None = None,
    platform: str = sys.platform,
    runtimes: Sequence[Registered] | None = None,
) -> DeviceFacts:
    """Establish the facts of this machine. Nothing is measured; what cannot be established is unknown with the reason.

    Every registered runtime is asked too. `system`, `platform` and `runtimes` are another machine's in tests.
    """
    looked_at = system or System()
    name, read = _READERS.get(platform, (platform, _read_nothing))
    reading = read(looked_at)
    # macOS has no NVIDIA driver to ask.
    gpus, no_gpus_because = ((), None) if name == "macos" else read_nvidia(looked_at)
    answer = _ask_own(ask)
    others = registered() if runtimes is None else runtimes
    elsewhere = [(one, _ask_other(ask, one)) for one in others]
    accelerators = merge((*gpus, *reading.sightings, *execution_providers.sightings(answer)))
    machine = Machine(name, reading.cpu.architecture.value or "", reading.cpu.vendor.value, accelerators)
    return DeviceFacts(
        probed_at=datetime.now(UTC),
        machine=reading.machine,
        os=reading.os,
        kernel=reading.kernel,
        virtualised=reading.virtualised,
        hypervisor=reading.hypervisor,
        cpu=reading.cpu,
        memory=reading.memory,
        accelerators=accelerators,
        execution_providers=execution_providers.provider_rows(answer, machine, elsewhere),
        power=reading.power,
        container=reading.container,
        accelerators_unread=(*reading.unread, *((no_gpus_because,) if no_gpus_because else ())),
    )


def _ask_own(ask: Ask) -> child.Message:
    """The child's answer; its failure is an answer too, since a machine without a runtime is still a machine."""
    try:
        return ask(_WORKER, {"verb": _VERB}, timeout_s=ASK_TIMEOUT_S)
    except PlannerError as error:
        return {"error": error.sentence}


def _ask_other(ask: Ask, runtime: Registered) -> child.Message:
    """The same under a registered runtime's interpreter."""
    if runtime.python is None:
        return {"error": runtime.problem or "its interpreter is unknown"}
    try:
        return ask(_WORKER, {"verb": _VERB}, timeout_s=ASK_TIMEOUT_S, python=runtime.python)
    except PlannerError as error:
        return {"error": error.sentence}


def _read_nothing(system: System) -> MachineReading:
    """A system this program has no readers for: only what needs none is known."""
    why = "this program has no readers for this operating system"
    logical, physical, memory = system.logical_cores(), system.physical_cores(), system.memory()
    usable = system.affinity() or logical
    return MachineReading(
        machine=unknown(why),
        os=unknown(why),
        kernel=unknown(why),
        virtualised=unknown(why),
        hypervisor=unknown(why),
        container=unknown(why),
        cpu=CpuFacts(
            model=unknown(why),
            vendor=unknown(why),
            architecture=known(system.architecture(), "uname"),
            physical_cores=known(physical, "psutil") if physical else unknown(why),
            logical_cores=known(logical, "psutil") if logical else unknown(why),
            usable_cores=known(float(usable), "psutil") if usable else unknown(why),
            max_mhz=unknown(why),
            instruction_sets=unknown(why),
            caches=unknown(why),
        ),
        memory=MemoryFacts(
            total_bytes=known(memory.total_bytes, "psutil") if memory else unknown(why),
            available_bytes=known(memory.available_bytes, "psutil") if memory else unknown(why),
            limit_bytes=unknown(why),
            swap_bytes=known(memory.swap_bytes, "psutil") if memory else unknown(why),
            read_bandwidth_bytes_s=unknown(NOT_MEASURED_BANDWIDTH),
        ),
        power=PowerFacts(source=unknown(why), battery_percent=unknown(why), battery_wh=unknown(why), mode=unknown(why)),
        unread=(why,),
    )

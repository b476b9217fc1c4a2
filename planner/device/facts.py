"""What a machine is: the facts a probe establishes, each with its basis, unknown ones with the reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from planner.basis import Fact
from planner.documents import Frozen
from planner.ranges import Size

Cores = Annotated[int, Field(gt=0, le=10**6)]
UsableCores = Annotated[float, Field(gt=0, le=1e6)]
Bandwidth = Annotated[float, Field(gt=0, le=1e18)]


class Cache(Frozen):
    """One level of CPU cache as a single core sees it."""

    level: int
    kind: str  # data | instruction | unified
    size_bytes: Size
    shared_by_cores: int | None = None


class CpuFacts(Frozen):
    """The processor, and how much of it this process may use."""

    model: Fact[str]
    vendor: Fact[str]
    architecture: Fact[str]  # x86_64 | arm64 | …
    physical_cores: Fact[Cores]
    logical_cores: Fact[Cores]
    usable_cores: Fact[UsableCores]  # after affinity and cgroup quota; a container's share, not the host's
    max_mhz: Fact[float]
    instruction_sets: Fact[tuple[str, ...]]  # of INSTRUCTION_SETS, those present
    caches: Fact[tuple[Cache, ...]]
    untold_instruction_sets: tuple[str, ...] = ()  # of INSTRUCTION_SETS, those this system cannot be asked about


class MemoryFacts(Frozen):
    """RAM and what this process may use of it."""

    total_bytes: Fact[Size]
    available_bytes: Fact[Size]  # at probe time, never more than the limit leaves
    limit_bytes: Fact[Size]  # cgroup limit; unknown with reason "no limit set" where none is
    swap_bytes: Fact[Size]
    read_bandwidth_bytes_s: Fact[Bandwidth]  # published for reference devices; measured in issue 3


class AcceleratorKind(StrEnum):
    """What an accelerator was made for."""

    GPU = "gpu"
    NPU = "npu"


class Accelerator(Frozen):
    """A GPU or NPU that some reader saw."""

    kind: AcceleratorKind
    name: Fact[str]
    vendor: Fact[str]
    memory_bytes: Fact[Size]
    driver: Fact[str]
    integrated: Fact[bool]
    seen_by: tuple[str, ...]  # e.g. ("nvml", "linux-sysfs", "onnxruntime")


class ExecutionProvider(Frozen):
    """An ONNX Runtime back end: usable here, or why not."""

    name: str  # CPUExecutionProvider, OpenVINOExecutionProvider, OpenVINOExecutionProvider:GPU, …
    usable: bool
    reason: str  # how that was established, or why it is not usable and what would make it so
    devices: tuple[str, ...] = ()
    runtime: str | None = None  # name of the registered runtime that holds it; None: this program's own onnxruntime


class PowerSource(StrEnum):
    """Where the electricity comes from now."""

    AC = "ac"
    BATTERY = "battery"


class PowerFacts(Frozen):
    """Where the electricity comes from and how it may be spent."""

    source: Fact[PowerSource]
    battery_percent: Fact[float]
    battery_wh: Fact[float]
    mode: Fact[str]  # governor, platform profile or OS power mode, as the OS names it


class DeviceFacts(Frozen):
    """Everything the probe knows of this machine; holds no host name, user name or serial number."""

    probed_at: datetime
    machine: Fact[str]  # product name, e.g. "ThinkPad T14 Gen 5"
    os: Fact[str]  # "Debian GNU/Linux 12 (bookworm)"
    kernel: Fact[str]
    virtualised: Fact[bool]
    hypervisor: Fact[str]
    cpu: CpuFacts
    memory: MemoryFacts
    accelerators: tuple[Accelerator, ...]
    execution_providers: tuple[ExecutionProvider, ...]
    power: PowerFacts
    container: Fact[str] = Fact(value=None, reason="nobody looked")  # docker, podman, kubernetes, …; "none"
    accelerators_unread: tuple[str, ...] = ()  # readers that could not look for accelerators, and why

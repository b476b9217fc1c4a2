"""Which spec sheet a device's facts amount to: its class, specified bandwidth and compute, or why there is none."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from pydantic import Field

from planner.basis import Basis, Fact, known, unknown
from planner.device.facts import Accelerator, AcceleratorKind, DeviceFacts
from planner.documents import Frozen, from_toml
from planner.prediction.device_classes import DeviceClass, find_constants
from planner.prediction.spec_sheet import SpecSheet

# Words that make another product of a name that has them: an RTX 4070 is no RTX 4070 Ti, and a laptop's is neither.
_SUFFIXES = frozenset(
    (
        "ti",
        "super",
        "laptop",
        "mobile",
        "max-q",
        "d",
        "xt",
        "xtx",
        "gre",
        "s",
        "pro",
        "max",
        "ultra",
        "ada",
        "nvl",
        "server",
    )
)
# Words of execution providers, as ONNX Runtime or a published table names them.
_NPU_WORDS = ("qnn", "npu", "hexagon", "vitis")
_CPU_WORDS = ("cpu", "xnnpack")
_CLASS_OF_VENDOR = {"Apple": DeviceClass.APPLE_GPU, "Qualcomm": DeviceClass.MOBILE_GPU}
_CLASS_OF_CARD = {
    "NVIDIA": DeviceClass.NVIDIA_GPU,
    "AMD": DeviceClass.OTHER_GPU,
    "Intel": DeviceClass.OTHER_GPU,
}
_OTHER_ACCELERATORS = "no accelerator of that kind among the device's facts"


class KnownAccelerator(Frozen):
    """What the maker of an accelerator specifies; None where it uses the machine's memory or states no such figure."""

    name: str
    device_class: DeviceClass
    memory_bandwidth_bytes_s: float | None = Field(default=None, gt=0)
    fp32_flops: float | None = Field(default=None, gt=0)
    npu_int8_ops: float | None = Field(default=None, gt=0)
    source: str


class _AcceleratorFile(Frozen):
    accelerators: tuple[KnownAccelerator, ...]


@cache
def known_accelerators() -> tuple[KnownAccelerator, ...]:
    """Every accelerator whose sheet is known."""
    where = "planner/prediction/catalog/accelerators.toml"
    data = resources.files("planner.prediction").joinpath("catalog", "accelerators.toml").read_bytes()
    return from_toml(data, _AcceleratorFile, where=where).accelerators


def find_accelerator(name: str) -> KnownAccelerator | None:
    """The accelerator of that name as a driver spells it; None where none is surely meant."""
    words = _words(name)
    fitting = [each for each in known_accelerators() if _words(each.name) <= words]
    exact = [each for each in fitting if words & _SUFFIXES <= _words(each.name) & _SUFFIXES]
    return max(exact, key=lambda each: len(_words(each.name)), default=None)


def spec_sheet_of(facts: DeviceFacts, execution_provider: str, runtime: str) -> Fact[SpecSheet]:
    """The sheet of the part of a device that an execution provider uses, for a family of runtimes, or why none.

    `runtime` is a family as the weight formats name it: "llama.cpp", "onnxruntime", "openvino", "qnn", "tensorrt".
    """
    provider = execution_provider.lower()
    if any(word in provider for word in _CPU_WORDS):
        return _sheet(facts, DeviceClass.CPU, runtime, None, None)
    kind = AcceleratorKind.NPU if any(word in provider for word in _NPU_WORDS) else AcceleratorKind.GPU
    accelerator = next((each for each in facts.accelerators if each.kind is kind), None)
    if accelerator is None:
        return unknown(_OTHER_ACCELERATORS)
    known_one = find_accelerator(accelerator.name.value or "")
    device_class = known_one.device_class if known_one else _class_of(accelerator)
    if device_class is None:
        return unknown(f"{accelerator.name.value or 'the accelerator'} belongs to no class whose shares are known")
    return _sheet(facts, device_class, runtime, accelerator, known_one)


def _sheet(
    facts: DeviceFacts,
    device_class: DeviceClass,
    runtime: str,
    accelerator: Accelerator | None,
    known_one: KnownAccelerator | None,
) -> Fact[SpecSheet]:
    constants = find_constants(device_class, runtime)
    if constants is None:
        return unknown(f"nobody publishes what {runtime} reaches on a device of the class {device_class}")
    own_memory = device_class in {DeviceClass.NVIDIA_GPU, DeviceClass.OTHER_GPU, DeviceClass.HBM_GPU}
    bandwidth = _bandwidth(facts, known_one, own_memory=own_memory)
    if bandwidth.value is None:
        return unknown(bandwidth.reason or "bandwidth unknown")
    memory = accelerator.memory_bytes.value if accelerator is not None and own_memory else None
    compute = None
    if known_one is not None:
        compute = known_one.npu_int8_ops if device_class is DeviceClass.NPU else known_one.fp32_flops
    sources = dict.fromkeys([bandwidth.source, known_one.source if known_one and compute else ""])
    limits = (facts.memory.limit_bytes.value, facts.memory.total_bytes.value)
    granted = [size_bytes for size_bytes in limits if size_bytes is not None]
    sheet = SpecSheet(
        title=(accelerator.name.value if accelerator else facts.cpu.model.value) or "this device",
        constants=constants,
        memory_bandwidth_bytes_s=bandwidth.value,
        compute_flops=compute,
        memory_bytes=memory if own_memory else min(granted, default=None),
        source="; ".join(filter(None, sources)),
    )
    return known(sheet, sheet.source, Basis.PUBLISHED)


def _bandwidth(facts: DeviceFacts, known_one: KnownAccelerator | None, *, own_memory: bool) -> Fact[float]:
    """Specified bandwidth of the memory that holds the weights, in bytes/s."""
    if known_one is not None and known_one.memory_bandwidth_bytes_s is not None:
        return known(known_one.memory_bandwidth_bytes_s, known_one.source, Basis.PUBLISHED)
    stated = facts.memory.read_bandwidth_bytes_s
    if stated.value is None:
        return unknown(f"the memory's specified bandwidth is unknown: {stated.reason}")
    if own_memory:
        return unknown("the bandwidth of the card's own memory is unknown, and the machine's says nothing of it")
    if any(each.integrated.value is False for each in facts.accelerators):
        return unknown("the machine has a card of its own memory, and the one stated bandwidth may be the card's")
    if stated.basis is Basis.MEASURED:
        return unknown("the shares are of specified bandwidth and this one is measured; measure depth slices instead")
    return stated


def _class_of(accelerator: Accelerator) -> DeviceClass | None:
    """The class of an accelerator whose own sheet is not known: it then needs the machine's bandwidth."""
    vendor = accelerator.vendor.value or ""
    if accelerator.kind is AcceleratorKind.NPU:
        return DeviceClass.NPU if vendor == "Qualcomm" else None  # the shares are Hexagon's
    if vendor in _CLASS_OF_VENDOR:
        return _CLASS_OF_VENDOR[vendor]
    if accelerator.integrated.value is True:
        return DeviceClass.INTEGRATED_GPU
    return _CLASS_OF_CARD.get(vendor)


def _words(name: str) -> set[str]:
    """Lower-case words of a product name without brackets and signs: «(10 cores)» is 10 and cores."""
    return set(re.findall(r"[a-z0-9.]+(?:-[a-z0-9.]+)*", re.sub(r"\((?:r|tm|c)\)", " ", name.lower())))

"""Every ONNX Runtime execution provider worth naming here: usable, or why not and what would bring it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from planner.device.accelerators import Sighting, pci_address, vendor_in
from planner.device.cpu_features import is_x86
from planner.device.facts import Accelerator, AcceleratorKind, ExecutionProvider
from planner.device.runtimes import Registered, known_runtime

READER = "onnxruntime"


@dataclass(frozen=True)
class Machine:
    """What decides which back ends are worth naming."""

    system: str  # linux | macos | windows
    architecture: str
    cpu_vendor: str | None
    accelerators: tuple[Accelerator, ...] = ()

    def has(self, vendor: str, kind: AcceleratorKind | None = None) -> bool:
        """Whether an accelerator of this vendor (and kind) was seen."""
        return any(one.vendor.value == vendor and kind in (None, one.kind) for one in self.accelerators)

    def has_gpu(self) -> bool:
        """Whether any GPU was seen."""
        return any(one.kind is AcceleratorKind.GPU for one in self.accelerators)


@dataclass(frozen=True)
class BackEnd:
    """An execution provider: where it can exist, what hardware it wants, and what brings it."""

    name: str
    systems: tuple[str, ...]
    remedy: str  # after «not in the installed onnxruntime wheel; »
    wanted: Callable[[Machine], bool]
    missing: str  # why not, where the hardware is missing
    note: str = ""  # what else to know before installing it


def _instead(package: str) -> str:
    return f"install {package} in its place"


def _beside(runtime: str) -> str:
    """How a known runtime is added, in the words of the command line."""
    return f"«edgewise runtimes add {runtime}» installs {known_runtime(runtime).requirement} beside it"


_GPU, _NPU = AcceleratorKind.GPU, AcceleratorKind.NPU

BACK_ENDS = (
    BackEnd("CPUExecutionProvider", ("linux", "macos", "windows"), "reinstall onnxruntime", lambda _: True, ""),
    BackEnd(
        "OpenVINOExecutionProvider",
        ("linux", "windows"),
        _beside("openvino"),
        lambda machine: is_x86(machine.architecture),
        "OpenVINO's wheels are for x86 processors",
        "made for Intel CPUs, GPUs and NPUs; it runs on other x86 CPUs too",
    ),
    BackEnd(
        "CUDAExecutionProvider",
        ("linux", "windows"),
        _beside("cuda"),
        lambda machine: machine.has("NVIDIA", _GPU),
        "no NVIDIA GPU was found",
        "it needs CUDA and cuDNN libraries; on ARM, a build by NVIDIA",
    ),
    BackEnd(
        "TensorrtExecutionProvider",
        ("linux", "windows"),
        _beside("cuda"),
        lambda machine: machine.has("NVIDIA", _GPU),
        "no NVIDIA GPU was found",
        "it needs NVIDIA's TensorRT libraries as well",
    ),
    BackEnd(
        "DmlExecutionProvider",
        ("windows",),
        _beside("directml"),
        lambda machine: machine.has_gpu(),
        "no GPU was found",
        "any GPU with DirectX 12",
    ),
    BackEnd(
        "QNNExecutionProvider",
        ("linux", "windows"),
        _beside("qnn"),
        lambda machine: machine.has("Qualcomm") or machine.cpu_vendor == "Qualcomm",
        "no Qualcomm Snapdragon processor was found",
        "it drives the Hexagon NPU and wants quantized models",
    ),
    BackEnd(
        "VitisAIExecutionProvider",
        ("linux", "windows"),
        "install AMD's Ryzen AI software, which carries its own build",
        lambda machine: machine.has("AMD", _NPU),
        "no AMD NPU was found",
    ),
    BackEnd(
        "MIGraphXExecutionProvider",
        ("linux",),
        _instead("onnxruntime-migraphx"),
        lambda machine: machine.has("AMD", _GPU),
        "no AMD GPU was found",
        "it needs ROCm",
    ),
    BackEnd(
        "CoreMLExecutionProvider",
        ("macos",),
        "install onnxruntime's own macOS wheel, which carries it",
        lambda _: True,
        "",
    ),
    BackEnd(
        "XnnpackExecutionProvider",
        ("linux", "macos", "windows"),
        "no published wheel has it: it must be built from source",
        lambda machine: not is_x86(machine.architecture),
        "it helps ARM processors; on x86 the CPU provider does the same work",
    ),
)

_NEVER_LOCAL = {"AzureExecutionProvider": "calls a remote endpoint; not a local back end"}


def provider_rows(
    answer: Mapping[str, object], machine: Machine, elsewhere: Sequence[tuple[Registered, Mapping[str, object]]] = ()
) -> tuple[ExecutionProvider, ...]:
    """One row per provider: those of the installed wheel, those of registered runtimes, and those it could have.

    `answer` is what the measurement's child said (planner.measurement.worker, verb execution_providers), or
    {"error": why} where it failed: then nothing is claimed to be usable. `elsewhere` are the answers of the same child
    in other runtimes. Where several have a provider, a usable one counts, and our own before others.
    """
    error = answer.get("error")
    rows = _held(answer)
    for runtime, told in elsewhere:
        rows += _held_elsewhere(runtime, told)
    rows += [
        _absent(back_end, machine, answer, None if error is None else str(error))
        for back_end in BACK_ENDS
        if machine.system in back_end.systems
    ]
    best: dict[str, ExecutionProvider] = {}
    for row in sorted(rows, key=lambda row: not row.usable):
        best.setdefault(row.name, row)
    return tuple(sorted(best.values(), key=lambda row: (not row.usable, _place(row.name), row.name)))


def sightings(answer: Mapping[str, object]) -> tuple[Sighting, ...]:
    """The GPUs and NPUs ONNX Runtime found for its providers; one that several providers share is one."""
    found: dict[tuple[object, ...], Sighting] = {}
    for row in _rows(answer.get("devices")):
        kind = {"GPU": _GPU, "NPU": _NPU}.get(_last_word(row.get("hardware")))
        if kind is None:
            continue
        metadata = _table(row.get("metadata"))
        name = _text(metadata.get("Description"))
        address = pci_address(_text(metadata.get("pci_bus_id")))
        vendor = vendor_in(_text(row.get("vendor"))) or vendor_in(name)
        sighting = Sighting(
            kind=kind, reader=READER, source="onnxruntime get_ep_devices", name=name, vendor=vendor, address=address
        )
        found.setdefault((kind, address or metadata.get("LUID") or name, vendor), sighting)
    return tuple(found.values())


def _held(answer: Mapping[str, object]) -> list[ExecutionProvider]:
    """The providers of one wheel, as its child tried them."""
    devices = _device_names(answer)
    return [_installed(name, answer, devices) for name in _words(answer.get("available"))]


def _held_elsewhere(runtime: Registered, answer: Mapping[str, object]) -> list[ExecutionProvider]:
    """The same for a registered runtime; of one that cannot be asked, what it held when it was added."""
    error = answer.get("error")
    if error is None:
        return [row.model_copy(update={"runtime": runtime.name}) for row in _held(answer)]
    names = () if runtime.runtime is None else runtime.runtime.execution_providers
    return [ExecutionProvider(name=name, usable=False, reason=str(error), runtime=runtime.name) for name in names]


def _installed(name: str, answer: Mapping[str, object], devices: Mapping[str, tuple[str, ...]]) -> ExecutionProvider:
    seen = devices.get(name, ())
    if name in _NEVER_LOCAL:
        return ExecutionProvider(name=name, usable=False, reason=_NEVER_LOCAL[name], devices=seen)
    tried = _table(_table(answer.get("usable")).get(name))
    usable, reason = tried.get("usable"), _text(tried.get("reason"))
    if not isinstance(usable, bool):
        return ExecutionProvider(name=name, usable=False, reason="unknown: in the wheel, but not tried", devices=seen)
    if not reason:
        reason = "ran a tiny model" if usable else "it could not run a tiny model, and gave no reason"
    return ExecutionProvider(name=name, usable=usable, reason=reason, devices=seen)


def _absent(back_end: BackEnd, machine: Machine, answer: Mapping[str, object], error: str | None) -> ExecutionProvider:
    if not back_end.wanted(machine):
        reason = back_end.missing
    elif error is not None:
        reason = f"unknown: {error}"
    else:
        version = _text(answer.get("version"))
        wheel = f"onnxruntime {version} wheel" if version else "onnxruntime wheel"
        note = f" ({back_end.note})" if back_end.note else ""
        reason = f"not in the installed {wheel}; {back_end.remedy}{note}"
    return ExecutionProvider(name=back_end.name, usable=False, reason=reason)


def _device_names(answer: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Provider → its devices in words, e.g. «CPU (AMD)»."""
    names: dict[str, list[str]] = {}
    for row in _rows(answer.get("devices")):
        provider, hardware = _text(row.get("ep")), _last_word(row.get("hardware"))
        if provider is None or not hardware:
            continue
        detail = _text(_table(row.get("metadata")).get("Description")) or _text(row.get("vendor"))
        names.setdefault(provider, []).append(f"{hardware} ({detail})" if detail else hardware)
    return {provider: tuple(dict.fromkeys(found)) for provider, found in names.items()}


def _place(name: str) -> int:
    """The order of BACK_ENDS, whatever the device; others at the end."""
    provider = name.partition(":")[0]
    return next((place for place, one in enumerate(BACK_ENDS) if one.name == provider), len(BACK_ENDS))


def _last_word(value: object) -> str:
    """«OrtHardwareDeviceType.GPU» and «GPU» are the same."""
    return str(value or "").rpartition(".")[2].upper()


def _words(value: object) -> tuple[str, ...]:
    items = cast("Sequence[object]", value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(item for item in items if isinstance(item, str)))


def _rows(value: object) -> list[dict[str, object]]:
    return [_table(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _table(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None

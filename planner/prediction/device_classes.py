"""Which share of a spec sheet's figures each class of device reaches: constants fitted to published tables."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from planner.documents import Frozen, from_toml

WHERE = "planner/prediction/catalog/device_classes.toml"


class DeviceClass(StrEnum):
    """Devices that reach alike shares of what their makers specify."""

    CPU = "cpu"  # laptops, desktops, boards and phones; no servers
    NVIDIA_GPU = "nvidia-gpu"  # cards of their own GDDR memory
    OTHER_GPU = "other-gpu"  # AMD's and Intel's cards
    HBM_GPU = "hbm-gpu"  # data-center cards, whose memory outruns one stream
    APPLE_GPU = "apple-gpu"
    INTEGRATED_GPU = "integrated-gpu"  # in a processor of a PC or a Jetson, sharing its memory
    MOBILE_GPU = "mobile-gpu"  # Adreno
    NPU = "npu"


class Share(Frozen):
    """A share of a specified figure: its median over devices, and the factor of its 90 % interval.

    `spread` s means that nine of ten devices never seen lie within value ÷ s … value × s.
    """

    median: float = Field(gt=0, le=5)
    spread: float = Field(ge=1)
    devices: int = Field(gt=0)
    rows: int = Field(gt=0)


class ClassConstants(Frozen):
    """What one class of device reaches with one family of runtimes."""

    device_class: DeviceClass
    runtime: str  # as in the weight formats: "llama.cpp", "onnxruntime", "openvino", "qnn", …
    title: str
    decode: Share  # of memory bandwidth
    overhead_per_layer_s: float = Field(ge=0, lt=0.01)  # of one decode step: launches, synchronisation
    prefill: Share | None = None  # of `compute`; None: nobody states such a figure for devices of this class
    compute: Literal["fp32", "npu-int8"] | None = None  # the figure `prefill` is a share of
    kv_bytes: int = Field(gt=0)  # of one element of the KV cache in this runtime
    source: str
    as_of: date
    note: str = ""


class _ClassFile(Frozen):
    moe_spread: float = Field(ge=1)  # factor by which a mixture of experts may differ besides
    classes: tuple[ClassConstants, ...]


@cache
def _file() -> _ClassFile:
    data = resources.files("planner.prediction").joinpath("catalog", "device_classes.toml").read_bytes()
    return from_toml(data, _ClassFile, where=WHERE)


def class_constants() -> tuple[ClassConstants, ...]:
    """Every class and runtime whose shares are known."""
    return _file().classes


def moe_spread() -> float:
    """The factor by which a mixture of experts may differ besides: no such model is in the fit."""
    return _file().moe_spread


def find_constants(device_class: DeviceClass, runtime: str) -> ClassConstants | None:
    """The constants of that class and family of runtimes, or None where nothing was published."""
    return next(
        (known for known in class_constants() if (known.device_class, known.runtime) == (device_class, runtime)), None
    )

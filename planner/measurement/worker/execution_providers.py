"""Which execution providers of this onnxruntime work here, tried by running a small model on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from planner.child import ask
from planner.errors import MeasurementError
from planner.measurement.provider_names import (
    CPU_PROVIDER,
    OPENVINO_DEVICES,
    OPENVINO_PROVIDER,
    parted,
    provider_options,
    spelled,
)
from planner.measurement.worker.session import not_started, ort, refuse_fallback

TRY_TIMEOUT_S = 30.0
NOT_A_DEVICE = {"AzureExecutionProvider": "it calls a remote service and is no device of this machine"}

TRIAL_MODEL = bytes.fromhex(
    "08083a440a110a01610a016112016222064d61744d756c1205747269616c5a130a0161120e0a0c080112080a0208020a0208"
    "0262130a0162120e0a0c080112080a0208020a02080242040a001011"
)
"""An ONNX model of one node, b = MatMul(a, a) of two-by-two float matrices (its test takes it apart)."""


def every_provider(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Every back end in this build of onnxruntime, and whether a small model runs on it (OpenVINO's by device)."""
    del request
    available: list[str] = ort.get_available_providers()
    devices = [spelled(OPENVINO_PROVIDER, each) for each in OPENVINO_DEVICES] if OPENVINO_PROVIDER in available else []
    names = [name for each in available for name in (devices if each == OPENVINO_PROVIDER else [each])]
    yield {
        "version": ort.__version__,
        "available": names,
        "devices": _devices(),
        "usable": {name: _usable(name) for name in names},
    }


def one_provider(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Whether a small model runs on the provider that the request names."""
    yield _try_provider(str(request["name"]))


def _devices() -> list[dict[str, object]]:
    """The devices that onnxruntime's providers see; older builds have no such list."""
    if not hasattr(ort, "get_ep_devices"):
        return []
    return [
        {
            "ep": each.ep_name,
            "vendor": each.device.vendor or each.ep_vendor,
            "hardware": str(each.device.type).rsplit(".", maxsplit=1)[-1],
            "metadata": {**dict(each.device.metadata), **dict(each.ep_metadata)},
        }
        for each in ort.get_ep_devices()
    ]


def _usable(name: str) -> dict[str, object]:
    """Try a provider; all but the CPU's in a process of its own, since a broken driver may crash it."""
    if name in NOT_A_DEVICE:
        return {"usable": False, "reason": NOT_A_DEVICE[name]}
    if name == CPU_PROVIDER:
        return _try_provider(name)
    try:
        return ask("planner.measurement.worker", {"verb": "try_provider", "name": name}, timeout_s=TRY_TIMEOUT_S)
    except MeasurementError as error:
        return {"usable": False, "reason": error.sentence}


def _try_provider(name: str) -> dict[str, object]:
    """Run a two-by-two matrix product on one provider, with no falling back to the CPU."""
    provider, _ = parted(name)
    if provider not in ort.get_available_providers():
        return {"usable": False, "reason": f"this build of onnxruntime does not hold {provider}"}
    options = ort.SessionOptions()
    if name != CPU_PROVIDER:
        options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    try:
        providers = [(provider, provider_options(name, threads=1))]
        trial = ort.InferenceSession(TRIAL_MODEL, options, providers=providers, enable_fallback=0)
        refuse_fallback(trial, name)
        ones = np.ones((2, 2), np.float32)
        right = bool(np.allclose(trial.run(None, {"a": ones})[0], ones @ ones))
    except Exception as error:  # whatever it raises is why this provider is not usable
        reason = " ".join(str(error).split())[:600] or type(error).__name__
        return {"usable": False, "reason": not_started(name) if "fallback to CPU EP" in reason else reason}
    return {
        "usable": right,
        "reason": "a small model ran on it" if right else "a small model gave a wrong result on it",
    }

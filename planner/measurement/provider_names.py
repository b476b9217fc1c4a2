"""How a request spells an execution provider and its device, and which runtime options that spelling means."""

from __future__ import annotations

import json

CPU_PROVIDER = "CPUExecutionProvider"
OPENVINO_PROVIDER = "OpenVINOExecutionProvider"
OPENVINO_DEVICES = ("CPU", "GPU", "NPU")


def parted(execution_provider: str) -> tuple[str, str | None]:
    """Onnxruntime's name and the device: «OpenVINOExecutionProvider:GPU» is OpenVINO's GPU.

    A bare OpenVINOExecutionProvider means its CPU device; other providers have no device in their name.
    """
    name, _, device = execution_provider.partition(":")
    if name == OPENVINO_PROVIDER:
        return name, device or OPENVINO_DEVICES[0]
    return name, device or None


def spelled(name: str, device: str) -> str:
    """The shortest spelling of an OpenVINO device: its CPU is the bare name."""
    return name if device == OPENVINO_DEVICES[0] else f"{name}:{device}"


def provider_options(execution_provider: str, threads: int) -> dict[str, str]:
    """What onnxruntime is told besides the provider's name; threads count for OpenVINO's own pool, which ignores ours.

    `load_config` is the spelling that onnxruntime documents since 1.23, in place of `num_of_threads` (default 8).
    Source: https://onnxruntime.ai/docs/execution-providers/OpenVINO-ExecutionProvider.html
    """
    name, device = parted(execution_provider)
    if device is None:
        return {}
    if name != OPENVINO_PROVIDER:
        raise ValueError(f"{name} takes no device in its name, and «{device}» was given")
    if device.partition(".")[0] not in OPENVINO_DEVICES:  # onnxruntime takes any word and runs on the CPU
        raise ValueError(f"OpenVINO has no device {device!r}; it has {', '.join(OPENVINO_DEVICES)}")
    if device != "CPU":
        return {"device_type": device}
    settings = {"INFERENCE_NUM_THREADS": str(threads), "NUM_STREAMS": "1", "PERFORMANCE_HINT": "LATENCY"}
    return {"device_type": device, "load_config": json.dumps({device: settings})}


def spins(execution_provider: str) -> bool:
    """Whether onnxruntime's idle threads wait actively.

    Not beside OpenVINO's CPU device: it computes in threads of its own, and ours, spinning between the nodes that are
    left to the CPU provider, would take its cores (decode of a 135M model fell to a third or less on two cores).
    """
    return parted(execution_provider) != (OPENVINO_PROVIDER, "CPU")

"""Whether a model fits the memory that is free here, told before anything is loaded."""

from __future__ import annotations

import psutil

from planner import text
from planner.device.cgroups import read_limits
from planner.device.system import System
from planner.errors import NotEnoughMemoryError
from planner.measurement.provider_names import CPU_PROVIDER, OPENVINO_PROVIDER, parted
from planner.model.folder import ModelFolder
from planner.model.footprint import PREPACK_LEVEL_4, PREPACK_OTHER, RUNTIME_BYTES
from planner.units import BYTES_PER_MIB

PREPACKING_LEVEL = 4
OPENVINO_BYTES_A_WEIGHT = 11.0  # first-hand, onnxruntime-openvino 1.24.1 on x86: 1.48 GB for 135M, 4.7 GB for 0.5B
OVERRIDE = "--ignore-memory-check"
RESERVE_BYTES = 128 * BYTES_PER_MIB  # left to the rest of the machine by the child's memory limit


def available_bytes() -> int:
    """Memory this process may still take: the machine's, or less where a control group leaves less."""
    left = read_limits(System()).memory_left_bytes
    free = int(psutil.virtual_memory().available)
    return free if left is None else min(free, left)


def needed_bytes(model: ModelFolder, file_bytes: int, max_tokens: int, execution_provider: str = CPU_PROVIDER) -> float:
    """Peak memory of the child in bytes: weights × prepack factor (the high end) + KV cache + logits + runtime.

    Where past and present are not one buffer, both exist during a step. OpenVINO widens block-quantized weights.
    """
    factor = PREPACK_LEVEL_4[-1] if model.accuracy_level == PREPACKING_LEVEL else PREPACK_OTHER[-1]
    if parted(execution_provider)[0] == OPENVINO_PROVIDER and model.weight_bits is not None:
        factor = OPENVINO_BYTES_A_WEIGHT * 8 / (model.weight_bits + 32 / (model.block_size or 32))
    element = 2 if model.kv_format == "fp16" else 4
    kv = model.layers * 2 * model.kv_heads * model.head_dim * element * max_tokens
    logits = 0 if model.last_logits_only else max_tokens * model.vocab * 4
    return file_bytes * factor + kv * (1 if model.can_share_kv_buffer else 2) + logits + RUNTIME_BYTES


def check_memory(what: str, needed: float) -> None:
    """Refuse what does not fit, with both figures and the way past the refusal."""
    available = available_bytes()
    if needed > available:
        raise NotEnoughMemoryError(
            f"{what} needs about {text.size(needed)} of memory, and {text.size(available)} is available",
            remedy=f"Close other programs, choose a smaller model or format, or override with {OVERRIDE}.",
        )

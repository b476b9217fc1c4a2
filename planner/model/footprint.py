"""How large a model is: parameters, bytes on disk and in memory, bytes read for each token."""

from __future__ import annotations

from planner.basis import Basis, Quantity
from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat
from planner.units import BYTES_PER_MIB

# Resident weights over file size, first-hand with onnxruntime 1.32 on x86: MLAS keeps a prepacked copy.
PREPACK_LEVEL_4 = (1.6, 1.7, 1.8)
PREPACK_LEVEL_4_EXPERTS = (1.3, 1.5, 1.8)  # QMoE keeps the packed experts only; Granite 3.1 1B-A400M: 1.37 … 1.48
PREPACK_OTHER = (1.0, 1.2, 1.3)
PREPACK_FP16 = (1.0, 2.0, 3.2)  # x86 CPUs hold an fp32 copy beside the file's fp16; Arm and GPUs do not
RUNTIME_BYTES = 50 * BYTES_PER_MIB
RESIDENT_SOURCE = "footprint model: weights × prepack factor + KV cache + runtime (onnxruntime 1.32, x86, first-hand)"


def attention_parameters(architecture: ModelArchitecture) -> int:
    """Weights of one layer's projections: packed qkv (hidden × (heads + 2 kv_heads) head_dim) and output."""
    return architecture.hidden * (architecture.qkv_width + architecture.query_width)


def expert_parameters(architecture: ModelArchitecture) -> int:
    """Weights of one gated feed-forward block (or one expert): gate, up and down, 3 × hidden × ffn."""
    return 3 * architecture.hidden * architecture.ffn


def small_parameters(architecture: ModelArchitecture) -> int:
    """Norm gains and biases, kept as floats in every format: they count as parameters, hardly as bytes."""
    norms = (4 if architecture.post_norms else 2) * architecture.hidden
    biases = architecture.qkv_width if architecture.qkv_bias else 0
    normed = (
        architecture.query_width + architecture.kv_width if architecture.qk_norm_joint else 2 * architecture.head_dim
    )
    head_norms = normed if architecture.qk_norm else 0
    return architecture.layers * (norms + biases + head_norms) + architecture.hidden


def table_parameters(architecture: ModelArchitecture) -> int:
    """Weights of one vocabulary table (embedding or output layer): vocab × hidden."""
    return architecture.vocab * architecture.hidden


def parameters(architecture: ModelArchitecture) -> int:
    """All parameters; a tied table counts once. For a mixture of experts, all experts."""
    experts = architecture.experts or 1
    router = architecture.hidden * experts if architecture.experts else 0
    layer = attention_parameters(architecture) + experts * expert_parameters(architecture) + router
    tables = 1 if architecture.tied_embeddings else 2
    return architecture.layers * layer + tables * table_parameters(architecture) + small_parameters(architecture)


def active_parameters(architecture: ModelArchitecture) -> int:
    """Parameters that serve one token, embedding table included: all of them but those of idle experts."""
    idle = (architecture.experts or 1) - (architecture.active_experts or 1)
    return parameters(architecture) - architecture.layers * idle * expert_parameters(architecture)


def matmul_parameters(architecture: ModelArchitecture) -> int:
    """Weights that take part in the products of one token: active layers and output layer, not the input embedding."""
    active = architecture.active_experts or 1
    router = architecture.hidden * architecture.experts if architecture.experts else 0
    layer = attention_parameters(architecture) + active * expert_parameters(architecture) + router
    return architecture.layers * layer + table_parameters(architecture)


def weight_bytes(architecture: ModelArchitecture, weight_format: WeightFormat) -> int:
    """Bytes of all matrices at the format's bits per weight (scales included), small parameters as fp32."""
    matrices = parameters(architecture) - small_parameters(architecture)
    return round(matrices * weight_format.bits_per_weight / 8) + 4 * small_parameters(architecture)


def kv_bytes_per_token(architecture: ModelArchitecture, kv_bytes: int) -> int:
    """KV cache one token adds: layers × 2 (key, value) × kv_heads × head_dim × bytes of an element.

    Sliding layers stop growing at their window in runtimes that evict; onnxruntime's CPU cache does not.
    """
    return architecture.layers * 2 * architecture.kv_width * kv_bytes


def bytes_read_per_token(
    architecture: ModelArchitecture, weight_format: WeightFormat, context_tokens: int, kv_bytes: int
) -> int:
    """Bytes one decode step must read: active weights once, and the cache of the context (measurement.md §3).

    The input embedding is one row and does not count; of a mixture only the active experts do. A sliding layer reads no
    further back than its window.
    """
    weights = matmul_parameters(architecture) * weight_format.bits_per_weight / 8
    layer_kv = 2 * architecture.kv_width * kv_bytes
    window = architecture.sliding_window or context_tokens
    read_tokens = sum(
        min(context_tokens, window) if architecture.slides(layer) else context_tokens
        for layer in range(architecture.layers)
    )
    return round(weights) + layer_kv * read_tokens


def resident_bytes(
    architecture: ModelArchitecture,
    weight_format: WeightFormat,
    context_tokens: int,
    *,
    kv_bytes: int = 4,
    file_bytes: int | None = None,
) -> Quantity:
    """Memory the process holds while it runs: weights × prepack factor + KV cache + runtime, in bytes, estimated.

    `file_bytes` replaces the computed weight bytes where the file exists. The factor is onnxruntime's; formats of
    other runtimes map their file and are taken at 1.0 … 1.3.
    """
    weights = weight_bytes(architecture, weight_format) if file_bytes is None else file_bytes
    low, value, high = _prepack(architecture, weight_format)
    rest = kv_bytes_per_token(architecture, kv_bytes) * context_tokens + RUNTIME_BYTES
    return Quantity(
        value=weights * value + rest,
        unit="B",
        basis=Basis.ESTIMATED,
        low=weights * low + rest,
        high=weights * high + rest,
        source=RESIDENT_SOURCE,
    )


def _prepack(architecture: ModelArchitecture, weight_format: WeightFormat) -> tuple[float, float, float]:
    """Resident over stored weights: low, expected, high."""
    if weight_format.accuracy_level == 4:  # noqa: PLR2004
        return PREPACK_LEVEL_4 if architecture.experts is None else PREPACK_LEVEL_4_EXPERTS
    return PREPACK_FP16 if weight_format.name == "fp16" else PREPACK_OTHER

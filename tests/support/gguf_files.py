"""GGUF heads written byte by byte, as llama.cpp's converter would for an architecture; no weights follow."""

from __future__ import annotations

import struct
from typing import Any

from planner.model.architecture import ModelArchitecture

U32, F32, BOOL, STRING, ARRAY = 4, 6, 7, 8, 9
TYPE_F32, TYPE_Q8_0 = 0, 8
GGUF_NAMES = {"qwen3_moe": "qwen3moe", "gemma3_text": "gemma3", "mistral": "llama", "mixtral": "llama"}

Tensors = dict[str, tuple[tuple[int, ...], int]]


def gguf_bytes(metadata: dict[str, Any], tensors: Tensors, *, version: int = 3, order: str = "<") -> bytes:
    """The head of a file with these keys and these tensors (shape with inputs first, type)."""
    out = b"GGUF" + struct.pack(f"{order}IQQ", version, len(tensors), len(metadata))
    for key, value in metadata.items():
        out += _text(key) + struct.pack("<I", _kind(value)) + _value(value)
    for name, (shape, kind) in tensors.items():
        out += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, 0)
    return out


def gguf_of(arch: ModelArchitecture, *, matrices: int = TYPE_Q8_0) -> tuple[dict[str, Any], Tensors]:
    """Keys and tensors of a file that holds this architecture."""
    family = GGUF_NAMES.get(arch.family, arch.family)
    keys: dict[str, Any] = {
        "general.architecture": family,
        "general.name": arch.title,
        "general.file_type": 7,
        "block_count": arch.layers,
        "embedding_length": arch.hidden,
        "attention.head_count": arch.heads,
        "attention.head_count_kv": arch.kv_heads,
        "attention.key_length": arch.head_dim,
        "attention.value_length": arch.head_dim,
        "attention.layer_norm_rms_epsilon": arch.norm_eps,
        "feed_forward_length": arch.ffn,
        "context_length": arch.context_tokens,
        "rope.freq_base": arch.rope_theta,
        "rope.dimension_count": round(arch.head_dim * arch.rotary_share),
        "tokenizer.ggml.tokens": ["a", "b", "c"],
        "tokenizer.ggml.scores": [0.5] * 5000,
    }
    optional = {
        "attention.sliding_window": arch.sliding_window,
        "expert_count": arch.experts,
        "expert_used_count": arch.active_experts,
        "expert_feed_forward_length": arch.ffn if arch.experts else None,
        "attn_logit_softcapping": arch.attention_softcap,
        "final_logit_softcapping": arch.logit_softcap,
    }
    keys |= {key: value for key, value in optional.items() if value is not None}
    spelt = {key if "." in key and key.split(".")[0] in {"general", "tokenizer"} else f"{family}.{key}" for key in keys}
    assert len(spelt) == len(keys)
    metadata = {
        key if key.startswith(("general.", "tokenizer.")) else f"{family}.{key}": value for key, value in keys.items()
    }
    return metadata, _tensors(arch, matrices)


def _tensors(arch: ModelArchitecture, matrices: int) -> Tensors:
    tensors: Tensors = {
        "token_embd.weight": ((arch.hidden, arch.vocab), matrices),
        "output_norm.weight": ((arch.hidden,), TYPE_F32),
        "rope_freqs.weight": ((arch.head_dim // 2,), TYPE_F32),
    }
    if not arch.tied_embeddings:
        tensors["output.weight"] = ((arch.hidden, arch.vocab), matrices)
    for layer in range(arch.layers):
        tensors |= {f"blk.{layer}.{name}": held for name, held in _layer(arch, matrices).items()}
    return tensors


def _layer(arch: ModelArchitecture, matrices: int) -> Tensors:
    hidden, query, kv = arch.hidden, arch.query_width, arch.kv_width
    norms = ["attn_norm", "ffn_norm", *(("post_attention_norm", "post_ffw_norm") if arch.post_norms else ())]
    tensors: Tensors = {f"{norm}.weight": ((hidden,), TYPE_F32) for norm in norms}
    tensors["attn_output.weight"] = ((query, hidden), matrices)
    if arch.family == "phi3":
        tensors["attn_qkv.weight"] = ((hidden, query + 2 * kv), matrices)
        tensors["ffn_up.weight"] = ((hidden, 2 * arch.ffn), matrices)
        tensors["ffn_down.weight"] = ((arch.ffn, hidden), matrices)
        return tensors
    for name, width in (("q", query), ("k", kv), ("v", kv)):
        tensors[f"attn_{name}.weight"] = ((hidden, width), matrices)
        if arch.qkv_bias:
            tensors[f"attn_{name}.bias"] = ((width,), TYPE_F32)
        if arch.qk_norm and name != "v":
            tensors[f"attn_{name}_norm.weight"] = ((width if arch.qk_norm_joint else arch.head_dim,), TYPE_F32)
    if arch.experts is None:
        shapes = {"gate": (hidden, arch.ffn), "up": (hidden, arch.ffn), "down": (arch.ffn, hidden)}
        return tensors | {f"ffn_{name}.weight": (shape, matrices) for name, shape in shapes.items()}
    tensors["ffn_gate_inp.weight"] = ((hidden, arch.experts), TYPE_F32)
    shapes = {"gate": (hidden, arch.ffn), "up": (hidden, arch.ffn), "down": (arch.ffn, hidden)}
    return tensors | {f"ffn_{name}_exps.weight": ((*shape, arch.experts), matrices) for name, shape in shapes.items()}


def _text(words: str) -> bytes:
    data = words.encode()
    return struct.pack("<Q", len(data)) + data


def _kind(value: Any) -> int:
    kinds = {bool: BOOL, int: U32, float: F32, str: STRING, list: ARRAY}
    return kinds[type(value)]


def _value(value: Any) -> bytes:
    match value:
        case bool():
            return struct.pack("<?", value)
        case int():
            return struct.pack("<I", value)
        case float():
            return struct.pack("<f", value)
        case str():
            return _text(value)
        case _:
            return struct.pack("<IQ", _kind(value[0]), len(value)) + b"".join(map(_value, value))

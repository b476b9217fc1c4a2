"""Which architecture a GGUF file holds: what its metadata states, held against the tensors that are really in it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydantic import ValidationError

from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.families import Family, family
from planner.model.footprint import parameters
from planner.model.gguf_header import GgufHeader, GgufTensor, Value

MOST = 10**7  # of any count a shape is made of; the largest vocabularies have a quarter of a million tokens
MOST_LAYERS = 1000

LAYER = re.compile(r"blk\.(\d+)\.(.+)")
KNOWN_TENSORS = {"token_embd.weight", "output.weight", "output_norm.weight"}
KNOWN_IN_A_LAYER = {
    *("attn_norm.weight", "attn_q.weight", "attn_k.weight", "attn_v.weight", "attn_qkv.weight", "attn_output.weight"),
    *("attn_q.bias", "attn_k.bias", "attn_v.bias", "attn_qkv.bias", "attn_q_norm.weight", "attn_k_norm.weight"),
    *("post_attention_norm.weight", "ffn_norm.weight", "ffn_gate.weight", "ffn_up.weight", "ffn_down.weight"),
    *("post_ffw_norm.weight", "ffn_gate_inp.weight"),
    *("ffn_gate_exps.weight", "ffn_up_exps.weight", "ffn_down_exps.weight"),
}
TABLES = ("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight")  # constants, no parameters
SOFTMAX_ROUTING = 1


def architecture_of_gguf(header: GgufHeader, *, name: str, title: str, as_of: date, where: str) -> ModelArchitecture:
    """The shape a GGUF file holds; refused where the graph here could not represent it exactly."""
    stated = _Stated(header, where)
    known = family(stated.word("general.architecture"), where=where)
    _refuse_unrepresentable(stated, header, where)
    heads, hidden = stated.count("attention.head_count"), stated.count("embedding_length")
    head_dim = stated.count("attention.key_length", hidden // heads or None)
    tables = stated.tensor("token_embd.weight")
    experts = stated.count_or_none("expert_count")
    layer = {match[2] for match in map(LAYER.fullmatch, header.tensors) if match and match[1] == "0"}
    values: dict[str, Any] = known.traits() | {
        "name": name,
        "title": title,
        "layers": stated.count("block_count", most=MOST_LAYERS),
        "hidden": hidden,
        "heads": heads,
        "kv_heads": stated.count("attention.head_count_kv", heads),
        "head_dim": head_dim,
        "ffn": stated.count("feed_forward_length") if experts is None else _expert_width(stated),
        "vocab": tables.shape[-1],
        "context_tokens": stated.count("context_length", most=10**9),
        "tied_embeddings": "output.weight" not in header.tensors,
        "qkv_bias": bool(layer & {"attn_q.bias", "attn_qkv.bias"}),
        "qk_norm": "attn_q_norm.weight" in layer,
        "qk_norm_joint": "attn_q_norm.weight" in layer
        and heads > 1
        and stated.tensor("blk.0.attn_q_norm.weight").weights == heads * head_dim,
        "rope_theta": stated.real("rope.freq_base", 10000.0),
        "norm_eps": stated.real("attention.layer_norm_rms_epsilon", 1e-5),
        "rotary_share": stated.count("rope.dimension_count", head_dim) / head_dim,
        **_windows(stated, known),
        "experts": experts,
        "active_experts": None if experts is None else stated.count("expert_used_count"),
        "routing_normalised": bool(stated.value("expert_weights_norm", known.routing_normalised)),
        "licence": stated.text("general.license") or "not stated",
        "source": "the user's GGUF file",
        "as_of": as_of,
    }
    try:
        shape = ModelArchitecture.model_validate(values)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        place = ".".join(map(str, problem["loc"])) or "the shape"
        raise ModelError(
            f"{place}: {problem['msg'].removeprefix('Value error, ')}",
            where=where,
            remedy="The file is damaged, or of a form that is not known here.",
        ) from error
    _check_count(shape, header, where)
    return shape


class _Stated:
    """Metadata of the file's own architecture, each value checked for what it must be."""

    def __init__(self, header: GgufHeader, where: str) -> None:
        self._header = header
        self._where = where
        self._prefix = f"{header.metadata.get('general.architecture')}."

    def word(self, key: str) -> str:
        found = self.text(key)
        if not found:
            raise self._refusal(f"it does not state {key}")
        return found

    def text(self, key: str) -> str | None:
        found = self._header.metadata.get(key)
        return found if isinstance(found, str) else None

    def value(self, key: str, otherwise: Value = None) -> Value:
        """Whatever stands under that key."""
        return self._header.metadata.get(self._prefix + key, otherwise)

    def count_or_none(self, key: str) -> int | None:
        """A count; absent or zero means there are none."""
        return self.count(key) if self.value(key) else None

    def count(self, key: str, otherwise: int | None = None, most: int = MOST) -> int:
        """A positive count; one entry a layer is read where all are alike."""
        found = self.value(key, otherwise)
        if isinstance(found, tuple):
            if len(set(found)) != 1:
                raise self._refusal(
                    f"{self._prefix}{key} differs from layer to layer, which the graph cannot represent"
                )
            found = found[0]
        if found is None:
            raise self._refusal(f"it does not state {self._prefix}{key}")
        if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= most:
            raise self._refusal(f"{self._prefix}{key} is {found!r}, not a count from 1 to {most:,}")
        return found

    def _differing(self, key: str) -> Value:
        raise self._refusal(f"{self._prefix}{key} differs from layer to layer, which the graph cannot represent")

    def real(self, key: str, otherwise: float | None) -> float | None:
        """A positive number, or `otherwise` where none is stated."""
        found = self.value(key, otherwise)
        if found is not None and (not isinstance(found, int | float) or not found > 0):
            raise self._refusal(f"{self._prefix}{key} is {found!r}, not a positive number")
        return None if found is None else float(found)

    def tensor(self, name: str) -> GgufTensor:
        found = self._header.tensors.get(name)
        if found is None:
            raise self._refusal(f"it has no tensor {name!r}")
        return found

    def _refusal(self, what: str) -> ModelError:
        return ModelError(what, where=self._where, remedy="Name the GGUF file of a whole decoder.")


def _expert_width(stated: _Stated) -> int:
    """Width of one expert: some families state it beside a dense width that they do not use."""
    width = stated.count_or_none("expert_feed_forward_length")
    return stated.count("feed_forward_length") if width is None else width


def _windows(stated: _Stated, known: Family) -> dict[str, Any]:
    """Sliding window, its pattern, rotary base and caps; llama.cpp too fixes the pattern in code."""
    window = stated.count_or_none("attention.sliding_window") if known.windowed_unasked else None
    local = stated.real("rope.freq_base_swa", known.local_rope_theta)
    return {
        "sliding_window": window,
        "global_every": known.global_every if window else None,
        "local_rope_theta": local if window and known.local_rope_theta else None,
        "attention_softcap": stated.real("attn_logit_softcapping", known.attention_softcap),
        "logit_softcap": stated.real("final_logit_softcapping", known.logit_softcap),
    }


def _refuse_unrepresentable(stated: _Stated, header: GgufHeader, where: str) -> None:
    """What would make the graph another model than the file."""
    parts = header.metadata.get("split.count")
    key, value = stated.value("attention.key_length"), stated.value("attention.value_length")
    reasons = {
        "it is one part of a split model": isinstance(parts, int) and parts > 1,
        "its keys and values differ in width": key != value,
        "it normalises with LayerNorm, not RMSNorm": stated.value("attention.layer_norm_epsilon") is not None,
        "it has experts shared by all tokens": bool(stated.value("expert_shared_count")),
        "its first layers are dense": bool(stated.value("leading_dense_block_count")),
        "its router is not a softmax": stated.value("expert_gating_func", SOFTMAX_ROUTING) != SOFTMAX_ROUTING,
        "it clamps queries, keys and values": bool(stated.value("attention.clamp_kqv")),
    }
    for reason, applies in reasons.items():
        if applies:
            raise ModelError(
                f"{reason}, which the graph built here cannot represent",
                where=where,
                remedy="Merge the parts with llama-gguf-split." if "split" in reason else "Choose another model.",
            )
    for name in header.tensors:
        match = LAYER.fullmatch(name)
        known = match[2] in KNOWN_IN_A_LAYER if match else name in KNOWN_TENSORS or name in TABLES
        if not known:
            raise ModelError(
                f"it holds a tensor {name!r} for which the graph built here has no place",
                where=where,
                remedy="Choose another model, or measure a folder holding this one exported to ONNX.",
            )


def _check_count(shape: ModelArchitecture, header: GgufHeader, where: str) -> None:
    """The file's weights, counted, are those of the shape: nothing was misread."""
    held = sum(tensor.weights for tensor in header.tensors.values() if tensor.name not in TABLES)
    if held != parameters(shape):
        raise ModelError(
            f"its tensors hold {held:,} weights, the shape it states has {parameters(shape):,}",
            where=where,
            remedy="The file is incomplete, or of a form that is not known here.",
        )

"""Which architecture a Hugging Face config.json names: the file's words, and the family's habits where it is silent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from planner.documents import from_json, read_bytes_capped
from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.families import Family, family
from planner.model.folder_config import Foreign

MAX_CONFIG_BYTES = 8 * 1024 * 1024  # quantized checkpoints list every module they leave alone
ACTIVATIONS = {"silu": "silu", "swish": "silu", "gelu_pytorch_tanh": "gelu_tanh", "gelu_tanh": "gelu_tanh"}
SLIDING, FULL = "sliding_attention", "full_attention"

Count = Annotated[int, Field(gt=0, le=10**7)]


class RopeParameters(Foreign):
    """Rotary settings as transformers 5 writes them."""

    rope_theta: float | None = Field(default=None, gt=0)
    partial_rotary_factor: float | None = Field(default=None, gt=0, le=1)


class Quantization(Foreign):
    """How the checkpoint's weights are stored, where not as plain floats."""

    quant_method: str = ""
    bits: int | None = None


class DecoderConfig(Foreign):
    """The keys of a config.json that decide a decoder's shape; every other key is another program's business."""

    model_type: str
    name_or_path: str = Field(default="", alias="_name_or_path")
    hidden_size: Count | None = None
    intermediate_size: Count | None = None
    moe_intermediate_size: Count | None = None
    num_hidden_layers: Annotated[int, Field(gt=0, le=1000)] | None = None
    num_attention_heads: Count | None = None
    num_key_value_heads: Count | None = None
    head_dim: Count | None = None
    vocab_size: Count | None = None
    max_position_embeddings: Annotated[int, Field(gt=0, le=10**9)] | None = None
    rms_norm_eps: float = Field(default=1e-6, gt=0)
    rope_theta: float | None = Field(default=None, gt=0)
    rope_local_base_freq: float | None = Field(default=None, gt=0)
    rope_parameters: RopeParameters | dict[str, RopeParameters] | None = None
    partial_rotary_factor: float | None = Field(default=None, gt=0, le=1)
    tie_word_embeddings: bool | None = None
    attention_bias: bool = False
    mlp_bias: bool = False
    clip_qkv: float | None = None
    hidden_act: str | None = None
    hidden_activation: str | None = None
    sliding_window: Count | None = None
    use_sliding_window: bool | None = None
    sliding_window_pattern: Annotated[int, Field(gt=1, le=1000)] | None = None
    layer_types: list[str] | None = None
    no_rope_layers: list[int] | None = None
    no_rope_layer_interval: Annotated[int, Field(gt=1, le=1000)] | None = None
    attn_logit_softcapping: float | None = Field(default=None, gt=0)
    final_logit_softcapping: float | None = Field(default=None, gt=0)
    num_experts: Count | None = None
    num_local_experts: Count | None = None
    num_experts_per_tok: Count | None = None
    norm_topk_prob: bool | None = None
    decoder_sparse_step: int = 1
    mlp_only_layers: list[int] = Field(default_factory=list)
    dtype: str | None = None
    torch_dtype: str | None = None
    quantization_config: Quantization | None = None
    text_config: dict[str, Any] | None = None


def read_config(path: Path) -> DecoderConfig:
    """A config.json; of one with several parts (Gemma 3 with images) the text decoder's."""
    where = str(path)
    config = from_json(read_bytes_capped(path, MAX_CONFIG_BYTES), DecoderConfig, where=where)
    if config.text_config is None:
        return config
    raw = {"model_type": config.model_type, "tie_word_embeddings": config.tie_word_embeddings} | config.text_config
    try:
        return DecoderConfig.model_validate(raw)
    except ValidationError as error:
        raise _refusal(_complaint(error, "text_config"), where) from error


def architecture_of_config(
    config: DecoderConfig, *, name: str, title: str, as_of: date, where: str
) -> ModelArchitecture:
    """The shape a config.json names; refused where the graph here could not represent it exactly."""
    known = family(config.model_type, where=where)
    _refuse_unrepresentable(config, known, where)
    heads, hidden = _stated(config, "num_attention_heads", where), _stated(config, "hidden_size", where)
    experts = _experts(config, where) if known.mixture else None
    head_dim = config.head_dim or hidden // heads
    kv_heads = config.num_key_value_heads
    rope = config.rope_parameters if isinstance(config.rope_parameters, RopeParameters) else RopeParameters()
    values: dict[str, Any] = known.traits() | {
        "name": name,
        "title": title,
        "layers": _stated(config, "num_hidden_layers", where),
        "hidden": hidden,
        "heads": heads,
        "kv_heads": heads if kv_heads is None and known.model_type == "llama" else _given(kv_heads, config, where),
        "head_dim": head_dim,
        "ffn": config.moe_intermediate_size or _stated(config, "intermediate_size", where),
        "vocab": _stated(config, "vocab_size", where),
        "context_tokens": _stated(config, "max_position_embeddings", where),
        "tied_embeddings": known.tied_embeddings if config.tie_word_embeddings is None else config.tie_word_embeddings,
        "qkv_bias": known.qkv_bias,
        "qk_norm": known.qk_norm,
        "qk_norm_joint": known.qk_norm_joint,
        "rope_theta": config.rope_theta or rope.rope_theta or 10000.0,
        "norm_eps": config.rms_norm_eps,
        "rotary_share": config.partial_rotary_factor or rope.partial_rotary_factor or 1.0,
        "unrotated_every": _unrotated_every(config, known, where),
        **_windows(config, known, where),
        "attention_softcap": config.attn_logit_softcapping or known.attention_softcap,
        "logit_softcap": config.final_logit_softcapping or known.logit_softcap,
        "experts": experts,
        "active_experts": None if experts is None else _stated(config, "num_experts_per_tok", where),
        "routing_normalised": known.routing_normalised if config.norm_topk_prob is None else config.norm_topk_prob,
        "licence": "not stated",
        "source": "the user's config.json",
        "as_of": as_of,
    }
    try:
        return ModelArchitecture.model_validate(values)
    except ValidationError as error:
        raise _refusal(_complaint(error, "the shape"), where) from error


def _stated(config: DecoderConfig, key: str, where: str) -> int:
    found = getattr(config, key)
    if found is None:
        raise _refusal(f"it does not state {key}", where)
    return found


def _given(kv_heads: int | None, config: DecoderConfig, where: str) -> int:
    return _stated(config, "num_key_value_heads", where) if kv_heads is None else kv_heads


def _experts(config: DecoderConfig, where: str) -> int:
    return config.num_local_experts or _stated(config, "num_experts", where)


def _windows(config: DecoderConfig, known: Family, where: str) -> dict[str, Any]:
    """Which layers look back how far."""
    used = known.windowed_unasked if config.use_sliding_window is None else config.use_sliding_window
    window = config.sliding_window if used else None
    every = config.sliding_window_pattern or known.global_every
    if window is not None and config.layer_types is not None:
        every, window = _pattern(config.layer_types, where), window if SLIDING in config.layer_types else None
    elif window is not None and not known.windowed_unasked:
        raise _refusal("it slides some of its layers without saying which", where)
    return {
        "sliding_window": window,
        "global_every": every if window else None,
        "local_rope_theta": (config.rope_local_base_freq or known.local_rope_theta) if window else None,
    }


def _pattern(layer_types: list[str], where: str) -> int | None:
    """Every how many layers one looks at everything; None where none does, or all do."""
    if not set(layer_types) <= {SLIDING, FULL}:
        raise _refusal(f"it has layers of the kind {', '.join(sorted(set(layer_types) - {SLIDING, FULL}))}", where)
    if len(set(layer_types)) < 2:  # noqa: PLR2004
        return None
    every = layer_types.index(FULL) + 1
    alternating = [FULL if number % every == 0 else SLIDING for number in range(1, len(layer_types) + 1)]
    if layer_types != alternating:
        raise _refusal("its sliding and full layers alternate irregularly", where)
    return every


def _unrotated_every(config: DecoderConfig, known: Family, where: str) -> int | None:
    """SmolLM3 leaves the rotary embedding out of every n-th layer; its list has a 0 there."""
    every = config.no_rope_layer_interval or known.unrotated_every
    if config.no_rope_layers is None or known.unrotated_every is None or every is None:
        return known.unrotated_every and every
    if config.no_rope_layers != [int(number % every != 0) for number in range(1, len(config.no_rope_layers) + 1)]:
        raise _refusal("its layers without rotary embedding come irregularly", where)
    return every


def _refuse_unrepresentable(config: DecoderConfig, known: Family, where: str) -> None:
    """What would make the graph another model than the file."""
    stated = config.hidden_activation or config.hidden_act
    activation = known.activation if known.activation != "silu" or stated is None else ACTIVATIONS.get(stated)
    reasons = {
        f"its activation is {stated}": activation != known.activation,
        "its attention projections all have biases": config.attention_bias and not known.qkv_bias,
        "its feed-forward projections have biases": config.mlp_bias,
        "it clamps queries, keys and values": config.clip_qkv is not None,
        "some of its layers are dense, others mixtures": config.decoder_sparse_step != 1
        or bool(config.mlp_only_layers),
        "it is a mixture of experts of a family known as dense": not known.mixture
        and (config.num_local_experts or config.num_experts or 1) > 1,
    }
    for reason, applies in reasons.items():
        if applies:
            raise _refusal(reason, where)


def _complaint(error: ValidationError, part: str) -> str:
    problem = error.errors(include_url=False)[0]
    place = ".".join(map(str, problem["loc"])) or part
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}"


def _refusal(what: str, where: str) -> ModelError:
    return ModelError(
        f"{what}; the graph built here cannot represent that" if what.startswith(("it ", "its ", "some ")) else what,
        where=where,
        remedy="Name the config.json of a decoder-only language model of a known family.",
    )

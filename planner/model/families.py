"""Which families of decoder the graph here represents, and what their own code fixes so that files leave it unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from planner.errors import ModelError


@dataclass(frozen=True)
class Family:
    """Traits of a family: the reference code of each (transformers `modeling_*.py`, llama.cpp) fixes them."""

    model_type: str  # as a Hugging Face config.json names it, and as the catalogue does
    qkv_bias: bool = False
    qk_norm: bool = False
    qk_norm_joint: bool = False
    activation: Literal["silu", "gelu_tanh"] = "silu"
    post_norms: bool = False
    embedding_scaled: bool = False
    tied_embeddings: bool = False  # where a config.json does not say
    global_every: int | None = None  # with a sliding window; None: all layers slide
    windowed_unasked: bool = True  # a stated window is used; Qwen states one that it does not use
    local_rope_theta: float | None = None
    unrotated_every: int | None = None
    attention_softcap: float | None = None
    logit_softcap: float | None = None
    mixture: bool = False
    routing_normalised: bool = True
    note: str = ""

    def traits(self) -> dict[str, Any]:
        """Fields of a ModelArchitecture that the family alone decides."""
        return {
            "family": self.model_type,
            "activation": self.activation,
            "post_norms": self.post_norms,
            "embedding_scaled": self.embedding_scaled,
            "unrotated_every": self.unrotated_every,
            "notes": self.note,
        }


GRANITE_NOTE = "Granite's scalar multipliers fold into the weights: same shape, same speed"

FAMILIES = (
    Family("llama"),
    Family("mistral"),
    Family("mixtral", mixture=True),
    Family("qwen2", qkv_bias=True, windowed_unasked=False),
    Family("qwen3", qk_norm=True, windowed_unasked=False),
    Family("qwen3_moe", qk_norm=True, windowed_unasked=False, mixture=True),
    Family(
        "gemma2",
        activation="gelu_tanh",
        post_norms=True,
        embedding_scaled=True,
        tied_embeddings=True,
        global_every=2,
        attention_softcap=50.0,
        logit_softcap=30.0,
    ),
    Family(
        "gemma3_text",
        qk_norm=True,
        activation="gelu_tanh",
        post_norms=True,
        embedding_scaled=True,
        tied_embeddings=True,
        global_every=6,
        local_rope_theta=10000.0,
    ),
    Family("phi3"),
    Family("smollm3", tied_embeddings=True, unrotated_every=4, windowed_unasked=False),
    Family("granite", note=GRANITE_NOTE),
    Family("granitemoe", mixture=True, note=GRANITE_NOTE),
    Family("olmoe", qk_norm=True, qk_norm_joint=True, mixture=True, routing_normalised=False),
)

# llama.cpp's own words, where they differ; its "llama" stands for Mistral, Mixtral and SmolLM2 as well.
GGUF_NAMES = {"qwen3moe": "qwen3_moe", "gemma3": "gemma3_text"}


def family(model_type: str, *, where: str) -> Family:
    """The family of that name, as config.json or GGUF spells it."""
    wanted = GGUF_NAMES.get(model_type, model_type)
    for known in FAMILIES:
        if known.model_type == wanted:
            return known
    names = ", ".join(known.model_type for known in FAMILIES)
    raise ModelError(
        f"models of the family {model_type!r} cannot be represented by the graph built here",
        where=where,
        remedy=f"Known families: {names}. Or measure a folder holding the model exported to ONNX.",
    )

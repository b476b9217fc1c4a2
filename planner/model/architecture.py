"""What a decoder language model is: the shape that decides its size and speed (never its weights)."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.documents import Frozen


class ModelArchitecture(Frozen):
    """A decoder-only transformer with grouped-query attention, as its public model card states it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")  # "llama-3.2-1b"
    title: str  # "Llama 3.2 1B Instruct"
    family: str  # "llama", "qwen2", "qwen3", …
    layers: int = Field(gt=0)
    hidden: int = Field(gt=0)
    heads: int = Field(gt=0)
    kv_heads: int = Field(gt=0)
    head_dim: int = Field(gt=0)
    ffn: int = Field(gt=0)
    vocab: int = Field(gt=0)
    context_tokens: int = Field(gt=0)
    tied_embeddings: bool
    qkv_bias: bool = False
    qk_norm: bool = False
    qk_norm_joint: bool = False  # OLMoE: the norm spans all heads at once, not each by itself
    rope_theta: float = Field(default=10000.0, gt=0)
    norm_eps: float = Field(default=1e-5, gt=0)
    rotary_share: float = Field(default=1.0, gt=0, le=1)  # of each head that is rotated
    unrotated_every: int | None = Field(default=None, gt=1)  # every n-th layer has no rotary embedding (SmolLM3)
    activation: Literal["silu", "gelu_tanh"] = "silu"  # of the gate in the feed-forward block
    post_norms: bool = False  # Gemma 2 and 3: a norm after attention and after feed-forward as well
    embedding_scaled: bool = False  # Gemma: embeddings times the root of `hidden`
    sliding_window: int | None = Field(default=None, gt=0)  # tokens a sliding layer looks back
    global_every: int | None = Field(default=None, gt=1)  # every n-th layer looks at everything; None: all layers slide
    local_rope_theta: float | None = Field(default=None, gt=0)  # of sliding layers, where it differs
    attention_softcap: float | None = Field(default=None, gt=0)
    logit_softcap: float | None = Field(default=None, gt=0)
    experts: int | None = Field(default=None, gt=1)  # mixture of experts: `ffn` is one expert's width
    active_experts: int | None = Field(default=None, gt=0)
    routing_normalised: bool = True  # the chosen experts' weights sum to one
    published_parameters: int | None = Field(
        default=None, gt=0
    )  # the publisher's own count, to check the shape against
    notes: str = ""
    licence: str
    source: str
    as_of: date

    @model_validator(mode="after")
    def _heads_divide(self) -> Self:
        if self.heads % self.kv_heads:
            raise ValueError("heads must be a multiple of kv_heads")
        return self

    @model_validator(mode="after")
    def _experts_together(self) -> Self:
        if (self.experts is None) != (self.active_experts is None):
            raise ValueError("experts and active_experts belong together")
        if self.experts is not None and self.active_experts is not None and self.active_experts > self.experts:
            raise ValueError("more active experts than experts")
        return self

    @model_validator(mode="after")
    def _joint_norm_is_a_norm(self) -> Self:
        if self.qk_norm_joint and not self.qk_norm:
            raise ValueError("qk_norm_joint says how qk_norm is done, so it needs qk_norm")
        return self

    @property
    def query_width(self) -> int:
        """Width of the query projection, in features."""
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        """Width of the key projection (and of the value projection), in features."""
        return self.kv_heads * self.head_dim

    @property
    def qkv_width(self) -> int:
        """Width of query, key and value projections packed side by side, in features."""
        return self.query_width + 2 * self.kv_width

    def slides(self, layer: int) -> bool:
        """Whether layer `layer` (from 0) attends to the sliding window only."""
        if self.sliding_window is None:
            return False
        return self.global_every is None or (layer + 1) % self.global_every != 0

    def rotates(self, layer: int) -> bool:
        """Whether layer `layer` (from 0) applies the rotary embedding."""
        return self.unrotated_every is None or (layer + 1) % self.unrotated_every != 0

"""What of a model decides its speed on a server: bytes and operations of a token, of the context and of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from planner.errors import ModelError
from planner.model.architecture import ModelArchitecture
from planner.model.footprint import (
    attention_parameters,
    expert_parameters,
    matmul_parameters,
    parameters,
    table_parameters,
)
from planner.model.weight_formats import WeightFormat

TABLE_BYTES = 2.0  # of one weight of the vocabulary tables: quantized checkpoints leave them in 16 bits
SERVED_RUNTIMES = frozenset({"any", "vllm", "tensorrt"})


class Precision(StrEnum):
    """In which numbers the products are computed, which decides the peak that counts."""

    FP16 = "fp16"  # bf16 as well; 4- and 8-bit integer weights are widened to it
    FP8 = "fp8"
    FP4 = "fp4"


_PRECISION = {"fp8": Precision.FP8, "nvfp4": Precision.FP4}


@dataclass(frozen=True)
class ServedModel:
    """A model in a weight format, as the step-time model sees it; bytes and operations of one whole replica."""

    name: str
    weight_format: str
    precision: Precision
    layers: int
    query_width: int
    active_parameters: int  # that take part in the products of one token; the input embedding does not
    always_read_bytes: float  # weights every step reads, whatever the batch
    expert_bytes: float  # one expert in every layer; 0 for a dense model
    experts: int  # 1 for a dense model
    active_experts: int
    stored_bytes: float  # all weights in memory, both tables included
    kv_layer_bytes: int  # cache one token adds in one layer
    sliding_layers: int
    window_tokens: int  # how far sliding layers look back; 0 where none slides

    @property
    def is_mixture(self) -> bool:
        """Whether it is a mixture of experts."""
        return self.experts > 1

    def weight_bytes_read(self, tokens: float) -> float:
        """Weights one pass over `tokens` tokens reads: min(total, what the distinct experts hit amount to).

        With E experts of which each token chooses k evenly, E·(1 − (1 − k/E)^tokens) are hit in expectation.
        """
        if not self.is_mixture:
            return self.always_read_bytes
        missed = (1.0 - self.active_experts / self.experts) ** tokens
        return self.always_read_bytes + self.expert_bytes * self.experts * (1.0 - missed)

    def layer_tokens(self, context_tokens: float) -> float:
        """Tokens attended to, summed over layers: L·ctx, but no further back than the window in sliding layers."""
        seen = min(context_tokens, self.window_tokens) if self.sliding_layers else context_tokens
        return (self.layers - self.sliding_layers) * context_tokens + self.sliding_layers * seen

    def kv_bytes(self, context_tokens: float) -> float:
        """Cache of one sequence of that context, in bytes: 2·L·kv_heads·head_dim·b_kv a token."""
        return self.kv_layer_bytes * self.layer_tokens(context_tokens)

    def decode_operations(self, context_tokens: float) -> float:
        """Operations of one token decoded at that context: 2·P + 4·q·(L·ctx)."""
        return 2.0 * self.active_parameters + 4.0 * self.query_width * self.layer_tokens(context_tokens)

    def prefill_operations(self, tokens: float, done_tokens: float = 0.0) -> float:
        """Operations to read `tokens` of a prompt after `done_tokens` of it: 2·P·S + 2·L·q·S² for a whole prompt."""
        pairs = self._pairs(done_tokens + tokens) - self._pairs(done_tokens)
        return 2.0 * self.active_parameters * tokens + 4.0 * self.query_width * pairs

    def _pairs(self, tokens: float) -> float:
        """Attending pairs of a prompt, over layers: S²/2 where all is seen, w·S − w²/2 beyond the window."""
        whole = tokens * tokens / 2.0
        if not self.sliding_layers or tokens <= self.window_tokens:
            return self.layers * whole
        slid = self.window_tokens * tokens - self.window_tokens * self.window_tokens / 2.0
        return (self.layers - self.sliding_layers) * whole + self.sliding_layers * slid


def served_model(
    architecture: ModelArchitecture, weight_format: WeightFormat, kv_bytes: int | None = None
) -> ServedModel:
    """The model as a server holds it; `kv_bytes` of one cached element: by default 1 beside fp8 and fp4, else 2."""
    if weight_format.runtime not in SERVED_RUNTIMES and weight_format.name != "fp16":
        raise ModelError(
            f"{weight_format.name} is a format of {weight_format.runtime}, which data-center engines do not serve",
            remedy="Take fp16, bf16, fp8, nvfp4, awq or gptq-int4.",
        )
    precision = _PRECISION.get(weight_format.name, Precision.FP16)
    each = weight_format.bits_per_weight / 8.0
    table = table_parameters(architecture) * max(each, TABLE_BYTES)
    experts, active = architecture.experts or 1, architecture.active_experts or 1
    router = architecture.hidden * experts if architecture.experts else 0
    expert_bytes = architecture.layers * expert_parameters(architecture) * each if experts > 1 else 0.0
    own_layer = attention_parameters(architecture) + router
    if experts == 1:
        own_layer += expert_parameters(architecture)
    sliding = sum(architecture.slides(layer) for layer in range(architecture.layers))
    tables = 1 if architecture.tied_embeddings else 2
    matrices = parameters(architecture) - tables * table_parameters(architecture)
    default_kv = 2 if precision is Precision.FP16 else 1
    return ServedModel(
        name=architecture.name,
        weight_format=weight_format.name,
        precision=precision,
        layers=architecture.layers,
        query_width=architecture.query_width,
        active_parameters=matmul_parameters(architecture),
        always_read_bytes=architecture.layers * own_layer * each + table,
        expert_bytes=expert_bytes,
        experts=experts,
        active_experts=active,
        stored_bytes=matrices * each + tables * table,
        kv_layer_bytes=2 * architecture.kv_width * (default_kv if kv_bytes is None else kv_bytes),
        sliding_layers=sliding,
        window_tokens=(architecture.sliding_window or 0) if sliding else 0,
    )

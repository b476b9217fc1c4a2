"""What a decoder's ONNX graph looks like: onnxruntime's fused operators in the shape of one architecture."""

from __future__ import annotations

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from planner.model.architecture import ModelArchitecture
from planner.model.graph_blocks import MICROSOFT, GraphBlocks
from planner.model.random_weights import WeightFile
from planner.model.weight_formats import WeightFormat

OPSET = 21
IR_VERSION = 10


class DecoderGraph(GraphBlocks):
    """A decoder under construction: its layers, and what comes before and after them."""

    def __init__(
        self, architecture: ModelArchitecture, weight_format: WeightFormat, weights: WeightFile, max_context_tokens: int
    ) -> None:
        super().__init__(architecture, weight_format, weights)
        self.max_context_tokens = max_context_tokens

    def build(self, layers: int) -> onnx.ModelProto:
        """The whole decoder with `layers` layers, in onnxruntime-genai's layout of inputs and outputs."""
        self._lengths()
        self._rotary_tables()
        hidden = self._embedding()
        normed = self._norm("layers.0.input_norm", hidden, self.architecture.hidden)
        for layer in range(layers):
            last = layer + 1 == layers
            hidden, normed = self._layer(
                layer, hidden, normed, "final_norm" if last else f"layers.{layer + 1}.input_norm"
            )
        self._head(normed)
        return self._model(layers)

    # --- one layer -------------------------------------------------------------------------------------------------

    def _layer(self, layer: int, hidden: str, normed: str, next_norm: str) -> tuple[str, str]:
        """One layer; returns the residual stream and its normalised copy for the next."""
        arch, at = self.architecture, f"layers.{layer}"
        attended = self._attention(layer, normed)
        mixed = self._linear(f"{at}.o", attended, arch.hidden, arch.query_width)
        if arch.post_norms:
            mixed = self._norm(f"{at}.post_attention_norm", mixed, arch.hidden)
        hidden, normed = self._add_and_norm(f"{at}.ffn_norm", mixed, hidden)
        down = self._feed_forward(at, normed) if arch.experts is None else self._experts(at, normed, arch.experts)
        if arch.post_norms:
            down = self._norm(f"{at}.post_ffn_norm", down, arch.hidden)
        return self._add_and_norm(next_norm, down, hidden)

    def _attention(self, layer: int, normed: str) -> str:
        arch, at = self.architecture, f"layers.{layer}"
        packed = self._linear(f"{at}.qkv", normed, arch.qkv_width, arch.hidden, bias=arch.qkv_bias)
        query, key, value = (packed, "", "")
        if arch.qk_norm:
            query, key, value = self._split_and_norm_heads(at, packed)
        rotates = arch.rotates(layer)
        local = arch.slides(layer) and arch.local_rope_theta is not None
        tables = ("local_cos", "local_sin") if local else ("cos", "sin")
        past = [f"past_key_values.{layer}.key", f"past_key_values.{layer}.value"]
        inputs = [query, key, value, *past, "seqlens_k", "total_sequence_length", *(tables if rotates else ())]
        attributes: dict[str, int | float] = {
            "num_heads": arch.heads,
            "kv_num_heads": arch.kv_heads,
            "do_rotary": int(rotates),
        }
        if arch.slides(layer) and arch.sliding_window is not None:
            attributes["local_window_size"] = arch.sliding_window
        if arch.attention_softcap is not None:
            attributes["softcap"] = arch.attention_softcap
        outputs = [f"{at}.attended", f"present.{layer}.key", f"present.{layer}.value"]
        self._node("GroupQueryAttention", inputs, outputs, domain=MICROSOFT, **attributes)
        return outputs[0]

    def _split_and_norm_heads(self, at: str, packed: str) -> tuple[str, str, str]:
        """Query and key normalised head by head (Qwen3, Gemma 3), or all heads as one (OLMoE)."""
        arch = self.architecture
        widths = self._int64(f"{at}.widths", [arch.query_width, arch.kv_width, arch.kv_width])
        parts = [f"{at}.query", f"{at}.key", f"{at}.value"]
        self._node("Split", [packed, widths], parts, axis=-1)
        if arch.qk_norm_joint:
            query = self._norm(f"{at}.q_norm", parts[0], arch.query_width)
            return query, self._norm(f"{at}.k_norm", parts[1], arch.kv_width), parts[2]
        normed = [
            self._norm_heads(f"{at}.q_norm", parts[0], arch.heads),
            self._norm_heads(f"{at}.k_norm", parts[1], arch.kv_heads),
        ]
        return normed[0], normed[1], parts[2]

    def _norm_heads(self, name: str, flat: str, heads: int) -> str:
        arch = self.architecture
        by_head = self._int64(f"{name}.by_head", [0, 0, heads, arch.head_dim])
        joined = self._int64(f"{name}.joined", [0, 0, heads * arch.head_dim])
        self._node("Reshape", [flat, by_head], [f"{name}.in"])
        normed = self._norm(name, f"{name}.in", arch.head_dim)
        return self._node("Reshape", [normed, joined], [f"{name}.flat"])

    def _gated(self, at: str, gate: str, up: str) -> str:
        if self.architecture.activation == "silu":
            self._node("Sigmoid", [gate], [f"{at}.sigmoid"])
            self._node("Mul", [gate, f"{at}.sigmoid"], [f"{at}.activated"])
        else:
            self._node("FastGelu", [gate], [f"{at}.activated"], domain=MICROSOFT)
        return self._node("Mul", [f"{at}.activated", up], [f"{at}.gated"])

    def _feed_forward(self, at: str, normed: str) -> str:
        arch = self.architecture
        gate = self._linear(f"{at}.gate", normed, arch.ffn, arch.hidden)
        up = self._linear(f"{at}.up", normed, arch.ffn, arch.hidden)
        return self._linear(f"{at}.down", self._gated(at, gate, up), arch.hidden, arch.ffn)

    def _experts(self, at: str, normed: str, experts: int) -> str:
        """A mixture: the router's logits choose `active_experts` of all. Rows of gate and up alternate in one matrix.

        The router is a matrix like the others and quantized like them, as onnxruntime-genai exports it.
        """
        arch = self.architecture
        by_token = self._int64(f"{at}.by_token", [-1, experts])
        routed = self._linear(f"{at}.router", normed, experts, arch.hidden)
        routed = self._node("Reshape", [routed, by_token], [f"{at}.routed"])
        names = (f"{at}.gate_up", f"{at}.down")
        shapes = ((experts, 2 * arch.ffn, arch.hidden), (experts, arch.hidden, arch.ffn))
        attributes: dict[str, int | float | str] = {
            "activation_type": "swiglu",
            "activation_alpha": 1.0,
            "activation_beta": 0.0,
            "k": arch.active_experts or 1,
            "normalize_routing_weights": int(arch.routing_normalised),
            "swiglu_fusion": 1,
        }
        if self.format.block_size is None:
            self.initializers += [
                self.weights.dense(name, shape, inputs=shape[-1]) for name, shape in zip(names, shapes, strict=True)
            ]
            inputs = [normed, routed, names[0], "", names[1]]
            return self._node("MoE", inputs, [f"{at}.mixed"], domain=MICROSOFT, **attributes)
        for name, shape in zip(names, shapes, strict=True):
            self.initializers += self.weights.quantized_experts(
                name, shape, bits=self.format.bits, block_size=self.format.block_size
            )
        inputs = [normed, routed]
        inputs += [f"{names[0]}.codes", f"{names[0]}.scales", "", f"{names[1]}.codes", f"{names[1]}.scales"]
        if not arch.routing_normalised:
            # The CPU kernel always makes the chosen experts' weights sum to one, unless it is given the weights.
            inputs += [""] * 7 + [self._node("Softmax", [routed], [f"{at}.routing_weights"], axis=-1)]
        attributes |= {
            "accuracy_level": self.format.accuracy_level or 0,
            "block_size": self.format.block_size,
            "expert_weight_bits": self.format.bits,
            "weights_prepacked": 0,
        }
        return self._node("QMoE", inputs, [f"{at}.mixed"], domain=MICROSOFT, **attributes)

    # --- before and after the layers -------------------------------------------------------------------------------

    def _lengths(self) -> None:
        """Tokens in the cache after this pass, from the attention mask: what GroupQueryAttention counts by."""
        self._node("ReduceSum", ["attention_mask", self._int64("axis_1", [1])], ["lengths"], keepdims=0)
        self._node("Sub", ["lengths", self._int64("one", [1])], ["last_positions"])
        self._node("Cast", ["last_positions"], ["seqlens_k"], to=TensorProto.INT32)
        self._node("Shape", ["attention_mask"], ["mask_shape"])
        self.initializers.append(helper.make_tensor("index_1", TensorProto.INT64, [], [1]))
        self._node("Gather", ["mask_shape", "index_1"], ["mask_width"], axis=0)
        self._node("Cast", ["mask_width"], ["total_sequence_length"], to=TensorProto.INT32)

    def _rotary_tables(self) -> None:
        arch = self.architecture
        thetas = {"": arch.rope_theta}
        if arch.local_rope_theta is not None:
            thetas["local_"] = arch.local_rope_theta
        for prefix, theta in thetas.items():
            angles = rotary_angles(self.max_context_tokens, rotary_width(arch), theta)
            self.initializers += [
                self.weights.constant(f"{prefix}cos", np.cos(angles).astype(np.float32)),
                self.weights.constant(f"{prefix}sin", np.sin(angles).astype(np.float32)),
            ]

    def _embedding(self) -> str:
        """Rows of the embedding table; a tied one is the output layer's tensor, seen with another shape."""
        arch, out = self.architecture, "embedded"
        name = "lm_head" if arch.tied_embeddings else "embedding"
        if self.format.block_size is None:
            self.initializers.append(self.weights.dense(name, (arch.vocab, arch.hidden), inputs=arch.hidden))
            self._node("Gather", [name, "input_ids"], [out], axis=0)
        else:
            out = self._quantized_embedding(name, self.format.bits, self.format.block_size)
        # Random rows have length about one; real ones enter the first layer at a scale the norm removes anyway.
        if arch.embedding_scaled:
            out = self._node("Mul", [out, self._float("embedding_scale", arch.hidden**0.5)], ["embedded_scaled"])
        return out

    def _quantized_embedding(self, name: str, bits: int, block_size: int) -> str:
        arch = self.architecture
        codes, scales = self.weights.quantized(name, arch.vocab, arch.hidden, bits=bits, block_size=block_size)
        rows = self.weights.view(codes, f"{name}.rows", (arch.vocab, codes.dims[1] * codes.dims[2]))
        self.initializers += [rows, scales, *([codes] if arch.tied_embeddings else [])]
        self._node(
            "GatherBlockQuantized",
            [rows.name, "input_ids", scales.name],
            ["gathered"],
            domain=MICROSOFT,
            bits=bits,
            block_size=block_size,
            gather_axis=0,
            quantize_axis=1,
        )
        if arch.hidden % block_size == 0:
            return "gathered"
        ends = [
            self._int64("slice_start", [0]),
            self._int64("hidden_size", [arch.hidden]),
            self._int64("last_axis", [2]),
        ]
        return self._node("Slice", ["gathered", *ends], ["embedded"])

    def _head(self, normed: str) -> None:
        """Logits of the last token only: (batch, 1, vocab)."""
        arch = self.architecture
        bounds = [self._int64("minus_1", [-1]), self._int64("to_end", [2**62]), self._int64("token_axis", [1])]
        last = self._node("Slice", [normed, *bounds], ["last_token"])
        capped = arch.logit_softcap is not None
        logits = "logits_open" if capped else "logits"
        if self.format.block_size is not None:
            made = [] if arch.tied_embeddings else self._quantize("lm_head", arch.vocab, arch.hidden)
            self.initializers += made
            self._matmul_nbits("lm_head", last, logits, arch.vocab, arch.hidden)
        else:
            if not arch.tied_embeddings:
                self.initializers.append(self.weights.dense("lm_head", (arch.vocab, arch.hidden), inputs=arch.hidden))
            self._node("FusedMatMul", [last, "lm_head"], [logits], domain=MICROSOFT, transB=1)
        if arch.logit_softcap is not None:
            cap = self._float("softcap", arch.logit_softcap)
            self._node("Div", [logits, cap], ["logits_scaled"])
            self._node("Tanh", ["logits_scaled"], ["logits_bent"])
            self._node("Mul", ["logits_bent", cap], ["logits"])

    # --- the whole -------------------------------------------------------------------------------------------------

    def _model(self, layers: int) -> onnx.ModelProto:
        arch, real = self.architecture, self.weights.onnx_float
        cache_in = ["batch", arch.kv_heads, "past_tokens", arch.head_dim]
        cache_out = ["batch", arch.kv_heads, "total_tokens", arch.head_dim]
        parts = [(layer, part) for layer in range(layers) for part in ("key", "value")]
        graph = helper.make_graph(
            self.nodes,
            arch.name,
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"]),
                helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "total_tokens"]),
                *(helper.make_tensor_value_info(f"past_key_values.{i}.{part}", real, cache_in) for i, part in parts),
            ],
            [
                helper.make_tensor_value_info("logits", real, ["batch", 1, arch.vocab]),
                *(helper.make_tensor_value_info(f"present.{i}.{part}", real, cache_out) for i, part in parts),
            ],
            self.initializers,
        )
        imports = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=IR_VERSION, producer_name="edgewise")


def rotary_width(architecture: ModelArchitecture) -> int:
    """Features of a head that are rotated: an even number."""
    return int(architecture.head_dim * architecture.rotary_share) // 2 * 2


def rotary_angles(tokens: int, width: int, theta: float) -> NDArray[np.float64]:
    """Angle of each position and frequency, (tokens, width/2), as in RoFormer (arXiv:2104.09864, §3.2.2)."""
    frequencies = theta ** (-np.arange(0, width, 2, dtype=np.float64) / width)
    return np.outer(np.arange(tokens, dtype=np.float64), frequencies)

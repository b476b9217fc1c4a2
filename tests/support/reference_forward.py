"""An independent forward pass in numpy, read from a model file's own tensors: what a synthesised graph must compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.external_data_helper import load_external_data_for_model

from planner.model.architecture import ModelArchitecture
from planner.model.weight_formats import WeightFormat

Floats = NDArray[np.float64]


class ReferenceDecoder:
    """One sequence through the decoder in float64, keeping its own KV cache."""

    def __init__(self, folder: Path, architecture: ModelArchitecture, weight_format: WeightFormat) -> None:
        self.arch = architecture
        self.format = weight_format
        model = onnx.load(folder / "model.onnx", load_external_data=False)
        load_external_data_for_model(model, str(folder))
        self.tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        self.layers = len([name for name in self.tensors if name.endswith(".ffn_norm")])
        self.keys: list[list[Floats]] = [[] for _ in range(self.layers)]
        self.values: list[list[Floats]] = [[] for _ in range(self.layers)]

    def logits(self, tokens: list[int]) -> Floats:
        """Feed more tokens; logits after the last of them."""
        out = np.zeros(0)
        for token in tokens:
            out = self._step(token)
        return out

    def _step(self, token: int) -> Floats:
        arch = self.arch
        table = "lm_head" if arch.tied_embeddings else "embedding"
        if self.format.block_size is None:
            stream = self.tensors[table][token].astype(np.float64)
        else:
            stream = self._dequantized(table, arch.vocab, arch.hidden)[token]
        if arch.embedding_scaled:
            stream = stream * np.sqrt(arch.hidden)
        position = len(self.keys[0])
        for layer in range(self.layers):
            at = f"layers.{layer}"
            mixed = self._linear(
                f"{at}.o", self._attention(layer, position, self._norm(f"{at}.input_norm", stream)), arch.hidden
            )
            if arch.post_norms:
                mixed = self._norm(f"{at}.post_attention_norm", mixed)
            stream = stream + mixed
            normed = self._norm(f"{at}.ffn_norm", stream)
            down = self._feed_forward(at, normed) if arch.experts is None else self._mixture(at, normed)
            if arch.post_norms:
                down = self._norm(f"{at}.post_ffn_norm", down)
            stream = stream + down
        last = self._norm("final_norm", stream)
        if self.format.block_size is None:
            logits = self.tensors["lm_head"].astype(np.float64) @ last
        else:
            logits = self._dequantized("lm_head", arch.vocab, arch.hidden) @ last
        if arch.logit_softcap:
            logits = arch.logit_softcap * np.tanh(logits / arch.logit_softcap)
        return logits

    def _feed_forward(self, at: str, normed: Floats) -> Floats:
        gate = self._linear(f"{at}.gate", normed, self.arch.ffn)
        up = self._linear(f"{at}.up", normed, self.arch.ffn)
        return self._linear(f"{at}.down", _activated(gate, self.arch.activation) * up, self.arch.hidden)

    def _mixture(self, at: str, normed: Floats) -> Floats:
        """The likeliest experts by the softmax of the router, summed by their weights."""
        arch = self.arch
        assert arch.experts
        assert arch.active_experts
        routed = self._linear(f"{at}.router", normed, arch.experts)
        likely = np.exp(routed - routed.max())
        likely /= likely.sum()
        chosen = np.argsort(-likely)[: arch.active_experts]
        weights = likely[chosen] / (likely[chosen].sum() if arch.routing_normalised else 1)
        out = np.zeros(arch.hidden)
        for expert, weight in zip(chosen, weights, strict=True):
            both = self._expert(f"{at}.gate_up", expert, 2 * arch.ffn, arch.hidden) @ normed
            inner = _activated(both[0::2], arch.activation) * both[1::2]
            out += weight * (self._expert(f"{at}.down", expert, arch.hidden, arch.ffn) @ inner)
        return out

    def _expert(self, name: str, expert: int, outputs: int, inputs: int) -> Floats:
        """One expert's matrix (outputs, inputs)."""
        if self.format.block_size is None:
            return self.tensors[name][expert].astype(np.float64)
        return self._opened(
            self.tensors[f"{name}.codes"][expert], self.tensors[f"{name}.scales"][expert], outputs, inputs
        )

    def _attention(self, layer: int, position: int, normed: Floats) -> Floats:
        arch, at = self.arch, f"layers.{layer}"
        packed = self._linear(f"{at}.qkv", normed, (arch.heads + 2 * arch.kv_heads) * arch.head_dim)
        heads = packed.reshape(-1, arch.head_dim)
        query, key, value = np.split(heads, [arch.heads, arch.heads + arch.kv_heads])
        if arch.qk_norm_joint:
            query = self._norm(f"{at}.q_norm", query.ravel()).reshape(query.shape)
            key = self._norm(f"{at}.k_norm", key.ravel()).reshape(key.shape)
        elif arch.qk_norm:
            query, key = self._norm(f"{at}.q_norm", query), self._norm(f"{at}.k_norm", key)
        if arch.unrotated_every is None or (layer + 1) % arch.unrotated_every:
            theta = arch.rope_theta
            if self._window(layer) is not None and arch.local_rope_theta:
                theta = arch.local_rope_theta
            query, key = self._rotated(query, position, theta), self._rotated(key, position, theta)
        self.keys[layer].append(key)
        self.values[layer].append(value)
        window = self._window(layer) or position + 1
        keys = np.stack(self.keys[layer][-window:])  # tokens, kv heads, head_dim
        values = np.stack(self.values[layer][-window:])
        mixed: list[Floats] = []
        for head in range(arch.heads):
            group = head // (arch.heads // arch.kv_heads)
            scores = keys[:, group] @ query[head] / np.sqrt(arch.head_dim)
            if arch.attention_softcap:
                scores = arch.attention_softcap * np.tanh(scores / arch.attention_softcap)
            weights = np.exp(scores - scores.max())
            mixed.append(weights / weights.sum() @ values[:, group])
        return np.concatenate(mixed)

    def _window(self, layer: int) -> int | None:
        arch = self.arch
        if arch.sliding_window is None or (arch.global_every and (layer + 1) % arch.global_every == 0):
            return None
        return arch.sliding_window

    def _rotated(self, heads: Floats, position: int, theta: float) -> Floats:
        """Half-split rotary embedding: feature i turns with feature i + width/2."""
        width = int(self.arch.head_dim * self.arch.rotary_share)
        angles = position * theta ** (-np.arange(0, width, 2) / width)
        first, second = heads[:, : width // 2], heads[:, width // 2 : width]
        turned = [first * np.cos(angles) - second * np.sin(angles), second * np.cos(angles) + first * np.sin(angles)]
        return np.concatenate([*turned, heads[:, width:]], axis=1)

    def _norm(self, name: str, given: Floats) -> Floats:
        scale = np.sqrt((given**2).mean(axis=-1, keepdims=True) + self.arch.norm_eps)
        return given / scale * self.tensors[name].astype(np.float64)

    def _linear(self, name: str, given: Floats, outputs: int) -> Floats:
        if self.format.block_size is None:
            out = given @ self.tensors[name].astype(np.float64)
        else:
            out = self._dequantized(name, outputs, given.size) @ given
        return out + self.tensors[f"{name}.bias"] if f"{name}.bias" in self.tensors else out

    def _dequantized(self, name: str, outputs: int, inputs: int) -> Floats:
        codes = self.tensors[f"{name}.codes"] if f"{name}.codes" in self.tensors else self.tensors[f"{name}.rows"]
        return self._opened(codes, self.tensors[f"{name}.scales"], outputs, inputs)

    def _opened(self, codes: NDArray[np.uint8], scales: NDArray[np.float32], outputs: int, inputs: int) -> Floats:
        """(code − zero point) × scale, zero point 2^(bits−1); 4-bit codes come low nibble first."""
        flat = codes.reshape(outputs, -1)
        if self.format.bits == 4:
            flat = np.stack([flat & 15, flat >> 4], axis=-1).reshape(outputs, -1)
        centred = flat.astype(np.float64) - 2 ** (self.format.bits - 1)
        blocks = centred.reshape(outputs, scales.shape[1], -1) * scales.astype(np.float64)[:, :, None]
        return blocks.reshape(outputs, -1)[:, :inputs]


def _activated(gate: Floats, activation: str) -> Floats:
    if activation == "silu":
        return gate / (1 + np.exp(-gate))
    return 0.5 * gate * (1 + np.tanh(np.sqrt(2 / np.pi) * (gate + 0.044715 * gate**3)))

"""What a decoder's ONNX graph itself says: inputs and outputs, KV cache shape, and how its weights are quantized."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import onnx

from planner.documents import Frozen
from planner.errors import ModelError
from planner.model.onnx_file import attribute_int, nodes

KV_RANK = 4  # (batch, kv_heads, tokens, head_dim)
FLOATS: dict[int, Literal["fp32", "fp16"]] = {onnx.TensorProto.FLOAT: "fp32", onnx.TensorProto.FLOAT16: "fp16"}
BITS_ATTRIBUTE = {"MatMulNBits": "bits", "QMoE": "expert_weight_bits"}  # by quantized operator


class GraphNames(Frozen):
    """Names of the graph's inputs and outputs; `{layer}` stands for the layer number, from 0.

    None: the graph has no such input. Use `pattern.format(layer=3)`.
    """

    input_ids: str
    attention_mask: str | None
    position_ids: str | None
    use_cache_branch: str | None  # boolean tensor (1,) of Optimum's merged decoders: false on the first pass
    past_key: str
    past_value: str
    logits: str
    present_key: str
    present_value: str


class GraphFacts(Frozen):
    """The graph's own word; None where it leaves a dimension open."""

    names: GraphNames
    layers: int
    kv_heads: int | None
    head_dim: int | None
    vocab: int | None
    kv_format: Literal["fp32", "fp16"]
    logits_format: Literal["fp32", "fp16"]
    last_logits_only: bool
    can_share_kv_buffer: bool
    weight_bits: int | None
    block_size: int | None
    accuracy_level: int | None


def read_graph_facts(model: onnx.ModelProto, expected: GraphNames, *, where: str) -> GraphFacts:
    """Find the expected inputs and outputs in the graph and read its shape; refuse what no loop here could feed."""
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = {value.name: value for value in model.graph.input if value.name not in stored}
    outputs = {value.name: value for value in model.graph.output}
    names = expected.model_copy(
        update={
            key: None
            for key in ("attention_mask", "position_ids", "use_cache_branch")
            if getattr(expected, key) not in inputs
        }
    )
    layers = _count_layers(inputs, names.past_key)
    _require(names, layers, inputs, outputs, where)
    past = inputs[names.past_key.format(layer=0)]
    past_shape = _shape(past)
    if len(past_shape) != KV_RANK:
        raise ModelError(
            f"input {past.name!r} has {len(past_shape)} dimensions, not (batch, KV heads, tokens, head size)",
            where=where,
            remedy="This decoder keeps its KV cache in a form that cannot be run here.",
        )
    logits = outputs[names.logits]
    logits_shape = _shape(logits)
    bits, block, level = _quantization(model)
    return GraphFacts(
        names=names,
        layers=layers,
        kv_heads=past_shape[1],
        head_dim=past_shape[3],
        vocab=logits_shape[-1] if logits_shape else None,
        kv_format=_float_format(past, where),
        logits_format=_float_format(logits, where),
        last_logits_only=len(logits_shape) > 1 and logits_shape[-2] == 1,
        can_share_kv_buffer=_grouped_query_throughout(model, names, layers),
        weight_bits=bits,
        block_size=block,
        accuracy_level=level,
    )


def _count_layers(inputs: dict[str, onnx.ValueInfoProto], past_key: str) -> int:
    pattern = re.compile(re.escape(past_key.replace("{layer}", "\0")).replace("\0", r"\d+"))
    return sum(1 for name in inputs if pattern.fullmatch(name))


def _require(
    names: GraphNames,
    layers: int,
    inputs: dict[str, onnx.ValueInfoProto],
    outputs: dict[str, onnx.ValueInfoProto],
    where: str,
) -> None:
    """Every input must be one that can be fed, every output that is read must be there."""
    if not layers:
        raise ModelError(
            f"the graph has no KV-cache inputs named {names.past_key!r}",
            where=where,
            remedy="Export the decoder with its KV cache.",
        )
    wanted = {names.input_ids} | {
        pattern.format(layer=layer) for pattern in (names.past_key, names.past_value) for layer in range(layers)
    }
    optional = {name for name in (names.attention_mask, names.position_ids, names.use_cache_branch) if name}
    made = {names.logits} | {
        pattern.format(layer=layer) for pattern in (names.present_key, names.present_value) for layer in range(layers)
    }
    for missing in sorted(wanted - inputs.keys()):
        raise ModelError(f"the graph has no input {missing!r}", where=where, remedy="Export the decoder again.")
    for missing in sorted(made - outputs.keys()):
        raise ModelError(f"the graph has no output {missing!r}", where=where, remedy="Export the decoder again.")
    for unknown in sorted(inputs.keys() - wanted - optional):
        raise ModelError(
            f"the graph wants an input {unknown!r} that a text decoder does not have",
            where=where,
            remedy="Only decoder-only text models can be measured.",
        )


def _shape(value: onnx.ValueInfoProto) -> list[int | None]:
    """Dimensions, None where open."""
    return [dim.dim_value if dim.dim_value > 0 else None for dim in value.type.tensor_type.shape.dim]


def _float_format(value: onnx.ValueInfoProto, where: str) -> Literal["fp32", "fp16"]:
    found = FLOATS.get(value.type.tensor_type.elem_type)
    if found is None:
        raise ModelError(
            f"{value.name!r} is neither fp32 nor fp16",
            where=where,
            remedy="Export the decoder with an fp32 or fp16 KV cache and logits.",
        )
    return found


def _grouped_query_throughout(model: onnx.ModelProto, names: GraphNames, layers: int) -> bool:
    """Whether each layer's past goes straight into GroupQueryAttention, which may write its present in place."""
    attended = {
        name
        for node in nodes(model)
        if node.op_type == "GroupQueryAttention" and node.domain == "com.microsoft"
        for name in node.input
    }
    return all(names.past_key.format(layer=layer) in attended for layer in range(layers))


def _quantization(model: onnx.ModelProto) -> tuple[int | None, int | None, int | None]:
    """Bits, block size and accuracy level of the quantized products, each None where they differ or there are none."""
    found = [
        (attribute_int(node, BITS_ATTRIBUTE[node.op_type]) or 4, attribute_int(node, "block_size"), node)
        for node in nodes(model)
        if node.op_type in BITS_ATTRIBUTE
    ]
    return (
        _single([bits for bits, _, _ in found]),
        _single([block for _, block, _ in found]),
        _single([attribute_int(node, "accuracy_level") or 0 for _, _, node in found]),
    )


def _single(values: Sequence[int | None]) -> int | None:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None

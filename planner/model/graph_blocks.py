"""What decoder graphs are put together from: matrix products, norms and constants in one weight format."""

from __future__ import annotations

from collections.abc import Sequence

import onnx
from onnx import TensorProto, helper

from planner.model.architecture import ModelArchitecture
from planner.model.random_weights import WeightFile
from planner.model.weight_formats import WeightFormat

MICROSOFT = "com.microsoft"


class GraphBlocks:
    """A graph under construction: nodes in order, small constants inside, weights in the data file."""

    def __init__(self, architecture: ModelArchitecture, weight_format: WeightFormat, weights: WeightFile) -> None:
        self.architecture = architecture
        self.format = weight_format
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def _linear(self, name: str, given: str, outputs: int, inputs: int, *, bias: bool = False) -> str:
        """A matrix product in the weight format; a float matrix is stored (inputs, outputs)."""
        out = f"{name}.out"
        bias_name = ""
        if bias:
            bias_name = f"{name}.bias"
            self.initializers.append(self.weights.uniform(bias_name, (outputs,), low=-0.5, high=0.5))
        if self.format.block_size is not None:
            self.initializers += self._quantize(name, outputs, inputs)
            self._matmul_nbits(name, given, out, outputs, inputs, bias=bias_name)
            return out
        self.initializers.append(self.weights.dense(name, (inputs, outputs), inputs=inputs))
        if not bias:
            return self._node("MatMul", [given, name], [out])
        product = self._node("MatMul", [given, name], [f"{name}.product"])
        return self._node("Add", [product, bias_name], [out])

    def _quantize(self, name: str, outputs: int, inputs: int) -> list[onnx.TensorProto]:
        assert self.format.block_size is not None
        return list(
            self.weights.quantized(name, outputs, inputs, bits=self.format.bits, block_size=self.format.block_size)
        )

    def _matmul_nbits(self, name: str, given: str, out: str, outputs: int, inputs: int, *, bias: str = "") -> None:
        assert self.format.block_size is not None
        self._node(
            "MatMulNBits",
            [given, f"{name}.codes", f"{name}.scales", *(["", "", bias] if bias else [])],
            [out],
            domain=MICROSOFT,
            K=inputs,
            N=outputs,
            bits=self.format.bits,
            block_size=self.format.block_size,
            accuracy_level=self.format.accuracy_level or 0,
        )

    def _norm(self, name: str, given: str, width: int) -> str:
        self._gain(name, width)
        epsilon = self.architecture.norm_eps
        return self._node("SimplifiedLayerNormalization", [given, name], [f"{name}.out"], axis=-1, epsilon=epsilon)

    def _add_and_norm(self, name: str, given: str, residual: str) -> tuple[str, str]:
        """The new residual stream, and its normalised copy."""
        self._gain(name, self.architecture.hidden)
        normed, total = f"{name}.out", f"{name}.sum"
        self._node(
            "SkipSimplifiedLayerNormalization",
            [residual, given, name],
            [normed, "", "", total],
            domain=MICROSOFT,
            epsilon=self.architecture.norm_eps,
        )
        return total, normed

    def _gain(self, name: str, width: int) -> None:
        self.initializers.append(self.weights.uniform(name, (width,), low=0.9, high=1.1))

    def _node(
        self,
        op: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        *,
        domain: str = "",
        **attributes: int | float | str,
    ) -> str:
        """Append a node, named after its first output, and return that output."""
        node = helper.make_node(op, inputs, outputs, name=outputs[0], domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in sorted(attributes.items()))
        self.nodes.append(node)
        return outputs[0]

    def _int64(self, name: str, values: Sequence[int]) -> str:
        self.initializers.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def _float(self, name: str, value: float) -> str:
        self.initializers.append(helper.make_tensor(name, self.weights.onnx_float, [1], [value]))
        return name

"""The small graphs a roofline times: one that reads memory, and a matrix product for every kernel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from planner.errors import MeasurementError
from planner.model.graph import IR_VERSION, OPSET
from planner.model.graph_blocks import MICROSOFT
from planner.model.weight_formats import WeightFormat, weight_format

DYNAMIC_INT8 = "dynamic-int8"
"""Weights int8 with one scale a column, activations rounded to int8 as they come: the fastest kernel of most CPUs."""

KERNELS = ("fp32", "int4", "int4-b128", "int8", DYNAMIC_INT8)
"""What is timed where nobody says otherwise: weight formats of onnxruntime, and dynamic int8."""


def write_graphs(folder: Path, kernels: Sequence[str], *, inputs: int, outputs: int) -> tuple[Path, dict[str, Path]]:
    """The reading graph and a product a kernel, (rows, inputs) × (inputs, outputs), as files in the folder."""
    reading = folder / "read.onnx"
    reading.write_bytes(read_graph())
    products: dict[str, Path] = {}
    for kernel in kernels:
        products[kernel] = folder / f"{kernel}.onnx"
        products[kernel].write_bytes(product_graph(kernel, inputs=inputs, outputs=outputs))
    return reading, products


def read_graph() -> bytes:
    """y = a·w, a vector times a matrix, both inputs: w is read once from one end to the other."""
    node = helper.make_node("MatMul", ["a", "w"], ["y"])
    given = [
        helper.make_tensor_value_info("a", TensorProto.FLOAT, [1, "rows"]),
        helper.make_tensor_value_info("w", TensorProto.FLOAT, ["rows", "columns"]),
    ]
    return _model(node, given, [1, "columns"], [])


def product_graph(kernel: str, *, inputs: int, outputs: int) -> bytes:
    """y = a·w in one kernel, w random weights inside the graph; `inputs` is a multiple of every block size."""
    random = np.random.default_rng(0)
    if kernel == DYNAMIC_INT8:
        codes = random.integers(-127, 128, (inputs, outputs), dtype=np.int8)
        weights = [_tensor("codes", codes), _tensor("scales", _scales((outputs,), inputs, 74.0))]
        node = helper.make_node("DynamicQuantizeMatMul", ["a", "codes", "scales"], ["y"], domain=MICROSOFT)
    elif kernel == "fp32":
        dense = random.standard_normal((inputs, outputs), dtype=np.float32) / np.float32(math.sqrt(inputs))
        weights = [_tensor("w", dense)]
        node = helper.make_node("MatMul", ["a", "w"], ["y"])
    else:
        node, weights = _blocks(weight_format(kernel), random, inputs, outputs)
    given = [helper.make_tensor_value_info("a", TensorProto.FLOAT, ["rows", inputs])]
    return _model(node, given, ["rows", outputs], weights)


def _blocks(
    stored: WeightFormat, random: np.random.Generator, inputs: int, outputs: int
) -> tuple[onnx.NodeProto, list[onnx.TensorProto]]:
    if stored.block_size is None or stored.runtime != "onnxruntime":
        raise MeasurementError(f"there is no product in the format {stored.name} to time")
    shape = (outputs, inputs // stored.block_size)
    codes = random.integers(0, 256, (*shape, stored.block_size * stored.bits // 8), dtype=np.uint8)
    spread = 2**stored.bits / math.sqrt(12)  # of codes that are all alike likely
    node = helper.make_node(
        "MatMulNBits",
        ["a", "codes", "scales"],
        ["y"],
        domain=MICROSOFT,
        K=inputs,
        N=outputs,
        bits=stored.bits,
        block_size=stored.block_size,
        accuracy_level=stored.accuracy_level or 0,
    )
    return node, [_tensor("codes", codes), _tensor("scales", _scales(shape, inputs, spread))]


def _scales(shape: tuple[int, ...], inputs: int, spread: float) -> NDArray[np.float32]:
    """Such that the product's standard deviation is that of its input: no overflow, no denormals."""
    return np.full(shape, 1 / (spread * math.sqrt(inputs)), np.float32)


def _tensor(name: str, values: NDArray[Any]) -> onnx.TensorProto:
    return numpy_helper.from_array(values, name)


def _model(
    node: onnx.NodeProto,
    given: list[onnx.ValueInfoProto],
    shape: list[int | str],
    weights: list[onnx.TensorProto],
) -> bytes:
    product = helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)
    graph = helper.make_graph([node], "roofline", given, [product], weights)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString()

"""Each product is the matrix product it says, in the kernel it says, on values that do not upset its timing."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from planner.errors import MeasurementError, UnknownNameError
from planner.measurement.roofline_graphs import KERNELS, product_graph, read_graph
from planner.measurement.worker.session import session

INPUTS, OUTPUTS = 256, 64


def run(graph: bytes, **feed: np.ndarray) -> np.ndarray:
    return session(graph, "CPUExecutionProvider", 1).run(None, feed)[0]


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_product_keeps_the_size_of_its_input(kernel: str) -> None:
    given = np.random.default_rng(1).standard_normal((32, INPUTS), dtype=np.float32)
    out = run(product_graph(kernel, inputs=INPUTS, outputs=OUTPUTS), a=given)
    assert out.shape == (32, OUTPUTS)
    assert 0.5 < out.std() < 2  # no overflow and no denormals, which would distort timing (measurement.md §5)


def test_the_reading_graph_sums_every_row_of_the_whole_matrix() -> None:
    matrix = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert run(read_graph(), a=np.ones((1, 4), np.float32), w=matrix).tolist() == [matrix.sum(axis=0).tolist()]


def test_the_float_product_is_the_product_of_its_weights() -> None:
    graph = product_graph("fp32", inputs=INPUTS, outputs=OUTPUTS)
    weights = numpy_helper.to_array(onnx.load_from_string(graph).graph.initializer[0])
    given = np.random.default_rng(2).standard_normal((3, INPUTS), dtype=np.float32)
    assert np.allclose(run(graph, a=given), given @ weights, atol=1e-4)


@pytest.mark.parametrize(("kernel", "bits", "block", "level"), [("int4", 4, 32, 4), ("int4-b128", 4, 128, 4)])
def test_a_block_format_is_timed_in_its_own_kernel(kernel: str, bits: int, block: int, level: int) -> None:
    node = onnx.load_from_string(product_graph(kernel, inputs=INPUTS, outputs=OUTPUTS)).graph.node[0]
    told = {each.name: each.i for each in node.attribute}
    assert node.op_type == "MatMulNBits"
    assert told == {
        "K": INPUTS,
        "N": OUTPUTS,
        "bits": bits,
        "block_size": block,
        "accuracy_level": level,
    }


def test_formats_without_a_kernel_here_are_refused() -> None:
    for name in ("fp16", "q4_0"):  # widened to fp32 on x86, and another runtime's
        with pytest.raises(MeasurementError, match=name):
            product_graph(name, inputs=INPUTS, outputs=OUTPUTS)
    with pytest.raises(UnknownNameError):
        product_graph("int5", inputs=INPUTS, outputs=OUTPUTS)

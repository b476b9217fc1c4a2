"""Seeded random weights streamed into one external-data file, so that a model larger than memory can be built."""

from __future__ import annotations

import math
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import onnx
from numpy.typing import NDArray

POOL_BYTES = 4 * 1024 * 1024 + 8 * 4099  # not a multiple of any row, so that rows of a large matrix differ
CHUNK_BYTES = 8 * 1024 * 1024
ALIGNMENT = 4096  # a page: the runtime maps tensors straight from the file
INT4_SPREAD = math.sqrt(17.5)  # standard deviation of a 4-bit code minus 8, code 0 replaced by 8
INT8_SPREAD = math.sqrt(2 * sum(code * code for code in range(128)) / 256)  # the same for 8 bits

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class WeightFile:
    """One data file being filled; each method appends a tensor and returns its initializer.

    Random values come from two pools drawn once from the seed; a tensor reads its pool from a place that depends on
    its name. Codes are symmetric about their zero point: without that, a common offset would grow from layer to layer.
    """

    def __init__(
        self,
        path: Path,
        *,
        seed: int,
        float_type: np.dtype[np.float32] | np.dtype[np.float16],
        on_bytes: Callable[[int], None],
    ) -> None:
        self._location = path.name
        self._stream = path.open("wb")
        self._float_type = float_type
        self._on_bytes = on_bytes
        raw = np.random.Philox(np.random.SeedSequence(seed)).random_raw(POOL_BYTES // 8).astype("<u8")
        self._codes8 = _without_zero_bytes(raw)
        self._codes4 = _without_zero_nibbles(raw)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    @property
    def onnx_float(self) -> int:
        """ONNX element type of the floats in this file."""
        return onnx.TensorProto.FLOAT16 if self._float_type == np.float16 else onnx.TensorProto.FLOAT

    def quantized(
        self, name: str, outputs: int, inputs: int, *, bits: int, block_size: int
    ) -> tuple[onnx.TensorProto, onnx.TensorProto]:
        """Codes (outputs, blocks, bytes) and scales (outputs, blocks) of a matrix as MatMulNBits reads it."""
        blocks = math.ceil(inputs / block_size)
        codes = self._append_codes(f"{name}.codes", (outputs, blocks, block_size * bits // 8), bits)
        return codes, self._append_scales(name, (outputs, blocks), inputs, bits)

    def quantized_experts(
        self, name: str, shape: tuple[int, int, int], *, bits: int, block_size: int
    ) -> tuple[onnx.TensorProto, onnx.TensorProto]:
        """Codes (experts, outputs, bytes) and scales (experts, outputs, blocks) as QMoE reads them."""
        experts, outputs, inputs = shape
        assert inputs % block_size == 0
        codes = self._append_codes(f"{name}.codes", (experts, outputs, inputs * bits // 8), bits)
        return codes, self._append_scales(name, (experts, outputs, inputs // block_size), inputs, bits)

    def dense(self, name: str, shape: Sequence[int], *, inputs: int) -> onnx.TensorProto:
        """A float matrix, uniform with standard deviation 1/sqrt(inputs)."""
        reach = math.sqrt(3 / inputs)
        return self._append_floats(name, shape, low=-reach, high=reach)

    def uniform(self, name: str, shape: Sequence[int], *, low: float, high: float) -> onnx.TensorProto:
        """Floats between two bounds: norm gains and biases."""
        return self._append_floats(name, shape, low=low, high=high)

    def constant(self, name: str, values: Floats) -> onnx.TensorProto:
        """Given floats, for example a rotary table."""
        offset = self._align()
        self._write(values.astype(self._float_type).astype(self._float_type.newbyteorder("<")).tobytes())
        return self._tensor(name, self.onnx_float, values.shape, offset)

    def view(self, tensor: onnx.TensorProto, name: str, shape: Sequence[int]) -> onnx.TensorProto:
        """A second initializer over the same bytes of the file, with another shape."""
        same = onnx.TensorProto()
        same.CopyFrom(tensor)
        same.name = name
        del same.dims[:]
        same.dims.extend(shape)
        return same

    def _append_codes(self, name: str, shape: Sequence[int], bits: int) -> onnx.TensorProto:
        pool = self._codes4 if bits == 4 else self._codes8  # noqa: PLR2004
        offset = self._align()
        left, place = math.prod(shape), _place(name, pool.size)
        while left:
            part = pool[place : place + min(left, CHUNK_BYTES)]
            self._write(part.tobytes())
            left -= part.size
            place = (place + part.size) % pool.size
        return self._tensor(name, onnx.TensorProto.UINT8, shape, offset)

    def _append_scales(self, name: str, shape: Sequence[int], inputs: int, bits: int) -> onnx.TensorProto:
        """Scales that give a product of `inputs` terms the spread of its input."""
        spread = INT4_SPREAD if bits == 4 else INT8_SPREAD  # noqa: PLR2004
        level = 1 / (spread * math.sqrt(inputs))
        return self._append_floats(f"{name}.scales", shape, low=0.75 * level, high=1.25 * level)

    def _append_floats(self, name: str, shape: Sequence[int], *, low: float, high: float) -> onnx.TensorProto:
        pool = self._codes8.view("<u2")  # 65,536 levels
        offset = self._align()
        left, place = math.prod(shape), _place(name, pool.size)
        while left:
            part = pool[place : place + min(left, CHUNK_BYTES // 4)]
            values = np.float32(low) + part.astype(np.float32) * np.float32((high - low) / 65535)
            self._write(values.astype(self._float_type.newbyteorder("<")).tobytes())
            left -= part.size
            place = (place + part.size) % pool.size
        return self._tensor(name, self.onnx_float, shape, offset)

    def _align(self) -> int:
        self._stream.write(bytes(-self._stream.tell() % ALIGNMENT))
        return self._stream.tell()

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._on_bytes(len(data))

    def _tensor(self, name: str, element_type: int, shape: Sequence[int], offset: int) -> onnx.TensorProto:
        tensor = onnx.TensorProto(name=name, data_type=element_type, dims=list(shape))
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (
            ("location", self._location),
            ("offset", str(offset)),
            ("length", str(self._stream.tell() - offset)),
        ):
            tensor.external_data.add(key=key, value=value)
        return tensor


def _place(name: str, size: int) -> int:
    """Where a tensor starts to read its pool: even, so that no 4-bit pair or 16-bit level is cut."""
    return zlib.crc32(name.encode()) % (size // 2) * 2


def _without_zero_nibbles(raw: NDArray[np.uint64]) -> Bytes:
    """Nibbles with 0 replaced by 8: symmetric about the zero point 8."""
    low_bits = np.uint64(0x1111111111111111)
    used = raw | (raw >> np.uint64(1))
    used |= used >> np.uint64(2)
    return (raw | ((~used & low_bits) << np.uint64(3))).view(np.uint8)


def _without_zero_bytes(raw: NDArray[np.uint64]) -> Bytes:
    """Bytes with 0 replaced by 128: symmetric about the zero point 128."""
    codes = raw.view(np.uint8).copy()
    codes[codes == 0] = 128
    return codes


if sys.byteorder != "little":  # pragma: no cover
    raise ImportError("weights are built on little-endian machines only")

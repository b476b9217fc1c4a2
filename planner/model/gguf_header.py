"""What the head of a GGUF file says: metadata and the shape and type of each tensor; the weights are never read."""

from __future__ import annotations

import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from planner.errors import ModelError
from planner.units import BYTES_PER_MIB

# The format, its value types and the block sizes of its tensor types: docs/gguf.md and ggml-common.h of ggml-org/ggml.
MAGIC = b"GGUF"
VERSIONS = (2, 3)
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {  # name, weights of a block, bytes of a block
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}

MAX_KEYS = 4096
MAX_TENSORS = 100_000
MAX_DIMENSIONS = 4
MAX_KEY_BYTES = 1024
MAX_STRING_BYTES = 16 * BYTES_PER_MIB  # a chat template has kilobytes
MAX_KEPT_BYTES = 4096  # longer strings are passed over: no name or licence is that long
MAX_ENTRIES = 8_000_000  # of an array; vocabularies have a quarter of a million tokens
MAX_KEPT_ENTRIES = 4096  # one figure a layer; longer arrays are passed over
MAX_HEADER_BYTES = 512 * BYTES_PER_MIB
MAX_WEIGHTS = 2**48  # of one tensor

Value = int | float | bool | str | tuple[int | float | bool, ...] | None  # None: too long to be of use here


@dataclass(frozen=True)
class GgufTensor:
    """One tensor as the file lists it; `shape` in GGUF's order, inputs first."""

    name: str
    shape: tuple[int, ...]
    type_name: str | None  # None: a type this program does not know
    size_bytes: int | None

    @property
    def weights(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class GgufHeader:
    """The head of a GGUF file."""

    version: int
    metadata: dict[str, Value]
    tensors: dict[str, GgufTensor]


def is_gguf(path: Path) -> bool:
    """Whether a file calls itself GGUF."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


def read_gguf_header(path: Path) -> GgufHeader:
    """Read metadata and tensor list of a GGUF file, version 2 or 3, refusing what is malformed or absurdly large."""
    where = str(path)
    try:
        if not path.is_file():
            raise ModelError("no such file", where=where, remedy="Check the spelling and the folder.")
        with path.open("rb") as stream:
            return _Reader(stream, where).header()
    except OSError as error:
        raise ModelError(
            f"cannot be read: {error.strerror}", where=where, remedy="Check the file and its permissions."
        ) from error


class _Reader:
    """Walks the head once, front to back; every read is checked against the file's end and the caps."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self._stream = stream
        self._where = where
        self._size = os.fstat(stream.fileno()).st_size
        self._at = 0
        self._place = "the first bytes"

    def header(self) -> GgufHeader:
        if self._take(len(MAGIC)) != MAGIC:
            raise ModelError("not a GGUF file", where=self._where, remedy="Name a .gguf file.")
        version = self._number("<I")
        if version not in VERSIONS:
            swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
            what = "it is big-endian" if swapped in VERSIONS else f"GGUF version {version} is not known here"
            raise ModelError(
                what, where=self._where, remedy="Convert it to little-endian GGUF version 3 with llama.cpp."
            )
        tensors = self._count("the number of tensors", MAX_TENSORS)
        keys = self._count("the number of keys", MAX_KEYS)
        metadata: dict[str, Value] = {}
        for number in range(1, keys + 1):
            self._place = f"key {number}"
            key = self._name()
            self._place = f"key {key!r}"
            if key in metadata:
                raise self._refusal("it stands twice")
            metadata[key] = self._value(self._number("<I"))
        found: dict[str, GgufTensor] = {}
        for number in range(1, tensors + 1):
            self._place = f"tensor {number}"
            tensor = self._tensor()
            if tensor.name in found:
                raise self._refusal("it stands twice")
            found[tensor.name] = tensor
        return GgufHeader(version=version, metadata=metadata, tensors=found)

    def _tensor(self) -> GgufTensor:
        name = self._name()
        self._place = f"tensor {name!r}"
        dimensions = self._number("<I")
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise self._refusal(f"it has {dimensions} dimensions, not 1 to {MAX_DIMENSIONS}")
        shape = tuple(self._number("<Q") for _ in range(dimensions))
        if not all(shape) or math.prod(shape) > MAX_WEIGHTS:
            raise self._refusal(f"its shape is {' × '.join(map(str, shape))}")
        known = TENSOR_TYPES.get(self._number("<I"))
        self._number("<Q")  # where its data is
        if known is None:
            return GgufTensor(name, shape, None, None)
        type_name, block_weights, block_bytes = known
        if shape[0] % block_weights:
            raise self._refusal(f"rows of {shape[0]} weights cannot be cut into blocks of {block_weights}")
        return GgufTensor(name, shape, type_name, math.prod(shape) // block_weights * block_bytes)

    def _value(self, kind: int) -> Value:
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            return self._array()
        return self._scalar(self._layout(kind))

    def _array(self) -> Value:
        kind = self._number("<I")
        count = self._count("the number of entries", MAX_ENTRIES)
        if kind == STRING:
            for _ in range(count):
                self._skip(self._count("the length of a string", MAX_STRING_BYTES))
            return None
        layout = self._layout(kind)
        if count > MAX_KEPT_ENTRIES:
            self._skip(count * struct.calcsize(layout))
            return None
        return tuple(self._scalar(layout) for _ in range(count))

    def _layout(self, kind: int) -> str:
        if kind not in SCALARS:  # arrays of arrays among them: no model states its shape so
            raise self._refusal(f"values of type {kind} are not known here")
        return SCALARS[kind]

    def _scalar(self, layout: str) -> int | float | bool:
        value = struct.unpack(layout, self._take(struct.calcsize(layout)))[0]
        if isinstance(value, float) and not math.isfinite(value):
            raise self._refusal("its value is not a finite number")
        return value

    def _name(self) -> str:
        length = self._count("the length of a name", MAX_KEY_BYTES)
        return self._text(self._take(length))

    def _string(self) -> str | None:
        length = self._count("the length of a string", MAX_STRING_BYTES)
        if length > MAX_KEPT_BYTES:
            self._skip(length)
            return None
        return self._text(self._take(length))

    def _text(self, data: bytes) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._refusal("its text is not UTF-8") from error

    def _count(self, of_what: str, most: int) -> int:
        count = self._number("<Q")
        if count > most:
            raise self._refusal(f"{of_what} is {count:,}; at most {most:,} are read here")
        return count

    def _number(self, layout: str) -> int:
        return int(struct.unpack(layout, self._take(struct.calcsize(layout)))[0])

    def _take(self, length: int) -> bytes:
        self._advance(length)
        data = self._stream.read(length)
        if len(data) != length:
            raise self._refusal("the file ends here")
        return data

    def _skip(self, length: int) -> None:
        self._advance(length)
        self._stream.seek(length, os.SEEK_CUR)

    def _advance(self, length: int) -> None:
        self._at += length
        if self._at > self._size:
            raise self._refusal("the file ends here")
        if self._at > MAX_HEADER_BYTES:
            raise self._refusal(f"the head is larger than {MAX_HEADER_BYTES // BYTES_PER_MIB} MiB")

    def _refusal(self, what: str) -> ModelError:
        return ModelError(
            what,
            where=f"{self._where}, {self._place}",
            remedy="The file is incomplete or damaged; download it again.",
        )

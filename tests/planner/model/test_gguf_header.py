"""A GGUF head is read whole or refused with its place; the weights behind it are never touched."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import ModelError, PlannerError
from planner.model import gguf_header
from planner.model.gguf_header import is_gguf, read_gguf_header
from planner.model.named_by_file import named_by_file
from tests.support.architectures import TINY
from tests.support.gguf_files import gguf_bytes, gguf_of

METADATA, TENSORS = gguf_of(TINY)
WHOLE = gguf_bytes(METADATA, TENSORS)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def test_keys_and_tensors_are_read_and_long_lists_passed_over(tmp_path: Path) -> None:
    metadata = {
        "general.architecture": "llama",
        "a.flag": True,
        "a.count": 7,
        "a.real": 0.5,
        "a.few": [1, 2],
        "a.words": ["x", "yy"],
        "a.many": [1] * 5000,
        "a.long": "z" * 5000,
    }
    header = read_gguf_header(written(tmp_path, gguf_bytes(metadata, {"w": ((64, 3), 2)}, version=2) + b"weights"))
    assert header.version == 2
    kept = {"general.architecture": "llama", "a.flag": True, "a.count": 7, "a.real": 0.5, "a.few": (1, 2)}
    assert header.metadata == kept | {"a.words": None, "a.many": None, "a.long": None}
    tensor = header.tensors["w"]
    assert (tensor.shape, tensor.type_name, tensor.weights, tensor.size_bytes) == ((64, 3), "Q4_0", 192, 6 * 18)


def test_block_sizes_are_those_of_ggml_common_h() -> None:
    # llama.cpp tools/quantize/README.md and ggml-common.h: bits per weight of each block struct
    bits = {name: 8 * size / weights for name, weights, size in gguf_header.TENSOR_TYPES.values()}
    assert {name: bits[name] for name in ("Q4_0", "Q8_0", "Q4_K", "Q6_K", "IQ4_XS", "MXFP4")} == {
        "Q4_0": 4.5,
        "Q8_0": 8.5,
        "Q4_K": 4.5,
        "Q6_K": 6.5625,
        "IQ4_XS": 4.25,
        "MXFP4": 4.25,
    }


def counted(value: int) -> bytes:
    return struct.pack("<Q", value)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"PK\x03\x04", "not a GGUF file"),
        (b"GGUF" + struct.pack("<I", 1), "GGUF version 1 is not known here"),
        (b"GGUF" + struct.pack(">I", 3), "big-endian"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "number of tensors is 1,152,921,504,606,846,976; at most"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "number of keys is"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(2**40), r"key 1: the length of a name is 1,099"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(3) + b"ab", "key 1: the file ends here"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(1) + b"\xff", "not UTF-8"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(1) + b"k" + struct.pack("<I", 99), "'k': values of type 99"),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(1) + b"k" + struct.pack("<IIQ", 9, 9, 1),
            "'k': values of type 9 are not",
        ),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(1) + b"k" + struct.pack("<IIQ", 9, 4, 2**50),
            "number of entries",
        ),
        (
            b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + counted(1) + b"k" + struct.pack("<If", 6, float("nan")),
            "not a finite number",
        ),
        (gguf_bytes({}, {"w": ((0, 3), 0)}), r"tensor 'w': its shape is 0 × 3"),
        (gguf_bytes({}, {"w": ((2**40, 2**40), 0)}), "its shape is"),
        (gguf_bytes({}, {"w": ((33, 2), 2)}), "rows of 33 weights cannot be cut into blocks of 32"),
        (gguf_bytes({}, {"w": ((1, 1, 1, 1, 1), 0)}), "5 dimensions"),
        (WHOLE[:-1], "the file ends here"),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(ModelError, match=complaint) as caught:
        read_gguf_header(path)
    assert str(path) in caught.value.sentence
    assert caught.value.remedy


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    one = counted(1) + b"k" + struct.pack("<II", 4, 1)
    with pytest.raises(ModelError, match="key 'k': it stands twice"):
        read_gguf_header(written(tmp_path, b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + one + one))
    one = counted(1) + b"w" + struct.pack("<IQIQ", 1, 4, 0, 0)
    with pytest.raises(ModelError, match="tensor 'w': it stands twice"):
        read_gguf_header(written(tmp_path, b"GGUF" + struct.pack("<IQQ", 3, 2, 0) + one + one))


def test_an_endless_head_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf_header, "MAX_HEADER_BYTES", 2 * 1024 * 1024)
    metadata = {f"k{number}": "z" * 1024 * 1024 for number in range(3)}
    with pytest.raises(ModelError, match="the head is larger than 2 MiB"):
        read_gguf_header(written(tmp_path, gguf_bytes(metadata, {})))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such file"):
        read_gguf_header(tmp_path / "none.gguf")
    with pytest.raises(ModelError, match="no such file"):
        read_gguf_header(tmp_path)
    assert not is_gguf(tmp_path)
    assert not is_gguf(tmp_path / "none.gguf")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mutation_ends_in_anything_but_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    mutated = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(mutated) - 1))
        mutated[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(mutated)) | st.just(len(mutated)))
    path = written(tmp_path, bytes(mutated[:cut]))
    with contextlib.suppress(PlannerError):  # anything else fails the test
        assert named_by_file(path).parameters > 0

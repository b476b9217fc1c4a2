"""A GGUF file of one architecture with random Q4_0 weights, for llama.cpp; run by the interpreter that has gguf.

The embedding is Q4_0 as well and, where the architecture ties them, the output layer too: the same four bits
throughout as in the ONNX graph it is compared with. There is no tokenizer in it: only token ids are ever fed.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import gguf  # pyright: ignore[reportMissingImports]
import numpy as np
from numpy.typing import NDArray

FAMILIES = {"llama": "llama", "qwen2": "qwen2"}
"""Our family → llama.cpp's architecture. Others need tensors that are not written here."""

BLOCK = 32  # weights
BLOCK_BYTES = 18  # an fp16 scale and 16 bytes of nibbles
NIBBLE_DEVIATION = 4.61  # of whole numbers drawn evenly from −8 … 7


def main() -> None:
    """Write the architecture (JSON, as the catalogue spells it) into the file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("architecture", help="JSON text")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    unfinished: Path = arguments.file.with_suffix(".part")
    write(json.loads(arguments.architecture), unfinished)
    unfinished.rename(arguments.file)


def write(shape: dict[str, Any], file: Path) -> None:
    """Metadata and tensors in llama.cpp's names."""
    writer = gguf.GGUFWriter(file, FAMILIES[shape["family"]])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_0)
    writer.add_vocab_size(shape["vocab"])
    writer.add_context_length(shape["context_tokens"])
    writer.add_embedding_length(shape["hidden"])
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(shape["ffn"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_key_length(shape["head_dim"])
    writer.add_value_length(shape["head_dim"])
    writer.add_rope_dimension_count(shape["head_dim"])
    writer.add_rope_freq_base(shape["rope_theta"])
    writer.add_layer_norm_rms_eps(shape["norm_eps"])
    writer.add_tokenizer_model("none")
    _Tensors(writer).add_all(shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class _Tensors:
    """Random tensors, drawn from one seed in the order of the file."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._random = np.random.default_rng(0)

    def add_all(self, shape: dict[str, Any]) -> None:
        hidden, ffn = shape["hidden"], shape["ffn"]
        query, kv = shape["heads"] * shape["head_dim"], shape["kv_heads"] * shape["head_dim"]
        self._matrix("token_embd", shape["vocab"], hidden)
        for layer in range(shape["layers"]):
            at = f"blk.{layer}"
            self._vector(f"{at}.attn_norm.weight", hidden, 1.0)
            for name, rows in (("attn_q", query), ("attn_k", kv), ("attn_v", kv)):
                self._matrix(f"{at}.{name}", rows, hidden)
                if shape["qkv_bias"]:
                    self._vector(f"{at}.{name}.bias", rows, 0.01)
            self._matrix(f"{at}.attn_output", hidden, query)
            self._vector(f"{at}.ffn_norm.weight", hidden, 1.0)
            self._matrix(f"{at}.ffn_gate", ffn, hidden)
            self._matrix(f"{at}.ffn_up", ffn, hidden)
            self._matrix(f"{at}.ffn_down", hidden, ffn)
        self._vector("output_norm.weight", hidden, 1.0)
        if not shape["tied_embeddings"]:
            self._matrix("output", shape["vocab"], hidden)

    def _matrix(self, name: str, rows: int, columns: int) -> None:
        """Weights of about 1/√columns, so that activations stay near one."""
        blocks = self._random.integers(0, 256, (rows, columns // BLOCK, BLOCK_BYTES), dtype=np.uint8)
        scale = np.array(1 / (NIBBLE_DEVIATION * columns**0.5), dtype="<f2")
        blocks[:, :, :2] = np.frombuffer(scale.tobytes(), np.uint8)
        flat: NDArray[np.uint8] = blocks.reshape(rows, -1)
        self._writer.add_tensor(f"{name}.weight", flat, raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    def _vector(self, name: str, size: int, value: float) -> None:
        self._writer.add_tensor(name, np.full(size, value, np.float32))


if __name__ == "__main__":
    main()

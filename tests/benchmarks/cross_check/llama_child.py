"""One process start of llama.cpp over our own grid; run by the interpreter that has llama-cpp-python.

It needs llama-cpp-python and numpy, and this repository on the import path: lengths, prompts, order and clock are
`planner.measurement.grid.walk`'s, so that only what drives the model differs.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Mapping
from typing import Any

import llama_cpp  # pyright: ignore[reportMissingImports]
import numpy as np
from numpy.typing import NDArray

from planner.measurement.grid import Grid, walk
from planner.measurement.pipe import leave, open_pipe

CONTEXT_STEP = 256  # llama.cpp rounds its KV cache up to this


class LlamaLoop:
    """llama.cpp's own functions as a loop of ours: its defaults but for threads, context and one batch a prompt."""

    def __init__(self, file: str, threads: int, max_tokens: int, vocab: int) -> None:
        llama_cpp.llama_backend_init()
        model_params = llama_cpp.llama_model_default_params()
        self._model = llama_cpp.llama_model_load_from_file(file.encode(), model_params)
        if not self._model:
            raise RuntimeError(f"llama.cpp did not load {file}")
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = -(-max_tokens // CONTEXT_STEP) * CONTEXT_STEP
        params.n_batch = params.n_ctx
        params.n_threads = params.n_threads_batch = threads
        self._context = llama_cpp.llama_init_from_model(self._model, params)
        if not self._context:
            raise RuntimeError("llama.cpp made no context")
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._vocab = vocab
        self._length = self._prompt_tokens = 0

    def prefill(self, prompt: NDArray[np.int64]) -> int:
        """Read a prompt from an empty KV cache; returns the first token of the answer."""
        llama_cpp.llama_memory_clear(self._memory, False)
        self._length = 0
        token = self._forward(prompt)
        self._prompt_tokens = self._length
        return token

    def rewind(self) -> None:
        """Back to where the last prompt was read."""
        llama_cpp.llama_memory_seq_rm(self._memory, 0, self._prompt_tokens, -1)
        self._length = self._prompt_tokens

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        """Single-token steps from `token` on: when each token came out (s from the first step's start), and which."""
        times_ns: list[int] = []
        tokens: list[int] = []
        start_ns = time.perf_counter_ns()
        for _ in range(steps):
            token = self._forward(np.array([token]))
            times_ns.append(time.perf_counter_ns())
            tokens.append(token)
        return [(each - start_ns) / 1e9 for each in times_ns], tokens

    def _forward(self, tokens: NDArray[np.int64]) -> int:
        ids = (ctypes.c_int32 * tokens.size)(*tokens.tolist())
        failed = llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(ids, tokens.size))
        if failed:
            raise RuntimeError(f"llama_decode answered {failed} at {self._length} tokens")
        self._length += tokens.size
        logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self._context, -1), (self._vocab,))
        return int(logits.argmax())


def main() -> None:
    """Answer the one request this process was started for."""
    request, send = open_pipe()
    try:
        for message in _round(request):
            send(message)
    except Exception as error:
        send({"type": "error", "error": " ".join(str(error).split())[:600]})
    leave()


def _round(request: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    grid = Grid(**request["grid"])
    vocab: int = request["decoder"]["vocab"]
    start_ns = time.perf_counter_ns()
    loop = LlamaLoop(request["file"], request["threads"], grid.max_tokens, vocab)
    yield {
        "type": "loaded",
        "load_s": (time.perf_counter_ns() - start_ns) / 1e9,
        "runtime": f"llama.cpp of llama-cpp-python {llama_cpp.__version__}",
        "system": llama_cpp.llama_print_system_info().decode(),
    }
    yield from walk(loop, grid, vocab=vocab, seed=request["seed"])
    yield {"type": "memory", "cpu_s": time.process_time()}
    yield {"type": "done"}


if __name__ == "__main__":
    main()

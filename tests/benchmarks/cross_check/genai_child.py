"""One process start of onnxruntime-genai over our own grid; run by the interpreter that has onnxruntime-genai.

It needs onnxruntime-genai, onnxruntime and numpy, and this repository on the import path: lengths, prompts, order and
clock are `planner.measurement.grid.walk`'s, so that only what drives the model differs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import onnxruntime_genai as og  # pyright: ignore[reportMissingImports]
from numpy.typing import NDArray

from planner.measurement.grid import Grid, walk
from planner.measurement.pipe import leave, open_pipe


class GenaiLoop:
    """onnxruntime-genai as a loop of ours; one generator for the whole start, so that no step pays for a cache."""

    def __init__(self, folder: str, threads: int, max_tokens: int) -> None:
        config = og.Config(folder)
        session_options = {"intra_op_num_threads": threads, "inter_op_num_threads": 1}
        config.overlay(json.dumps({"model": {"decoder": {"session_options": session_options}}}))
        self._model = og.Model(config)
        params = og.GeneratorParams(self._model)
        params.set_search_options(
            max_length=max_tokens + 2, do_sample=False
        )  # counts the token not yet read, and ends at it
        self._generator = og.Generator(self._model, params)
        self._prompt_tokens = 0
        self._rewound = False

    def prefill(self, prompt: NDArray[np.int64]) -> int:
        """Read a prompt from an empty KV cache; returns the first token of the answer."""
        if self._generator.token_count():
            self._generator.rewind_to(0)
        self._prompt_tokens, self._rewound = prompt.size, False
        self._generator.append_tokens(prompt.astype(np.int32))
        return self._next()

    def rewind(self) -> None:
        """Back to where the last prompt was read."""
        self._generator.rewind_to(self._prompt_tokens)
        self._rewound = True

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        """Single-token steps from `token` on: when each token came out (s from the first step's start), and which."""
        times_ns: list[int] = []
        tokens: list[int] = []
        start_ns = time.perf_counter_ns()
        for _ in range(steps):
            if self._rewound:  # the generator forgot the answer's first token with the rest
                self._generator.append_tokens([token])
                self._rewound = False
            tokens.append(self._next())
            times_ns.append(time.perf_counter_ns())
        return [(each - start_ns) / 1e9 for each in times_ns], tokens

    def _next(self) -> int:
        generator = self._generator
        generator.generate_next_token()
        token = int(generator.get_next_tokens()[0])
        if generator.is_done():
            raise RuntimeError(
                f"token {token} ended the sequence at {generator.token_count()} tokens; take another seed"
            )
        return token


def main() -> None:
    """Answer the one request this process was started for."""
    request, send = open_pipe()
    try:
        for message in _tokens(request) if request["verb"] == "tokens" else _round(request):
            send(message)
    except Exception as error:
        send({"type": "error", "error": " ".join(str(error).split())[:600]})
    leave()


def _round(request: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    grid = Grid(**request["grid"])
    start_ns = time.perf_counter_ns()
    loop = GenaiLoop(request["folder"], request["threads"], grid.max_tokens)
    runtime = f"onnxruntime-genai {version('onnxruntime-genai')} on onnxruntime {version('onnxruntime')}"
    yield {"type": "loaded", "load_s": (time.perf_counter_ns() - start_ns) / 1e9, "runtime": runtime}
    yield from walk(loop, grid, vocab=request["decoder"]["vocab"], seed=request["seed"])
    yield {"type": "memory", "cpu_s": time.process_time()}
    yield {"type": "done"}


def _tokens(request: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    """What both loops answer to one prompt, straight on and again after a rewind."""
    import onnxruntime

    from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop

    prompt_tokens, steps = 64, 16
    decoder: dict[str, Any] = request["decoder"]
    session: Any = onnxruntime.InferenceSession(request["graph"], providers=["CPUExecutionProvider"])
    ours = DecoderLoop(session, DecoderGraph(**decoder), prompt_tokens + steps)
    theirs = GenaiLoop(request["folder"], request["threads"], prompt_tokens + steps)
    prompt = np.random.default_rng(request["seed"]).integers(0, decoder["vocab"], prompt_tokens, dtype=np.int64)
    for loop, name in ((ours, "ours"), (theirs, "theirs")):
        for _ in range(2):  # the second time over what the first left in the cache
            first = loop.prefill(prompt)
            straight = loop.decode(first, steps)[1]
            loop.rewind()
            again = loop.decode(first, steps)[1]
        yield {"type": "tokens", "of": name, "tokens": [first, *straight], "again": [first, *again]}


if __name__ == "__main__":
    main()

"""How many threads serve this model best: each count loads the model and times one prefill and a few steps."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop
from planner.measurement.worker.session import session

WARM_STEPS = 4


def sweep(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """A `trial` for every thread count asked for, in that order, the median of `repeats` turns."""
    prompt_tokens: int = request["prompt_tokens"]
    steps: int = request["steps"]
    repeats: int = request["repeats"]
    graph = DecoderGraph(**request["decoder"])
    random = np.random.default_rng(request["seed"])
    prompt = random.integers(0, graph.vocab, prompt_tokens, dtype=np.int64)
    for threads in request["thread_counts"]:
        yield {"type": "phase", "phase": f"{threads} thread{'s' if threads != 1 else ''}"}
        loop = DecoderLoop(
            session(request["graph"], request["execution_provider"], threads), graph, prompt_tokens + steps + WARM_STEPS
        )
        loop.decode(loop.prefill(prompt), WARM_STEPS)
        prefill_s: list[float] = []
        step_s: list[float] = []
        for _ in range(repeats):
            began_s = time.perf_counter()
            token = loop.prefill(prompt)
            prefill_s.append(time.perf_counter() - began_s)
            times_s, _ = loop.decode(token, steps)
            step_s.append(float(np.median(np.diff([0.0, *times_s]))))
        yield {
            "type": "trial",
            "threads": threads,
            "prefill_tok_s": prompt_tokens / float(np.median(prefill_s)),
            "decode_tok_s": 1 / float(np.median(step_s)),
        }
    yield {"type": "done"}

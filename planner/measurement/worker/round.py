"""One process start: load, first run, warm-up, then prefill and decode at every length of the grid."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop
from planner.measurement.grid import Grid, walk
from planner.measurement.worker.loading import load
from planner.measurement.worker.roofline import read_bandwidth_probe
from planner.measurement.worker.session import peak_rss_bytes


def play(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Each figure is sent as soon as it is known."""
    loaded = yield from load(request)
    grid = Grid(**request["grid"])
    loop = DecoderLoop(loaded, DecoderGraph(**request["decoder"]), grid.max_tokens)
    for message in walk(loop, grid, vocab=request["decoder"]["vocab"], seed=request["seed"]):
        yield message
        if message["type"] == "sample":
            yield memory()
    yield memory()
    # Last, since its buffer would count as the model's memory.
    yield {"type": "bandwidth", "read_bytes_s": read_bandwidth_probe(request["threads"])}
    yield {"type": "done"}


def memory() -> dict[str, object]:
    """Peak resident memory of this process, touched pages of mapped files included, and its CPU time."""
    return {"type": "memory", "peak_memory_bytes": peak_rss_bytes(), "cpu_s": time.process_time()}

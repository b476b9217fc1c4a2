"""A process start that goes on: load, warm-up, then prompt and answer over and over during every turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop
from planner.measurement.soak_cycle import Cycle, soak_turns
from planner.measurement.worker.loading import load


def play(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Each window is sent as soon as it is over."""
    loaded = yield from load(request)
    cycle = Cycle(**request["cycle"])
    loop = DecoderLoop(loaded, DecoderGraph(**request["decoder"]), cycle.max_tokens)
    yield from soak_turns(loop, cycle, vocab=request["decoder"]["vocab"], seed=request["seed"])
    yield {"type": "done"}

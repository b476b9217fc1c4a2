"""Where a model's nodes really run: one prefill and some steps with onnxruntime's profiler on, summed by provider."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop
from planner.measurement.node_times import ProviderTime, node_times, passes
from planner.measurement.worker.session import ort, session

WARM_STEPS = 2


def look(request: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """One answer: nodes, compiled subgraphs, operators and kernel time of every provider that ran any."""
    graph = DecoderGraph(**request["decoder"])
    prompt_tokens, steps = int(request["prompt_tokens"]), int(request["steps"])
    prompt = np.random.default_rng(int(request["seed"])).integers(0, graph.vocab, prompt_tokens, dtype=np.int64)
    with tempfile.TemporaryDirectory(prefix="edgewise-") as folder:
        loaded = session(
            request["graph"],
            request["execution_provider"],
            request["threads"],
            profile_to=str(Path(folder) / "profile"),
        )
        loop = DecoderLoop(loaded, graph, prompt_tokens + steps + WARM_STEPS)
        loop.decode(loop.prefill(prompt), WARM_STEPS)  # some providers compile on first sight of a shape
        loop.decode(loop.prefill(prompt), steps)
        events = json.loads(Path(loaded.end_profiling()).read_text(encoding="utf-8"))
    counted = passes(events)[-(steps + 1) :]
    yield {
        "runtime": f"onnxruntime {ort.__version__}",
        "providers": [_summed(name, time) for name, time in node_times(events, counted[:1], counted[1:]).items()],
    }


def _summed(name: str, time: ProviderTime) -> dict[str, object]:
    by_operator = Counter(operator for node, operator in time.nodes.items() if node not in time.fused)
    return {
        "name": name,
        "nodes": len(time.nodes),
        "fused": len(time.fused),
        "prefill_s": time.prefill_us / 1e6,
        "decode_s": time.decode_us / 1e6,
        "operators": [
            {"name": operator, "nodes": nodes, "time_s": time.operator_us[operator] / 1e6}
            for operator, nodes in by_operator.most_common()
        ],
    }

"""How a child loads the model of its request, and says so."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from typing import Any

from planner.measurement.worker.session import ort, session


def load(request: Mapping[str, Any]) -> Generator[dict[str, object], None, Any]:
    """Tell that loading begins, load, tell how long it took and under which runtime; returns the session."""
    yield {"type": "phase", "phase": "load"}
    start_ns = time.perf_counter_ns()
    loaded = session(request["graph"], request["execution_provider"], request["threads"])
    yield {
        "type": "loaded",
        "load_s": (time.perf_counter_ns() - start_ns) / 1e9,
        "runtime": f"onnxruntime {ort.__version__}",
    }
    return loaded

"""Which verbs the measuring child knows, and how it answers the one it was started for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from planner.measurement.pipe import leave, open_pipe

VERBS = {
    "execution_providers": "execution_providers:every_provider",  # which back ends work here
    "try_provider": "execution_providers:one_provider",
    "placement": "placement:look",  # which provider ran which nodes
    "round": "round:play",  # one process start: load, first run, warm-up, the grid
    "roofline": "roofline:measure",  # memory read bandwidth and the rates of matrix products
    "threads": "threads:sweep",  # a short trial of every thread count
    "soak": "soak:play",  # prompt and answer over and over, for minutes or in turns
}
"""Verb → module of this package and its function, which yields messages; only the one asked for is imported."""


def main() -> None:
    """Answer the one request this process was started for."""
    request, send = open_pipe()
    try:
        for message in _answer(request):
            send(message)
    except Exception as error:  # onnxruntime raises many kinds; the parent gets each as a sentence
        send({"type": "error", "error": _one_line(error)})
    leave()


def _answer(request: Mapping[str, Any]) -> Iterator[Mapping[str, object]]:
    verb = request.get("verb")
    if verb not in VERBS:
        yield {"error": f"unknown verb {verb!r}"}
        return
    module, _, function = VERBS[str(verb)].partition(":")
    yield from getattr(importlib.import_module(f"planner.measurement.worker.{module}"), function)(request)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:600] or type(error).__name__


if __name__ == "__main__":
    main()

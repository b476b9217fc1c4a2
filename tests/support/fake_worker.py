"""A measuring child that computes nothing and can fail on request: EDGEWISE_FAKE=FAULT@PHASE@ROUND, comma, another.

It walks the real grid over the real pipe, so that only the figures are invented. A speed that differs from round to
round comes from EDGEWISE_FAKE_SPREAD, times linear in depth from EDGEWISE_FAKE_DEPTH=H,A,B: seconds of a step or a
token are H + layers·(A + B·context), those of a prefill H + layers·(A·n + B·n²). The trial of thread counts is round 0.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from typing import Any

from planner.measurement.grid import Grid, walk
from planner.measurement.pipe import Send, leave, open_pipe

STEP_S = 0.001
HOARD_BYTES = 1 << 30  # far beyond the limit of any test
LONG_S = 600


class FakeLoop:
    """Says at once how long a model of constant speed would have taken."""

    def __init__(self, seed: int, layers: int) -> None:
        spread = float(os.environ.get("EDGEWISE_FAKE_SPREAD", "0"))
        self._step_s = STEP_S * (1 + spread * (1 if seed % 2 else -1))
        self._layers = layers

    def prefill(self, prompt: Any) -> int:
        if depth := in_depth():
            head_s, layer_s, growth_s = depth
            self._step_s = head_s + self._layers * (layer_s + growth_s * len(prompt))
        return 0

    def rewind(self) -> None:
        """Its speed does not depend on where it stands."""

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        return [self._step_s * (step + 1) for step in range(steps)], [0] * steps


def main() -> None:
    if os.environ.get("EDGEWISE_FAKE_NOISE"):
        os.write(1, b'native library says hello\n{not json}\n[1, 2]\n{"type": "sample", "kind": "nonsense"}\n')
    request, send = open_pipe()
    faults = [each.split("@") for each in os.environ.get("EDGEWISE_FAKE", "").split(",") if each]
    seed: int = request["seed"]

    def say(message: dict[str, object]) -> None:
        send(message)
        for fault, phase, number in faults:
            if message["type"] == "phase" and message["phase"] == phase and seed == int(number):
                commit(fault, send)

    if request["verb"] == "threads":  # twice the threads, twice as fast
        for threads in request["thread_counts"]:
            say({"type": "phase", "phase": f"{threads} thread{'s' if threads != 1 else ''}"})
            send(
                {"type": "trial", "threads": threads, "prefill_tok_s": 640.0 * threads, "decode_tok_s": 500.0 * threads}
            )
        say({"type": "done"})
        leave()
    say({"type": "phase", "phase": "load"})
    say({"type": "loaded", "load_s": 0.01, "runtime": "fakeruntime 1.0"})
    grid = Grid(**request["grid"])
    layers: int = request["decoder"]["layers"]
    for message in walk(FakeLoop(seed, layers), grid, vocab=100, seed=seed):
        say(steady(message, layers))
        if message["type"] == "sample":
            say({"type": "memory", "peak_memory_bytes": 50_000_000 + seed, "cpu_s": time.process_time()})
    say({"type": "done"})
    leave()


def in_depth() -> list[float]:
    """Seconds of the head, of a layer and of a layer's growth with the context, where they are told."""
    return [float(each) for each in os.environ.get("EDGEWISE_FAKE_DEPTH", "").split(",") if each]


def steady(message: dict[str, object], layers: int) -> dict[str, object]:
    """Prefill is timed around the fake loop, which takes no time: give it a constant duration, or one of its depth."""
    if "duration_s" not in message:
        return message
    duration_s = 0.1
    if (depth := in_depth()) and isinstance(tokens := message.get("tokens"), int):
        head_s, layer_s, growth_s = depth
        duration_s = head_s + layers * (layer_s * tokens + growth_s * tokens**2)
    return {**message, "duration_s": duration_s}


def commit(fault: str, send: Send) -> None:
    match fault:
        case "segfault":
            ctypes.string_at(0)
        case "abort":
            os.abort()
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "exit":
            os.write(2, b"the library gave up\n")
            os._exit(7)
        case "hang":
            time.sleep(LONG_S)
        case "hoard":  # until the watchdog sees it
            kept = [bytearray(os.urandom(1 << 16)) * 128 for _ in range(HOARD_BYTES >> 23)]
            time.sleep(LONG_S if kept else 0)
        case "refuse":
            send({"type": "error", "error": "the runtime refuses this graph"})
            leave()
        case _:
            raise ValueError(fault)


if __name__ == "__main__":
    main()

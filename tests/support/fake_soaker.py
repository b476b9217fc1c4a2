"""A soaking child that computes nothing: the real cycle over the real pipe, its clock far ahead of the real one.

EDGEWISE_FAKE_SOAK=FAULT@WINDOW makes it «abort», «hang» or «refuse» once it said so many windows (0: before any).
"""

from __future__ import annotations

import os
import time
from typing import Any

from planner.measurement.pipe import leave, open_pipe
from planner.measurement.soak_cycle import Cycle, soak_turns
from planner.measurement.turn_clock import Clock

STEP_S = 0.02
PREFILL_S = 0.25


class FakeTime:
    """Time that passes only where somebody works or sleeps."""

    def __init__(self) -> None:
        self.now_s = time.perf_counter()

    def clock(self) -> Clock:
        return Clock(lambda: self.now_s, self.pass_by)

    def pass_by(self, seconds: float) -> None:
        self.now_s += seconds


class FakeLoop:
    """A decoder of constant speed."""

    def __init__(self, passing: FakeTime) -> None:
        self._passing = passing
        self.prompts = 0
        self.rewinds = 0

    def prefill(self, prompt: Any) -> int:
        self.prompts += 1
        self._passing.pass_by(PREFILL_S)
        return 0

    def rewind(self) -> None:
        self.rewinds += 1

    def decode(self, token: int, steps: int) -> tuple[list[float], list[int]]:
        self._passing.pass_by(STEP_S * steps)
        return [STEP_S * (step + 1) for step in range(steps)], [0] * steps


def main() -> None:
    request, send = open_pipe()
    fault, _, after = (os.environ.get("EDGEWISE_FAKE_SOAK") or "none@0").partition("@")
    asked: dict[str, Any] = request["cycle"]  # pyright: ignore[reportAssignmentType]
    send({"type": "phase", "phase": "load"})
    send({"type": "loaded", "load_s": 0.01, "runtime": "fakeruntime 1.0"})
    passing = FakeTime()
    said = 0
    for message in soak_turns(FakeLoop(passing), Cycle(**asked), vocab=100, seed=1, clock=passing.clock()):
        if fault != "none" and said == int(after) and message["type"] in {"window", "phase"}:
            match fault:
                case "abort":
                    os.abort()
                case "hang":
                    time.sleep(600)
                case "refuse":
                    send({"type": "error", "error": "the runtime refuses this graph"})
                    leave()
                case _:
                    raise ValueError(fault)
        said += message["type"] == "window"
        send(message)
    send({"type": "done"})
    leave()


if __name__ == "__main__":
    main()

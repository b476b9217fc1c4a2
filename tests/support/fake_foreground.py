"""A foreground load that computes nothing: the real turns over the real pipe, its clock far ahead of the real one.

EDGEWISE_FAKE_LOAD=FAULT makes it «abort», «hang» or «refuse» after its second turn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from planner.measurement.foreground_load import play_turns
from planner.measurement.pipe import leave, open_pipe
from tests.support.fake_soaker import FakeTime

WORK_S = 0.01


def main() -> None:
    request, send = open_pipe()
    turns: Sequence[Sequence[float]] = request["turns"]  # pyright: ignore[reportAssignmentType]
    passing = FakeTime()
    send({"type": "ready", "at_s": passing.now_s})
    work = lambda: passing.pass_by(WORK_S)  # noqa: E731
    for number, message in enumerate(play_turns(turns, seed=1, work=work, clock=passing.clock())):
        send(message)
        if number == 1:
            match os.environ.get("EDGEWISE_FAKE_LOAD"):
                case "abort":
                    os.abort()
                case "hang":
                    time.sleep(600)
                case "refuse":
                    send({"type": "error", "error": "another result than before"})
                    leave()
                case _:
                    pass
    send({"type": "done"})
    leave()


if __name__ == "__main__":
    main()

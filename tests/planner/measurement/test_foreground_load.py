"""The foreground load does the same work whenever it is due, and tells how late it was (Tene 2013)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from planner.child import Child
from planner.child_ending import EndKind
from planner.measurement.foreground_load import (
    LONGEST_PAUSE_S,
    SHORTEST_PAUSE_S,
    OfficeWork,
    play_turns,
)
from tests.support.fake_soaker import FakeTime


def played(work_s: float, *, seed: int = 1, late_s: float = 0.0) -> list[dict[str, Any]]:
    passing = FakeTime()
    passing.now_s = 100.0 + late_s
    turns = ((100.0, 104.0), (106.0, 110.0))
    return list(play_turns(turns, seed=seed, work=lambda: passing.pass_by(work_s), clock=passing.clock()))


def test_bursts_come_at_irregular_moments_that_the_seed_decides() -> None:
    first, second = played(0.01)
    due = [burst[0] for burst in first["bursts"]]
    pauses = [later - earlier for earlier, later in pairwise(due)]
    assert min(pauses) >= SHORTEST_PAUSE_S - 1e-9
    assert max(pauses) <= LONGEST_PAUSE_S + 1e-9
    assert 40 <= len(due) <= 80
    assert (first["turn"], second["turn"], first["missed"]) == (0, 1, 0)
    assert [burst[0] for burst in second["bursts"]] != due
    assert played(0.01) == played(0.01)
    assert played(0.01, seed=2) != played(0.01)


def test_a_burst_that_waits_for_the_one_before_counts_from_when_it_was_due() -> None:
    first = played(0.09)[0]["bursts"]
    assert first[0][1] == pytest.approx(0.0)
    assert first[-1][1] > 0.3  # 90 ms of work every 75 ms: the queue grows
    for before, after in pairwise(first):
        assert after[0] + after[1] >= before[0] + before[1] + before[2] - 1e-9


def test_what_never_began_is_counted_as_missed() -> None:
    first = played(0.5)[0]
    assert len(first["bursts"]) == 8
    assert first["missed"] + len(first["bursts"]) == len(played(0.001)[0]["bursts"])


def test_a_turn_that_had_begun_is_left_out() -> None:
    first, second = played(0.01, late_s=0.5)
    assert (first["bursts"], first["missed"]) == ([], 0)
    assert second["bursts"]


def test_the_same_seed_writes_the_same_document() -> None:
    one, other = OfficeWork(3), OfficeWork(3)
    one()
    one()
    other()
    assert one.checksum == other.checksum
    different = OfficeWork(4)
    different()
    assert different.checksum != one.checksum
    one.checksum = 1
    with pytest.raises(RuntimeError, match="another result"):
        one()


def test_the_real_child_plays_its_turns_and_ends() -> None:
    with Child.start("planner.measurement.foreground_load", {"seed": 1, "turns": [[0.0, 0.1]]}) as child:
        said = list(child.messages(silence_s=30))
    assert [message["type"] for message in said] == ["ready", "bursts", "done"]
    assert child.ending is not None
    assert child.ending.kind is EndKind.ENDED
    with Child.start("planner.measurement.foreground_load", {"seed": 1}) as child:
        said = list(child.messages(silence_s=30))
    assert said[-1]["type"] == "error"

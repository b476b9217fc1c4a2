"""What is told while rounds run: phases, speeds, a bar that never runs backwards, a forecast."""

from __future__ import annotations

import pytest

from planner.child import Message
from planner.measurement.grid import Grid
from planner.measurement.messages import parse
from planner.measurement.request import Event, Progress, RoundStarted
from planner.measurement.telling import Teller

GRID = Grid((100,), (100,), decode_steps=4, prefill_s=0.0, prefill_at_most=1)
ROUND: tuple[Message, ...] = (
    {"type": "loaded", "load_s": 0.5, "runtime": "r"},
    {"type": "phase", "phase": "first run"},
    {"type": "first_run", "prompt_tokens": 100, "duration_s": 0.5},
    {"type": "phase", "phase": "warm-up"},
    {"type": "warmed_up", "tok_s": [1.0], "passed": True},
    {"type": "phase", "phase": "prefill 100"},
    {"type": "sample", "kind": "prefill", "tokens": 100, "duration_s": 0.25},
    {"type": "phase", "phase": "decode at 100"},
    {"type": "sample", "kind": "decode", "tokens": 100, "token_times_s": [0.1, 0.2, 0.3, 0.4]},
    {"type": "memory", "peak_memory_bytes": 1, "cpu_s": 0.0},
    {"type": "done"},
)


def tell(teller: Teller) -> None:
    for raw in ROUND:
        message = parse(raw)
        assert message is not None
        teller.heard(message)


def test_phases_and_speeds_are_told_in_order() -> None:
    events: list[Event] = []
    teller = Teller("m", events.append)
    teller.round_started(1, 3, GRID)
    tell(teller)
    assert isinstance(events[0], RoundStarted)
    assert (events[0].number, events[0].planned, events[0].eta_s) == (1, 3, None)
    told = [(event.phase, event.tok_s) for event in events if isinstance(event, Progress)]
    assert told == [
        ("first run", None),
        ("first run", 200.0),
        ("warm-up", None),
        ("prefill 100", None),
        ("prefill 100", 400.0),
        ("decode at 100", None),
        ("decode at 100", pytest.approx(10.0)),
    ]


def test_the_bar_never_runs_backwards_when_more_rounds_are_planned() -> None:
    events: list[Event] = []
    teller = Teller("m", events.append)
    for number, planned in ((1, 2), (2, 2), (3, 8), (4, 5), (5, 5)):
        teller.round_started(number, planned, GRID)
        tell(teller)
        teller.round_complete()
    shares = [event.share for event in events if isinstance(event, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert all(event.eta_s is not None for event in events if isinstance(event, Progress) and event.number > 1)


def test_a_round_beyond_the_plan_moves_the_plan() -> None:
    events: list[Event] = []
    Teller("m", events.append).round_started(4, 3, GRID)
    assert isinstance(events[0], RoundStarted)
    assert events[0].planned == 4

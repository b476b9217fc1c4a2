"""Turns follow a seeded order, and what each child says lands in its own."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from planner.measurement.contention_record import GAP_S, TurnKind, parse_load, schedule


@given(rounds=some.integers(1, 30), turn_s=some.floats(0.1, 60), seed=some.integers(0, 10**6))
def test_every_round_has_every_kind_and_turns_never_touch(rounds: int, turn_s: float, seed: int) -> None:
    slots = schedule(rounds, turn_s, seed)
    for number in range(1, rounds + 1):
        assert {slot.kind for slot in slots if slot.number == number} == set(TurnKind)
    assert len(slots) == 3 * rounds
    for before, after in pairwise(slots):
        assert after.begin_s - before.end_s == pytest.approx(GAP_S)
    assert slots == schedule(rounds, turn_s, seed)


def test_the_order_differs_between_rounds_and_seeds() -> None:
    orders = {
        tuple(slot.kind for slot in schedule(8, 1.0, seed) if slot.number == number)
        for seed in range(3)
        for number in range(1, 9)
    }
    assert len(orders) == 6  # every order of three


@pytest.mark.parametrize(
    "message",
    [
        {"type": "bursts", "turn": 0, "bursts": [[-1.0, 0.0, 0.1]], "missed": 0},
        {"type": "bursts", "turn": 0, "bursts": [[1.0, 0.0]], "missed": 0},
        {"type": "window"},
        {},
    ],
)
def test_what_no_load_says_is_noise(message: dict[str, object]) -> None:
    assert parse_load(message) is None

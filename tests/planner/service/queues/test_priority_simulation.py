"""Percentiles of classes that share servers: against Cobham's means, the queue of one class, and conservation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.service.queues.priority import priority_waits_s
from planner.service.queues.priority_simulation import SEED, SharedQueue, priority_answer
from planner.service.queues.simulation import Simulated, draws, mean_of, percentile_of, waits_s
from planner.service.queues.single_server import ServiceClass

INTERACTIVE, BATCH = ServiceClass(0.3, 1.0, 1.0), ServiceClass(0.1, 4.0, 0.5)


def of(figure: Simulated | None) -> Simulated:
    assert figure is not None
    return figure


def holds(found: Simulated, value: float) -> bool:
    return found.low_s - 1e-12 <= value <= found.high_s + 1e-12


def test_means_are_cobhams() -> None:
    for found, expected in zip(
        priority_answer(SharedQueue((INTERACTIVE, BATCH))), priority_waits_s([INTERACTIVE, BATCH]), strict=True
    ):
        assert holds(of(found.wait_mean), expected)


@pytest.mark.parametrize("servers", [1, 4])
def test_one_class_alone_is_the_plain_queue(servers: int) -> None:
    rate = 0.8 * servers / 2.0
    (found,) = priority_answer(SharedQueue((ServiceClass(rate, 2.0, 0.5),), servers, (3.0,)))
    drawn = draws(3.0, 0.5, seed=SEED)
    waits = waits_s(drawn.gaps / rate, drawn.services * 2.0, servers)
    assert of(found.wait).value_s == pytest.approx(percentile_of(waits, 0.95).value_s)
    assert of(found.wait_mean).high_s == pytest.approx(mean_of(waits).high_s)
    assert of(found.response).low_s == pytest.approx(percentile_of(waits + drawn.services * 2.0, 0.95).low_s)


def test_the_urgent_wait_less_at_the_percentile_and_the_others_more_than_first_come_first_served() -> None:
    urgent, later = priority_answer(SharedQueue((INTERACTIVE, BATCH)))
    turned = priority_answer(SharedQueue((BATCH, INTERACTIVE)))
    assert of(urgent.wait).high_s < of(turned[1].wait).low_s
    assert of(later.wait).low_s > of(turned[0].wait).high_s
    # Not pre-emptive: an urgent request still waits for what a batch request has begun, residual E[S²]/(2·E[S]).
    assert of(urgent.wait_mean).value_s > 0.4 * 4.0 * 1.5 / 2


def test_a_percentile_is_no_multiple_of_a_mean() -> None:
    """M/M/1 waits are exponential where there is any wait, the later class's are heavier: percentiles are simulated."""
    urgent, later = priority_answer(SharedQueue((ServiceClass(0.45, 1.0), ServiceClass(0.45, 1.0))))
    ratios = [of(each.wait).value_s / of(each.wait_mean).value_s for each in (urgent, later)]
    assert ratios[1] > ratios[0] > 1
    by_exponential = math.log(0.9 / 0.05) / 0.9  # p95 over mean of first come, first served at ρ = 0.9
    assert ratios[1] > by_exponential


def test_bursty_interactive_requests_wait_longer() -> None:
    calm = priority_answer(SharedQueue((INTERACTIVE, BATCH)))[0]
    bursty = priority_answer(SharedQueue((INTERACTIVE, BATCH), arrival_scvs=(6.0, 1.0)))[0]
    assert of(bursty.wait).low_s > of(calm.wait).high_s


def test_who_is_left_no_room_waits_for_ever_and_the_urgent_do_not() -> None:
    urgent, later = priority_answer(SharedQueue((ServiceClass(0.2, 1.0), ServiceClass(1.0, 2.0))))
    assert (later.wait, later.response) == (None, None)
    assert "the more urgent leave" in str(later.reason)
    assert of(urgent.wait).value_s > 0


def test_too_few_of_a_class_have_no_percentile() -> None:
    urgent, later = priority_answer(SharedQueue((ServiceClass(0.5, 1.0), ServiceClass(1e-4, 1.0))))
    assert of(urgent.wait).value_s > 0
    assert later.wait is None
    assert "only 20 of it" in str(later.reason)
    (nobody,) = priority_answer(SharedQueue((ServiceClass(0.0, 1.0),)))
    assert nobody.reason == "nobody comes"


def test_the_same_seed_says_the_same() -> None:
    queue = SharedQueue((INTERACTIVE, BATCH), servers=2)
    assert priority_answer(queue, customers=5000) == priority_answer(queue, customers=5000)
    assert priority_answer(queue, customers=5000) != priority_answer(queue, customers=5000, seed=2)


def test_constant_arrivals_below_capacity_never_wait() -> None:
    (found,) = priority_answer(SharedQueue((ServiceClass(0.5, 1.0, 0.0),), arrival_scvs=(0.0,)), customers=2000)
    assert np.allclose([of(found.wait).value_s, of(found.response).value_s], [0.0, 1.0])

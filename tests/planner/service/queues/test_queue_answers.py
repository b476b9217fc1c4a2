"""Answers of one queue: simulation against closed forms and formulas, by the simulation's own interval."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.service.queues.answer import Queue, answer, at_load, largest_rate_per_s, response_percentile_s
from planner.service.queues.simulation import draws, mean_of, percentile_of, settled, waits_s


def simulated(queue: Queue, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    drawn = draws(queue.arrival_scv, queue.service_scv, seed=seed)
    services = drawn.services * queue.service_s
    waits = waits_s(drawn.gaps / queue.arrivals_per_s, services, queue.servers)
    return waits, waits + services


def test_lindley_is_the_heap_of_one_server() -> None:
    drawn = draws(2.0, 0.5, seed=9, customers=5000)
    gaps = drawn.gaps / 0.9
    begun = [0.0]
    for n in range(1, 5000):
        begun.append(max(0.0, begun[-1] + drawn.services[n - 1] - gaps[n]))
    assert waits_s(gaps, drawn.services, 1) == pytest.approx(np.array(begun))


@pytest.mark.parametrize("scv", [0.0, 0.25, 1.0, 4.0])
@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_mean_of_m_g_1_lies_in_the_simulated_interval(scv: float, load: float) -> None:
    found = answer(Queue(load / 2, 2.0, scv))
    assert found.wait_mean is not None
    mean = mean_of(simulated(found.queue)[0])
    assert mean.low_s <= found.wait_mean.value_s <= mean.high_s


@pytest.mark.parametrize("servers", [1, 2, 8])
@pytest.mark.parametrize("load", [0.5, 0.8])
def test_percentiles_of_m_m_c_lie_in_the_simulated_interval(servers: int, load: float) -> None:
    found = answer(at_load(Queue(1.0, 2.0, servers=servers), load))
    assert found.wait is not None
    assert found.response is not None
    waits, responses = (percentile_of(each, 0.95) for each in simulated(found.queue))
    assert waits.low_s - 1e-9 <= found.wait.value_s <= waits.high_s + 1e-9
    assert responses.low_s <= found.response.value_s <= responses.high_s


def test_response_of_m_m_1_is_exponential() -> None:
    # T ~ Exp((1 − ρ)/S): p95 = ln 20·S/(1 − ρ) (Kleinrock 1975, §3.2).
    found = answer(Queue(0.7, 1.0))
    assert found.response is not None
    assert found.response.value_s == pytest.approx(math.log(20) / 0.3, rel=2e-3)
    assert largest_rate_per_s(Queue(0.1, 1.0), 10.0) == pytest.approx(1 - math.log(20) / 10, rel=2e-3)


@pytest.mark.parametrize("load", [0.5, 0.8])
@pytest.mark.parametrize(("scv", "error"), [(0.0, 0.14), (0.25, 0.1), (4.0, 0.1)])
def test_the_tail_is_as_wrong_as_stated(scv: float, error: float, load: float) -> None:
    found = answer(Queue(load, 1.0, scv))
    assert found.wait is not None
    assert found.wait.value_s == pytest.approx(percentile_of(simulated(found.queue)[0], 0.95).value_s, rel=error)


def test_burstiness_decides_the_method() -> None:
    assert answer(Queue(0.5, 1.0)).method == "Pollaczek-Khinchine"
    assert answer(Queue(0.5, 1.0, arrival_scv=1.5)).method == "Allen-Cunneen"
    assert answer(Queue(0.5, 1.0, 4.1)).method == "simulation"
    bursty = answer(Queue(0.5, 1.0, arrival_scv=1.51))
    assert bursty.method == "simulation"
    assert bursty.settled
    assert bursty.wait is not None
    assert bursty.wait.low_s < bursty.wait.value_s < bursty.wait.high_s
    assert not answer(Queue(0.99, 1.0, arrival_scv=3)).settled


def test_several_servers_are_simulated_as_soon_as_requests_come_in_bursts() -> None:
    """Allen and Cunneen take the share who wait from Erlang, too few of bursts at low load: so no formula there."""
    bursty = answer(at_load(Queue(1.0, 1.0, 0.0, servers=8, arrival_scv=1.5), 0.5))
    assert bursty.method == "simulation"
    assert bursty.response is not None
    assert response_percentile_s(bursty.queue, 0.95) < 0.9 * bursty.response.low_s
    assert answer(at_load(Queue(1.0, 1.0, 0.0, servers=8), 0.5)).method == "Allen-Cunneen"


def test_the_same_question_has_the_same_answer() -> None:
    assert answer(Queue(0.5, 1.0, arrival_scv=4)) == answer(Queue(0.5, 1.0, arrival_scv=4))


@pytest.mark.parametrize("arrival_scv", [1.0, 4.0])
def test_overload_has_no_answer(arrival_scv: float) -> None:
    found = answer(Queue(1.0, 1.0, arrival_scv=arrival_scv))
    assert (found.wait_mean, found.wait, found.response) == (None, None, None)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.sampled_from([0.0, 0.6, 1.0, 3.0]), st.integers(1, 3))
def test_more_load_never_answers_sooner_and_another_server_never_later(
    a: float, b: float, arrival_scv: float, servers: int
) -> None:
    low, high = sorted((a, b))
    queue = Queue(1.0, 1.0, 0.5, servers, arrival_scv)
    calm, busy = answer(at_load(queue, low)), answer(at_load(queue, high))
    more = answer(replace(at_load(queue, low), servers=servers + 1))
    assert calm.response is not None
    assert busy.response is not None
    assert more.response is not None
    assert calm.response.value_s <= busy.response.value_s * (1 + 1e-9)
    assert more.response.value_s <= calm.response.value_s * (1 + 1e-9)


@pytest.mark.parametrize("arrival_scv", [1.0, 3.0])
def test_the_largest_rate_meets_the_slo_and_a_larger_one_does_not(arrival_scv: float) -> None:
    queue = Queue(0.1, 1.0, 0.5, 1, arrival_scv)
    most = largest_rate_per_s(queue, 8.0)
    kept, broken = answer(replace(queue, arrivals_per_s=most)), answer(replace(queue, arrivals_per_s=most * 1.01))
    assert kept.response is not None
    assert broken.response is not None
    assert kept.response.high_s <= 8.0 < broken.response.high_s


def test_no_rate_meets_an_slo_below_the_service_time() -> None:
    assert largest_rate_per_s(Queue(0.1, 1.0, 0.0), 0.9) == 0.0
    assert largest_rate_per_s(Queue(0.1, 1.0, 0.0), 1.1) > 0.0


def test_the_first_tenth_is_warm_up() -> None:
    assert settled(np.arange(1000.0))[0] == 100

"""Formulas of waiting (economics.md §1) against closed forms, a simulation of priorities, and each other."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.service.queues.many_servers import erlang_c
from planner.service.queues.many_servers import wait_mean_s as pooled_wait_s
from planner.service.queues.priority import priority_waits_s
from planner.service.queues.simulation import mean_of
from planner.service.queues.single_server import ServiceClass, mixture, wait_mean_s
from planner.service.queues.uneven_demand import local_share

LOADS = st.floats(0.01, 0.98)
SCVS = st.floats(0, 5)


def test_one_class_waits_as_m_m_1_and_m_d_1() -> None:
    # Kleinrock 1975, §5.6: ρ·S/(1 − ρ), and half of it for constant service.
    assert wait_mean_s([ServiceClass(0.4, 2.0, 1.0)]) == pytest.approx(0.8 * 2 / 0.2)
    assert wait_mean_s([ServiceClass(0.4, 2.0, 0.0)]) == pytest.approx(0.8 / 0.2)


@given(st.lists(st.tuples(st.floats(0.01, 0.2), st.floats(0.01, 2), SCVS), min_size=1, max_size=4))
def test_a_mixture_waits_as_its_classes_do(parts: list[tuple[float, float, float]]) -> None:
    classes = [ServiceClass(*part) for part in parts]
    both = mixture(classes)
    assert both.load == pytest.approx(sum(each.load for each in classes))
    if both.load < 1:
        assert wait_mean_s([both]) == pytest.approx(wait_mean_s(classes))


def test_erlang_c_of_the_textbook() -> None:
    # M/M/2 waits with 2ρ²/(1 + ρ); M/M/1 with ρ (Kleinrock 1975, §3.5).
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert erlang_c(2, 0.7) == pytest.approx(2 * 0.49 / 1.7)
    offered, servers = 8.0, 10
    head = sum(offered**n / math.factorial(n) for n in range(servers))
    last = offered**servers / math.factorial(servers) / (1 - 0.8)
    assert erlang_c(servers, 0.8) == pytest.approx(last / (head + last))


@given(LOADS, SCVS)
def test_one_pooled_server_is_pollaczek_khinchine(load: float, scv: float) -> None:
    assert pooled_wait_s(1, load, 3.0, 1.0, scv) == pytest.approx(wait_mean_s([ServiceClass(load / 3, 3.0, scv)]))


@given(LOADS, LOADS, st.integers(1, 50))
def test_more_load_never_waits_shorter_and_more_servers_never_longer(a: float, b: float, servers: int) -> None:
    low, high = sorted((a, b))
    assert pooled_wait_s(servers, low, 1.0, 1.0, 1.0) <= pooled_wait_s(servers, high, 1.0, 1.0, 1.0)
    shared = pooled_wait_s(servers + 1, low * servers / (servers + 1), 1.0, 1.0, 1.0)
    assert shared <= pooled_wait_s(servers, low, 1.0, 1.0, 1.0)


def test_overload_waits_for_ever() -> None:
    assert wait_mean_s([ServiceClass(1.0, 1.0)]) == math.inf
    assert pooled_wait_s(3, 1.0, 1.0, 1.0, 1.0) == math.inf
    assert erlang_c(3, 1.2) == 1.0


@given(st.floats(0.01, 0.45), st.floats(0.01, 0.45), SCVS, SCVS)
def test_priority_moves_waiting_but_makes_none(a: float, b: float, scv_a: float, scv_b: float) -> None:
    # Kleinrock's conservation law (1965): Σ ρ·W is the same in every order of service.
    classes = [ServiceClass(a, 1.0, scv_a), ServiceClass(b / 3, 3.0, scv_b)]
    first, second = priority_waits_s(classes)
    assert first <= wait_mean_s(classes) * (1 + 1e-12) <= second * (1 + 1e-9)
    together = sum(each.load for each in classes) * wait_mean_s(classes)
    assert classes[0].load * first + classes[1].load * second == pytest.approx(together)


def test_batch_beyond_capacity_waits_for_ever_and_keeps_the_device_busy() -> None:
    interactive, batch = ServiceClass(0.2, 1.0, 1.0), ServiceClass(10.0, 5.0, 0.0)
    first, second = priority_waits_s([interactive, batch])
    assert second == math.inf
    # The device is always busy: 0.2 of the time with interactive (residual 1 s), 0.8 with batch (residual 2.5 s).
    assert first == pytest.approx((0.2 * 1.0 + 0.8 * 2.5) / (1 - 0.2))


def test_cobham_agrees_with_a_simulation() -> None:
    classes = (ServiceClass(0.3, 1.0, 1.0), ServiceClass(0.1, 3.0, 1.0))
    for expected, waited in zip(priority_waits_s(classes), _simulated(classes, 100_000), strict=True):
        found = mean_of(waited)
        assert found.low_s <= expected <= found.high_s


def _simulated(classes: tuple[ServiceClass, ServiceClass], count: int) -> list[np.ndarray]:
    """Waits of each class at one server that always takes the most urgent of those waiting."""
    random = np.random.default_rng(11)
    coming: list[tuple[float, int, float]] = []
    for rank, each in enumerate(classes):
        times = np.cumsum(random.exponential(1 / each.arrivals_per_s, int(count * each.arrivals_per_s / 0.4)))
        services = random.exponential(each.mean_s, len(times))
        coming += [(float(t), rank, float(s)) for t, s in zip(times, services, strict=True)]
    coming.sort()
    waiting: list[tuple[int, float, float]] = []
    waits: list[list[float]] = [[], []]
    now, following = 0.0, 0
    while following < len(coming) or waiting:
        if not waiting:
            now = max(now, coming[following][0])
        while following < len(coming) and coming[following][0] <= now:
            arrived, rank, service_s = coming[following]
            heapq.heappush(waiting, (rank, arrived, service_s))
            following += 1
        rank, arrived, service_s = heapq.heappop(waiting)
        waits[rank].append(now - arrived)
        now += service_s
    return [np.array(each) for each in waits]


@pytest.mark.parametrize("cv", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("ceiling", [0.4, 1.0, 3.0])
def test_local_share_agrees_with_a_simulation(cv: float, ceiling: float) -> None:
    sigma = math.sqrt(math.log1p(cv**2))
    asked = np.random.default_rng(5).lognormal(-(sigma**2) / 2, sigma, (50, 4000))
    share = np.minimum(asked, ceiling).mean(axis=1)  # E X = 1
    noise = 3 * share.std(ddof=1) / math.sqrt(50)
    assert local_share(1.0, ceiling, cv) == pytest.approx(share.mean(), abs=float(noise))


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 5), st.floats(0, 5))
def test_unlike_users_never_keep_more_local(mean: float, ceiling: float, a: float, b: float) -> None:
    even, uneven = sorted((a, b))
    assert local_share(mean, ceiling, uneven) <= local_share(mean, ceiling, even) + 1e-9
    assert local_share(mean, ceiling, 0) == min(1.0, ceiling / mean)


def test_ends_of_a_ceiling() -> None:
    assert local_share(0, 1, 1) == 1.0
    assert local_share(1, 0, 1) == 0.0
    assert local_share(1, 1, 1) < 0.9  # «50 % utilization» of a fleet does not mean half is free on each device

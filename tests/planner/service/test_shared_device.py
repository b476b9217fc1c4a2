"""Classes that share a device: exact cases, orders that must hold, and Cobham with a tail against simulation (§12)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis
from planner.profiles.performance import performances
from planner.service.device import device_service
from planner.service.mixture_waits import wait_percentile_s
from planner.service.queueing import exponential_percentile_s
from planner.service.queues.single_server import ServiceClass
from planner.service.shared_device import SharedWait, Sharer, answered_after, shared_waits
from planner.workload.task_classes import Slo
from tests.support.engine import device, task_class, workload

CUSTOMERS = 40_000


def sharer(name: str, load: float, service_s: float = 2.512, *, is_urgent: bool = True, **changes: object) -> Sharer:
    """A class that takes this share of the busiest hour, in requests of constant length (100 steps at 20 ms, …)."""
    alone = device_service(performances(device())[0], task_class(name), workload(), 100)
    assert alone is not None
    figure = alone.service_s.model_copy(update={"value": service_s, "low": service_s, "high": service_s})
    service = alone.model_copy(update={"service_s": figure, "peak_utilization": load})
    return Sharer(task_class(name, **changes), service, load, is_urgent)


def _constant(load: float, service_s: float = 2.512) -> ServiceClass:
    return ServiceClass(load / service_s, service_s, 0.0)


def waits(*sharers: Sharer) -> list[float]:
    return [wait_of(each) for each in shared_waits(sharers, Basis.ASSUMED)]


def wait_of(shared: SharedWait) -> float:
    return math.inf if shared.wait_p95_s is None else shared.wait_p95_s


def simulated(classes: Sequence[tuple[float, float, bool]], *, seed: int = 7) -> list[float]:
    """The 95th percentile of each class's wait at one server, the urgent first: (load, service s, is urgent)."""
    generator = np.random.default_rng(seed)
    rates = np.array([load / service_s for load, service_s, _ in classes])
    arrivals: list[float] = np.cumsum(generator.exponential(1 / float(rates.sum()), CUSTOMERS)).tolist()
    kinds: list[int] = generator.choice(len(classes), CUSTOMERS, p=rates / rates.sum()).tolist()
    found: list[list[float]] = [[] for _ in classes]
    queues: tuple[list[int], list[int]] = ([], [])
    heads, upto, free_at = [0, 0], 0, 0.0
    for _ in range(CUSTOMERS):
        if heads[0] == len(queues[0]) and heads[1] == len(queues[1]):
            free_at = max(free_at, arrivals[upto])
        while upto < CUSTOMERS and arrivals[upto] <= free_at:
            queues[0 if classes[kinds[upto]][2] else 1].append(upto)
            upto += 1
        rank = 0 if heads[0] < len(queues[0]) else 1
        one = queues[rank][heads[rank]]
        heads[rank] += 1
        found[kinds[one]].append(free_at - arrivals[one])
        free_at += classes[kinds[one]][1]
    return [float(np.quantile(each[len(each) // 10 :], 0.95)) for each in found]


def test_a_class_that_shares_with_none_is_left_as_it_was_judged() -> None:
    assert shared_waits([sharer("mail", 0.4)], Basis.ASSUMED) == ()
    beside_none = shared_waits([sharer("mail", 0.4), sharer("idle", 0.0)], Basis.ASSUMED)[0]
    assert beside_none.wait_p95_s == pytest.approx(wait_percentile_s([_constant(0.4)], (), 0.95))


def test_two_like_classes_wait_as_one_of_both_s_load() -> None:
    (first, second) = waits(sharer("mail", 0.1), sharer("chat", 0.3))
    assert first == second
    # Crommelin (1932) of M/D/1: P(W ≤ t) = (1 − ρ)·Σ (λ(k·S − t))^k/k!·e^(−λ(k·S − t)) over k·S ≤ t.
    left = [0.4 * (k - first / 2.512) for k in range(int(first / 2.512) + 1)]
    known = 0.6 * sum(each**k / math.factorial(k) * math.exp(-each) for k, each in enumerate(left))
    assert known == pytest.approx(0.95, abs=2e-4)


def test_the_urgent_wait_only_for_what_has_begun() -> None:
    # Hardly anybody else is urgent: 40 % meet a batch of 10 s in progress, with 0 … 10 s of it left.
    urgent, later = waits(sharer("chat", 1e-9, 1.0), sharer("batch", 0.4, 10.0, is_urgent=False))
    assert urgent == pytest.approx(8.75, rel=2e-3)
    assert later > urgent


def test_a_rare_and_very_long_service_does_not_blur_short_waits() -> None:
    """4 % meet half an hour of work; among the others the 95th percentile is one of seconds."""
    classes = ((0.2, 1.0, True), (0.03, 1800.0, True))
    found, _ = waits(*(sharer(f"c{n}", load, s, is_urgent=urgent) for n, (load, s, urgent) in enumerate(classes)))
    quick, _ = waits(sharer("c0", 0.2, 1.0), sharer("c1", 1e-9, 1.0))
    assert quick < found < 5.0


def test_what_can_be_deferred_has_cobham_s_mean() -> None:
    _, later = waits(sharer("chat", 0.2, 1.0), sharer("batch", 0.4, 10.0, is_urgent=False))
    residual_s = (0.2 * 1.0 + 0.4 * 10.0) / 2
    assert later == pytest.approx(exponential_percentile_s(0.6, residual_s / (0.8 * 0.4), 0.95))


def test_beyond_the_hour_only_those_who_can_be_deferred_never_clear() -> None:
    urgent, later = shared_waits([sharer("chat", 0.3), sharer("batch", 0.9, is_urgent=False)], Basis.ASSUMED)
    assert urgent.wait_p95_s is not None
    assert later.wait_p95_s is None
    assert later.keeps_slo
    both = shared_waits([sharer("chat", 0.3, slo=Slo(e2e_p95_s=60.0)), sharer("mail", 0.9)], Basis.ASSUMED)
    assert [each.wait_p95_s for each in both] == [None, None]
    assert not both[0].keeps_slo


def test_the_bound_on_the_first_token_is_held_against_the_wait_and_the_prefill() -> None:
    def keeps(bound_s: float) -> bool:
        found = shared_waits([sharer("chat", 0.2, slo=Slo(ttft_p95_s=bound_s)), sharer("mail", 0.3)], Basis.ASSUMED)
        return found[0].keeps_slo

    (shared, _) = shared_waits([sharer("chat", 0.2), sharer("mail", 0.3)], Basis.ASSUMED)
    assert shared.ttft_p95_s.value == pytest.approx(0.512 + wait_of(shared))
    assert shared.e2e_p95_s.value == pytest.approx(2.512 + wait_of(shared))
    assert shared.ttft_p95_s.basis is Basis.ASSUMED  # of the busiest hour
    assert keeps(shared.ttft_p95_s.value)
    assert not keeps(shared.ttft_p95_s.value * 0.999)


def test_a_wait_that_a_class_allows_itself_is_not_held_against_its_bound() -> None:
    slow = sharer("batch", 0.4, slo=Slo(e2e_p95_s=3.0))
    patient = Sharer(slow.task_class, slow.service, slow.load, is_urgent=False, free_wait_s=3600.0)
    beside = sharer("mail", 0.3)
    assert not shared_waits([slow, beside], Basis.ASSUMED)[0].keeps_slo
    assert shared_waits([patient, beside], Basis.ASSUMED)[0].keeps_slo


def test_nobody_waiting_is_answered_as_alone() -> None:
    one = sharer("mail", 0.01)
    found = shared_waits([one, sharer("chat", 0.02)], Basis.ASSUMED)
    assert found[0].wait_p95_s == 0
    assert (found[0].ttft_p95_s, found[0].e2e_p95_s) == answered_after(one.service, 0.0, Basis.ASSUMED)
    assert found[0].ttft_p95_s == one.service.ttft_p95_s


@settings(max_examples=15)
@given(
    mine=st.floats(0.01, 0.4), theirs=st.floats(0.01, 0.4), more=st.floats(0.0, 0.15), service_s=st.floats(0.1, 30.0)
)
def test_more_work_beside_it_never_makes_a_class_wait_less(
    mine: float, theirs: float, more: float, service_s: float
) -> None:
    for urgent in (True, False):
        less, _ = waits(sharer("mail", mine), sharer("other", theirs, service_s, is_urgent=urgent))
        longer, _ = waits(sharer("mail", mine), sharer("other", theirs + more, service_s, is_urgent=urgent))
        assert longer >= less * (1 - 1e-12)


@settings(max_examples=15)
@given(loads=st.lists(st.floats(0.01, 0.3), min_size=2, max_size=3), turned=st.randoms(use_true_random=False))
def test_the_order_of_entry_does_not_matter(loads: list[float], turned: object) -> None:
    sharers = [sharer(f"class-{n}", load, 1.0 + n, is_urgent=n != 1) for n, load in enumerate(loads)]
    forward = dict(zip([each.task_class.name for each in sharers], waits(*sharers), strict=True))
    backward = dict(zip([each.task_class.name for each in reversed(sharers)], waits(*reversed(sharers)), strict=True))
    assert backward == pytest.approx(forward)


@pytest.mark.parametrize(
    "classes",
    [
        ((0.2, 1.0, True), (0.3, 1.0, True)),
        ((0.3, 1.0, True), (0.3, 4.0, True)),
        ((0.2, 1.0, True), (0.3, 10.0, False)),
        ((0.3, 2.0, True), (0.5, 2.0, False)),
        ((0.1, 0.5, True), (0.2, 60.0, False)),
    ],
)
def test_the_tail_is_that_of_a_simulation(classes: tuple[tuple[float, float, bool], ...]) -> None:
    found = waits(*(sharer(f"c{n}", load, s, is_urgent=urgent) for n, (load, s, urgent) in enumerate(classes)))
    # Of the urgent 4 % are the simulation's own noise; the tail of the others is an exponential of the right mean.
    for figure, told, (_, _, urgent) in zip(found, simulated(classes), classes, strict=True):
        assert figure == pytest.approx(told, rel=0.06 if urgent else 0.16)

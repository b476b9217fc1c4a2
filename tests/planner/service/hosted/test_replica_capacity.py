"""The largest rate of a replica under an SLO: the bounds hold there, break just beyond, and the cause is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.errors import PlannerError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.batching import Scheduler, simulate
from planner.service.hosted.closed_loop import TTFT_FLOOR_S
from planner.service.hosted.replica_capacity import Bound, ReplicaCapacity, Slo, banded, replica_capacity
from planner.service.hosted.request_stream import RequestStream, Tokens, drawn
from planner.service.hosted.served_model import served_model
from planner.service.hosted.step_time import Rates, prefill_s, rates
from planner.service.queues.simulation import percentile_of

MODEL = served_model(architecture("llama-3.1-8b"), weight_format("bf16"))
H100 = rates(
    accelerators=1, bandwidth_bytes_s=3.35e12, flops=989e12, eta_m=0.85, eta_c=0.18, t0_s=0.0034, tau_s=13.5e-6
)
WIDE = Scheduler(cache_tokens=400_000)
STREAM = drawn(Tokens(600, 0.8), Tokens(100, 0.8), count=500)
CALM = Slo(ttft_s=1.0, tpot_s=0.05)


def capacity(
    slo: Slo = CALM, reached: Rates = H100, scheduler: Scheduler = WIDE, stream: RequestStream = STREAM
) -> ReplicaCapacity:
    return replica_capacity(MODEL, reached, scheduler, stream, slo)


def test_the_slo_holds_at_the_rate_and_breaks_just_beyond() -> None:
    found = capacity()
    assert 0 < found.rate_per_s < found.full_per_s
    for rate, kept in ((found.rate_per_s, True), (found.rate_per_s * 1.02, False)):
        served = simulate(MODEL, H100, WIDE, STREAM.at(rate))
        ttft, tpot = percentile_of(served.ttft_s + TTFT_FLOOR_S, 0.95), percentile_of(served.tpot_s, 0.95)
        assert (ttft.high_s <= 1.0 and tpot.high_s <= 0.05) is kept
    assert found.load.ttft.high_s <= 1.0
    assert found.load.output_tok_s > 0


@pytest.mark.parametrize(
    ("slo", "scheduler", "bound"),
    [
        (Slo(ttft_s=0.3), WIDE, Bound.TTFT),
        (Slo(ttft_s=30.0, tpot_s=0.02), WIDE, Bound.TPOT),
        (Slo(e2e_s=6.0), WIDE, Bound.E2E),
        (Slo(ttft_s=1.0), Scheduler(cache_tokens=12_000), Bound.CACHE),
        (Slo(ttft_s=1.0), Scheduler(cache_tokens=400_000, most_sequences=8), Bound.SEQUENCES),
        (Slo(), Scheduler(cache_tokens=400_000, most_sequences=2000), Bound.SATURATION),
    ],
)
def test_what_binds_is_told(slo: Slo, scheduler: Scheduler, bound: Bound) -> None:
    found = capacity(slo, scheduler=scheduler)
    assert found.bound is bound
    assert len(found.reasons) == 1
    if bound in (Bound.TTFT, Bound.TPOT, Bound.E2E):
        assert f"of {bound.value} is" in found.reasons[0]


def test_an_slo_that_an_idle_replica_misses_allows_nothing() -> None:
    prompt_s = prefill_s(MODEL, H100, 600)
    found = capacity(Slo(ttft_s=prompt_s / 2))
    assert found.rate_per_s == found.low_per_s == found.high_per_s == 0
    assert found.reasons[0].startswith("even an idle replica misses it: p95 of TTFT is")
    assert found.load.ttft.value_s > prompt_s / 2


@pytest.mark.parametrize("slo", [Slo(ttft_s=0.5), Slo(tpot_s=0.03), Slo(e2e_s=8.0)])
def test_a_looser_slo_never_allows_less_and_burstier_requests_never_more(slo: Slo) -> None:
    looser = Slo(*(None if each is None else each * 1.5 for each in (slo.ttft_s, slo.tpot_s, slo.e2e_s)))
    tight, loose = capacity(slo), capacity(looser)
    assert tight.rate_per_s <= loose.rate_per_s
    bursty = drawn(Tokens(600, 0.8), Tokens(100, 0.8), arrival_scv=6.0, count=500)
    assert capacity(slo, stream=bursty).rate_per_s <= tight.rate_per_s


def test_the_band_of_the_constants_holds_the_rate() -> None:
    slow, fast = banded(H100)
    assert slow.bytes_s == pytest.approx(0.75 * H100.bytes_s)
    assert slow.overhead_s == pytest.approx(1.25 * H100.overhead_s)
    assert fast.flops == pytest.approx(1.25 * H100.flops)
    found = replica_capacity(MODEL, H100, WIDE, STREAM, CALM, ends=(slow, fast))
    assert found.low_per_s == pytest.approx(capacity(reached=slow).rate_per_s)
    assert found.high_per_s == pytest.approx(capacity(reached=fast).rate_per_s)
    assert found.low_per_s < found.rate_per_s < found.high_per_s
    assert not any("constants" in each for each in found.doubts)
    assert any("constants" in each for each in capacity().doubts)


def test_requests_too_long_for_the_cache_count_as_missed() -> None:
    longer = replace(STREAM, input_tokens=np.where(np.arange(500) % 50 == 0, 50_000, STREAM.input_tokens))
    found = capacity(scheduler=Scheduler(cache_tokens=20_000), stream=longer)
    assert found.refused == pytest.approx(0.02)
    assert found.rate_per_s > 0
    assert any("10 of 500 requests are longer than the cache" in each for each in found.doubts)
    often = replace(STREAM, input_tokens=np.where(np.arange(500) % 10 == 0, 50_000, STREAM.input_tokens))
    found = capacity(scheduler=Scheduler(cache_tokens=20_000), stream=often)
    assert (found.rate_per_s, found.bound) == (0.0, Bound.CACHE)
    assert "10 % of the requests are longer than the cache" in found.reasons[0]


@pytest.mark.parametrize("slo", [Slo(ttft_s=0.0), Slo(tpot_s=-1.0), Slo(e2e_s=1.0, percentile=1.0)])
def test_an_slo_of_nothing_is_refused(slo: Slo) -> None:
    with pytest.raises(PlannerError, match="an SLO is"):
        capacity(slo)


def test_a_full_replica_answers_as_many_whatever_the_number_of_requests() -> None:
    few, many = (drawn(Tokens(600, 0.8), Tokens(100, 0.8), count=count, seed=5) for count in (500, 4000))
    # 3 deviations of the mean of 500 lognormal lengths; a replica that fills and runs dry would be off by a third.
    assert capacity(stream=few).full_per_s == pytest.approx(capacity(stream=many).full_per_s, rel=3 * 0.8 / 500**0.5)


def test_the_same_question_has_the_same_answer() -> None:
    assert capacity() == capacity()


def test_a_tight_ttft_is_doubted_and_too_few_requests_are_refused() -> None:
    assert any(each.startswith("TTFT is known to ± 40 % only") for each in capacity(Slo(ttft_s=0.5)).doubts)
    with pytest.raises(PlannerError, match="too few"):
        capacity(stream=drawn(Tokens(10), Tokens(10), count=50))

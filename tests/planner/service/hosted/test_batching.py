"""Continuous batching: against the formulas of service.md, a scheduler that walks every pass, and its own laws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import PlannerError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.batching import Scheduler, Served, simulate
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.request_stream import Requests, Tokens, drawn, logged
from planner.service.hosted.served_model import ServedModel, served_model
from planner.service.hosted.step_time import chunk_s, prefill_s, rates, step_s
from planner.workload.request_log import RequestLog

MODEL = served_model(architecture("llama-3.1-8b"), weight_format("bf16"))
H100 = rates(
    accelerators=1, bandwidth_bytes_s=3.35e12, flops=989e12, eta_m=0.85, eta_c=0.18, t0_s=0.0034, tau_s=13.5e-6
)
# Decoding is bound by memory alone, so a step is straight in the context and its middle is its mean.
STRAIGHT = replace(H100, flops=1e30)
WIDE = Scheduler(cache_tokens=400_000)
MIXTURE = served_model(architecture("mixtral-8x7b"), weight_format("bf16"))
SLIDING = served_model(architecture("gemma-3-1b"), weight_format("bf16"))


def alone(given_tokens: int, answer: int) -> Requests:
    return Requests(np.zeros(1), np.array([given_tokens]), np.array([answer]))


@given(st.integers(70, 2048), st.integers(1, 2000))
def test_a_single_request_is_prefill_and_decode(read: int, answer: int) -> None:
    served = simulate(MODEL, H100, WIDE, alone(read, answer))
    prompt_s = prefill_s(MODEL, H100, read)
    assert served.ttft_s[0] == pytest.approx(prompt_s, rel=1e-12)
    # O − 1 steps from I + 1 to I + O − 1 tokens: I + O/2 in the middle, as in the closed loop.
    decode_s = (answer - 1) * step_s(MODEL, H100, 1, read + answer / 2)
    assert served.e2e_s[0] == pytest.approx(prompt_s + decode_s, rel=1e-12)


def test_a_long_prompt_takes_its_passes() -> None:
    served = simulate(MODEL, H100, WIDE, alone(5000, 1))
    assert served.ttft_s[0] == pytest.approx(prefill_s(MODEL, H100, 5000) + 2 * H100.overhead_s)
    assert len(served.tpot_s) == 0


def test_a_short_prompt_still_reads_the_weights() -> None:
    served = simulate(MODEL, H100, WIDE, alone(1, 1))
    assert served.ttft_s[0] == pytest.approx(MODEL.weight_bytes_read(1) / H100.bytes_s + H100.overhead_s)


def test_a_prompt_is_read_beside_those_decoding() -> None:
    requests = Requests(np.array([0.0, 0.05]), np.array([100, 1500]), np.array([50, 2]))
    served = simulate(MODEL, H100, WIDE, requests)
    first_s = prefill_s(MODEL, H100, 100)
    passes = math.ceil((0.05 - first_s) / step_s(MODEL, H100, 1, 101))
    begun_s = first_s + passes * step_s(MODEL, H100, 1, 100 + (passes + 1) / 2)
    with_prompt_s = step_s(MODEL, H100, 1, 100 + passes + 1) + chunk_s(MODEL, H100, 1500)
    assert served.admitted_s[1] == pytest.approx(begun_s)
    assert served.first_s[1] == pytest.approx(begun_s + with_prompt_s)


def every_pass(scheduler: Scheduler, requests: Requests) -> list[tuple[float, float, float]]:
    """Admission, first and last token by walking every pass: slow, without a heap and without skipping ahead."""
    given_tokens, answers = requests.input_tokens.tolist(), requests.output_tokens.tolist()
    arrivals = requests.arrivals_s.tolist()
    read, made, told = [0] * len(arrivals), [0] * len(arrivals), [[0.0, 0.0, 0.0] for _ in arrivals]
    waiting, running, now = list(range(len(arrivals))), list[int](), 0.0
    while waiting or running:
        decoding = [each for each in running if made[each]]
        left, prompts_s, tokens = scheduler.pass_tokens - len(decoding), 0.0, 0
        for each in list(running):
            if not made[each] and left:
                part = min(left, given_tokens[each] - read[each])
                prompts_s += chunk_s(MODEL, STRAIGHT, part, read[each])
                read[each], left, tokens = read[each] + part, left - part, tokens + part
        while waiting and left and arrivals[waiting[0]] <= now and len(running) < scheduler.most_sequences:
            each = waiting[0]
            held = sum(given_tokens[one] + answers[one] / 2 for one in [*running, each])
            if held > scheduler.cache_tokens:
                break
            running.append(waiting.pop(0))
            told[each][0] = now
            part = min(left, given_tokens[each])
            prompts_s += chunk_s(MODEL, STRAIGHT, part, 0)
            read[each], left, tokens = part, left - part, tokens + part
        if not running:
            now = max(now, arrivals[waiting[0]])
            continue
        if decoding:
            context = sum(given_tokens[each] + made[each] for each in decoding) / len(decoding)
            now += step_s(MODEL, STRAIGHT, len(decoding), context) + prompts_s
        else:
            now += max(prompts_s, MODEL.weight_bytes_read(tokens) / STRAIGHT.bytes_s) + STRAIGHT.overhead_s
        for each in [one for one in running if read[one] == given_tokens[one]]:
            made[each] += 1
            if made[each] == 1:
                told[each][1] = now
            told[each][2] = now
        running = [each for each in running if made[each] < answers[each]]
    return [(first, second, third) for first, second, third in told]


def as_requests(rows: Sequence[tuple[float, int, int]]) -> Requests:
    gaps, given_tokens, answers = (np.array(column) for column in zip(*rows, strict=True))
    return Requests(np.cumsum(gaps), given_tokens, answers)


ROWS = st.lists(st.tuples(st.floats(0, 0.3), st.integers(1, 900), st.integers(1, 40)), min_size=1, max_size=25)
SCHEDULERS = st.builds(
    Scheduler, cache_tokens=st.integers(1000, 4000), most_sequences=st.integers(1, 8), pass_tokens=st.integers(9, 700)
)


@settings(max_examples=60, deadline=None)
@given(ROWS, SCHEDULERS)
def test_skipping_ahead_is_walking_every_pass(rows: list[tuple[float, int, int]], scheduler: Scheduler) -> None:
    requests = as_requests(rows)
    served = simulate(MODEL, STRAIGHT, scheduler, requests)
    assert served.refused == 0
    found = np.column_stack((served.admitted_s, served.first_s, served.ended_s))
    assert found == pytest.approx(np.array(every_pass(scheduler, requests)), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(ROWS, SCHEDULERS, st.sampled_from([MODEL, MIXTURE, SLIDING]))
def test_laws_of_a_replica(rows: list[tuple[float, int, int]], scheduler: Scheduler, model: ServedModel) -> None:
    requests = as_requests(rows)
    served = simulate(model, H100, scheduler, requests)
    # Work is conserved: what came in was read, what was asked for was written, once.
    assert served.read_tokens == int(np.sum(requests.input_tokens))
    assert served.decoded_tokens == int(np.sum(requests.output_tokens - 1))
    # Nobody begins before arriving, and first come is first served.
    assert np.all(served.admitted_s >= requests.arrivals_s)
    assert np.all(served.first_s > served.admitted_s)
    assert np.all(np.diff(served.admitted_s) >= 0)
    assert np.all(np.diff(served.first_s) >= 0)
    # An answer takes its passes: no token costs less than one step of a lone sequence.
    least_s = step_s(model, H100, 1, 1)
    assert np.all(served.ended_s - served.first_s >= (requests.output_tokens - 1) * least_s * (1 - 1e-9))
    assert 0 < served.utilization <= 1 + 1e-12
    assert served.mean_batch <= scheduler.most_sequences
    assert max(served.cache_blocked_s + served.slots_blocked_s, 0) <= served.line_s + 1e-9
    _room_is_kept(served, scheduler)


def _room_is_kept(served: Served, scheduler: Scheduler) -> None:
    held = served.requests.input_tokens + served.requests.output_tokens / 2
    moments = np.unique(served.admitted_s)
    inside = (served.admitted_s[:, None] <= moments) & (moments < served.ended_s[:, None])
    assert np.max(np.sum(inside, axis=0)) <= scheduler.most_sequences
    assert np.max(held @ inside) <= scheduler.cache_tokens
    _, there = served.in_flight()
    assert (int(np.min(there)), int(there[-1])) == (0, 0)


@settings(max_examples=20, deadline=None)
@given(ROWS, st.floats(0.1, 10))
def test_a_replica_twice_as_slow_takes_twice_as_long(rows: list[tuple[float, int, int]], slower: float) -> None:
    requests = as_requests(rows)
    slow = replace(H100, bytes_s=H100.bytes_s / slower, flops=H100.flops / slower, overhead_s=H100.overhead_s * slower)
    scaled = replace(requests, arrivals_s=requests.arrivals_s * slower)
    one, other = simulate(MODEL, H100, WIDE, requests), simulate(MODEL, slow, WIDE, scaled)
    assert other.ended_s == pytest.approx(one.ended_s * slower, rel=0.02)  # an arrival may fall just beyond a pass


@pytest.mark.parametrize("arrival_scv", [0.0, 1.0, 4.0])
def test_more_of_the_same_requests_wait_no_shorter(arrival_scv: float) -> None:
    stream = drawn(Tokens(600, 1.0), Tokens(150, 1.0), arrival_scv=arrival_scv, count=1500)
    found = []
    for rate in (1.0, 3.0, 6.0, 9.0, 12.0):
        served = simulate(MODEL, H100, WIDE, stream.at(rate))
        found.append([np.quantile(each, 0.95) for each in (served.ttft_s, served.tpot_s, served.e2e_s)])
    assert np.all(np.diff(np.array(found), axis=0) > -1e-3 * np.array(found[:-1]))


def test_the_same_seed_has_the_same_bytes_and_another_has_not() -> None:
    def bytes_of(seed: int) -> bytes:
        stream = drawn(Tokens(500, 0.8), Tokens(100, 0.8), arrival_scv=2.0, count=400, seed=seed)
        return simulate(MODEL, H100, WIDE, stream.at(5.0)).ended_s.tobytes()

    assert bytes_of(7) == bytes_of(7)
    assert bytes_of(7) != bytes_of(8)


@pytest.mark.parametrize("in_flight", [1, 8, 64])
def test_a_replica_that_never_lacks_work_is_the_closed_loop(in_flight: int) -> None:
    """TPOT = step + (N/O)·prefill (service.md), where prompts share passes and so cost t0 more seldom."""
    stream = drawn(Tokens(512), Tokens(128, 0.5), count=max(200, 30 * in_flight))
    served = simulate(MODEL, H100, Scheduler(10**9, in_flight), stream.at_once())
    loop = closed_loop(MODEL, H100, in_flight, 512, stream.mean_output)
    assert served.settled_per_s[1] == pytest.approx(in_flight / loop.tpot_s, rel=0.08)


def test_a_replica_that_is_bound_by_cache_says_so() -> None:
    stream = drawn(Tokens(1000), Tokens(200), count=300)
    served = simulate(MODEL, H100, Scheduler(11_000), stream.at_once())
    assert served.mean_batch <= 10  # 11,000 tokens of I + O/2 = 1,100 each
    assert served.cache_blocked_s > 0.9 * served.line_s
    assert served.slots_blocked_s == 0


def test_what_never_fits_is_refused() -> None:
    requests = Requests(np.array([0.0, 1.0]), np.array([5000, 10]), np.array([10, 10]))
    served = simulate(MODEL, H100, Scheduler(1000), requests)
    assert (served.refused, len(served.requests)) == (1, 1)
    with pytest.raises(PlannerError, match="no request fits"):
        simulate(MODEL, H100, Scheduler(5), requests)
    with pytest.raises(PlannerError, match="leave none for prompts"):
        simulate(MODEL, H100, Scheduler(1000, 64, 64), requests)


@given(st.floats(20, 2000), st.sampled_from([0.0, 0.5, 2.0]))
@settings(max_examples=20)
def test_drawn_tokens_have_their_mean(mean: float, cv: float) -> None:
    stream = drawn(Tokens(mean, cv), Tokens(mean), arrival_scv=2.0, count=20_000)
    assert stream.mean_input == pytest.approx(mean, abs=0.5 + 5 * cv * mean / math.sqrt(20_000))
    assert stream.mean_output == round(mean)
    assert stream.arrival_scv == pytest.approx(2.0, rel=0.1)


def test_a_log_is_replayed_at_its_own_rate_or_another() -> None:
    log = RequestLog("a.csv", "x", np.array([100.0, 101.0, 104.0]), np.array([5, 0, 7]), np.array([0, 2, 3]), 0)
    stream, rate = logged(log)
    assert rate == pytest.approx(2 / 4)
    assert stream.at(rate).arrivals_s == pytest.approx(np.array([0.0, 1.0, 4.0]))
    assert stream.at(2 * rate).arrivals_s == pytest.approx(np.array([0.0, 0.5, 2.0]))
    assert stream.input_tokens.tolist() == [5, 1, 7]
    assert stream.output_tokens.tolist() == [1, 2, 3]
    with pytest.raises(PlannerError, match="same instant"):
        logged(replace(log, arrivals_s=np.zeros(3)))

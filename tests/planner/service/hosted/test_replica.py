"""A replica against what is published of it, its own parts, and what must hold whatever the figures."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.documents import from_json, to_json
from planner.errors import ScenarioError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.replica import Replica, busy_speeds, replica

LLAMA_8B, LLAMA_70B = architecture("llama-3.1-8b"), architecture("llama-3.1-70b")
BF16, FP8 = weight_format("bf16"), weight_format("fp8")


def test_points_stop_at_what_the_memory_holds() -> None:
    served = replica(LLAMA_8B, BF16, "H100", 1, input_tokens=8192, output_tokens=1024)
    assert served.why_not == ""
    assert served.points[-1].in_flight == served.most_in_flight == served.kv.requests < 256
    assert [point.in_flight for point in served.points[:-1]] == [1, 2, 4, 8, 16, 32]
    assert all(point.in_flight <= served.kv.requests for point in served.points)


def test_weights_that_do_not_fit_say_so() -> None:
    served = replica(LLAMA_70B, BF16, "H100", 1)
    assert served.points == ()
    assert served.most_in_flight == 0
    assert "do not" not in served.why_not
    assert "GiB" in served.why_not
    assert "H100" in served.why_not
    assert served.doubts == ()
    with pytest.raises(ScenarioError, match="GiB"):
        busy_speeds(LLAMA_70B, BF16, "H100", 1)


def test_heads_that_cannot_be_shared_say_so() -> None:
    assert "attention heads" in replica(LLAMA_8B, BF16, "H100", 3).why_not


def test_intervals_are_bounds_of_the_constants_and_ttft_is_a_range() -> None:
    for point in replica(LLAMA_8B, FP8, "H100", 1).points:
        for figure in (point.throughput_tok_s, point.tpot_s, point.ttft_s):
            low, high = figure.bounds
            assert low < figure.value < high
            assert figure.source
        low, high = point.ttft_s.bounds
        assert low <= 0.6 * point.ttft_s.value
        assert high >= 1.4 * point.ttft_s.value
        # ± 25 % of every constant is about that much of the throughput
        low, high = point.throughput_tok_s.bounds
        assert 0.65 <= low / point.throughput_tok_s.value <= 0.80


def test_busy_speeds_add_up_to_the_closed_loop() -> None:
    """Seconds per request, I/R_pf + O/R_dec, are the closed loop's but for its first token (TTFT)."""
    read, said = 512, 2048
    speeds = busy_speeds(LLAMA_8B, BF16, "H100", 1, input_tokens=read, output_tokens=said)
    point = replica(LLAMA_8B, BF16, "H100", 1, input_tokens=read, output_tokens=said).points[-1]
    assert point.in_flight == speeds.in_flight
    each_s = read / speeds.prefill_tok_s.value + said / speeds.decode_tok_s.value
    assert said / each_s == pytest.approx(point.throughput_tok_s.value, rel=0.02)


def test_prompts_alone_may_be_faster_than_static_batches_say() -> None:
    """Splitwise: prefills on A100 and H100 were 1.7 to 2.3 times as fast as fits to the static batches of 2024."""
    old, new = (busy_speeds(LLAMA_8B, BF16, "H100", 1, since=since).prefill_tok_s for since in (None, 2025))
    assert old.bounds[1] >= 2.3 * old.value
    assert new.bounds[1] < 2 * new.value


def test_an_slo_of_tpot_makes_the_batch_smaller() -> None:
    free = busy_speeds(LLAMA_8B, BF16, "H100", 1)
    point = replica(LLAMA_8B, BF16, "H100", 1).points[0]
    slo_s = point.tpot_s.value * 1.5
    held = busy_speeds(LLAMA_8B, BF16, "H100", 1, tpot_slo_s=slo_s)
    assert 1 <= held.in_flight < free.in_flight
    assert replica(LLAMA_8B, BF16, "H100", 1, in_flight=(held.in_flight,)).points[0].tpot_s.value <= slo_s
    with pytest.raises(ScenarioError, match="per output token"):
        busy_speeds(LLAMA_8B, BF16, "H100", 1, tpot_slo_s=1e-4)


def test_one_that_is_known_by_its_data_sheet_is_known_less_well() -> None:
    def width(accelerator: str) -> float:
        low, high = replica(LLAMA_8B, BF16, accelerator, 1, in_flight=(8,)).points[0].throughput_tok_s.bounds
        return high / low

    assert width("H100") < width("L40S") < width("TPU-v6e")


def test_it_is_a_document() -> None:
    served = replica(LLAMA_8B, FP8, "H100", 1)
    assert from_json(to_json(served), Replica, where="here") == served
    assert served.constants.as_of >= date(2026, 11, 25)


def test_a_replica_of_nothing_is_refused() -> None:
    with pytest.raises(ScenarioError, match="output_tokens is 0"):
        replica(LLAMA_8B, BF16, "H100", 1, output_tokens=0)


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from(["H100", "A100", "MI300X", "B200", "L4", "Gaudi2"]),
    count=st.sampled_from([1, 2, 4, 8]),
    read=st.integers(1, 4096),
    said=st.integers(1, 2048),
)
def test_throughput_rises_and_tpot_with_it(name: str, count: int, read: int, said: int) -> None:
    points = replica(LLAMA_8B, FP8, name, count, input_tokens=read, output_tokens=said).points
    for one, other in pairwise(points):
        for end in (0, 1):
            assert other.throughput_tok_s.bounds[end] >= one.throughput_tok_s.bounds[end] * (1 - 1e-9)
            assert other.tpot_s.bounds[end] >= one.tpot_s.bounds[end] * (1 - 1e-9)

"""Step time, closed loop and KV limit of a served model against the formulas of service.md."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import ModelError
from planner.model.catalog import architecture
from planner.model.weight_formats import weight_format
from planner.service.hosted.closed_loop import closed_loop
from planner.service.hosted.kv_limit import kv_limit
from planner.service.hosted.served_model import ServedModel, served_model
from planner.service.hosted.step_time import prefill_s, rates, step_s
from planner.units import BYTES_PER_GIB

DENSE = served_model(architecture("llama-3.1-8b"), weight_format("bf16"))
MIXTURE = served_model(architecture("mixtral-8x7b"), weight_format("bf16"))
SLIDING = served_model(architecture("gemma-3-1b"), weight_format("bf16"))
H100 = rates(
    accelerators=1, bandwidth_bytes_s=3.35e12, flops=989e12, eta_m=0.85, eta_c=0.18, t0_s=0.0034, tau_s=13.5e-6
)
ANY_MODEL = st.sampled_from([DENSE, MIXTURE, SLIDING])


def test_step_by_hand() -> None:
    weights, kv = 2 * 7_504_924_672, 2 * 32 * 8 * 128 * 2
    memory = (weights + 16 * 1024 * kv) / (3.35e12 * 0.85)
    compute = (2 * 7_504_924_672 * 16 + 4 * 32 * 4096 * 16 * 1024) / (989e12 * 0.18)
    assert step_s(DENSE, H100, 16, 1024) == pytest.approx((memory**3 + compute**3) ** (1 / 3) + 0.0034, rel=1e-4)


def test_prefill_by_hand() -> None:
    operations = 2 * DENSE.active_parameters * 2048 + 2 * 32 * 4096 * 2048**2
    assert prefill_s(DENSE, H100, 2048) == pytest.approx(operations / (989e12 * 0.18) + 0.0034)


def test_two_accelerators_wait_for_each_other_in_every_layer() -> None:
    two = replace(H100, accelerators=2)
    assert step_s(DENSE, two, 4, 512) - step_s(DENSE, H100, 4, 512) == pytest.approx(2 * 32 * 13.5e-6)


def test_a_large_batch_hits_every_expert_and_one_token_only_its_own() -> None:
    everything = MIXTURE.always_read_bytes + 8 * MIXTURE.expert_bytes
    assert MIXTURE.weight_bytes_read(512) == pytest.approx(everything)
    assert MIXTURE.weight_bytes_read(1) == pytest.approx(MIXTURE.always_read_bytes + 2 * MIXTURE.expert_bytes)


def test_chunks_of_a_prompt_add_up_to_the_whole() -> None:
    for model in (DENSE, SLIDING):
        parts = sum(model.prefill_operations(300, 300 * index) for index in range(4))
        assert parts == pytest.approx(model.prefill_operations(1200))


def test_quantized_weights_keep_a_16_bit_output_layer() -> None:
    fp8 = served_model(architecture("llama-3.1-8b"), weight_format("fp8"))
    table = 128_256 * 4096
    assert fp8.always_read_bytes == pytest.approx((DENSE.always_read_bytes - 2 * table) / 2 + 2 * table)


def test_a_format_no_engine_serves_is_refused() -> None:
    with pytest.raises(ModelError, match=r"llama\.cpp"):
        served_model(architecture("llama-3.1-8b"), weight_format("q4_k_m"))


@given(model=ANY_MODEL, few=st.integers(1, 512), more=st.integers(0, 512), read=st.integers(1, 8192))
def test_throughput_and_tpot_never_fall_with_requests_in_flight(
    model: ServedModel, few: int, more: int, read: int
) -> None:
    one, other = (closed_loop(model, H100, count, read, 256) for count in (few, few + more))
    assert other.output_tok_s >= one.output_tok_s * (1 - 1e-9)
    assert other.tpot_s >= one.tpot_s * (1 - 1e-9)


@given(model=ANY_MODEL, count=st.integers(1, 512), faster=st.floats(1, 10))
def test_more_bandwidth_is_never_slower(model: ServedModel, count: int, faster: float) -> None:
    better = replace(H100, bytes_s=H100.bytes_s * faster)
    assert step_s(model, better, count, 1024) <= step_s(model, H100, count, 1024) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("name", "weights", "count", "measured_gib"),
    [
        ("llama-3.1-8b", "bf16", 1, 51.38),
        ("qwen3-0.6b", "bf16", 1, 64.45),
        ("qwen3-32b", "bf16", 1, 4.45),
        ("qwen3-32b", "bf16", 2, 34.49),
        ("llama-3.1-70b", "fp8", 2, 32.00),
    ],
)
def test_pool_holds_what_vllm_measured_on_h100(name: str, weights: str, count: int, measured_gib: float) -> None:
    """llm-d-planner, empirical vLLM memory results, H100 80 GB (79.18 GiB)."""
    model = served_model(architecture(name), weight_format(weights))
    found = kv_limit(model, 79.18 * BYTES_PER_GIB, count, 1024, 256)
    assert found.pool_bytes[1] / count / BYTES_PER_GIB == pytest.approx(measured_gib, abs=0.75)


def test_weights_that_do_not_fit_leave_room_for_no_request() -> None:
    model = served_model(architecture("llama-3.1-70b"), weight_format("bf16"))
    found = kv_limit(model, 79.18 * BYTES_PER_GIB, 1, 1024, 256)
    assert not found.fits
    assert found.requests == 0

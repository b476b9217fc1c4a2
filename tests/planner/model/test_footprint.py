"""Footprint formulas against counts and sizes published by others, and against arithmetic done by hand."""

from __future__ import annotations

import pytest

from planner.basis import Basis
from planner.model.catalog import architecture
from planner.model.footprint import (
    active_parameters,
    bytes_read_per_token,
    kv_bytes_per_token,
    matmul_parameters,
    parameters,
    resident_bytes,
    weight_bytes,
)
from planner.model.weight_formats import weight_format
from planner.units import BYTES_PER_GIB, BYTES_PER_MIB


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("smollm2-135m", 134_515_008),
        ("qwen2.5-0.5b", 494_032_768),
        ("llama-3.2-1b", 1_235_814_400),
        ("llama-3.1-8b", 8_030_261_248),
        ("gemma-2-2b", 2_614_341_888),
    ],
)
def test_parameters_are_the_published_ones_to_the_last(name: str, published: int) -> None:
    assert parameters(architecture(name)) == published


def test_products_leave_out_the_input_embedding_only_where_it_is_a_table_of_its_own() -> None:
    tied, untied = architecture("llama-3.2-1b"), architecture("llama-3.1-8b")
    assert parameters(tied) - matmul_parameters(tied) == (2 * 16 + 1) * 2048  # the norms
    assert parameters(untied) - matmul_parameters(untied) == (2 * 32 + 1) * 4096 + 128256 * 4096


def test_a_mixture_reads_its_active_experts_only() -> None:
    # Qwen3-30B-A3B: 30.5 billion in all, 3.3 billion activated, input embedding included (its model card).
    mixture = architecture("qwen3-30b-a3b")
    assert parameters(mixture) == pytest.approx(30.5e9, rel=0.005)
    assert active_parameters(mixture) == pytest.approx(3.3e9, rel=0.02)
    assert matmul_parameters(mixture) + mixture.vocab * mixture.hidden == pytest.approx(3.3e9, rel=0.02)


def test_a_mixture_stores_all_experts_and_reads_the_active_ones() -> None:
    # Granite 3.1 1B-A400M by hand: 24 layers of 32 experts of 3 × 1024 × 512, 8 active; int4 stores 5 bits a weight.
    granite, int4 = architecture("granite-3.1-1b-a400m"), weight_format("int4")
    expert, layer = 3 * 1024 * 512, 1024 * (3 * 1024 + 32)
    idle = 24 * 24 * expert
    assert parameters(granite) - matmul_parameters(granite) - (2 * 24 + 1) * 1024 == idle
    assert weight_bytes(granite, int4) - bytes_read_per_token(granite, int4, 0, 4) == idle * 5 / 8 + 4 * 49 * 1024
    assert bytes_read_per_token(granite, int4, 0, 4) == (24 * (layer + 8 * expert) + 49155 * 1024) * 5 / 8


def test_a_joint_head_norm_spans_all_heads() -> None:
    joint = architecture("olmoe-1b-7b")
    each = joint.model_copy(update={"qk_norm_joint": False})
    assert parameters(joint) - parameters(each) == 16 * 2 * (2048 - 128)


def test_kv_cache_of_llama_3_1_8b_is_128_kib_a_token_in_fp16() -> None:
    assert kv_bytes_per_token(architecture("llama-3.1-8b"), 2) == 128 * 1024


def test_llama_cpp_file_sizes_of_llama_3_1_8b() -> None:
    # llama.cpp tools/quantize/README.md: Q4_K_M 4.58 GiB, Q8_0 7.95 GiB, F16 14.96 GiB
    shape = architecture("llama-3.1-8b")
    for name, published_gib in (("q4_k_m", 4.58), ("q8_0", 7.95), ("f16", 14.96)):
        assert weight_bytes(shape, weight_format(name)) / BYTES_PER_GIB == pytest.approx(published_gib, rel=0.002)


def test_bytes_read_grow_with_the_context_up_to_the_window() -> None:
    llama, int4 = architecture("llama-3.2-1b"), weight_format("int4")
    assert bytes_read_per_token(llama, int4, 0, 4) == round(matmul_parameters(llama) * 5 / 8)
    more = bytes_read_per_token(llama, int4, 512, 4) - bytes_read_per_token(llama, int4, 0, 4)
    assert more == 512 * kv_bytes_per_token(llama, 4)
    gemma = architecture("gemma-3-1b")  # 26 layers, of which 4 look at everything
    grown = bytes_read_per_token(gemma, int4, 1512, 4) - bytes_read_per_token(gemma, int4, 512, 4)
    assert grown == 1000 * 4 * 2 * 256 * 4


def test_resident_memory_is_an_estimate_with_the_prepack_interval() -> None:
    # measurement.md §1: 1.6 … 1.8 × the file at accuracy level 4, plus 50 MB for the process
    shape, int4 = architecture("smollm2-135m"), weight_format("int4")
    file_bytes = weight_bytes(shape, int4)
    held = resident_bytes(shape, int4, 100, kv_bytes=4)
    rest = 100 * kv_bytes_per_token(shape, 4) + 50 * BYTES_PER_MIB
    assert held.basis is Basis.ESTIMATED
    assert held.unit == "B"
    assert held.low == pytest.approx(1.6 * file_bytes + rest)
    assert held.high == pytest.approx(1.8 * file_bytes + rest)
    assert resident_bytes(shape, int4, 100, file_bytes=2 * file_bytes).value > held.value


def test_experts_are_held_once_when_prepacked() -> None:
    # first-hand: Granite 3.1 1B-A400M in int4, a file of 798 MiB, adds 1177 MiB to the process (onnxruntime 1.32, x86)
    low, high = resident_bytes(architecture("granite-3.1-1b-a400m"), weight_format("int4"), 136).bounds
    assert low < 1177 * BYTES_PER_MIB < high


def test_without_level_4_no_second_copy_is_expected() -> None:
    shape = architecture("smollm2-135m")
    fp32 = resident_bytes(shape, weight_format("fp32"), 0)
    assert fp32.value < 1.35 * weight_bytes(shape, weight_format("fp32")) + 50 * BYTES_PER_MIB


def test_fp16_may_be_widened_by_the_processor() -> None:
    # first-hand: SmolLM2-135M in fp16, a file of 270 MB, is resident in 803 MiB on an x86 CPU
    shape = architecture("smollm2-135m")
    low, high = resident_bytes(shape, weight_format("fp16"), 0, kv_bytes=2).bounds
    assert low < weight_bytes(shape, weight_format("fp16")) + 51 * BYTES_PER_MIB
    assert high > 803 * BYTES_PER_MIB

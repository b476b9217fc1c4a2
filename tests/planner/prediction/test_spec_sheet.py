"""Predictions from a spec sheet: their form (measurement.md §3, §4), intervals, and published speeds to meet."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.model.catalog import architecture, architectures
from planner.model.weight_formats import weight_format
from planner.prediction.device_classes import ClassConstants, DeviceClass, class_constants, find_constants
from planner.prediction.spec_sheet import (
    SpecPrediction,
    SpecSheet,
    decode_step_s,
    predict_from_spec,
    prefill_operations,
    prefill_time_s,
)

FORMATS = ("int4", "int8", "fp16", "q4_0", "q4_k_m", "q8_0", "f16", "w4a16")
models = st.sampled_from(architectures())
formats = st.sampled_from([weight_format(name) for name in FORMATS])
constants = st.sampled_from(class_constants())
bandwidths = st.floats(1e10, 5e12)
tokens = st.integers(1, 32_768)
more = st.floats(1.0, 20.0)


def sheet(known: ClassConstants, bandwidth: float = 1e11, compute: float | None = 2e13) -> SpecSheet:
    return SpecSheet(
        title="Testbook", constants=known, memory_bandwidth_bytes_s=bandwidth, compute_flops=compute, source="its maker"
    )


def found(device_class: DeviceClass, runtime: str) -> ClassConstants:
    known = find_constants(device_class, runtime)
    assert known is not None
    return known


def predicted(given_sheet: SpecSheet, model: str, weights: str, prompt: int = 512, context: int = 64) -> SpecPrediction:
    return predict_from_spec(
        given_sheet, architecture(model), weight_format(weights), prompt_tokens=prompt, context_tokens=context
    )


@given(constants, models, formats, st.tuples(bandwidths, more), tokens)
def test_more_bandwidth_is_never_slower(known, model, weights, bandwidth_and_factor, context) -> None:
    bandwidth, factor = bandwidth_and_factor
    slow, fast = sheet(known, bandwidth), sheet(known, bandwidth * factor)
    assert decode_step_s(fast, model, weights, context) <= decode_step_s(slow, model, weights, context)


@given(constants, models, formats, formats, tokens)
def test_more_bytes_are_never_faster(known, model, one, other, context) -> None:
    light, heavy = sorted((one, other), key=lambda each: each.bits_per_weight)
    assert decode_step_s(sheet(known), model, light, context) <= decode_step_s(sheet(known), model, heavy, context)


@given(constants, models, formats, tokens, tokens)
def test_longer_contexts_and_prompts_are_never_faster(known, model, weights, one, other) -> None:
    short, long = sorted((one, other))
    assert decode_step_s(sheet(known), model, weights, short) <= decode_step_s(sheet(known), model, weights, long)
    quick, slow = (prefill_time_s(sheet(known), model, weights, n) for n in (short, long))
    if quick is not None and slow is not None:
        assert quick <= slow


@given(constants, models, formats, tokens, tokens)
def test_every_figure_is_estimated_and_within_its_interval(known, model, weights, prompt, context) -> None:
    """CONVENTION §4: a figure nobody measured says so, with unit, interval, source and date."""
    made = predict_from_spec(sheet(known), model, weights, prompt_tokens=prompt, context_tokens=context)
    for figure, unit in (
        (made.decode_tok_s, "tok/s"),
        (made.prefill_tok_s, "tok/s"),
        (made.ttft_s, "s"),
        (made.memory_bytes, "B"),
    ):
        if figure is None:
            assert made.unknown_because  # CONVENTION §3: unknown with the reason
            continue
        low, high = figure.bounds
        assert low < figure.value < high
        assert (figure.unit, figure.basis) == (unit, Basis.ESTIMATED)
        assert figure.source
    assert made.decode_tok_s.as_of == known.as_of
    assert known.title in made.decode_tok_s.source


@given(constants, models, formats, tokens)
def test_prefill_takes_at_least_the_reading_of_the_weights(known, model, weights, prompt) -> None:
    time_s = prefill_time_s(sheet(known, compute=1e18), model, weights, prompt)
    if time_s is not None:
        assert time_s >= decode_step_s(sheet(known), model, weights, 0)


def test_decode_by_hand() -> None:
    """Llama 2 7B at F16, 64 tokens of context: (13.21 GB + 32 × 2 × 4096 × 2 B × 64) ÷ share × 120 GB/s."""
    known = found(DeviceClass.APPLE_GPU, "llama.cpp")
    weights_bytes = 6_607_077_376 * 2
    cache_bytes = 32 * 2 * 4096 * 2 * 64
    by_hand_s = (weights_bytes + cache_bytes) / (known.decode.median * 120e9) + 32 * known.overhead_per_layer_s
    made_s = decode_step_s(sheet(known, 120e9), architecture("llama-2-7b"), weight_format("f16"), 64)
    assert isclose(made_s, by_hand_s, rel_tol=1e-6)


def test_each_query_head_reads_the_cache() -> None:
    """Grouped queries share a cache, not its reading: Qwen3 4B has 32 query and 8 key heads, so 4 × the bytes."""
    known = found(DeviceClass.CPU, "llama.cpp").model_copy(update={"overhead_per_layer_s": 0.0})
    model, weights = architecture("qwen3-4b"), weight_format("q4_0")
    step_s = [decode_step_s(sheet(known), model, weights, context) for context in (0, 4096)]
    cache_bytes = 36 * 2 * 8 * 128 * 2 * 4096
    assert isclose(step_s[1] - step_s[0], 4 * cache_bytes / (known.decode.median * 1e11), rel_tol=1e-6)


def test_operations_of_a_prefill_by_hand() -> None:
    """2 per weight and token outside the tables, the output layer once, and 2 × n² × width of attention a layer."""
    model = architecture("llama-2-7b")
    body, table, n = 6_607_077_376 - 32_000 * 4096, 32_000 * 4096, 512
    by_hand = 2 * body * n + 2 * table + 32 * 2 * n**2 * 4096
    assert isclose(prefill_operations(model, n), by_hand, rel_tol=1e-9)


def test_a_sliding_layer_computes_its_window_only() -> None:
    model = architecture("gemma-3-1b")
    assert model.sliding_window
    unlimited = model.model_copy(update={"sliding_window": None, "global_every": None})
    assert prefill_operations(model, 8192) < prefill_operations(unlimited, 8192)
    assert prefill_operations(model, model.sliding_window) == prefill_operations(unlimited, model.sliding_window)


@pytest.mark.parametrize(
    ("device_class", "bandwidth", "compute", "weights", "speeds"),
    [
        # llama.cpp discussions 4167 and 15013: Llama 2 7B, tg128 and pp512
        (DeviceClass.APPLE_GPU, 120e9, 4.0e12, "q4_0", (24.11, 221.29)),  # M4, 10 cores
        (DeviceClass.APPLE_GPU, 400e9, 14.3e12, "f16", (25.09, 779.17)),  # M3 Max, 40 cores
        (DeviceClass.NVIDIA_GPU, 1010e9, 82.58e12, "q4_0", (186.21, 11992.7)),  # RTX 4090
        (DeviceClass.INTEGRATED_GPU, 273.2e9, 29.71e12, "q4_0", (57.21, 3062.31)),  # GB10
    ],
)
def test_published_speeds_lie_in_the_interval(device_class, bandwidth, compute, weights, speeds) -> None:
    made = predicted(sheet(found(device_class, "llama.cpp"), bandwidth, compute), "llama-2-7b", weights)
    assert made.prefill_tok_s is not None
    for figure, published in zip((made.decode_tok_s, made.prefill_tok_s), speeds, strict=True):
        low, high = figure.bounds
        assert low <= published <= high


def test_without_compute_prefill_is_unknown_with_the_reason() -> None:
    made = predicted(sheet(found(DeviceClass.NVIDIA_GPU, "llama.cpp"), compute=None), "llama-3.2-3b", "q4_k_m")
    assert (made.prefill_tok_s, made.ttft_s) == (None, None)
    assert made.unknown_because == "the FP32 throughput of Testbook is not known"
    nobody = predicted(sheet(found(DeviceClass.CPU, "onnxruntime")), "llama-3.2-3b", "int4")
    assert nobody.prefill_tok_s is None
    assert "no published figures" in (nobody.unknown_because or "")


def test_time_to_first_token_is_the_prefill() -> None:
    made = predicted(sheet(found(DeviceClass.APPLE_GPU, "llama.cpp")), "llama-3.2-3b", "q4_k_m", prompt=1000)
    assert made.ttft_s is not None
    assert made.prefill_tok_s is not None
    assert isclose(made.ttft_s.value, 1000 / made.prefill_tok_s.value)
    assert isclose(made.ttft_s.bounds[1], 1000 / made.prefill_tok_s.bounds[0])


def test_a_mixture_of_experts_is_less_sure_and_says_so() -> None:
    given_sheet = sheet(found(DeviceClass.APPLE_GPU, "llama.cpp"))
    dense, experts = (predicted(given_sheet, name, "q4_k_m") for name in ("qwen3-4b", "qwen3-30b-a3b"))
    assert _width(experts.decode_tok_s) > _width(dense.decode_tok_s)
    assert any("mixture of experts" in caution for caution in experts.cautions)
    assert not dense.cautions


def test_a_format_of_another_runtime_is_cautioned() -> None:
    made = predicted(sheet(found(DeviceClass.CPU, "onnxruntime")), "llama-3.2-3b", "q4_k_m")
    assert any("a format of llama.cpp" in caution for caution in made.cautions)


@pytest.mark.parametrize(("memory", "fits"), [(None, None), (1_000_000_000, False), (64_000_000_000, True)])
def test_it_says_whether_memory_suffices(memory: int | None, fits: bool | None) -> None:
    given_sheet = sheet(found(DeviceClass.CPU, "llama.cpp")).model_copy(update={"memory_bytes": memory})
    assert predicted(given_sheet, "llama-3.1-8b", "q4_k_m").fits is fits


def test_the_constants_are_told_apart_and_complete() -> None:
    known = class_constants()
    assert len({(each.device_class, each.runtime) for each in known}) == len(known)
    for each in known:
        assert (each.prefill is None) == (each.compute is None)
        if each.decode.devices < 3:
            assert each.note  # one or two devices are not a class: said beside every figure


def _width(figure: Quantity) -> float:
    low, high = figure.bounds
    return high / low

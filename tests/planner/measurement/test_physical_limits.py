"""Limits follow from bytes and operations (measurement.md §3), and a share above its limit is doubted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.measurement import physical_limits
from planner.measurement.physical_limits import (
    Reached,
    beats_roofline,
    decode_limit,
    disturbed_roofline,
    prefill_limit,
    prefill_operations,
    reached,
    reached_by,
)
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
from planner.measurement.runs import (
    Conditions,
    DecodeSample,
    ModelIdentity,
    ModelSource,
    PrefillSample,
    Round,
    RoundState,
    Run,
    RunOutcome,
    RunSettings,
)
from planner.model.catalog import architecture
from planner.model.footprint import bytes_read_per_token
from planner.model.weight_formats import weight_format
from planner.units import Unit
from tests.support.architectures import TINY

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LLAMA_1B = architecture("llama-3.2-1b")

# Llama 3.2 1B, by hand: 16 layers of 2048 × (3072 + 2048) and 3 × 2048 × 8192, a head of 128,256 × 2048.
LAYERS_1B = 16 * (2048 * 5120 + 3 * 2048 * 8192)
HEAD_1B = 128256 * 2048


def measured(value: float, unit: Unit, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.MEASURED, low=low, high=high, source="test")


def kernel(name: str, flop_s: float) -> KernelRate:
    return KernelRate(kernel=name, flop_s=measured(flop_s, "FLOP/s"))


def roofline(*, foreign_cpus: float | None = None) -> Roofline:
    """30 GB/s and the products of measurement.md §3, at two threads."""
    kernels = (kernel("int4", 263e9), kernel("int4-b128", 380e9), kernel("dynamic-int8", 430e9))
    return Roofline(
        measured_at=NOON,
        runtime="onnxruntime 1.32.0",
        execution_provider="CPUExecutionProvider",
        buffer_bytes=2**28,
        points=(RooflinePoint(threads=2, read_bytes_s=measured(30e9, "B/s"), kernels=kernels),),
        foreign_cpus=foreign_cpus,
    )


def run_of(
    *,
    decode_tok_s: float = 36.1,
    prefill_tok_s: float = 100.0,
    model: str | None = "llama-3.2-1b",
    stored: str = "int4",
    threads: int = 2,
    provider: str = "CPUExecutionProvider",
    kv_format: str = "fp32",
    layers: int | None = None,
    file_bytes: int = 774_000_000,
) -> Run:
    one = Round(
        number=1,
        started_at=NOON,
        state=RoundState.CLEAN,
        load_s=1.0,
        first_run_s=1.0,
        prefill=(PrefillSample(prompt_tokens=512, duration_s=512 / prefill_tok_s),),
        decode=(DecodeSample(context_tokens=512, token_times_s=(1 / decode_tok_s, 2 / decode_tok_s)),),
        peak_memory_bytes=10**9,
        foreign_cpus=0.0,
    )
    return Run(
        run_id="r",
        started_at=NOON,
        finished_at=NOON,
        model=ModelIdentity(
            name="m", architecture=model, source=ModelSource.SYNTHESISED, file_bytes=file_bytes, layers=layers
        ),
        weight_format=stored,
        settings=RunSettings(
            runtime="onnxruntime 1.32.0",
            execution_provider=provider,
            threads=threads,
            kv_format=kv_format,
            shared_kv_buffer=True,
        ),
        conditions=Conditions(
            power_source=None,
            battery_percent=None,
            power_mode=None,
            available_memory_bytes=None,
            load_average_1min=None,
        ),
        rounds=(one,),
        outcome=RunOutcome.COMPLETE,
    )


def test_decode_is_limited_by_the_bytes_it_must_read() -> None:
    """30 GB/s ÷ (1.236 G weights × 5 bit + 512 tokens × 64 KiB of fp32 cache) = 37.2 tok/s."""
    size = bytes_read_per_token(LLAMA_1B, weight_format("int4"), 512, 4)
    assert size == (LAYERS_1B + HEAD_1B) * 5 // 8 + 512 * 16 * 2 * 512 * 4
    limit = decode_limit(measured(30e9, "B/s", 27e9, 33e9), size)
    assert limit.value == pytest.approx(37.2, rel=1e-3)
    assert limit.bounds == pytest.approx((0.9 * limit.value, 1.1 * limit.value))
    assert limit.source == "test ÷ 806 MB a token"
    assert limit.basis is Basis.MEASURED


def test_prefill_is_limited_by_the_operations_it_needs() -> None:
    """512 tokens: 2 a weight, the head once, and 4 × 2048 for each of 512 × 513 / 2 pairs in 16 layers."""
    operations = 2 * (LAYERS_1B * 512 + HEAD_1B) + 4 * 2048 * 16 * 512 * 513 // 2
    assert prefill_operations(LLAMA_1B, 512) == operations
    limit = prefill_limit(measured(263e9, "FLOP/s"), LLAMA_1B, 512)
    assert limit.value == pytest.approx(263e9 * 512 / operations)
    assert limit.value == pytest.approx(132.8, rel=1e-3)
    whole = prefill_operations(LLAMA_1B, 512, last_logits_only=False)
    assert whole - operations == 2 * HEAD_1B * 511


@given(tokens=st.integers(1, 60), window=st.integers(1, 80))
def test_a_token_attends_no_further_back_than_the_window(tokens: int, window: int) -> None:
    one_by_one = sum(min(place, window) for place in range(1, tokens + 1))
    assert physical_limits._attending(tokens, window) == one_by_one
    sliding = TINY.model_copy(update={"sliding_window": window, "global_every": 2})
    saved = 4 * TINY.query_width * (tokens * (tokens + 1) // 2 - one_by_one)  # in the one layer that slides
    assert prefill_operations(TINY, tokens) - prefill_operations(sliding, tokens) == saved


@given(rate=st.floats(1, 1e3), limit=st.floats(1, 1e3), doubt=st.floats(0, 0.5), other=st.floats(0, 0.5))
def test_a_share_is_as_unsure_as_rate_and_limit_together(rate: float, limit: float, doubt: float, other: float) -> None:
    share = reached(
        measured(rate, "tok/s", rate * (1 - doubt), rate * (1 + doubt)),
        measured(limit, "tok/s", limit * (1 - other), limit * (1 + other)),
    )
    assert share.value == pytest.approx(rate / limit)
    assert share.low == pytest.approx(share.value * (1 - doubt) / (1 + other))
    assert share.high == pytest.approx(share.value * (1 + doubt) / (1 - other))


def test_a_share_of_figures_without_intervals_has_none() -> None:
    share = reached(measured(7.0, "tok/s"), measured(10.0, "tok/s"))
    assert (share.value, share.unit, share.low, share.high) == (0.7, "share", None, None)
    from_zero = reached(measured(7.0, "tok/s"), measured(10.0, "tok/s", 0.0, 20.0))
    assert from_zero.low is None


def test_a_run_is_held_against_memory_its_own_kernel_and_the_fastest() -> None:
    found = reached_by(run_of(), roofline())
    assert [(each.phase, each.tokens, each.against) for each in found] == [
        ("decode", 512, "memory"),
        ("prefill", 512, "int4"),
        ("prefill", 512, "dynamic-int8"),
    ]
    assert [each.share.value for each in found] == pytest.approx([0.97, 0.753, 0.461], rel=2e-3)
    assert found[0].sentence == "decode at 512 tokens runs at 97 % of what this memory can deliver"
    assert found[1].sentence == "prefill of 512 tokens runs at 75 % of what the int4 product can deliver"
    assert all(each.share.basis is Basis.MEASURED and each.same_threads for each in found)


def test_a_kernel_that_is_its_own_format_and_the_fastest_stands_once() -> None:
    kernels = [each.against for each in reached_by(run_of(stored="fp16"), roofline())]
    assert kernels == ["memory", "dynamic-int8"]  # no fp16 product was measured
    fast = roofline().model_copy(update={"points": (point_of("int4", 500e9),)})
    assert [each.against for each in reached_by(run_of(), fast)] == ["memory", "int4"]


def point_of(name: str, flop_s: float) -> RooflinePoint:
    return RooflinePoint(threads=2, read_bytes_s=measured(30e9, "B/s"), kernels=(kernel(name, flop_s),))


def test_a_half_precision_cache_is_half_the_bytes() -> None:
    whole, half = (reached_by(run_of(kv_format=each), roofline())[0].limit.value for each in ("fp32", "fp16"))
    assert 30e9 / whole - 30e9 / half == pytest.approx(512 * 16 * 2 * 512 * 2)


def test_a_slice_of_a_model_is_held_against_its_own_depth() -> None:
    limit = reached_by(run_of(layers=4), roofline())[0].limit.value
    assert 30e9 / limit == pytest.approx((LAYERS_1B / 4 + HEAD_1B) * 5 / 8 + 512 * 4 * 2 * 512 * 4)


@pytest.mark.parametrize(
    "unknown", [{"model": None}, {"model": "no-such-model"}, {"stored": "no-such-format"}, {"kv_format": "int8"}]
)
def test_of_an_unknown_model_the_file_says_what_is_read(unknown: dict[str, str | None]) -> None:
    decode = reached_by(run_of(**unknown), roofline())[0]  # pyright: ignore[reportArgumentType]
    assert decode.limit.value == pytest.approx(30e9 / 774e6)
    assert decode.limit.basis is decode.share.basis is Basis.ESTIMATED


def test_of_an_unknown_shape_there_is_no_limit_of_prefill() -> None:
    assert [each.phase for each in reached_by(run_of(model=None), roofline())] == ["decode"]
    assert reached_by(run_of(model=None, file_bytes=0), roofline()) == ()


def test_limits_of_other_providers_or_more_threads_say_nothing() -> None:
    assert reached_by(run_of(threads=1), roofline()) == ()
    assert reached_by(run_of(provider="CUDAExecutionProvider"), roofline()) == ()


def test_beating_the_limit_is_doubted_unless_it_was_measured_with_fewer_threads() -> None:
    within, beaten = reached_by(run_of(), roofline())[0], reached_by(run_of(decode_tok_s=45.0), roofline())[0]
    assert beats_roofline(within) is None
    doubt = beats_roofline(beaten, "m int4")
    assert doubt is not None
    assert (doubt.kind, doubt.subject) == ("BeatsRoofline", "m int4")
    assert doubt.sentence.startswith("Decode at 512 tokens runs at 121 % of what this memory can deliver, which cannot")
    assert "cache" in doubt.sentence
    assert doubt.advice.endswith(".")
    assert beats_roofline(reached_by(run_of(decode_tok_s=45.0, threads=3), roofline())[0]) is None
    prefill = reached_by(run_of(prefill_tok_s=200.0), roofline())[1]
    told = beats_roofline(prefill)
    assert told is not None
    assert "operations" in told.sentence


@pytest.mark.parametrize(("low", "doubted"), [(0.9, False), (1.05, False), (1.06, True)])
def test_only_what_is_surely_above_the_limit_is_doubted(low: float, doubted: bool) -> None:
    one = Reached(
        phase="decode",
        tokens=128,
        against="memory",
        rate=measured(12.0, "tok/s"),
        limit=measured(10.0, "tok/s"),
        share=measured(1.2, "share", low, 1.5),
        same_threads=True,
    )
    assert (beats_roofline(one) is not None) is doubted


@pytest.mark.parametrize(
    ("cpus", "words"), [(None, None), (0.1, None), (1.0, "kept 1 CPU busy"), (1.53, "kept 1.5 CPUs busy")]
)
def test_limits_measured_beside_other_work_are_doubted(cpus: float | None, words: str | None) -> None:
    doubt = disturbed_roofline(roofline(foreign_cpus=cpus))
    assert (doubt is None) is (words is None)
    if doubt is not None and words is not None:
        assert doubt.kind == "RooflineDisturbed"
        assert words in doubt.sentence

"""Predictions from slices and from spec sheets: every figure with its interval, its source and what to mind (§17)."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, known, unknown
from planner.device.facts import Cache, DeviceFacts
from planner.documents import from_json, to_json
from planner.errors import UnknownNameError
from planner.model.catalog import architecture
from planner.model.footprint import resident_bytes
from planner.model.weight_formats import weight_format
from planner.prediction.depth_slices import PRIOR, ModelTerm
from planner.prediction.predict import new_id, predict_from_facts, predict_from_slices
from planner.prediction.prediction import Method, Prediction
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import facts

GIB = 2**30
SLICES = slices_after(Law())


def device(
    *, total: int | None = 16 * GIB, limit: int | None = None, bandwidth: float | None = None, cache: int | None = None
) -> DeviceFacts:
    plain = facts()
    memory = plain.memory.model_copy(
        update={
            "total_bytes": known(total, "test") if total else unknown("test"),
            "limit_bytes": known(limit, "test") if limit else unknown("no limit set"),
            "read_bandwidth_bytes_s": known(bandwidth, "its maker", Basis.PUBLISHED) if bandwidth else unknown("test"),
        }
    )
    caches = () if cache is None else (Cache(level=3, kind="unified", size_bytes=cache),)
    return plain.model_copy(
        update={"memory": memory, "cpu": plain.cpu.model_copy(update={"caches": known(caches, "test")})}
    )


def predicted(prompt: int = 512, context: int = 512, **changes: Any) -> Prediction:
    values = {"slices": SLICES, "facts": device(), "device": "testbook-14", **changes}
    return predict_from_slices(
        values.pop("slices"), values.pop("facts"), prompt_tokens=prompt, context_tokens=context, **values
    )


@pytest.mark.parametrize(("prompt", "context"), [(256, 256), (1536, 128), (128, 1536)])
def test_slices_tell_the_whole_models_rates_at_the_lengths_asked(prompt: int, context: int) -> None:
    told = predicted(prompt, context)
    step_s, prefill_s = Law().step_s(30, context), Law().prefill_s(30, prompt)
    assert told.prefill_tok_s is not None
    assert told.ttft_s is not None
    assert told.decode_tok_s.value == pytest.approx(1 / step_s)
    assert told.prefill_tok_s.value == pytest.approx(prompt / prefill_s)
    assert told.ttft_s.value == pytest.approx(prefill_s)
    assert (told.decode_tok_s.unit, told.prefill_tok_s.unit, told.ttft_s.unit) == ("tok/s", "tok/s", "s")
    assert (told.prompt_tokens, told.context_tokens) == (prompt, context)


def test_without_scatter_the_interval_is_the_model_terms() -> None:
    """t(12) · 6 % and t(8) · 3 % of the logarithm; a rate's ends are one over the time's."""
    told = predicted()
    assert told.prefill_tok_s is not None
    assert told.ttft_s is not None
    for figure, half in (
        (told.decode_tok_s, 1.7823 * 0.06),
        (told.prefill_tok_s, 1.8595 * 0.03),
        (told.ttft_s, 1.8595 * 0.03),
    ):
        low, high = figure.bounds
        assert math.log(figure.value / low) == pytest.approx(half, rel=1e-3)
        assert math.log(high / figure.value) == pytest.approx(half, rel=1e-3)
    assert told.prefill_tok_s.low == pytest.approx(512 / told.ttft_s.bounds[1])
    assert told.prefill_tok_s.high == pytest.approx(512 / told.ttft_s.bounds[0])


def test_the_devices_own_terms_replace_the_prior() -> None:
    wide = {**PRIOR, "decode": ModelTerm(0.30, 12)}
    plain, other = predicted(), predicted(terms=wide)
    assert other.decode_tok_s.value == plain.decode_tok_s.value
    assert other.decode_tok_s.bounds[0] < plain.decode_tok_s.bounds[0]
    assert other.prefill_tok_s == plain.prefill_tok_s


def test_a_prediction_says_what_it_is_of_and_what_it_rests_on() -> None:
    before = datetime.now(UTC)
    told = predicted()
    assert before <= told.made_at <= datetime.now(UTC)
    assert (told.device, told.model, told.weight_format) == ("testbook-14", "smollm2-135m", "int4")
    assert (told.runtime, told.execution_provider) == ("onnxruntime 1.32.0", "CPUExecutionProvider")
    assert told.threads == 8
    assert told.method is Method.DEPTH_SLICES
    assert told.slices == (SLICES.shallow.run_id, SLICES.deep.run_id)
    assert told.decode_tok_s.basis is Basis.ESTIMATED
    assert told.decode_tok_s.source == ("depth slices of 2 and 15 of 30 layers, 4 pairs of rounds, onnxruntime 1.32.0")
    assert told.decode_tok_s.as_of == SLICES.deep.finished_at.date()
    assert told.unknown_because == ""
    assert predicted().prediction_id != told.prediction_id


def test_memory_is_the_slices_or_the_footprints_where_they_tell_no_peak() -> None:
    assert "depth slices" in predicted().peak_memory_bytes.source
    rounds = tuple(one.model_copy(update={"peak_memory_bytes": None}) for one in SLICES.deep.rounds)
    blind = SLICES.model_copy(update={"deep": SLICES.deep.model_copy(update={"rounds": rounds})})
    memory = predicted(256, 1024, slices=blind).peak_memory_bytes
    assert memory == resident_bytes(architecture("smollm2-135m"), weight_format("int4"), 1024)


@pytest.mark.parametrize(
    ("total", "limit", "fits"),
    [
        (16 * GIB, None, True),
        (16 * GIB, 100_000_000, False),  # a container's limit counts
        (100_000_000, 16 * GIB, False),  # and so does a machine smaller than its container's limit
        (100_000_000, None, False),
        (None, 16 * GIB, True),
        (None, None, None),
    ],
)
def test_whether_it_fits_is_yes_no_or_unknown(total: int | None, limit: int | None, fits: bool | None) -> None:
    assert predicted(facts=device(total=total, limit=limit)).fits is fits


# Cautions


def test_where_nothing_is_unusual_nothing_is_said() -> None:
    assert predicted().cautions == ()


def test_a_shallow_slice_that_a_cache_may_hold_is_said() -> None:
    """20 MB of weights: four caches of 8 MB are more."""
    (caution,) = predicted(facts=device(cache=8_000_000)).cautions
    assert "cache" in caution
    assert predicted(facts=device(cache=4_000_000)).cautions == ()
    assert predicted(facts=facts()).cautions == ()


def test_the_largest_cache_counts_and_none_of_instructions() -> None:
    plain = device()
    instructions = Cache(level=1, kind="instruction", size_bytes=64_000_000)
    cpu = plain.cpu.model_copy(update={"caches": known((instructions,), "test")})
    assert predicted(facts=plain.model_copy(update={"cpu": cpu})).cautions == ()


def test_lengths_far_beyond_the_slices_are_said() -> None:
    assert predicted(4096, 4096).cautions == ()
    for prompt, context in ((4097, 128), (128, 4097)):
        (caution,) = predicted(prompt, context).cautions
        assert caution == "4,097 tokens lie far beyond the 2,048 that the slices were timed at."


def test_a_sliding_window_is_said_beyond_its_length() -> None:
    shape = architecture("gemma-3-1b")
    assert shape.sliding_window == 512
    slices = slices_after(Law(), model="gemma-3-1b", layers=(6, 12))
    assert predicted(512, 512, slices=slices).cautions == ()
    (caution,) = predicted(513, 128, slices=slices).cautions
    assert "sliding window" in caution


def test_a_single_pair_is_said_because_its_scatter_is_unknown() -> None:
    (caution,) = predicted(slices=slices_after(Law(), pairs=1)).cautions
    assert caution.startswith("Only one pair of rounds")


# Spec sheets


def from_facts(**changes: Any) -> Prediction:
    values: dict[str, Any] = {
        "facts": device(bandwidth=80e9),
        "device": "testbook-14",
        "model": "llama-3.2-1b",
        "weight_format_name": "int4",
        "prompt_tokens": 512,
        "context_tokens": 512,
        **changes,
    }
    return predict_from_facts(values.pop("facts"), **values)


def test_a_spec_sheet_tells_decode_and_says_why_the_rest_is_unknown() -> None:
    told = from_facts()
    assert told.method is Method.SPEC_SHEET
    assert told.slices == ()
    assert told.threads is None
    assert told.decode_tok_s.basis is Basis.ESTIMATED
    low, high = told.decode_tok_s.bounds
    assert 0 < low < told.decode_tok_s.value < high
    assert (told.prefill_tok_s is None) == (told.ttft_s is None) == bool(told.unknown_because)
    assert (told.runtime, told.execution_provider) == ("onnxruntime", "CPUExecutionProvider")


def test_twice_the_bandwidth_decodes_faster_and_a_larger_model_slower() -> None:
    rates = [
        from_facts(facts=device(bandwidth=rate), model=model).decode_tok_s.value
        for rate, model in ((80e9, "llama-3.2-3b"), (80e9, "llama-3.2-1b"), (160e9, "llama-3.2-1b"))
    ]
    assert rates == sorted(rates)
    assert all(slower < faster for slower, faster in pairwise(rates))


@pytest.mark.parametrize(("total", "fits"), [(16 * GIB, True), (GIB // 2, False), (None, None)])
def test_a_spec_sheet_says_whether_it_fits(total: int | None, fits: bool | None) -> None:
    assert from_facts(facts=device(total=total, bandwidth=80e9)).fits is fits


def test_a_device_of_which_nothing_decisive_is_stated_is_refused_with_the_way_out() -> None:
    with pytest.raises(UnknownNameError, match=r"spec sheet of testbook-14: .*bandwidth") as caught:
        from_facts(facts=device())
    assert "edgewise predict" in (caught.value.remedy or "")


@pytest.mark.parametrize("names", [{"model": "no-such-model"}, {"weight_format_name": "no-such-format"}])
def test_unknown_names_are_refused(names: dict[str, str]) -> None:
    with pytest.raises(UnknownNameError):
        from_facts(**names)


# Documents


@given(prompt=st.integers(1, 8192), context=st.integers(1, 8192))
def test_a_prediction_comes_back_from_json_as_it_was(prompt: int, context: int) -> None:
    for told in (predicted(prompt, context), from_facts(prompt_tokens=prompt, context_tokens=context)):
        assert from_json(to_json(told), Prediction, where="test") == told


def test_ids_are_distinct_and_say_when() -> None:
    ids = {new_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(r"p\d{8}T\d{6}Z-[0-9a-f]{6}", each) for each in ids)

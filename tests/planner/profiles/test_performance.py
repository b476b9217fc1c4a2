"""How fast a device runs a model: runs before publications, the newest run, complete before incomplete."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis
from planner.model.catalog import architecture
from planner.prediction.depth_slices import PRIOR, foretell_decode, interval
from planner.prediction.slice_memory import foretell_memory
from planner.profiles.performance import ModelPerformance, find_performance, foretold_performance, performances
from planner.profiles.profile import DeviceProfile
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import figure, profile, published, run


def only(device: DeviceProfile) -> ModelPerformance:
    (performance,) = performances(device)
    return performance


def test_a_run_gives_its_rates_with_the_basis_measured() -> None:
    performance = only(profile(runs=(run(prefill_tok_s=1000, decode_tok_s=50),)))
    assert performance.basis is Basis.MEASURED
    assert (performance.run_id, performance.rounds) == ("run-1", 2)
    (prefill,), (decode,) = performance.prefill, performance.decode
    assert (prefill.tokens, decode.tokens) == (128, 128)
    assert prefill.tok_s.value == pytest.approx(1000)
    assert decode.tok_s.value == pytest.approx(50)
    assert performance.load_s is not None
    assert performance.load_s.value == 0.25
    assert performance.peak_memory_bytes is not None
    assert performance.peak_memory_bytes.value == 300_000_000


def test_the_newest_run_wins_whatever_its_place_in_the_file() -> None:
    old, new = run("old", decode_tok_s=80), run("new", hours=1, decode_tok_s=40)
    for runs in ((old, new), (new, old)):
        assert only(profile(runs=runs)).run_id == "new"


def test_a_newer_version_of_the_runtime_replaces_the_older_one() -> None:
    runs = (run("old", runtime="onnxruntime 1.32.0"), run("new", runtime="onnxruntime 1.33.1", hours=1))
    assert only(profile(runs=runs)).runtime == "onnxruntime 1.33.1"


def test_a_later_run_without_a_sample_hides_nothing() -> None:
    runs = (run("good"), run("failed", hours=1, rounds=0))
    assert only(profile(runs=runs)).run_id == "good"


def test_different_models_stand_side_by_side_in_order_of_name() -> None:
    device = profile(runs=(run(model="smollm2-135m"), run("2", model="qwen2.5-0.5b")), figures=(figure(),))
    names = [performance.model for performance in performances(device)]
    assert names == ["llama-3.2-1b", "qwen2.5-0.5b", "smollm2-135m"]


def test_a_run_outranks_a_publication_of_the_same_way_to_run_it() -> None:
    same = figure(
        model="smollm2-135m",
        weight_format="int4",
        runtime="onnxruntime 1.20",
        execution_provider="CPUExecutionProvider",
    )
    other = figure(model="smollm2-135m", weight_format="int4", runtime="onnxruntime", execution_provider="QNN")
    bases = {
        performance.execution_provider: performance.basis
        for performance in performances(profile(runs=(run(),), figures=(same, other)))
    }
    assert bases == {"CPUExecutionProvider": Basis.MEASURED, "QNN": Basis.PUBLISHED}


def test_published_lengths_of_one_way_are_merged_ascending() -> None:
    long = figure(prefill_tokens=4096, decode_context_tokens=4096, decode_tok_s=published(8.0))
    performance = only(profile(figures=(long, figure())))
    assert [point.tokens for point in performance.prefill] == [512, 4096]
    assert [point.tokens for point in performance.decode] == [64, 4096]
    assert performance.rounds == 0
    assert performance.run_id is None


def test_a_context_nobody_stated_comes_first() -> None:
    device = profile(figures=(figure(), figure(decode_context_tokens=None)))
    assert [point.tokens for point in only(device).decode] == [None, 64]


def test_where_publications_differ_the_newer_counts_then_the_slower() -> None:
    old = figure(decode_tok_s=published(30.0, as_of=date(2024, 1, 1)))
    new, slower = figure(decode_tok_s=published(20.0)), figure(decode_tok_s=published(19.0))
    for figures in ((old, new, slower), (slower, new, old)):
        assert only(profile(figures=figures)).decode[0].tok_s.value == 19.0


def test_prefill_follows_from_a_time_to_first_token() -> None:
    """1,024 tokens in 2 s (1.6 to 2.56 s) are 512 tok/s (400 to 640)."""
    device = profile(
        figures=(figure(prefill_tok_s=None, prefill_tokens=1024, ttft_s=published(2.0, "s", low=1.6, high=2.56)),)
    )
    (point,) = only(device).prefill
    assert point.tokens == 1024
    assert (point.tok_s.value, point.tok_s.low, point.tok_s.high) == pytest.approx((512.0, 400.0, 640.0))
    assert point.tok_s.basis is Basis.PUBLISHED
    assert "time to first token" in point.tok_s.source


def test_an_interval_that_starts_at_zero_gives_no_bound_of_a_rate() -> None:
    device = profile(figures=(figure(prefill_tok_s=None, ttft_s=published(2.0, "s", low=0.0, high=4.0)),))
    (point,) = only(device).prefill
    assert (point.tok_s.low, point.tok_s.high) == (None, None)


def test_a_time_to_first_token_of_unknown_length_gives_no_rate() -> None:
    device = profile(figures=(figure(prefill_tok_s=None, prefill_tokens=None, ttft_s=published(2.0, "s")),))
    assert only(device).prefill == ()


def test_memory_is_the_largest_figure_published() -> None:
    sizes = (figure(peak_memory_bytes=published(1e9, "B")), figure(peak_memory_bytes=published(2e9, "B")))
    memory = only(profile(figures=sizes)).peak_memory_bytes
    assert memory is not None
    assert memory.value == 2e9


def test_nothing_known_is_no_performance() -> None:
    assert performances(profile()) == ()
    assert find_performance(profile(figures=(figure(),)), "llama-3.2-1b", "q8_0") is None


def test_complete_comes_before_measured() -> None:
    """Without prefill no latency can be told, so a complete publication is planned with."""
    half = run(model="llama-3.2-1b", prefill_tok_s=None)
    device = profile(runs=(half,), figures=(figure(weight_format="int4"),))
    found = find_performance(device, "llama-3.2-1b", "int4")
    assert found is not None
    assert found.basis is Basis.PUBLISHED


def test_measured_comes_before_faster() -> None:
    device = profile(runs=(run(model="m", decode_tok_s=10),), figures=(figure(model="m", weight_format="int4"),))
    found = find_performance(device, "m", "int4")
    assert found is not None
    assert found.basis is Basis.MEASURED


@pytest.mark.parametrize(("context", "expected"), [(512, "CPU"), (4096, "NPU")])
def test_the_fastest_at_the_context_in_question_is_chosen(context: int, expected: str) -> None:
    rates = {"CPU": (60.0, 20.0), "NPU": (30.0, 25.0)}
    figures = tuple(
        figure(execution_provider=provider, decode_context_tokens=tokens, decode_tok_s=published(rate))
        for provider, pair in rates.items()
        for tokens, rate in zip((512, 4096), pair, strict=True)
    )
    found = find_performance(profile(figures=figures), "llama-3.2-1b", "q4_0", context_tokens=context)
    assert found is not None
    assert found.execution_provider == expected


@given(st.permutations(range(5)))
def test_the_order_of_runs_and_figures_decides_nothing(order: list[int]) -> None:
    runs = [run(str(number), model=f"m{number % 2}", hours=number) for number in range(5)]
    figures = [figure(execution_provider=str(number % 3), decode_tok_s=published(number + 1)) for number in range(5)]
    plain = profile(runs=tuple(runs), figures=tuple(figures))
    mixed = profile(runs=tuple(runs[place] for place in order), figures=tuple(figures[place] for place in order))
    assert performances(plain) == performances(mixed)


# Depth slices (§17)


def test_slices_foretell_the_whole_model_at_the_lengths_of_their_grid() -> None:
    slices = slices_after(Law())
    told = only(profile(slices=(slices,)))
    assert told == foretold_performance(slices)
    assert (told.model, told.architecture, told.weight_format) == ("smollm2-135m", "smollm2-135m", "int4")
    assert (told.basis, told.rounds, told.run_id, told.load_s) == (Basis.ESTIMATED, 0, None, None)
    assert [point.tokens for point in told.prefill] == [point.tokens for point in told.decode] == [128, 512, 2048]
    for prefill, decode in zip(told.prefill, told.decode, strict=True):
        tokens = prefill.tokens or 0
        assert prefill.tok_s.value == pytest.approx(tokens / Law().prefill_s(30, tokens))
        assert decode.tok_s.value == pytest.approx(1 / Law().step_s(30, tokens))
        assert prefill.tok_s.basis is decode.tok_s.basis is Basis.ESTIMATED
        low_s, high_s = interval(foretell_decode(slices, 30, tokens), PRIOR["decode"])
        assert decode.tok_s.bounds == pytest.approx((1 / high_s, 1 / low_s))
    assert told.peak_memory_bytes == foretell_memory(slices, architecture("smollm2-135m"), 2048)


def test_a_run_or_a_publication_of_the_whole_model_replaces_what_slices_foretell() -> None:
    slices = slices_after(Law())
    ran = profile(runs=(run(),), slices=(slices,))
    assert only(ran).basis is Basis.MEASURED
    same = figure(
        model="smollm2-135m",
        weight_format="int4",
        runtime="onnxruntime 1.20",
        execution_provider="CPUExecutionProvider",
    )
    assert only(profile(figures=(same,), slices=(slices,))).basis is Basis.PUBLISHED
    other = run(model="qwen2.5-0.5b")
    assert [each.basis for each in performances(profile(runs=(other,), slices=(slices,)))] == [
        Basis.MEASURED,
        Basis.ESTIMATED,
    ]


def test_the_newest_slices_count_whatever_their_place_in_the_file() -> None:
    slower = Law(decode=(16e-3, 2.4e-3, 8e-7))
    old, new = slices_after(Law()), slices_after(slower, hours=1)
    for both in ((old, new), (new, old)):
        assert only(profile(slices=both)).decode[0].tok_s.value == pytest.approx(1 / slower.step_s(30, 128))


def test_slices_of_an_architecture_that_this_version_does_not_know_foretell_nothing() -> None:
    """A profile may come from a version with a longer catalogue: the rest of it still counts."""
    known, strange = slices_after(Law()), slices_after(Law(), model="no-such-model")
    assert only(profile(slices=(strange, known))).model == "smollm2-135m"


def test_a_foretold_model_can_be_planned_with() -> None:
    found = find_performance(profile(slices=(slices_after(Law()),)), "smollm2-135m", "int4")
    assert found is not None
    assert found.basis is Basis.ESTIMATED

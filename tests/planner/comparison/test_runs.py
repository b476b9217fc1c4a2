"""Two runs compared: the points both have, what differs between them, and one sentence that says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basis import Basis
from planner.comparison.run_figures import Verdict, compared_figures
from planner.comparison.runs import RunComparison, compare_runs
from planner.documents import from_json, to_json
from planner.measurement.energy.figures import EnergyMeter, MeterKind, MeterScope, PhaseEnergy, RoundEnergy, RunEnergy
from planner.measurement.runs import Conditions, RoundState, Run, RunOutcome
from planner.measurement.stopping import QUICK
from tests.support.compared_runs import round_of, run_of
from tests.support.machine_readings import quiet
from tests.support.simulated_device import SimulatedDevice

A = run_of((50, 51, 49, 50.5, 49.5), "a")
B = run_of((56, 57.1, 54.9, 56.5, 55.5), "b", hours=1)


def changed(run: Run, **changes: object) -> Run:
    return run.model_copy(update=changes)


def on(run: Run, **changes: object) -> Run:
    return run.model_copy(update={"conditions": Conditions.model_validate({**run.conditions.model_dump(), **changes})})


def told(run: Run, **changes: object) -> Run:
    return run.model_copy(update={"settings": run.settings.model_copy(update=changes)})


def metered(run: Run, decode_j: float, scope: MeterScope = MeterScope.CPU_PACKAGE) -> Run:
    """Decode of 100 tokens in 10 s a round, at 2 W of rest, a little more from round to round."""
    meter = EnergyMeter(
        kind=MeterKind.RAPL, name="package-0", scope=scope, provenance="test", basis=Basis.MEASURED, period_s=0.001
    )
    rounds = tuple(
        one.model_copy(
            update={
                "energy": RoundEnergy(
                    phases=(PhaseEnergy(phase="decode", tokens=100, duration_s=10.0, gross_j=decode_j + one.number),)
                )
            }
        )
        for one in run.rounds
    )
    energy = RunEnergy(meter=meter, idle_before_w=2.0, idle_after_w=2.0)
    return run.model_copy(update={"energy": energy, "rounds": rounds})


def test_a_faster_run_is_said_to_be_faster_by_how_much_and_why() -> None:
    comparison = compare_runs(A, on(B, power_source="battery"))
    decode = comparison.figure("decode", 512)
    assert decode is not None
    assert decode.ratio is not None
    assert decode.ratio.value == pytest.approx(1.12)
    assert decode.verdict is Verdict.BETTER
    assert decode.words.startswith("12 % faster (")
    assert comparison.sentence.startswith("B decodes 12 % faster (")
    assert " at 512 tokens" in comparison.sentence
    assert comparison.sentence.endswith("; it ran on battery, A on mains.")
    assert [(each.label, each.a, each.b) for each in comparison.differing] == [
        ("power source", "on mains", "on battery")
    ]


def test_a_shorter_time_is_better_and_more_memory_is_worse() -> None:
    heavier = tuple(
        one.model_copy(update={"peak_memory_bytes": 900_000_000 + one.number, "load_s": 0.1 + one.number / 1e6})
        for one in B.rounds
    )
    comparison = compare_runs(A, changed(B, rounds=heavier))
    verdicts = {figure.name: figure.verdict for figure in comparison.figures}
    assert verdicts["overall_ttft"] is Verdict.BETTER
    assert verdicts["overall_decode"] is Verdict.BETTER
    assert verdicts["load"] is Verdict.BETTER
    assert verdicts["first_run"] is Verdict.SAME
    assert verdicts["peak_memory"] is Verdict.WORSE
    memory = comparison.figure("peak_memory")
    assert memory is not None
    assert memory.words.startswith("3 times as much")


def test_a_difference_within_the_intervals_is_none() -> None:
    near = run_of((51, 49.5, 52, 48.5, 50), "b")
    comparison = compare_runs(A, near)
    assert {figure.verdict for figure in comparison.figures} == {Verdict.SAME}
    assert comparison.sentence.startswith("B decodes no differently at 512 tokens beyond the intervals (×")
    assert comparison.sentence.endswith("no setting or condition known differs.")


@given(st.lists(st.floats(min_value=1, max_value=1e4), min_size=1, max_size=6))
def test_a_run_beside_itself_differs_in_nothing(speeds: list[float]) -> None:
    run = run_of(speeds)
    comparison = compare_runs(run, run)
    assert comparison.cautions[0] == "This is one run beside itself."
    assert not comparison.differing
    for figure in comparison.figures:
        assert figure.ratio is not None
        assert figure.ratio.value == 1
        assert figure.verdict in {Verdict.SAME, Verdict.UNKNOWN}


@settings(max_examples=30)
@given(st.lists(st.floats(min_value=1, max_value=1e4), min_size=2, max_size=6))
def test_exchanging_the_runs_turns_every_ratio_round(speeds: list[float]) -> None:
    other = run_of(speeds, "b")
    forth, back = compare_runs(A, other), compare_runs(other, A)
    assert [figure.label for figure in forth.figures] == [figure.label for figure in back.figures]
    opposite = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}
    for one, turned in zip(forth.figures, back.figures, strict=True):
        assert one.ratio is not None
        assert turned.ratio is not None
        assert one.ratio.value * turned.ratio.value == pytest.approx(1)
        assert turned.verdict is opposite.get(one.verdict, one.verdict)
        assert (one.a, one.b) == (turned.b, turned.a)


def test_only_points_that_both_have_are_compared_and_the_rest_is_named() -> None:
    longer = run_of((50, 51, 49), "b", tokens=(512, 2048))
    comparison = compare_runs(A, longer)
    assert [figure.tokens for figure in comparison.figures if figure.tokens] == [512, 512]
    assert comparison.left_out == (
        "prefill of 128 tokens: only A",
        "prefill of 2,048 tokens: only B",
        "decode at 128 tokens: only A",
        "decode at 2,048 tokens: only B",
    )


def test_overall_means_are_taken_over_the_shared_lengths_only() -> None:
    """§10: a geometric mean over other lengths would compare grids, not runs."""
    comparison = compare_runs(
        run_of((50, 51, 49), "a", tokens=(128, 512, 2048)), run_of((50, 51, 49), "b", tokens=(512,))
    )
    overall = comparison.figure("overall_ttft")
    assert overall is not None
    assert overall.a.value == overall.b.value == pytest.approx(512 / 500)


def test_partial_rounds_count_for_rates_and_not_for_whole_run_figures() -> None:
    partial = round_of(6, 100, tokens=(128,), state=RoundState.PARTIAL, peak_memory_bytes=10**12)
    comparison = compare_runs(changed(A, rounds=(*A.rounds, partial)), B)
    rate, memory = comparison.figure("decode", 128), comparison.figure("peak_memory")
    assert rate is not None
    assert memory is not None
    assert "6 rounds" in rate.a.source
    assert memory.a.value < 10**9
    assert "partial rounds" in {each.label for each in comparison.differing}


def test_one_round_is_compared_without_a_judgement() -> None:
    comparison = compare_runs(A, run_of((60,), "b"))
    decode = comparison.figure("decode", 512)
    assert decode is not None
    assert decode.ratio is not None
    assert (decode.ratio.low, decode.verdict) == (None, Verdict.UNKNOWN)
    assert decode.words == "20 % faster, how surely is unknown"
    assert "(one start shows no interval)" in comparison.sentence


def test_runs_without_a_shared_length_say_so() -> None:
    comparison = compare_runs(run_of((50, 51), "a", tokens=(128,)), run_of((50, 51), "b", tokens=(512,)))
    assert comparison.sentence.startswith("The two runs share no figure of speed")
    assert {figure.name for figure in comparison.figures} == {"load", "first_run", "peak_memory"}


def test_energy_is_compared_above_idle_and_only_judged_by_one_kind_of_meter() -> None:
    # 100 tokens in 10 s at 2 W of rest: (120 + 3 − 20)/100 against (170 + 3 − 20)/100 J a token at the median.
    ours, theirs = metered(A, 120.0), metered(B, 170.0)
    energy = compare_runs(ours, theirs).figure("decode_energy")
    assert energy is not None
    assert energy.ratio is not None
    assert energy.ratio.value == pytest.approx(1.53 / 1.03)
    assert (energy.verdict, energy.caution) == (Verdict.WORSE, "")
    assert energy.words.startswith("49 % more (")
    other = compare_runs(ours, metered(B, 170.0, MeterScope.WALL)).figure("decode_energy")
    assert other is not None
    assert (other.verdict, other.caution) == (
        Verdict.UNKNOWN,
        "read by meters that cover different parts of the device",
    )


def test_energy_over_unlike_lengths_is_not_judged() -> None:
    other = metered(run_of((50, 51, 49), "b", tokens=(512,)), 170.0)
    energy = compare_runs(metered(A, 120.0), other).figure("decode_energy")
    assert energy is not None
    assert (energy.verdict, energy.caution) == (Verdict.UNKNOWN, "over different numbers of tokens")


def test_other_models_and_formats_may_be_compared_with_a_caution() -> None:
    other_format = compare_runs(A, changed(B, weight_format="int8"))
    assert "different weight formats" in other_format.cautions[0]
    assert "its weights are int8, A's int4" in other_format.sentence
    other_model = compare_runs(A, changed(B, model=B.model.model_copy(update={"name": "qwen2.5-0.5b"})))
    assert "different models" in other_model.cautions[0]
    assert "it ran qwen2.5-0.5b, A smollm2-135m" in other_model.sentence


def test_stopped_runs_and_disturbed_rounds_are_cautioned_about_even_where_alike() -> None:
    disturbed = tuple(one.model_copy(update={"state": RoundState.DISTURBED}) for one in A.rounds)
    one = changed(A, rounds=disturbed, outcome=RunOutcome.STOPPED)
    assert compare_runs(one, changed(one, run_id="b")).cautions == (
        "A was stopped before its figures were sure.",
        "5 of 5 rounds of A were disturbed, so a difference may come from what disturbed them.",
        "B was stopped before its figures were sure.",
        "5 of 5 rounds of B were disturbed, so a difference may come from what disturbed them.",
    )


def test_settings_that_differ_are_listed_and_the_weightiest_told() -> None:
    other = told(B, runtime="onnxruntime 1.33.0", threads=4, kv_format="fp16", spinning=False)
    comparison = compare_runs(A, other)
    assert [each.label for each in comparison.differing] == ["runtime", "threads", "spinning", "KV cache format"]
    assert "it ran on onnxruntime 1.33.0, A on onnxruntime 1.32.0, it used 4 threads, A 8" in comparison.sentence
    assert comparison.sentence.endswith("; 2 more differences.")


def test_what_comes_and_goes_is_no_difference_and_heat_and_clock_are() -> None:
    slightly = on(B, available_memory_bytes=round(7.8 * 2**30), load_average_1min=0.2)
    assert not compare_runs(A, slightly).differing
    cool = run_of((50, 51, 49), "a", readings=quiet())
    hot = run_of((50, 51, 49), "b", readings=quiet(figures=lambda _: {"temperature_c": 91.0, "frequency_mhz": 2400.0}))
    differing = {each.label: (each.a, each.b) for each in compare_runs(cool, hot).differing}
    assert differing["temperature at the hottest"] == ("62 °C", "91 °C")
    assert differing["clock at the slowest"] == ("3.4 GHz", "2.4 GHz")
    assert "free memory" not in differing


def test_what_only_one_run_knows_differs_but_explains_nothing() -> None:
    comparison = compare_runs(A, on(B, power_source=None))
    assert [(each.label, each.b) for each in comparison.differing] == [("power source", None)]
    assert comparison.sentence.endswith("no setting or condition known differs.")


def test_none_disturbed_of_five_is_as_good_as_none_of_three() -> None:
    assert not compare_runs(A, changed(B, rounds=B.rounds[:3])).differing


def test_a_comparison_is_a_document() -> None:
    comparison = compare_runs(metered(A, 120.0), metered(on(B, power_source="battery"), 170.0))
    assert from_json(to_json(comparison), RunComparison, where="here") == comparison


def test_simulated_runs_of_one_device_differ_about_as_often_as_chance_allows() -> None:
    """Two runs by the product's own stopping rule: of 100 pairs without a difference few are told apart (§10)."""
    device = SimulatedDevice(start_cv=0.03, step_cv=0.02)
    runs = [device.measure(QUICK, seed) for seed in range(200)]
    decodes = [
        next(figure for figure in compared_figures(a, b) if figure.name == "decode")
        for a, b in zip(runs[::2], runs[1::2], strict=True)
    ]
    apart = sum(figure.verdict in {Verdict.BETTER, Verdict.WORSE} for figure in decodes)
    assert apart <= 12  # of 100 at 5 %: more has a chance below 1 in 1,000

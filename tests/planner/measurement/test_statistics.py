"""Figures are medians of process starts with Student's interval (CONVENTION §10)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.basis import Basis
from planner.measurement.intervals import FEWEST_FOR_DRIFT, LOOKED_AT
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
from planner.measurement.statistics import half_width_share, summarise, tpot_s, worst_half_width_share

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RATES = st.lists(st.floats(0.5, 5000), min_size=1, max_size=12)


def one_round(
    number: int,
    prefill_s: Sequence[float] = (),
    step_s: Sequence[float] = (),
    *,
    state: RoundState = RoundState.CLEAN,
    memory: int | None = 10**8,
) -> Round:
    return Round(
        number=number,
        started_at=NOON,
        state=state,
        load_s=0.1 * number,
        first_run_s=None,
        prefill=tuple(PrefillSample(prompt_tokens=128, duration_s=each) for each in prefill_s),
        decode=tuple(
            DecodeSample(context_tokens=512, token_times_s=tuple(each * (step + 1) for step in range(4)))
            for each in step_s
        ),
        peak_memory_bytes=memory,
        foreign_cpus=0.0,
    )


def run_of(rounds: Sequence[Round]) -> Run:
    return Run(
        run_id="r1",
        started_at=NOON,
        finished_at=NOON,
        model=ModelIdentity(name="m", architecture=None, source=ModelSource.FOLDER, file_bytes=1),
        weight_format="int4",
        settings=RunSettings(
            runtime="onnxruntime 1.32.0",
            execution_provider="CPUExecutionProvider",
            threads=2,
            kv_format="fp32",
            shared_kv_buffer=True,
        ),
        conditions=Conditions(
            power_source=None,
            battery_percent=None,
            power_mode=None,
            available_memory_bytes=None,
            load_average_1min=None,
        ),
        rounds=tuple(rounds),
        outcome=RunOutcome.COMPLETE,
    )


def test_one_value_has_no_interval() -> None:
    assert half_width_share([3.0]) is None


def test_tpot_is_the_median_step_first_step_included() -> None:
    assert tpot_s([0.1, 0.2, 0.9, 1.0, 1.1]) == pytest.approx(0.1)
    assert tpot_s([0.5]) == 0.5


def test_a_round_counts_once_however_many_samples_it_has() -> None:
    rounds = [one_round(1, [0.5, 1.0, 4.0], [0.02, 0.04, 0.05]), one_round(2, [2.0], [0.05])]
    summary = summarise(run_of(rounds))
    [(prompt, prefill)], [(context, decode)], [(_, ttft)] = summary.prefill, summary.decode, summary.ttft_s
    assert (prompt, context) == (128, 512)
    assert prefill.value == pytest.approx((128 / 1.0 + 128 / 2.0) / 2)
    assert decode.value == pytest.approx((1 / 0.04 + 1 / 0.05) / 2)
    assert ttft.value == pytest.approx(1.5)
    low, high = stats.t.interval(LOOKED_AT, 1, loc=96.0, scale=stats.sem([128.0, 64.0]))
    assert prefill.high == pytest.approx(high)
    assert low < 0
    assert prefill.low == 0  # a rate is never negative


def test_figures_say_where_they_come_from() -> None:
    figure = summarise(run_of([one_round(1, [1.0]), one_round(2, [1.1])])).prefill[0][1]
    assert figure.basis is Basis.MEASURED
    assert figure.unit == "tok/s"
    assert figure.as_of == date(2026, 11, 23)
    assert figure.source == "run r1, 2 rounds, onnxruntime 1.32.0"


def test_the_median_of_rounds_resists_one_bad_round_and_the_interval_holds_it() -> None:
    rounds = [one_round(number, [each]) for number, each in enumerate([1.0, 1.0, 1.0, 1.0, 100.0], start=1)]
    figure = summarise(run_of(rounds)).prefill[0][1]
    assert figure.value == 128
    low, high = figure.bounds
    assert low <= 128 <= high


def test_a_single_round_gives_values_without_intervals() -> None:
    summary = summarise(run_of([one_round(1, [1.0], [0.1])]))
    assert summary.prefill[0][1].low is None
    assert summary.half_width_share is None
    assert summary.rounds_used == 1


def test_a_run_without_samples_says_nothing() -> None:
    summary = summarise(run_of([one_round(1, memory=None)]))
    assert summary.prefill == summary.decode == summary.ttft_s == ()
    assert summary.peak_memory_bytes is None
    assert summary.first_run_s is None
    assert summary.rounds_used == 0
    assert summary.half_width_share is None


def test_peak_memory_comes_from_whole_rounds_only() -> None:
    rounds = [
        one_round(1, [1.0], memory=300),
        one_round(2, [1.0], memory=320, state=RoundState.DISTURBED),
        one_round(3, [1.0], memory=10, state=RoundState.PARTIAL),
    ]
    memory = summarise(run_of(rounds)).peak_memory_bytes
    assert memory is not None
    assert memory.value == 310


def test_the_widest_point_decides_and_one_without_interval_leaves_it_unknown() -> None:
    steady, shaky = [1.0, 1.0], [0.1, 0.2]
    rounds = [one_round(1, steady[:1], shaky[:1]), one_round(2, steady[1:], shaky[1:])]
    assert worst_half_width_share(rounds) == pytest.approx(half_width_share([10.0, 5.0]))
    assert worst_half_width_share([rounds[0], one_round(2, [1.0])]) is None


@given(RATES)
def test_the_interval_always_holds_the_value(durations_s: list[float]) -> None:
    rounds = [one_round(number, [each], [each]) for number, each in enumerate(durations_s, start=1)]
    summary = summarise(run_of(rounds))
    for _, figure in (*summary.prefill, *summary.decode, *summary.ttft_s):
        low, high = figure.bounds
        assert 0 <= low <= figure.value <= high
        assert (figure.low is None) == (len(durations_s) == 1)


@given(RATES, st.randoms(use_true_random=False))
def test_the_order_of_too_few_rounds_for_drift_does_not_matter(durations_s: list[float], random: Random) -> None:
    durations_s = durations_s[: FEWEST_FOR_DRIFT - 1]
    rounds = [one_round(number, [each]) for number, each in enumerate(durations_s, start=1)]
    shuffled = list(rounds)
    random.shuffle(shuffled)
    ours, theirs = summarise(run_of(rounds)).prefill[0][1], summarise(run_of(shuffled)).prefill[0][1]
    assert ours.value == pytest.approx(theirs.value)
    assert ours.bounds == pytest.approx(theirs.bounds)


def test_rounds_that_drift_widen_the_interval_but_not_the_value() -> None:
    drifting = [1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07]
    mixed = [drifting[place] for place in (0, 7, 1, 6, 2, 5, 3, 4)]
    figures = [
        summarise(run_of([one_round(number, [each]) for number, each in enumerate(durations_s, start=1)])).prefill[0][1]
        for durations_s in (drifting, mixed)
    ]
    assert figures[0].value == pytest.approx(figures[1].value)
    low, high = figures[0].bounds
    narrow_low, narrow_high = figures[1].bounds
    assert low < narrow_low
    assert high > narrow_high


def two_lengths(number: int, prefill_s: tuple[float, float], step_s: tuple[float, float]) -> Round:
    one = one_round(number)
    lengths = (128, 512)
    return one.model_copy(
        update={
            "prefill": tuple(
                PrefillSample(prompt_tokens=tokens, duration_s=each)
                for tokens, each in zip(lengths, prefill_s, strict=True)
            ),
            "decode": tuple(
                DecodeSample(context_tokens=tokens, token_times_s=(each, 2 * each))
                for tokens, each in zip(lengths, step_s, strict=True)
            ),
        }
    )


def test_overall_figures_are_geometric_means_over_the_lengths() -> None:
    # MLPerf Client scores time to first token and token rate as geometric means over its categories: no length
    # outweighs another, and the score of a machine twice as fast at every length is twice as good.
    summary = summarise(run_of([two_lengths(1, (0.1, 0.9), (0.02, 0.05)), two_lengths(2, (0.2, 0.8), (0.01, 0.04))]))
    ttft, decode = summary.overall_ttft_s, summary.overall_decode_tok_s
    assert ttft is not None
    assert decode is not None
    assert ttft.value == pytest.approx((0.3 + 0.4) / 2)  # √(0.1 · 0.9) and √(0.2 · 0.8), the median of two rounds
    assert decode.value == pytest.approx((math.sqrt(50 * 20) + math.sqrt(100 * 25)) / 2)
    assert (ttft.unit, decode.unit) == ("s", "tok/s")
    half = stats.t.ppf((1 + LOOKED_AT) / 2, 1) * stats.sem([0.3, 0.4])
    assert ttft.high == pytest.approx(0.35 + half)
    assert ttft.basis is Basis.MEASURED


def test_overall_figures_come_from_whole_rounds_only() -> None:
    broken_off = one_round(2, [0.1], state=RoundState.PARTIAL)  # it never came to the long prompt
    summary = summarise(run_of([two_lengths(1, (0.1, 0.9), (0.02, 0.05)), broken_off]))
    assert summary.overall_ttft_s is not None
    assert summary.overall_ttft_s.value == pytest.approx(0.3)
    nothing = summarise(run_of([broken_off]))
    assert nothing.overall_ttft_s is None
    assert nothing.overall_decode_tok_s is None


@given(RATES, st.floats(0.1, 10))
def test_half_the_speed_is_half_the_figure(durations_s: list[float], factor: float) -> None:
    def prefill(scale: float) -> tuple[float, float, float]:
        rounds = [one_round(number, [each * scale]) for number, each in enumerate(durations_s, start=1)]
        figure = summarise(run_of(rounds)).prefill[0][1]
        return figure.value, *figure.bounds

    assert [each / factor for each in prefill(1.0)] == pytest.approx(list(prefill(factor)))


def test_token_times_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        DecodeSample(context_tokens=1, token_times_s=(0.1, 0.1))
    with pytest.raises(ValueError, match="must rise"):
        DecodeSample(context_tokens=1, token_times_s=(0.0, 0.1))

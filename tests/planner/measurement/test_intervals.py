"""Intervals of replicates against published worked examples, scipy, and series of known truth (CONVENTION §10)."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from planner.measurement.intervals import (
    LOOKED_AT,
    MOST_AUTOCORRELATION,
    VarianceComponents,
    batch_interval,
    best_repeats,
    drift_factor,
    geometric_mean,
    half_width,
    half_width_95,
    lag_1_autocorrelation,
    replicate_half_width,
    t_quantile,
    variance_components,
)
from tests.support.simulated_device import autoregressive

PAPERS_STARTS = [[9.0, 5.0, 8.0, 3.0], [10.0, 6.0, 7.0, 11.0], [1.0, 12.0, 2.0, 4.0]]
"""Kalibera & Jones (2013), the worked example of an experiment in two levels: three executions of four iterations."""

RATES = st.floats(0.5, 5000)


def test_half_width_of_students_own_example() -> None:
    # Student (1908), «The probable error of a mean»: extra hours of sleep, ten patients. R prints the paired interval
    # of the same data as 0.7001142 … 2.4598858 (t.test in the documentation of `sleep`).
    extra = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    half = half_width_95(extra)
    assert half is not None
    assert statistics.fmean(extra) - half == pytest.approx(0.7001142, abs=5e-8)
    assert statistics.fmean(extra) + half == pytest.approx(2.4598858, abs=5e-8)


def test_half_width_of_the_engineering_statistics_handbook() -> None:
    # NIST/SEMATECH handbook 1.3.5.2, heat flow meter: N = 195, mean 9.261460, sd 0.022789 → 9.258242 … 9.264679.
    values = np.random.default_rng(1).normal(size=195)
    values = 9.261460 + 0.022789 * (values - values.mean()) / values.std(ddof=1)
    half = half_width_95(values.tolist())
    assert half is not None
    assert (9.261460 - half, 9.261460 + half) == (pytest.approx(9.258242, abs=2e-6), pytest.approx(9.264679, abs=2e-6))


@given(st.lists(st.floats(0.01, 1e6), min_size=2, max_size=30), st.sampled_from([0.5, 0.9, 0.95, LOOKED_AT, 0.999]))
def test_half_width_agrees_with_scipy(values: list[float], confidence: float) -> None:
    half = half_width(values, confidence)
    assert half is not None
    error = statistics.stdev(values) / math.sqrt(len(values))
    low, high = stats.t.interval(confidence, len(values) - 1, loc=0.0, scale=error) if error else (0.0, 0.0)
    assert (-half, half) == (pytest.approx(low, rel=1e-9), pytest.approx(high, rel=1e-9))


def test_one_value_has_no_interval() -> None:
    assert half_width_95([3.0]) is None
    assert replicate_half_width([3.0]) is None


@pytest.mark.parametrize(("degrees", "quantile"), [(1, 12.706), (4, 2.776), (9, 2.262), (30, 2.042), (120, 1.980)])
def test_t_quantiles_are_those_of_the_printed_table(degrees: int, quantile: float) -> None:
    # NIST/SEMATECH handbook 1.3.6.7.2, column 0.975.
    assert t_quantile(degrees, 0.95) == pytest.approx(quantile, abs=5e-4)


@given(st.lists(RATES, min_size=2, max_size=30))
def test_a_run_that_may_end_at_a_look_has_the_wider_interval(values: list[float]) -> None:
    plain, reported = half_width_95(values), replicate_half_width(values)
    assert plain is not None
    assert reported is not None
    assert reported >= plain
    if plain > 0 and drift_factor(values) == 1:
        count = len(values) - 1
        assert reported / plain == pytest.approx(stats.t.ppf(0.985, count) / stats.t.ppf(0.975, count))


def test_fewer_than_eight_replicates_cannot_tell_drift_from_chance() -> None:
    assert drift_factor([1, 2, 3, 4, 5, 6, 7]) == 1
    assert drift_factor([1, 2, 3, 4, 5, 6, 7, 8]) > 1


def test_drift_widens_as_a_first_order_autoregressive_series_does() -> None:
    # Bayley & Hammersley (1946): the variance of the mean grows by (1 + r)/(1 − r). By hand, deviations from 5:
    # −4 −4 −4 −4 4 4 4 4; products of neighbours 16·6 − 16 = 80 of 128; r = 0.625, and 1/8 of bias taken back: 0.75.
    values = [1.0] * 4 + [9.0] * 4
    assert lag_1_autocorrelation(values) == pytest.approx(0.625)
    assert drift_factor(values) == pytest.approx(math.sqrt(1.75 / 0.25))
    plain = half_width(values, LOOKED_AT)
    assert plain is not None
    assert replicate_half_width(values) == pytest.approx(plain * math.sqrt(7))


def test_drift_is_bounded_and_what_swings_to_and_fro_is_none() -> None:
    assert drift_factor(list(range(100))) == pytest.approx(
        math.sqrt((1 + MOST_AUTOCORRELATION) / (1 - MOST_AUTOCORRELATION))
    )
    assert drift_factor([1.0, 2.0] * 10) == 1
    assert drift_factor([0.1] * 20) == 1  # a constant series, whatever its rounding


def test_chance_is_seldom_taken_for_drift() -> None:
    # At most one series in twenty by the normal approximation; of eight values about one in seventy.
    random = np.random.default_rng(20261125)
    for count in (8, 16, 32):
        seen = sum(drift_factor(random.normal(100, 1, count).tolist()) > 1 for _ in range(1000))
        assert 5 <= seen <= 65


@given(st.lists(RATES, min_size=2, max_size=40))
def test_autocorrelation_agrees_with_numpy(values: list[float]) -> None:
    moved = np.array(values) - np.mean(values)
    if np.ptp(values) > 1e-6 * max(values):
        direct = float(np.dot(moved[1:], moved[:-1]) / np.dot(moved, moved))
        assert lag_1_autocorrelation(values) == pytest.approx(direct, abs=1e-9)


def test_batch_means_by_hand() -> None:
    # Two batches of three, the first value left over: means 2 and 5, sd 3/√2, t(1) = 12.706.
    interval = batch_interval([99.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2)
    assert interval is not None
    assert interval.mean == 3.5
    half = stats.t.ppf(0.975, 1) * (3 / math.sqrt(2)) / math.sqrt(2)
    assert (interval.low, interval.high) == (pytest.approx(3.5 - half), pytest.approx(3.5 + half))


def test_batches_that_would_be_empty_have_no_interval() -> None:
    assert batch_interval([1.0, 2.0], 3) is None
    assert batch_interval([1.0, 2.0], 1) is None


def covered(series: NDArray[np.float64], batches: int) -> float:
    """Share of the rows whose interval covers zero."""
    intervals = [batch_interval(row.tolist(), batches) for row in series]
    return sum(one is not None and one.low <= 0 <= one.high for one in intervals) / len(series)


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8])
def test_ten_batches_cover_the_mean_of_an_autocorrelated_series(memory: float) -> None:
    series = autoregressive(np.random.default_rng(1), memory, (600, 600))
    assert 0.93 <= covered(series, 10) <= 0.97
    if memory:
        assert covered(series[:60], 600) < 0.8  # as if every window were a replicate (Schmeiser 1982)


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=20))
def test_geometric_mean_agrees_with_scipy(values: list[float]) -> None:
    assert geometric_mean(values) == pytest.approx(float(stats.gmean(values)))


def test_variance_components_of_the_papers_worked_example() -> None:
    # Kalibera & Jones (2013): start means 6.3, 8.5, 4.8 (rounded), S1² = T1² = 12.7, S2² = 3.6, T2² = 0.4 (rounded).
    parts = variance_components(PAPERS_STARTS)
    assert parts is not None
    assert round(parts.within, 1) == 12.7
    assert round(statistics.variance([statistics.fmean(start) for start in PAPERS_STARTS]), 1) == 3.6
    assert round(parts.between, 1) == 0.4


@given(st.integers(2, 6), st.integers(2, 6), st.integers(0, 2**32))
def test_variance_components_agree_with_the_analysis_of_variance(starts: int, repeats: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    data = random.normal(100, 5, (starts, 1)) + random.normal(0, 3, (starts, repeats))
    parts = variance_components(data.tolist())
    assert parts is not None
    between_mean_square = repeats * data.mean(axis=1).var(ddof=1)
    within_mean_square = ((data - data.mean(axis=1, keepdims=True)) ** 2).sum() / (starts * (repeats - 1))
    assert parts.within == pytest.approx(within_mean_square)
    assert parts.between == pytest.approx(max((between_mean_square - within_mean_square) / repeats, 0.0))
    # The same mean squares are those of scipy's one-way analysis.
    assert stats.f_oneway(*data).statistic == pytest.approx(between_mean_square / within_mean_square)


def test_starts_without_repeats_say_nothing_of_the_spread_within() -> None:
    assert variance_components([[1.0], [2.0], [3.0]]) is None
    assert variance_components([[1.0, 2.0], [3.0]]) is None
    assert variance_components([[1.0, 2.0], [3.0], [3.0, 4.0]]) == variance_components([[1.0, 2.0], [3.0, 4.0]])


def test_spread_between_starts_is_never_negative() -> None:
    parts = variance_components([[0.0, 10.0], [1.0, 9.0]])  # start means both 5
    assert parts == VarianceComponents(within=pytest.approx(41.0), between=0.0)


def test_best_repeats_of_a_published_example() -> None:
    # The authors' own tool (softdevteam/libkalibera, test_data.py): T1² = 0.72667, T2² = 0.26278, costs 20 and 3
    # seconds → 4.2937 repeats, so five.
    parts = VarianceComponents(within=0.7266667, between=0.262777778)
    assert best_repeats(20, 3, parts, most=100) == 5
    assert best_repeats(20, 3, parts, most=4) == 4


@pytest.mark.parametrize(
    ("start_s", "repeat_s", "within", "between", "repeats"),
    [
        (9.0, 1.0, 4.0, 4.0, 3),  # √9
        (9.0, 1.0, 4.0, 1.0, 6),  # √36
        (1.0, 100.0, 1.0, 100.0, 1),  # never none
        (1.0, 1.0, 0.0, 1.0, 1),  # repeats that agree are one
        (1.0, 1.0, 1.0, 0.0, 8),  # starts that agree: as many as allowed
        (1.0, 0.0, 1.0, 1.0, 1),  # a repeat that took no time was not timed
    ],
)
def test_repeats_go_with_the_square_root_of_cost_and_spread(
    start_s: float, repeat_s: float, within: float, between: float, repeats: int
) -> None:
    assert best_repeats(start_s, repeat_s, VarianceComponents(within, between), most=8) == repeats


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_other_number_of_repeats_is_much_better(
    start_s: float, repeat_s: float, within: float, between: float
) -> None:
    """In a time T there are T/(c2 + r·c1) starts; the variance of their mean is (T2² + T1²/r) over their number."""

    def variance(repeats: int) -> float:
        return (between + within / repeats) * (start_s + repeats * repeat_s)

    best = best_repeats(start_s, repeat_s, VarianceComponents(within, between), most=10_000)
    # The formula rounds up, so the neighbour below may be the better one.
    assert min(variance(best), variance(max(best - 1, 1))) <= min(map(variance, range(1, 400))) * (1 + 1e-9)

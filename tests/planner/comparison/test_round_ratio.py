"""The ratio of two runs is that of their medians; its interval is Welch's on logarithms (CONVENTION §10)."""

from __future__ import annotations

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.comparison.round_ratio import ratio_of_rounds

speeds = st.lists(st.floats(min_value=1e-3, max_value=1e6), min_size=2, max_size=12)


@given(speeds)
def test_a_run_is_as_fast_as_itself(values: list[float]) -> None:
    ratio = ratio_of_rounds(values, values)
    assert ratio is not None
    assert ratio.value == 1
    assert not ratio.distinguishable


@given(speeds, speeds)
def test_exchanging_the_two_inverts_ratio_and_interval(one: list[float], other: list[float]) -> None:
    forth, back = ratio_of_rounds(one, other), ratio_of_rounds(other, one)
    assert forth is not None
    assert forth.low is not None
    assert forth.high is not None
    assert back is not None
    assert back.low is not None
    assert back.high is not None
    assert math.log(forth.value) == pytest.approx(-math.log(back.value), abs=1e-9)
    assert math.log(forth.low) == pytest.approx(-math.log(back.high), rel=1e-6, abs=1e-9)
    assert math.log(forth.high) == pytest.approx(-math.log(back.low), rel=1e-6, abs=1e-9)


@given(speeds, speeds)
def test_the_interval_holds_the_ratio(one: list[float], other: list[float]) -> None:
    ratio = ratio_of_rounds(one, other)
    assert ratio is not None
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low <= ratio.value <= ratio.high


@given(speeds, st.floats(min_value=0.1, max_value=10))
def test_another_unit_changes_nothing(values: list[float], factor: float) -> None:
    baseline = [1.0, 2.0, 3.0]
    ratio = ratio_of_rounds(values, baseline)
    scaled = ratio_of_rounds([factor * value for value in values], [factor * value for value in baseline])
    assert ratio is not None
    assert scaled is not None
    assert scaled.value == pytest.approx(ratio.value)


def test_the_interval_is_welchs_at_the_confidence_that_allows_for_looks() -> None:
    one, other = [50.0, 52.0, 49.0, 51.0, 53.0], [40.0, 44.0, 36.0]
    ratio = ratio_of_rounds(one, other)
    assert ratio is not None
    assert ratio.low is not None
    assert ratio.high is not None
    welch = stats.ttest_ind(np.log(one), np.log(other), equal_var=False).confidence_interval(0.97)
    assert ratio.value == statistics.median(one) / statistics.median(other)
    assert (ratio.low, ratio.high) == pytest.approx((math.exp(welch.low), math.exp(welch.high)))


def test_drift_within_a_run_widens_the_interval() -> None:
    steady, drifting = [1.00, 1.07, 1.01, 1.06, 1.02, 1.05, 1.03, 1.04], [1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07]
    widths: list[float] = []
    for values in (steady, drifting):
        ratio = ratio_of_rounds(values, steady)
        assert ratio is not None
        assert ratio.low is not None
        assert ratio.high is not None
        widths.append(ratio.high - ratio.low)
    assert widths[1] > 1.3 * widths[0]


def test_one_round_shows_no_spread_and_zero_has_no_ratio() -> None:
    ratio = ratio_of_rounds([12.0], [10.0, 11.0])
    assert ratio is not None
    assert (ratio.low, ratio.high) == (None, None)
    assert ratio_of_rounds([0.0, 1.0], [1.0, 2.0]) is None
    assert ratio_of_rounds([], [1.0]) is None


@pytest.mark.parametrize(("one", "other"), [(3, 3), (5, 8), (3, 16)])
def test_the_interval_covers_the_truth_in_95_of_100(one: int, other: int) -> None:
    """Starts of unequal spread around a true ratio of 1.2: at least nominal, and not much more."""
    random = np.random.default_rng(7)
    trials, covered = 1200, 0
    for _ in range(trials):
        ratio = ratio_of_rounds(
            (1.2 * np.exp(random.normal(0, 0.05, one))).tolist(), np.exp(random.normal(0, 0.02, other)).tolist()
        )
        assert ratio is not None
        assert ratio.low is not None
        assert ratio.high is not None
        covered += ratio.low <= 1.2 <= ratio.high
    # Four standard errors of a share of 0.95 in 1,200 trials are 0.025.
    assert covered / trials == pytest.approx(0.97, abs=0.025)

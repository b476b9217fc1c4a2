"""The trend test against scipy, a published worked example and every order of few values; slopes against scipy."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from planner.measurement.trend import (
    EXACT_UP_TO,
    _inversions,  # pyright: ignore[reportPrivateUsage]
    mann_kendall_p,
    theil_sen_slope,
)

FINITE = st.floats(-1e6, 1e6)


@pytest.mark.parametrize("count", [3, 4, 5])
def test_p_is_scipys_exact_one_for_every_order_of_few_values(count: int) -> None:
    times = range(count)
    for order in permutations(times):
        expected = stats.kendalltau(times, order, method="exact").pvalue
        assert mann_kendall_p([float(value) for value in order]) == pytest.approx(expected, abs=1e-12)


@given(st.lists(FINITE, min_size=3, max_size=EXACT_UP_TO, unique=True))
def test_p_is_scipys_exact_one_up_to_thirty_values(values: list[float]) -> None:
    expected = stats.kendalltau(range(len(values)), values, method="exact").pvalue
    assert mann_kendall_p(values) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_p_of_six_windows() -> None:
    # Kendall (1975), table of S for n = 6: 720 orders, S = ±15 in 1 each, ±13 in 5, ±11 in 14, ±9 in 29, ±7 in 49.
    assert mann_kendall_p([1, 2, 3, 4, 5, 6]) == pytest.approx(2 / 720)
    assert mann_kendall_p([2, 1, 3, 4, 5, 6]) == pytest.approx(12 / 720)
    assert mann_kendall_p([2, 1, 4, 3, 5, 6]) == pytest.approx(40 / 720)
    assert mann_kendall_p([2, 1, 4, 3, 6, 5]) == pytest.approx(98 / 720)
    assert mann_kendall_p([4, 1, 2, 3, 6, 5]) == pytest.approx(196 / 720)  # four orders against it: no trend at 0.1


def test_a_worked_example_with_a_tie() -> None:
    # J. Little, College of the Holy Cross, «A Mann-Kendall Example ("By Hand")»
    # (mathcs.holycross.edu/~little/Montserrat/MannKendallByHand.txt): S = 54 of 91 pairs, one tie,
    # V = 14·13·33/18 − 2·1·9/18, Z = 53/√V = 2.9058, one-sided p 0.0018.
    series = [12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7]
    p = mann_kendall_p(series)
    assert p / 2 == pytest.approx(0.0018, abs=5e-5)
    assert p == pytest.approx(2 * stats.norm.sf(2.9058), rel=1e-3)
    assert mann_kendall_p(series[::-1]) == p


@given(st.lists(st.integers(0, 5), min_size=3, max_size=40))
def test_ties_reduce_the_variance_as_kendall_gives_it(values: list[int]) -> None:
    """Σ over groups of t(t − 1)(2t + 5)/18 less than n(n − 1)(2n + 5)/18 (Kendall 1975, §4)."""
    count = len(values)
    if len(set(values)) == count:
        return
    s = sum(np.sign(values[j] - values[i]) for i in range(count) for j in range(i + 1, count))
    sizes = np.unique(values, return_counts=True)[1].astype(float)

    def weight(n: float) -> float:
        return n * (n - 1) * (2 * n + 5) / 18

    variance = weight(count) - sum(weight(size) for size in sizes)
    expected = 1.0 if s == 0 or variance <= 0 else 2 * stats.norm.sf((abs(s) - 1) / math.sqrt(variance))
    assert mann_kendall_p([float(value) for value in values]) == pytest.approx(float(expected), rel=1e-9)


def test_the_normal_approximation_with_ties_is_near_the_exact_distribution() -> None:
    # Every order of six values of which two are alike, as windows whose clock has a coarse tick.
    values = (1.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    orders = list(permutations(values))

    def s(order: tuple[float, ...]) -> int:
        return abs(sum((b > a) - (b < a) for i, a in enumerate(order) for b in order[i + 1 :]))

    observed = [s(order) for order in orders]
    for order in orders[::7]:
        exact = sum(each >= s(order) for each in observed) / len(orders)
        assert mann_kendall_p(order) == pytest.approx(exact, abs=0.05)


def test_the_normal_approximation_takes_over_without_a_step() -> None:
    random = np.random.default_rng(7)
    for _ in range(50):
        series = (random.normal(size=EXACT_UP_TO + 1) + 0.03 * np.arange(EXACT_UP_TO + 1)).tolist()
        exact = stats.kendalltau(range(len(series)), series, method="exact").pvalue
        assert mann_kendall_p(series) == pytest.approx(exact, abs=0.01)


def test_a_series_without_trend_is_called_one_as_often_as_p_says() -> None:
    # The warm-up's criterion, p ≤ 0.1 of six values: S of ±9 or more happens in 98 of 720 orders, ±11 in 40.
    rejected = sum(mann_kendall_p(order) <= 0.1 for order in permutations([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    assert rejected / 720 == pytest.approx(40 / 720)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [3.0] * 6, [3.0] * 50])
def test_too_few_or_equal_values_show_no_trend(values: list[float]) -> None:
    assert mann_kendall_p(values) == 1.0


@given(st.lists(FINITE, min_size=3, max_size=12))
def test_p_is_a_chance_and_a_rise_weighs_as_much_as_a_fall(values: list[float]) -> None:
    p = mann_kendall_p(values)
    assert 0 < p <= 1
    assert mann_kendall_p(values[::-1]) == pytest.approx(p)
    assert mann_kendall_p([-value for value in values]) == pytest.approx(p)


def test_mahonian_numbers() -> None:
    # OEIS A008302: rows of the triangle of permutations by inversions.
    assert _inversions(1) == (1,)
    assert _inversions(2) == (1, 1)
    assert _inversions(3) == (1, 2, 2, 1)
    assert _inversions(4) == (1, 3, 5, 6, 5, 3, 1)
    assert _inversions(5) == (1, 4, 9, 15, 20, 22, 20, 15, 9, 4, 1)
    assert _inversions(6) == (1, 5, 14, 29, 49, 71, 90, 101, 101, 90, 71, 49, 29, 14, 5, 1)
    for count in range(1, 12):
        assert sum(_inversions(count)) == math.factorial(count)
        assert len(_inversions(count)) == count * (count - 1) // 2 + 1


@given(st.lists(st.tuples(st.integers(0, 1000), FINITE), min_size=2, max_size=25, unique_by=lambda pair: pair[0]))
def test_the_slope_is_scipys(pairs: list[tuple[int, float]]) -> None:
    times, values = [float(time) for time, _ in pairs], [value for _, value in pairs]
    expected = float(stats.theilslopes(values, times)[0])
    assert theil_sen_slope(times, values) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_slope_of_a_line_survives_one_wild_value() -> None:
    times = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    values = [100 + 0.5 * time for time in times]
    assert theil_sen_slope(times, values) == pytest.approx(0.5)
    values[2] = 5.0
    assert theil_sen_slope(times, values) == pytest.approx(0.5)


def test_one_moment_has_no_slope() -> None:
    assert theil_sen_slope([], []) == 0.0
    assert theil_sen_slope([1.0, 1.0], [1.0, 9.0]) == 0.0
    # pairs at one moment are left out, the others count
    assert all(theil_sen_slope([1.0, 1.0, 2.0], [a, b, 3.0]) != 0 for a, b in product((1.0, 2.0), repeat=2))

"""Windows that remember each other count as fewer: Bayley & Hammersley 1946, Geyer 1992, Schmeiser 1982."""

from __future__ import annotations

import math

import numpy as np
import pytest

from planner.measurement.soak_noise import Mean, Noise, batch_mean, block_means, noise_of, part_mean, ratio
from tests.support.soaks import ar_1


@pytest.mark.parametrize("phi", [0.3, 0.6, 0.85])
def test_the_inflation_of_an_autoregressive_series_is_the_known_one(phi: float) -> None:
    found = [noise_of(ar_1(2000, phi, 1.0, seed)).inflation(2000) for seed in range(20)]
    assert np.mean(found) == pytest.approx((1 + phi) / (1 - phi), rel=0.15)


def test_white_noise_is_hardly_inflated() -> None:
    found = [noise_of(ar_1(600, 0.0, 1.0, seed)).inflation(600) for seed in range(50)]
    assert 1.0 <= np.mean(found) < 1.15


def test_the_formula_for_a_few_neighbours() -> None:
    noise = Noise((0.5, 0.25))
    assert noise.inflation(4) == pytest.approx(1 + 2 * (3 / 4 * 0.5 + 2 / 4 * 0.25))
    assert noise.inflation(2) == pytest.approx(1 + 2 * (1 / 2 * 0.5))
    assert noise.inflation(1) == 1.0
    assert Noise((-0.9,)).inflation(10) == 1.0  # never more certain than independent windows
    assert noise.effective(2) == 2.0


def test_a_short_or_constant_series_shows_no_memory() -> None:
    assert noise_of(np.arange(10.0)) == Noise(())
    assert noise_of(np.full(100, 3.0)) == Noise(())


def test_a_fall_within_a_part_is_no_noise() -> None:
    falling = np.linspace(50.0, 40.0, 30)
    mean = part_mean(falling, np.zeros(30), Noise(()))
    assert mean is not None
    assert (mean.value, mean.error) == (45.0, 0.0)
    assert part_mean(falling[:1], np.zeros(1), Noise(())) is None


def test_batches_are_fewer_where_memory_is_longer() -> None:
    values = ar_1(200, 0.0, 1.0, 1) + 50
    many, few = batch_mean(values, Noise(())), batch_mean(values, Noise(tuple(0.9**lag for lag in range(1, 40))))
    assert many is not None
    assert few is not None
    assert (many.degrees, few.degrees) == (9.0, 3.0)
    assert many.value == few.value == pytest.approx(float(values.mean()))
    means = block_means(values, 10)
    assert many.error == pytest.approx(float(np.std(means, ddof=1)) / math.sqrt(10))
    assert batch_mean(values[:7], Noise(())) is None


def test_a_ratios_errors_add_on_the_logarithm() -> None:
    found = ratio(Mean(30.0, 0.3, 1e6), Mean(50.0, 0.5, 1e6))
    assert found is not None
    assert found.value == 0.6
    assert found.high == pytest.approx(0.6 * math.exp(1.96 * math.sqrt(2) * 0.01), rel=1e-4)
    assert found.low == pytest.approx(0.6 / math.exp(1.96 * math.sqrt(2) * 0.01), rel=1e-4)
    exact = ratio(Mean(30.0, 0.0, 9.0), Mean(50.0, 0.0, 9.0))
    assert exact is not None
    assert (exact.low, exact.high) == (0.6, 0.6)
    assert ratio(Mean(0.0, 0.0, 9.0), Mean(50.0, 0.0, 9.0)) is None

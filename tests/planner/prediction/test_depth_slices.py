"""A law linear in depth is found again from two shallow slices, with an interval that holds the truth (§17)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.measurement.intervals import t_quantile
from planner.measurement.runs import RoundState
from planner.prediction.depth_slices import (
    PRIOR,
    Foretold,
    ModelTerm,
    Point,
    decode_points,
    fit_decode,
    fit_prefill,
    foretell_decode,
    foretell_prefill,
    interval,
    prefill_points,
)
from tests.support.depth_slices import Law, slices_after

DEPTHS = (2, 15)
LENGTHS = ((128, 512, 2048), (128, 512))
GRID = [(layers, tokens) for layers, lengths in zip(DEPTHS, LENGTHS, strict=True) for tokens in lengths]

decode_laws = st.tuples(st.floats(1e-4, 0.1), st.floats(1e-5, 1e-2), st.floats(1e-9, 1e-5))
prefill_laws = st.tuples(st.floats(1e-4, 1.0), st.floats(1e-6, 1e-3), st.floats(1e-10, 1e-7))
factors = st.lists(st.floats(0.5, 2.0), min_size=len(GRID), max_size=len(GRID))
depths = st.integers(1, 200)
lengths = st.integers(1, 8192)


def decode_times(law: Law, noise: Sequence[float] = (1.0,) * len(GRID)) -> list[Point]:
    return [Point(L, c, law.step_s(L, c) * factor) for (L, c), factor in zip(GRID, noise, strict=True)]


def prefill_times(law: Law, noise: Sequence[float] = (1.0,) * len(GRID)) -> list[Point]:
    return [Point(L, n, law.prefill_s(L, n) * factor) for (L, n), factor in zip(GRID, noise, strict=True)]


@given(law=decode_laws, layers=depths, context=lengths)
def test_decode_that_is_linear_in_depth_is_told_exactly(
    law: tuple[float, float, float], layers: int, context: int
) -> None:
    """Whatever part the head, a layer and attention have in a step."""
    truth = Law(decode=law)
    found = fit_decode(decode_times(truth))
    assert (found.head_s, found.layer_s, found.growth_s) == pytest.approx(law, rel=1e-6)
    assert found.decode_s(layers, context) == pytest.approx(truth.step_s(layers, context), rel=1e-6)


@given(law=prefill_laws, layers=depths, tokens=lengths)
def test_prefill_that_is_linear_in_depth_is_told_exactly(
    law: tuple[float, float, float], layers: int, tokens: int
) -> None:
    truth = Law(prefill=law)
    found = fit_prefill(prefill_times(truth))
    assert (found.head_s, found.layer_s, found.growth_s) == pytest.approx(law, rel=1e-5)
    assert found.prefill_s(layers, tokens) == pytest.approx(truth.prefill_s(layers, tokens), rel=1e-5)


@given(noise=factors, layers=depths, context=lengths)
def test_no_coefficient_is_negative_so_more_layers_or_context_are_never_faster(
    noise: list[float], layers: int, context: int
) -> None:
    """Times that contradict the law altogether (a deep slice faster than a shallow one) included."""
    decode, prefill = fit_decode(decode_times(Law(), noise)), fit_prefill(prefill_times(Law(), noise))
    for found in (decode, prefill):
        assert min(found.head_s, found.layer_s, found.growth_s) >= 0
        assert max(found.head_s, found.layer_s, found.growth_s) > 0
    assert 0 < decode.decode_s(layers, context) <= decode.decode_s(layers + 1, context)
    assert decode.decode_s(layers, context) <= decode.decode_s(layers, context + 1)
    assert 0 < prefill.prefill_s(layers, context) <= prefill.prefill_s(layers + 1, context)
    assert prefill.prefill_s(layers, context) <= prefill.prefill_s(layers, context + 1)


@given(noise=factors, times=st.floats(1e-3, 1e3))
def test_a_device_so_many_times_slower_is_told_so_many_times_slower(noise: list[float], times: float) -> None:
    for fit, points in ((fit_decode, decode_times(Law(), noise)), (fit_prefill, prefill_times(Law(), noise))):
        slower = [Point(each.layers, each.tokens, each.seconds * times) for each in points]
        one, other = fit(points), fit(slower)
        assert other.decode_s(30, 1024) == pytest.approx(times * one.decode_s(30, 1024), rel=1e-6)
        assert other.prefill_s(30, 1024) == pytest.approx(times * one.prefill_s(30, 1024), rel=1e-6)


@given(noise=st.lists(st.floats(0.9, 1.1), min_size=len(GRID), max_size=len(GRID)))
def test_where_nothing_is_clipped_it_is_plain_least_squares_on_relative_error(noise: list[float]) -> None:
    """numpy's solver as the other hand: rows divided by their times, against ones."""
    for fit, points, square in (
        (fit_decode, decode_times(Law(), noise), 1),
        (fit_prefill, prefill_times(Law(), noise), 2),
    ):
        seconds = np.array([each.seconds for each in points])
        layers = np.array([each.layers for each in points], dtype=float)
        tokens = np.array([each.tokens for each in points], dtype=float)
        first = layers * tokens ** (square - 1)
        rows = np.column_stack([np.ones(len(points)), first, layers * tokens**square]) / seconds[:, None]
        scale = rows.max(axis=0)
        plain = np.linalg.lstsq(rows / scale, np.ones(len(points)), rcond=None)[0] / scale
        if plain.min() <= 0:
            continue
        found = fit(points)
        assert (found.head_s, found.layer_s, found.growth_s) == pytest.approx(tuple(plain), rel=1e-6)


def test_the_error_that_is_least_is_relative() -> None:
    """A point 10 % high moves the prediction alike whether it is a short time or a long one of equal leverage."""
    points = [Point(1, 0, 1.0), Point(1, 0, 1.2)]  # the head's share and the layer's cannot be told apart here
    found = fit_decode(points)
    told = found.decode_s(1, 0)
    # d/dt of (t/1 − 1)² + (t/1.2 − 1)² is zero at t = (1 + 1/1.2) / (1 + 1/1.2²); absolute error would give 1.1
    assert told == pytest.approx((1 + 1 / 1.2) / (1 + 1 / 1.2**2))


def test_points_are_medians_over_rounds() -> None:
    slices = slices_after(Law(), pairs=3, noise=lambda pair, layers: (1.0, 1.5, 1.1)[pair - 1])
    assert {each.tokens: each.seconds for each in decode_points(2, slices.shallow.rounds)} == pytest.approx(
        {tokens: 1.1 * Law().step_s(2, tokens) for tokens in LENGTHS[0]}
    )
    assert {each.tokens: each.seconds for each in prefill_points(15, slices.deep.rounds)} == pytest.approx(
        {tokens: 1.1 * Law().prefill_s(15, tokens) for tokens in LENGTHS[1]}
    )


@pytest.mark.parametrize("length", [64, 512, 1536, 8192])
def test_a_study_without_noise_tells_the_whole_model_and_no_scatter(length: int) -> None:
    slices = slices_after(Law())
    step, prefill = foretell_decode(slices, 30, length), foretell_prefill(slices, 30, length)
    assert step.seconds == pytest.approx(Law().step_s(30, length), rel=1e-6)
    assert prefill.seconds == pytest.approx(Law().prefill_s(30, length), rel=1e-6)
    assert step.half_width_log == pytest.approx(0, abs=1e-6)
    assert prefill.half_width_log == pytest.approx(0, abs=1e-6)


def test_drift_that_both_slices_of_a_pair_share_scatters_the_prediction_by_just_that() -> None:
    """Every pair alone says the truth times its drift, and a later measurement drifts alike: t·√(sd²/n + sd²)."""
    drift = (1.0, 1.04, 0.98, 1.02)
    slices = slices_after(Law(), noise=lambda pair, layers: drift[pair - 1])
    logs = np.log(drift)
    expected = t_quantile(3, 0.90) * float(np.std(logs, ddof=1)) * math.sqrt(1 / 4 + 1)
    assert foretell_decode(slices, 30, 512).half_width_log == pytest.approx(expected, rel=1e-6)
    assert foretell_prefill(slices, 30, 512).half_width_log == pytest.approx(expected, rel=1e-6)


def test_pairs_are_those_of_one_number() -> None:
    """A round that is partial on one side takes its partner out of the scatter, not the partner of another pair."""
    drift = (1.0, 1.5, 1.0, 1.0)
    slices = slices_after(Law(), noise=lambda pair, layers: drift[pair - 1])
    rounds = list(slices.shallow.rounds)
    rounds[1] = rounds[1].model_copy(update={"state": RoundState.PARTIAL})
    torn = slices.model_copy(update={"shallow": slices.shallow.model_copy(update={"rounds": tuple(rounds)})})
    assert foretell_decode(torn, 30, 512).half_width_log == pytest.approx(0, abs=1e-6)


def test_one_pair_shows_no_spread() -> None:
    assert foretell_decode(slices_after(Law(), pairs=1), 30, 512).half_width_log is None


def coverage(told: Sequence[Foretold], found_s: Sequence[float], term: ModelTerm) -> float:
    ends = [interval(each, term) for each in told]
    return float(np.mean([low <= each <= high for (low, high), each in zip(ends, found_s, strict=True)]))


def test_the_interval_holds_a_later_measurement_of_a_noisy_device() -> None:
    """120 studies of a device that drifts by 4 % from pair to pair, its starts by another 2 % each, then measured once.

    The slices' scatter alone must hold what is found later about nine times in ten, with the model term more often.
    """
    random = np.random.default_rng(17)
    decode: list[Foretold] = []
    prefill: list[Foretold] = []
    later = np.exp(random.normal(0, math.hypot(0.04, 0.02), 120))
    for _ in range(120):
        pairs = np.exp(random.normal(0, 0.04, 9))
        starts = np.exp(random.normal(0, 0.02, (9, 2)))
        slices = slices_after(
            Law(),
            pairs=8,
            noise=lambda pair, layers, pairs=pairs, starts=starts: float(pairs[pair] * starts[pair, int(layers > 2)]),
        )
        decode.append(foretell_decode(slices, 30, 1024))
        prefill.append(foretell_prefill(slices, 30, 1024))
    nothing = ModelTerm(0.0, 12)
    for told, truth_s, phase in (
        (decode, Law().step_s(30, 1024), "decode"),
        (prefill, Law().prefill_s(30, 1024), "prefill"),
    ):
        found_s = (truth_s * later).tolist()
        assert 0.84 <= coverage(told, found_s, nothing) <= 0.97
        assert coverage(told, found_s, PRIOR[phase]) >= 0.90


def test_the_prior_is_the_one_that_was_written_down() -> None:
    """§17: 6 % and 3 %, worth 12 and 8 errors."""
    assert dict(PRIOR) == {"decode": ModelTerm(0.06, 12), "prefill": ModelTerm(0.03, 8)}


def test_a_model_terms_half_width_is_students() -> None:
    assert ModelTerm(0.06, 12).half_width_log() == pytest.approx(1.7823 * 0.06, rel=1e-4)  # t(12) at 90 %


def test_errors_are_pooled_by_their_number() -> None:
    """12 errors' worth of 6 % and three of 10, 0 and −20 %: √((12 · 0.0036 + 0.01 + 0.04) / 15)."""
    pooled = PRIOR["decode"].with_errors([0.10, 0.0, -0.20])
    assert pooled.sigma == pytest.approx(math.sqrt((12 * 0.0036 + 0.05) / 15))
    assert pooled.degrees == 15
    assert PRIOR["decode"].with_errors([]).sigma == pytest.approx(0.06)


@given(errors=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=50))
def test_errors_beyond_the_term_widen_it_and_small_ones_narrow_it(errors: list[float]) -> None:
    term = PRIOR["decode"]
    seen = math.sqrt(math.fsum(error**2 for error in errors) / len(errors))
    assume(abs(seen - term.sigma) > 1e-6)
    pooled = term.with_errors(errors)
    assert (pooled.sigma > term.sigma) == (seen > term.sigma)
    assert min(seen, term.sigma) <= pooled.sigma <= max(seen, term.sigma)
    assert pooled.degrees == 12 + len(errors)


@given(halves=st.lists(st.floats(-0.3, 0.3), min_size=2, max_size=30), cut=st.integers(0, 30))
def test_errors_seen_in_turn_are_errors_seen_at_once(halves: list[float], cut: int) -> None:
    at_once = PRIOR["prefill"].with_errors(halves)
    in_turn = PRIOR["prefill"].with_errors(halves[:cut]).with_errors(halves[cut:])
    assert in_turn.sigma == pytest.approx(at_once.sigma)
    assert in_turn.degrees == at_once.degrees


@settings(max_examples=30)
@given(scatter=st.floats(0, 1), sigma=st.floats(0, 0.3))
def test_scatter_and_model_term_add_as_variances_of_the_logarithm(scatter: float, sigma: float) -> None:
    term = ModelTerm(sigma, 8)
    low_s, high_s = interval(Foretold(2.0, scatter), term)
    half = math.sqrt(scatter**2 + term.half_width_log() ** 2)
    assert (math.log(low_s / 2), math.log(high_s / 2)) == pytest.approx((-half, half), abs=1e-9)


def test_without_scatter_the_model_term_alone_is_left() -> None:
    assert interval(Foretold(2.0, None), PRIOR["decode"]) == interval(Foretold(2.0, 0.0), PRIOR["decode"])

"""The forecast: from the first run's own speed at first, from whole rounds later."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.measurement.grid import Grid
from planner.measurement.pace import DECODE_STEP_WEIGHT, Pace

GRID = Grid((100,), (100,), decode_steps=10, prefill_s=0.0, prefill_at_most=1)
ROUND_WEIGHT = 100 + 100 + 10 * DECODE_STEP_WEIGHT


def test_nothing_is_forecast_before_the_first_run() -> None:
    pace = Pace()
    pace.begin_round(0.0, GRID)
    assert pace.eta_s(1.0, 2) is None
    pace.loaded(1.0)
    assert pace.eta_s(1.5, 2) is None


def test_the_first_run_sets_the_pace() -> None:
    pace = Pace()
    pace.begin_round(10.0, GRID)
    pace.loaded(11.0)
    pace.prefilled("first run", 100, 13.0)
    round_s = 1.0 + ROUND_WEIGHT / 100 * 2.0  # a second to load, two for the first hundred tokens
    assert pace.round_s(13.0) == pytest.approx(round_s)
    assert pace.eta_s(13.0, 0) == pytest.approx(round_s - 3.0)
    assert pace.eta_s(13.0, 2) == pytest.approx(3 * round_s - 3.0)


def test_repeats_of_a_prefill_do_not_count_twice() -> None:
    pace = Pace()
    pace.begin_round(0.0, GRID)
    pace.loaded(0.0)
    pace.prefilled("prefill", 100, 1.0)
    share = pace.round_share()
    pace.prefilled("prefill", 100, 1.0)
    assert pace.round_share() == share == pytest.approx(100 / ROUND_WEIGHT)
    pace.prefilled("first run", 100, 1.0)
    pace.decoded(10)
    assert pace.round_share() == 1.0


def test_whole_rounds_decide_from_then_on() -> None:
    pace = Pace()
    for began, ended in ((0.0, 4.0), (4.0, 10.0)):
        pace.begin_round(began, GRID)
        pace.end_round(ended)
    pace.begin_round(10.0, GRID)
    assert pace.round_s(11.0) == 5.0
    assert pace.eta_s(11.0, 2) == pytest.approx(4.0 + 10.0)
    assert pace.eta_s(99.0, 1) == 5.0  # a round that overruns has no negative rest


def test_the_warm_up_is_not_taken_for_the_speed_of_the_grid() -> None:
    pace = Pace()
    pace.begin_round(10.0, GRID)
    pace.loaded(11.0)
    pace.prefilled("first run", 100, 13.0)
    cold = pace.round_s(13.0)
    pace.warmed_up(20.0)
    assert cold is not None
    assert pace.round_s(20.0) == pytest.approx(cold + 7.0)  # it took seven seconds, once
    assert pace.eta_s(20.0, 0) == pytest.approx(cold - 3.0)


def test_a_round_of_more_series_weighs_more() -> None:
    once, twice = Pace(), Pace()
    once.begin_round(0.0, GRID)
    twice.begin_round(0.0, replace(GRID, decode_series=2))
    for pace in (once, twice):
        pace.decoded(10)
    decoded = 10 * DECODE_STEP_WEIGHT
    assert once.round_share() == pytest.approx(decoded / ROUND_WEIGHT)
    assert twice.round_share() == pytest.approx(decoded / (ROUND_WEIGHT + decoded))

"""Means are weighted by time, windows lose nothing, and halving keeps means and extremes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.documents import from_json, to_json
from planner.measurement.readings import Reading, halved, mean, spans, windows

Loads = list[tuple[float, float | None, float]]


def loads_with(foreign: st.SearchStrategy[float | None]) -> st.SearchStrategy[Loads]:
    return st.lists(st.tuples(st.floats(0.5, 20), foreign, st.floats(30, 95)), min_size=2, max_size=80)


LOADS = loads_with(st.none() | st.floats(0, 8))


def readings_of(loads: Loads) -> tuple[Reading, ...]:
    at_s, made = 0.0, [Reading(at_s=0.0, temperature_c=30.0)]
    for seconds, foreign, celsius in loads:
        at_s += seconds
        made.append(Reading(at_s=at_s, foreign_cpus=foreign, temperature_c=celsius, headroom_c=100 - celsius))
    return tuple(made)


def test_a_mean_is_weighted_by_time_and_skips_what_is_unknown() -> None:
    readings = readings_of([(1.0, 3.0, 40), (3.0, 1.0, 40), (50.0, None, 40)])
    assert mean(spans(readings), "foreign_cpus") == pytest.approx(1.5)
    assert mean(spans(readings), "steal_share") is None


def test_the_first_reading_stands_for_no_time() -> None:
    assert spans((Reading(at_s=2.0, foreign_cpus=9.0),)) == ()
    assert [part.seconds for part in spans(readings_of([(1.0, 0.0, 40), (2.5, 0.0, 40)]))] == [1.0, 2.5]


def test_windows_are_long_enough_and_the_rest_joins_the_last() -> None:
    parts = spans(readings_of([(1.0, 0.0, 40)] * 12))
    assert [len(window) for window in windows(parts)] == [5, 7]
    assert [len(window) for window in windows(parts[:3])] == [3]
    assert windows(()) == ()


@given(LOADS)
def test_windows_hold_every_span_once(loads: Loads) -> None:
    parts = spans(readings_of(loads))
    assert tuple(part for window in windows(parts) for part in window) == parts


@given(LOADS)
def test_halving_keeps_time_and_extremes(loads: Loads) -> None:
    readings = readings_of(loads)
    fewer = halved(readings)
    assert len(fewer) == 1 + len(readings) // 2
    assert fewer[0] == readings[0]
    assert fewer[-1].at_s == readings[-1].at_s
    assert max(each.temperature_c or 0 for each in fewer) == max(each.temperature_c or 0 for each in readings)
    assert min(each.headroom_c or 99 for each in fewer[1:]) == min(each.headroom_c or 99 for each in readings[1:])


@given(loads_with(st.floats(0, 8)))
def test_halving_keeps_the_mean(loads: Loads) -> None:
    readings = readings_of(loads)
    assert mean(spans(halved(readings)), "foreign_cpus") == pytest.approx(mean(spans(readings), "foreign_cpus"))


def test_halving_keeps_the_last_word_and_any_throttling() -> None:
    first = Reading(at_s=1.0, throttled=True, power_mode="balanced", on_battery=False, throttle_count=3)
    second = Reading(at_s=2.0, throttled=False, throttle_count=5)
    (_, joined) = halved((Reading(at_s=0.0), first, second))
    assert (joined.throttled, joined.power_mode, joined.on_battery, joined.throttle_count) == (
        True,
        "balanced",
        False,
        5,
    )


def test_a_reading_survives_its_file() -> None:
    reading = Reading(at_s=1.5, foreign_cpus=0.1, steal_share=0.02, on_battery=True, power_mode="balanced")
    assert from_json(to_json(reading), Reading, where="test") == reading


@pytest.mark.parametrize("wrong", [{"steal_share": 1.2}, {"foreign_cpus": -0.1}, {"frequency_mhz": 0.0}])
def test_figures_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Reading.model_validate({"at_s": 0.0, **wrong})

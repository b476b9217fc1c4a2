"""Each doubt about a soak appears for its reason, with a figure and a next step, and not otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from planner.measurement.readings import Reading
from planner.measurement.runs import RunOutcome
from planner.measurement.soak_doubts import soak_doubts
from tests.support.soaks import ar_1, stepping, times
from tests.support.sustained import BEGAN_S, soak_of

T = times(600)
NOISE = ar_1(T.size, 0.3, 0.5, 1)
THROTTLED = stepping(T, 50, 35, 200) + NOISE


def readings(*, mhz: tuple[float, float] | None = None, others: tuple[float, float] = (0.01, 0.01)) -> list[Reading]:
    """Ten seconds each; clock and other programs step at 200 s."""
    return [
        Reading(
            at_s=BEGAN_S + second,
            frequency_mhz=None if mhz is None else mhz[second > 200],
            temperature_c=None if mhz is None else 94.0,
            foreign_cpus=others[second > 200],
        )
        for second in range(0, 601, 10)
    ]


def test_a_steady_device_has_no_doubts() -> None:
    assert soak_doubts(soak_of(50 + NOISE, readings=readings(mhz=(3000, 3000)))) == ()


def test_a_clock_that_fell_with_throughput_is_thermal_throttling() -> None:
    (doubt,) = soak_doubts(soak_of(THROTTLED, readings=readings(mhz=(3000, 2100))))
    assert doubt.kind == "ThermalThrottling"
    assert doubt.subject == "fake int4"
    assert doubt.sentence.startswith("Throughput fell to 70 % (")
    assert "the clock went from 3 GHz to 2.1 GHz meanwhile, and it was 94 °C warm at the end." in doubt.sentence
    assert "sustained" in doubt.advice


def test_without_a_clock_heat_is_likely_and_not_proven() -> None:
    (doubt,) = soak_doubts(soak_of(THROTTLED))
    assert doubt.kind == "ThermalThrottling"
    assert "likely reason and not a proven one" in doubt.sentence


def test_a_clock_that_stayed_rules_heat_out() -> None:
    (doubt,) = soak_doubts(soak_of(THROTTLED, readings=readings(mhz=(3000, 2980))))
    assert doubt.kind == "SlowerWhenSustained"
    assert "2.98 GHz" in doubt.sentence


def test_other_programs_that_came_explain_it() -> None:
    kinds = {each.kind: each for each in soak_doubts(soak_of(THROTTLED, readings=readings(others=(0.0, 1.0))))}
    assert set(kinds) == {"SlowedByOthers", "Disturbed"}
    assert "came to use 1 CPU." in kinds["SlowedByOthers"].sentence


@pytest.mark.parametrize("kept", [0.95, 1.1])
def test_keeping_nine_tenths_is_no_throttling(kept: float) -> None:
    assert soak_doubts(soak_of(stepping(T, 50, 50 * kept, 200) + NOISE)) == ()


def test_an_uncertain_fall_is_no_throttling() -> None:
    shaky = stepping(T, 50, 44, 200) + ar_1(T.size, 0.97, 8.0, 1)
    assert all(each.kind != "ThermalThrottling" for each in soak_doubts(soak_of(np.maximum(shaky, 1.0))))


def test_how_it_ended_and_what_it_ran_on() -> None:
    stopped = soak_of(
        50 + NOISE[:300], outcome=RunOutcome.STOPPED, message="stopped by the user", is_warm=False, power="battery"
    )
    assert [each.kind for each in soak_doubts(stopped)] == ["StoppedEarly", "NotWarm", "OnBattery"]
    assert soak_doubts(stopped)[0].sentence == "The soak was stopped after 5 min of 10 min."
    failed = soak_of(50 + NOISE[:300], outcome=RunOutcome.FAILED, message="the child process crashed (SIGABRT)")
    assert soak_doubts(failed)[0].sentence.endswith("of 10 min: the child process crashed (SIGABRT).")

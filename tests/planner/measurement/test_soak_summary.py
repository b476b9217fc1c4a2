"""A soak's figures carry unit, basis, interval and source; sustained is unknown, with the reason, when it was short."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from planner.basis import Basis, Quantity
from planner.measurement.readings import Reading
from planner.measurement.runs import RunOutcome
from planner.measurement.soak_fit import Course
from planner.measurement.soak_summary import fitted_curve, minutes, summarise_soak
from tests.support.soaks import ar_1, falling, stepping, times
from tests.support.sustained import BEGAN_S, soak_of

T = times(600)


def clocked(mhz: tuple[float, float], knee_s: float = 200.0) -> list[Reading]:
    """A reading every ten seconds; the clock steps at the knee, the temperature rises until then."""
    return [
        Reading(
            at_s=BEGAN_S + second,
            frequency_mhz=mhz[0] if second <= knee_s else mhz[1],
            temperature_c=50.0 + min(second, knee_s) / 5,
            foreign_cpus=0.01,
        )
        for second in range(0, 601, 10)
    ]


def test_a_long_soak_tells_sustained_and_retained_with_their_provenance() -> None:
    summary = summarise_soak(soak_of(falling(T, 50, 30, 90) + ar_1(T.size, 0.5, 0.5, 1)))
    assert summary.sustained_tok_s is not None
    assert summary.sustained_tok_s == summary.last_tok_s
    assert summary.sustained_tok_s.value == pytest.approx(30, abs=0.5)
    assert summary.sustained_tok_s.basis is Basis.MEASURED
    assert summary.sustained_tok_s.as_of == date(2026, 11, 23)
    assert summary.sustained_tok_s.source == "soak 20261123T120000Z-0a1b2c, 10 min, fakeruntime 1.0"
    assert summary.retained_share is not None
    assert summary.retained_share.unit == "share"
    assert summary.sustained_reason == ""
    assert summary.course is Course.FALLS
    assert summary.tau_s is not None
    assert summary.tau_s.unit == "s"
    assert summary.tau_s.value == pytest.approx(90, rel=0.15)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (RunOutcome.STOPPED, "the soak was stopped after 5 min; sustained throughput takes 10 min"),
        (RunOutcome.FAILED, "the soak failed after 5 min; sustained throughput takes 10 min"),
        (RunOutcome.COMPLETE, "the soak lasted 5 min; sustained throughput takes 10 min"),
    ],
)
def test_a_short_soak_has_a_last_third_but_nothing_sustained(outcome: RunOutcome, words: str) -> None:
    summary = summarise_soak(soak_of(falling(T[:300], 50, 30, 60), outcome=outcome))
    assert (summary.sustained_tok_s, summary.retained_share) == (None, None)
    assert summary.sustained_reason == words
    assert isinstance(summary.last_share, Quantity)
    assert summary.burst_tok_s is not None


def test_a_few_windows_say_nothing() -> None:
    soak = soak_of(np.full(5, 50.0))
    summary = summarise_soak(soak)
    assert (summary.burst_tok_s, summary.course) == (None, None)
    assert summary.sustained_reason == summary.knee_reason == "fewer than 12 windows were timed"
    assert fitted_curve(soak) is None


def test_the_clock_beside_it_says_whether_it_fell_too() -> None:
    tok_s = stepping(T, 50, 35, 200) + ar_1(T.size, 0.0, 0.5, 1)
    summary = summarise_soak(soak_of(tok_s, readings=clocked((3000.0, 2100.0))))
    by_name = {one.name: one for one in summary.witnesses}
    clock, heat, steal = by_name["frequency_mhz"], by_name["temperature_c"], by_name["steal_share"]
    assert (clock.at_first, clock.at_last) == (3000.0, 2100.0)
    assert clock.correlation is not None
    assert clock.correlation > 0.7
    assert heat.correlation is not None
    assert heat.correlation < -0.7
    assert (steal.at_first, steal.at_last, steal.correlation) == (None, None, None)
    steady = summarise_soak(soak_of(tok_s, readings=clocked((3000.0, 3000.0))))
    assert next(one for one in steady.witnesses if one.name == "frequency_mhz").correlation is None
    assert summary.knee_s is not None
    assert summary.knee_s.value == pytest.approx(200, abs=2)


def test_minutes_are_means_over_the_time_spent() -> None:
    soak = soak_of(stepping(times(150), 50, 25, 60), readings=clocked((3000.0, 2000.0), knee_s=60.0))
    told = minutes(soak)
    assert [one.number for one in told] == [1, 2, 3]
    assert [round(one.seconds) for one in told] == [60, 60, 30]
    assert [one.decode_tok_s for one in told] == pytest.approx([50, 25, 25])
    assert told[0].prefill_tok_s == pytest.approx(400)
    assert [one.frequency_mhz for one in told] == pytest.approx([3000, 2000, 2000])
    assert minutes(soak.model_copy(update={"windows": ()})) == ()


def test_the_curve_can_be_drawn() -> None:
    soak = soak_of(falling(T, 50, 30, 90))
    drawn = fitted_curve(soak)
    assert drawn is not None
    assert np.abs(drawn[1] - falling(T, 50, 30, 90)).max() < 0.5

"""Which joules are prefill's and which are decode's, on traces with known truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.measurement.energy.apportion import Span, apportion, join
from planner.measurement.energy.counters import Unknown, Window
from tests.planner.measurement.energy.conftest import play_counters, rows
from tests.planner.measurement.energy.test_sampler import RANGES


def prefills(began_s, ended_s, count, tokens):
    """`count` prefills one after the other with a millisecond between them."""
    each_s = (ended_s - began_s) / count
    return [
        Span("prefill", tokens, began_s + index * each_s, began_s + (index + 1) * each_s - 0.001)
        for index in range(count)
    ]


def test_a_round_on_rapl():
    """30.1 W for 1.2 s of prefill and 24 W for 1.6 s of decode (tests/data/energy/README.md)."""
    sampler = play_counters(rows("rapl_wraps.csv"), unit_j=1e-6, period_s=0.001, ranges=RANGES)
    spans = [*prefills(103.0, 104.2, 12, 128), Span("decode", 32, 104.2, 105.8)]
    energy = apportion(spans, sampler.energy_between)
    prefill, decode = energy.phases
    assert (prefill.phase, prefill.tokens, decode.phase, decode.tokens) == ("prefill", 12 * 128, "decode", 32)
    assert prefill.gross_j == pytest.approx(30.1 * 1.2, rel=0.02)
    assert decode.gross_j == pytest.approx(24.0 * 1.6, rel=0.02)
    assert prefill.duration_s == pytest.approx(1.199)


def test_a_round_on_an_h100():
    """0.2809 J a token gross in decode, as measured on that board."""
    sampler = play_counters(rows("nvml_h100.csv"), unit_j=1e-3, period_s=0.1)
    tokens = round(3.0 / 1.5103e-3)
    energy = apportion([Span("decode", tokens, 2006.5, 2009.5)], sampler.energy_between)
    assert energy.phases[0].gross_j / tokens == pytest.approx(0.2809, rel=0.05)


def test_short_windows_are_refused_with_what_would_do():
    sampler = play_counters(rows("nvml_h100.csv"), unit_j=1e-3, period_s=0.1)
    energy = apportion([Span("decode", 24, 2007.0, 2007.4), Span("decode", 24, 2008.0, 2008.4)], sampler.energy_between)
    (decode,) = energy.phases
    assert (decode.gross_j, decode.tokens, decode.duration_s) == (None, 48, pytest.approx(0.8))
    assert "too coarse: windows of 0.4 s where it needs" in decode.reason


def test_one_unknown_window_makes_its_phase_unknown():
    """A total with an unknown part is unknown (CONVENTION §3)."""

    def energy_between(began_s, ended_s):
        return Unknown("the meter was reset") if began_s < 1 else Window(5.0, ended_s - began_s, 0.01)

    spans = [Span("decode", 8, 0.0, 1.0), Span("decode", 8, 5.0, 6.0), Span("prefill", 8, 3.0, 4.0)]
    prefill, decode = apportion(spans, energy_between).phases
    assert (prefill.gross_j, prefill.reason) == (5.0, "")
    assert (decode.gross_j, decode.reason) == (None, "the meter was reset")


def test_a_meter_that_stands_still_is_unknown_and_not_free():
    energy = apportion([Span("decode", 8, 0.0, 1.0)], lambda *_: Window(0.0, 1.0, 0.0))
    assert (energy.phases[0].gross_j, energy.phases[0].reason) == (None, "the meter stood still")


@pytest.mark.parametrize("spans", [[], [Span("decode", 1, 2.0, 2.0)]])
def test_nothing_timed_is_no_energy(spans):
    assert apportion(spans, lambda *_: Unknown("never asked")) is None


def test_what_lies_close_together_is_one_window():
    spans = [Span("prefill", 10, 0.0, 1.0), Span("prefill", 10, 1.01, 2.0), Span("prefill", 10, 2.5, 3.5)]
    assert join(reversed(spans)) == [Span("prefill", 20, 0.0, 2.0), Span("prefill", 10, 2.5, 3.5)]
    between = Span("decode", 5, 1.001, 1.009)
    assert join([spans[0], between, spans[1]]) == [spans[0], between, spans[1]]


@given(
    st.lists(
        st.tuples(st.sampled_from(["prefill", "decode"]), st.integers(1, 512), st.floats(0.01, 2), st.floats(0, 0.5)),
        min_size=1,
        max_size=20,
    )
)
def test_joining_keeps_every_token_and_next_to_no_other_time(told):
    spans, at_s = [], 0.0
    for phase, tokens, duration_s, pause_s in told:
        spans.append(Span(phase, tokens, at_s, at_s + duration_s))
        at_s += duration_s + pause_s
    joined = join(spans)
    for phase in ("prefill", "decode"):
        mine, before = [each for each in joined if each.phase == phase], [each for each in spans if each.phase == phase]
        assert sum(each.tokens for each in mine) == sum(each.tokens for each in before)
        timed_s = sum(each.ended_s - each.began_s for each in before)
        held_s = sum(each.ended_s - each.began_s for each in mine)
        assert timed_s - 1e-9 <= held_s <= 2.1 * timed_s + 1e-9

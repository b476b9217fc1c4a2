"""Rounds are the replicates and their turns are compared in pairs, so what drifts between rounds cancels (§10)."""

from __future__ import annotations

import math
import statistics

import pytest
from scipy import stats

from planner.basis import Basis
from planner.measurement.contention_summary import summarise_contention
from tests.support.sustained import contention_of


def test_ratios_are_geometric_means_of_rounds_with_the_interval_of_their_logarithm() -> None:
    summary = summarise_contention(contention_of())
    share = summary.decode_kept_share
    assert share is not None
    logs = [math.log(each) for each in (0.6, 0.62, 0.58)]
    half = stats.t.ppf(0.975, 2) * statistics.stdev(logs) / math.sqrt(3)
    assert share.value == pytest.approx(math.exp(statistics.fmean(logs)))
    assert share.low == pytest.approx(math.exp(statistics.fmean(logs) - half))
    assert share.high == pytest.approx(math.exp(statistics.fmean(logs) + half))
    assert (share.unit, share.basis) == ("share", Basis.MEASURED)
    assert share.source == "contention 20261123T120000Z-0a1b2c, 3 turns of 4 s, fakeruntime 1.0"
    assert summary.latency_p50_ratio is not None
    assert summary.latency_p50_ratio.value == pytest.approx((2.0 * 2.2 * 1.8) ** (1 / 3))
    assert summary.others_cpus == pytest.approx(0.01)  # the load's own CPU time is not another program's
    assert summary.rounds_used == 3


def test_figures_are_medians_of_turns_without_their_settling_start() -> None:
    summary = summarise_contention(contention_of())
    assert summary.decode_alone_tok_s is not None
    assert summary.decode_alone_tok_s.value == pytest.approx(50)  # the slow first window is left out
    assert summary.decode_beside_tok_s is not None
    assert summary.decode_beside_tok_s.value == pytest.approx(30)
    assert summary.latency_p50_alone_s is not None
    assert summary.latency_p50_alone_s.value == pytest.approx(0.010)
    assert summary.latency_p95_alone_s is not None
    assert summary.latency_p95_alone_s.value == pytest.approx(0.030)
    assert summary.load_busy_share == pytest.approx(0.0122 * 10, rel=0.05)


def test_drift_between_rounds_does_not_widen_the_ratio() -> None:
    drifting = summarise_contention(contention_of(alone_tok_s=(20, 50, 100), kept=(0.6, 0.6, 0.6)))
    assert drifting.decode_kept_share is not None
    assert drifting.decode_kept_share.low == pytest.approx(0.6)
    assert drifting.decode_kept_share.high == pytest.approx(0.6)
    assert drifting.decode_alone_tok_s is not None
    assert drifting.decode_alone_tok_s.low == 0  # while the speed itself is hardly known


def test_one_round_has_no_interval_and_none_has_no_ratio() -> None:
    one = contention_of(alone_tok_s=(50,), kept=(0.6,), alone_s=(0.01,), slower=(2.0,))
    share = summarise_contention(one).decode_kept_share
    assert share is not None
    assert (share.low, share.high) == (None, None)
    unread = one.model_copy(update={"readings": ()})
    assert summarise_contention(unread).others_cpus is None
    halved = one.model_copy(update={"turns": tuple(turn for turn in one.turns if not turn.windows)})
    summary = summarise_contention(halved)
    assert (summary.decode_kept_share, summary.decode_alone_tok_s, summary.rounds_used) == (None, None, 0)
    assert summary.latency_p50_alone_s is not None

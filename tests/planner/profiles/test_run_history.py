"""The history tells every measurement, newest first, and finds each by its id or the beginning of it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from planner.basis import Basis, Quantity
from planner.errors import UnknownNameError
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
from planner.measurement.runs import RoundState, RunOutcome
from planner.profiles.performance import find_performance
from planner.profiles.run_history import every_run, find_measured, find_run, run_history
from tests.support.compared_runs import round_of, run_of, slices_of
from tests.support.profiles import DAY, NOON, profile
from tests.support.sustained import contention_of, soak_of

OLDER = run_of((50, 51, 49), "20261123T120000Z-aaaaaa")
NEWER = run_of((60, 61, 59), "20261123T130000Z-bbbbbb", hours=1)


def measured(value: float, unit: str) -> Quantity:
    return Quantity.model_validate(
        {"value": value, "unit": unit, "basis": Basis.MEASURED, "source": "test", "as_of": DAY}
    )


def roofline(read_bytes_s: float = 10e9) -> Roofline:
    point = RooflinePoint(
        threads=8,
        read_bytes_s=measured(read_bytes_s, "B/s"),
        kernels=(
            KernelRate(kernel="int4", flop_s=measured(200e9, "FLOP/s")),
            KernelRate(kernel="dynamic-int8", flop_s=measured(400e9, "FLOP/s")),
        ),
    )
    return Roofline(
        measured_at=NOON,
        runtime="onnxruntime 1.32.0",
        execution_provider="CPUExecutionProvider",
        buffer_bytes=10**9,
        points=(point,),
    )


def test_every_kind_has_its_row_newest_first() -> None:
    soak = soak_of(np.full(700, 40.0)).model_copy(update={"started_at": NOON + timedelta(hours=3)})
    contention = contention_of().model_copy(update={"started_at": NOON + timedelta(hours=4), "contention_id": "c-1"})
    known = profile(runs=(OLDER, NEWER), slices=(slices_of(hours=2),), soaks=(soak,), contentions=(contention,))
    assert [(row.kind, row.run_id) for row in run_history(known)] == [
        ("contention", "c-1"),
        ("soak", "20261123T120000Z-0a1b2c"),
        ("slices", "20261123T140000Z-zdeep"),
        ("run", "20261123T130000Z-bbbbbb"),
        ("run", "20261123T120000Z-aaaaaa"),
    ]


def test_a_run_is_told_at_the_length_nearest_to_512_with_its_rounds_and_interval() -> None:
    longer = run_of((50, 51, 49), tokens=(128, 384, 2048))
    spoilt = (
        *longer.rounds,
        round_of(4, 50, tokens=(128, 384, 2048), state=RoundState.DISTURBED),
        round_of(5, 50, tokens=(128,), state=RoundState.PARTIAL),
    )
    [row] = run_history(profile(runs=(longer.model_copy(update={"rounds": spoilt, "outcome": RunOutcome.TIME_UP}),)))
    assert row.prefill is not None
    assert row.decode is not None
    assert (row.prefill.tokens, row.decode.tokens) == (384, 384)
    assert (row.prefill.tok_s.value, row.decode.tok_s.value) == pytest.approx((500, 50))
    assert (row.rounds, row.clean, row.disturbed, row.partial) == (5, 3, 1, 1)
    assert row.overall_decode_tok_s is not None
    assert row.overall_decode_tok_s.value == pytest.approx(50)
    assert row.half_width_share is not None
    assert row.outcome is RunOutcome.TIME_UP
    assert row.conditions.power_source == "ac"


def test_the_share_of_the_limits_is_told_where_they_were_measured() -> None:
    [row] = run_history(profile(runs=(OLDER,), roofline=roofline()))
    assert row.decode_reached is not None
    assert row.prefill_reached is not None
    assert row.decode_reached.tokens == 512
    assert row.decode_reached.share.value == pytest.approx(50 / row.decode_reached.limit.value)
    assert row.prefill_reached.against == "int4"  # not the fastest kernel: the format's own
    [unlimited] = run_history(profile(runs=(OLDER,)))
    assert (unlimited.decode_reached, unlimited.prefill_reached) == (None, None)


def test_beating_a_limit_is_a_doubt_among_the_others() -> None:
    [row] = run_history(profile(runs=(OLDER,), roofline=roofline(read_bytes_s=1e9)))
    assert [doubt.kind for doubt in row.doubts].count("BeatsRoofline") == 1


def test_slices_tell_what_they_foretell_of_the_whole_model_estimated() -> None:
    slices = slices_of()
    known = profile(slices=(slices,))
    [row] = run_history(known)
    assert (row.layers, row.rounds, row.run_ids) == ((2, 10), 3, (slices.shallow.run_id, slices.deep.run_id))
    planned = find_performance(known, "smollm2-135m", "int4")
    assert planned is not None
    assert row.decode in planned.decode
    assert row.decode is not None
    assert row.decode.tok_s.basis is Basis.ESTIMATED
    assert row.overall_decode_tok_s is None  # a slice's own speed is not the model's


def test_slices_of_an_architecture_that_is_no_longer_known_foretell_nothing() -> None:
    slices = slices_of()
    renamed = {
        which: run.model_copy(update={"model": run.model.model_copy(update={"architecture": "gone"})})
        for which, run in (("shallow", slices.shallow), ("deep", slices.deep))
    }
    [row] = run_history(profile(slices=(slices.model_copy(update=renamed),)))
    assert (row.model, row.decode, row.prefill) == ("gone", None, None)


def test_a_soak_tells_burst_and_what_is_left_of_it() -> None:
    [row] = run_history(profile(soaks=(soak_of(np.concatenate([np.full(300, 50.0), np.full(320, 30.0)])),)))
    assert row.burst_tok_s is not None
    assert row.sustained_tok_s is not None
    assert row.retained_share is not None
    assert row.decode is not None
    assert row.burst_tok_s.value == pytest.approx(50)
    assert row.sustained_tok_s.value == row.decode.tok_s.value == pytest.approx(30)
    assert row.decode.tokens == 256 + 128 // 2
    assert "ThermalThrottling" in {doubt.kind for doubt in row.doubts}


def test_contention_tells_the_model_alone_and_what_it_kept() -> None:
    [row] = run_history(profile(contentions=(contention_of(),)))
    assert row.decode is not None
    assert row.kept_share is not None
    assert row.decode.tok_s.value == pytest.approx(50, rel=0.05)
    assert row.kept_share.value == pytest.approx(0.6, rel=0.05)
    # The foreground load is no other program: it was there on purpose.
    assert row.conditions.foreign_cpus == pytest.approx(0.01)


KNOWN = profile(runs=(OLDER, NEWER), slices=(slices_of(hours=2),), soaks=(soak_of(np.full(20, 40.0)),))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("last", NEWER.run_id),
        ("previous", OLDER.run_id),
        (OLDER.run_id, OLDER.run_id),
        ("20261123T12", OLDER.run_id),  # a soak begins so too, but is no run
        ("20261123T140000Z-s", "20261123T140000Z-shallow"),
    ],
)
def test_a_run_is_found_by_id_beginning_or_place(name: str, found: str) -> None:
    assert find_run(KNOWN, name).run_id == found


def test_an_id_that_others_begin_with_is_itself() -> None:
    runs = (run_of((50, 51), "run-1"), run_of((50, 51), "run-12", hours=1))
    assert find_run(profile(runs=runs), "run-1").run_id == "run-1"


def test_an_unknown_id_is_refused_with_the_names_nearest_to_it() -> None:
    with pytest.raises(UnknownNameError) as refused:
        find_run(KNOWN, "20261123T130001Z-bbbbbb")
    assert "no measurement is called '20261123T130001Z-bbbbbb'" in refused.value.what
    assert (refused.value.remedy or "").startswith(f"Did you mean {NEWER.run_id} or ")


@pytest.mark.parametrize("name", ["", "zzz"])
def test_an_id_like_none_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"There are: .*aaaaaa"):
        find_run(KNOWN, name)


def test_a_beginning_that_fits_several_is_refused_with_all_of_them() -> None:
    with pytest.raises(UnknownNameError) as refused:
        find_run(KNOWN, "20261123T1")
    assert "4 measurements begin with" in refused.value.what
    assert OLDER.run_id in (refused.value.remedy or "")


def test_a_soak_is_found_but_is_no_run() -> None:
    assert find_measured(KNOWN, "20261123T120000Z-0a") is KNOWN.soaks[0]
    with pytest.raises(UnknownNameError, match="is no run but a soak"):
        find_run(KNOWN, "20261123T120000Z-0a")


def test_there_is_no_previous_run_where_there_is_only_one() -> None:
    with pytest.raises(UnknownNameError, match=r"no previous run: of whole models there is 1 "):
        find_run(profile(runs=(OLDER,)), "previous")
    with pytest.raises(UnknownNameError, match=r"no last run: of whole models there are none "):
        find_run(profile(), "last")


def test_every_run_counts_slices_too_oldest_first() -> None:
    assert [run.run_id for run in every_run(KNOWN)] == [
        OLDER.run_id,
        NEWER.run_id,
        "20261123T140000Z-shallow",
        "20261123T140000Z-zdeep",
    ]

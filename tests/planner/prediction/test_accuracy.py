"""A prediction is judged by the first later run that is truly of the same thing, and never again (§17)."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.documents import from_json, to_json
from planner.measurement.runs import Run, RunOutcome
from planner.prediction.accuracy import (
    AccuracyLog,
    Entry,
    Outcome,
    judged,
    model_terms,
    scores,
    with_prediction,
    with_run,
)
from planner.prediction.depth_slices import PRIOR
from planner.prediction.prediction import Method, Prediction
from planner.units import Unit
from tests.support.compared_runs import run_of
from tests.support.profiles import NOON

DEVICE = "testbook-14"


def estimated(value: float, unit: Unit = "tok/s", share: float | None = 0.1) -> Quantity:
    low, high = (None, None) if share is None else (value * (1 - share), value * (1 + share))
    return Quantity(value=value, low=low, high=high, unit=unit, basis=Basis.ESTIMATED, source="test")


def prediction(name: str = "p1", **changes: Any) -> Prediction:
    """Of what `run_of((50, 50, 50))` measures: decode 50 tok/s, prefill 500 tok/s."""
    return Prediction(
        **{
            "prediction_id": name,
            "made_at": NOON - timedelta(hours=1),
            "device": DEVICE,
            "model": "smollm2-135m",
            "weight_format": "int4",
            "runtime": "onnxruntime 1.32.0",
            "execution_provider": "CPUExecutionProvider",
            "threads": 8,
            "method": Method.DEPTH_SLICES,
            "slices": ("s1", "s2"),
            "prompt_tokens": 512,
            "context_tokens": 512,
            "decode_tok_s": estimated(52.0),
            "prefill_tok_s": estimated(450.0),
            "ttft_s": estimated(512 / 450, "s"),
            "peak_memory_bytes": estimated(290e6, "B"),
            "fits": True,
            **changes,
        }
    )


def log_of(*predictions: Prediction) -> AccuracyLog:
    return with_prediction(AccuracyLog(), *predictions)


def whole_run(decode_tok_s: float = 50.0, run_id: str = "run-1", **changes: Any) -> Run:
    return run_of((decode_tok_s,) * 3, run_id, **changes)


def outcomes(log: AccuracyLog) -> tuple[Outcome | None, Outcome | None, Outcome | None]:
    (entry,) = log.entries
    return entry.decode, entry.prefill, entry.memory


# Matching


def test_a_later_run_of_the_same_thing_is_the_outcome_of_all_three() -> None:
    run = whole_run()
    for outcome, value in zip(outcomes(with_run(log_of(prediction()), DEVICE, run)), (50, 500, 300e6), strict=True):
        assert outcome is not None
        assert outcome.run_id == "run-1"
        assert outcome.measured_at == run.finished_at
        assert outcome.measured.value == pytest.approx(value, rel=1e-3)
        assert outcome.measured.basis is Basis.MEASURED


@pytest.mark.parametrize(
    "other",
    [
        {"device": "another-device"},
        {"model": "qwen2.5-0.5b"},
        {"weight_format": "int8"},
        {"execution_provider": "CUDAExecutionProvider"},
        {"threads": 4},
        {"made_at": NOON},  # at the very moment the run began
        {"made_at": NOON + timedelta(seconds=1)},  # with the run under way, when its rounds could be seen
        {"made_at": NOON + timedelta(days=1)},
    ],
)
def test_a_run_of_anything_else_or_an_earlier_one_is_no_outcome(other: dict[str, object]) -> None:
    log = log_of(prediction(**other))
    assert with_run(log, DEVICE, whole_run()) == log


def test_a_prediction_that_names_no_threads_takes_any() -> None:
    """A spec sheet says nothing of them."""
    log = log_of(prediction(method=Method.SPEC_SHEET, threads=None, slices=()))
    assert outcomes(with_run(log, DEVICE, whole_run()))[0] is not None


@pytest.mark.parametrize("outcome", [RunOutcome.STOPPED, RunOutcome.FAILED])
def test_a_run_that_was_broken_off_judges_nothing(outcome: RunOutcome) -> None:
    log = log_of(prediction())
    assert with_run(log, DEVICE, whole_run(outcome=outcome)) == log


def test_a_run_whose_time_was_up_judges() -> None:
    assert outcomes(with_run(log_of(prediction()), DEVICE, whole_run(outcome=RunOutcome.TIME_UP)))[0] is not None


def test_a_slice_judges_nothing() -> None:
    run = whole_run()
    part = run.model_copy(update={"model": run.model.model_copy(update={"layers": 15})})
    log = log_of(prediction())
    assert with_run(log, DEVICE, part) == log


def test_a_folder_of_the_same_architecture_judges_and_one_of_an_unknown_one_does_not() -> None:
    run, log = whole_run(), log_of(prediction())
    named, unknown = (
        run.model_copy(update={"model": run.model.model_copy(update={"name": "my-own", "architecture": each})})
        for each in ("smollm2-135m", None)
    )
    assert outcomes(with_run(log, DEVICE, named))[0] is not None
    assert with_run(log, DEVICE, unknown) == log


@pytest.mark.parametrize(
    ("prompt", "context", "measured"),
    [
        (512, 512, (True, True, True)),
        (128, 512, (True, True, True)),  # the peak is that of the longest
        (512, 128, (True, True, True)),
        (128, 128, (True, True, False)),  # the run held 512 tokens, so its peak is another one's
        (256, 128, (True, False, False)),
        (128, 256, (False, True, False)),
        (511, 513, (False, False, False)),
    ],
)
def test_only_the_very_lengths_predicted_count(prompt: int, context: int, measured: tuple[bool, ...]) -> None:
    log = with_run(log_of(prediction(prompt_tokens=prompt, context_tokens=context)), DEVICE, whole_run())
    assert tuple(each is not None for each in outcomes(log)) == measured


@pytest.mark.parametrize(("prompt", "context", "peak_counts"), [(128, 512, True), (128, 128, False)])
def test_the_longest_context_makes_the_peak_as_the_longest_prompt_does(
    prompt: int, context: int, peak_counts: bool
) -> None:
    """A run may time prompts of 128 tokens and answers at 512: its peak is that of 512."""
    run = whole_run()
    rounds = tuple(one.model_copy(update={"prefill": one.prefill[:1]}) for one in run.rounds)
    log = with_run(
        log_of(prediction(prompt_tokens=prompt, context_tokens=context)),
        DEVICE,
        run.model_copy(update={"rounds": rounds}),
    )
    assert (outcomes(log)[2] is not None) == peak_counts


def test_an_outcome_is_never_overwritten() -> None:
    once = with_run(log_of(prediction()), DEVICE, whole_run())
    assert with_run(once, DEVICE, whole_run(99.0, "run-2", hours=1)) == once
    assert with_run(once, DEVICE, whole_run()) == once


def test_what_a_first_run_left_open_a_later_one_fills_and_nothing_else() -> None:
    short = whole_run(tokens=(128,))
    log = with_run(log_of(prediction(prompt_tokens=128)), DEVICE, short)
    assert [each is not None for each in outcomes(log)] == [False, True, False]
    later = with_run(log, DEVICE, whole_run(60.0, "run-2", hours=1))
    decode, prefill, memory = outcomes(later)
    assert decode is not None
    assert prefill is not None
    assert memory is not None
    assert (decode.run_id, prefill.run_id, memory.run_id) == ("run-2", "run-1", "run-2")


def test_every_waiting_prediction_is_answered_by_one_run() -> None:
    log = log_of(prediction("a"), prediction("b", made_at=NOON - timedelta(days=9)), prediction("c", threads=4))
    found = with_run(log, DEVICE, whole_run())
    assert [entry.decode is not None for entry in found.entries] == [True, True, False]
    assert [entry.prediction.prediction_id for entry in found.entries] == ["a", "b", "c"]  # oldest first, as written


def test_a_prediction_is_written_once_and_its_outcome_stays() -> None:
    log = with_run(log_of(prediction("a")), DEVICE, whole_run())
    again = with_prediction(log, prediction("a", decode_tok_s=estimated(50.0)), prediction("b"), prediction("b"))
    assert again.entries[0] == log.entries[0]
    assert [entry.prediction.prediction_id for entry in again.entries] == ["a", "b"]


# Judging


def test_a_prediction_too_high_has_a_positive_error() -> None:
    """52 foretold and 50 measured: +4 %; 450 and 500: −10 %, at the very end of its interval."""
    found = {each.phase: each for each in judged(with_run(log_of(prediction()), DEVICE, whole_run()))}
    assert found["decode"].error == pytest.approx(0.04)
    assert found["decode"].inside is True
    assert found["prefill"].error == pytest.approx(-0.10)
    assert found["prefill"].inside is False  # 450 + 10 % is 495
    assert found["memory"].error == pytest.approx(290e6 / 300_000_002 - 1)
    assert {each.tokens for each in found.values()} == {512}
    assert found["decode"].made_at < found["decode"].measured_at


def test_without_an_interval_nobody_can_be_inside() -> None:
    log = with_run(log_of(prediction(decode_tok_s=estimated(52.0, share=None))), DEVICE, whole_run())
    (decode,) = [each for each in judged(log) if each.phase == "decode"]
    assert decode.inside is None
    (score,) = [each for each in scores(judged(log)) if each.phase == "decode"]
    assert (score.count, score.inside_share) == (1, None)


def test_what_was_not_predicted_or_not_measured_is_not_judged() -> None:
    assert judged(log_of(prediction())) == ()
    told = prediction(prefill_tok_s=None, ttft_s=None, unknown_because="nobody knows")
    log = with_run(log_of(told), DEVICE, whole_run())
    assert {each.phase for each in judged(log)} == {"decode", "memory"}


def test_memory_is_judged_at_the_longer_of_both_lengths() -> None:
    log = with_run(log_of(prediction(prompt_tokens=128)), DEVICE, whole_run())
    assert {each.phase: each.tokens for each in judged(log)} == {"decode": 512, "prefill": 128, "memory": 512}


def test_the_newest_judgement_comes_first() -> None:
    log = log_of(prediction("a"), prediction("b", model="qwen2.5-0.5b"))
    run = whole_run(hours=1)
    other = run.model_copy(update={"model": run.model.model_copy(update={"architecture": "qwen2.5-0.5b"})})
    found = judged(with_run(with_run(log, DEVICE, whole_run()), DEVICE, other))
    assert [each.prediction_id for each in found] == ["b", "b", "b", "a", "a", "a"]


def test_scores_are_by_method_and_phase() -> None:
    """Absolute errors 4 %, 8 % and 20 % of decode, two of three inside ± 10 %; a spec sheet apart."""
    log = log_of(
        *(prediction(f"p{value}", decode_tok_s=estimated(value)) for value in (52.0, 46.0, 60.0)),
        prediction("sheet", method=Method.SPEC_SHEET, slices=(), decode_tok_s=estimated(100.0, share=0.6)),
    )
    found = {(each.method, each.phase): each for each in scores(judged(with_run(log, DEVICE, whole_run())))}
    assert len(found) == 6
    decode = found[(Method.DEPTH_SLICES, "decode")]
    assert decode.count == 3
    assert decode.median_error == pytest.approx(0.08)
    assert decode.worst_error == pytest.approx(0.20)
    assert decode.inside_share == pytest.approx(2 / 3)
    sheet = found[(Method.SPEC_SHEET, "decode")]
    assert (sheet.count, sheet.worst_error, sheet.inside_share) == (1, pytest.approx(1.0), 1.0)
    assert scores(()) == ()


# Learning


def missed(name: str, share: float, **changes: Any) -> Prediction:
    return prediction(name, decode_tok_s=estimated(50.0 * (1 + share)), **changes)


def test_model_terms_pool_this_devices_errors_of_slices_and_no_others() -> None:
    log = log_of(
        missed("a", 0.10),
        missed("b", -0.20),
        missed("sheet", 3.0, method=Method.SPEC_SHEET, slices=()),
        missed("elsewhere", 3.0, device="another-device"),
        missed("waiting", 3.0, threads=4),
    )
    log = with_run(with_run(log, DEVICE, whole_run()), "another-device", whole_run())
    assert len([each for each in judged(log) if each.phase == "decode"]) == 4
    terms = model_terms(log, DEVICE)
    assert set(terms) == {"decode", "prefill"}
    squares = math.log(1.1) ** 2 + math.log(0.8) ** 2
    assert terms["decode"].sigma == pytest.approx(math.sqrt((12 * 0.06**2 + squares) / 14))
    assert terms["decode"].degrees == 14
    assert terms["prefill"].sigma == pytest.approx(math.sqrt((8 * 0.03**2 + 2 * math.log(0.9) ** 2) / 10))


def test_without_a_log_the_prior_stands() -> None:
    for phase, term in model_terms(AccuracyLog(), DEVICE).items():
        assert term.sigma == pytest.approx(PRIOR[phase].sigma)
        assert term.degrees == PRIOR[phase].degrees


@given(share=st.floats(-0.04, 0.04), count=st.integers(1, 5))
def test_a_device_that_is_foretold_well_gets_narrower_intervals(share: float, count: int) -> None:
    log = with_run(log_of(*(missed(str(number), share) for number in range(count))), DEVICE, whole_run())
    assert model_terms(log, DEVICE)["decode"].half_width_log() < PRIOR["decode"].half_width_log()


# Document


def test_a_log_comes_back_from_json_as_it_was() -> None:
    log = with_run(log_of(prediction("a"), prediction("b", threads=4)), DEVICE, whole_run())
    assert from_json(to_json(log), AccuracyLog, where="test") == log
    assert isinstance(log.entries[0].prediction.made_at, datetime)
    assert log.entries[1] == Entry(prediction=prediction("b", threads=4))

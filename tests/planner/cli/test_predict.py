"""`edgewise predict` and `edgewise accuracy`: foretold, written down first, judged later (CONVENTION §17)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.cli import predict as predict_verb
from planner.documents import from_json
from planner.errors import StoppedError
from planner.measurement.request import MeasurementRequest
from planner.measurement.slice_runs import DepthSlices
from planner.prediction.accuracy_file import load_accuracy, record_run
from planner.prediction.prediction import Method, Prediction
from planner.profiles.files import load_profile, save_profile
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import facts, profile, run

OTHER = facts(cpu="Another CPU")


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A profile with two studies of one model, the newer four times as fast."""
    fast = Law(decode=(2e-3, 0.3e-3, 1e-7))
    path = tmp_path / "device.json"
    save_profile(path, profile(slices=(slices_after(fast, hours=2), slices_after(Law()))))
    return path


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[MeasurementRequest]:
    """This machine, where slices are timed at once; the requests that were made."""
    asked: list[MeasurementRequest] = []

    def measured(request: MeasurementRequest, *_: object, **__: object) -> DepthSlices:
        asked.append(request)
        return slices_after(Law(), model=request.model)

    monkeypatch.setattr(predict_verb, "probe", facts)
    monkeypatch.setattr(predict_verb, "measure_slices", measured)
    return asked


def told(words: str) -> Prediction:
    return from_json(words, Prediction, where="stdout")


def test_the_newest_slices_of_a_profile_are_used(edgewise, known: Path, accuracy_log: Path) -> None:
    ended = edgewise("predict", "-m", "smollm2-135m", "--profile", known, "--json")
    assert ended.code == 0
    prediction = told(ended.out)
    assert prediction.method is Method.DEPTH_SLICES
    assert prediction.decode_tok_s.value == pytest.approx(1 / (2e-3 + 30 * (0.3e-3 + 1e-7 * 512)))
    assert (prediction.prompt_tokens, prediction.context_tokens) == (512, 512)
    assert [entry.prediction for entry in load_accuracy(accuracy_log).entries] == [prediction]


def test_words_name_figures_intervals_basis_and_source(edgewise, known: Path) -> None:
    ended = edgewise("predict", "-m", "smollm2-135m", "--profile", known, "--prompt", 256, "--context", 1024)
    assert ended.code == 0
    assert ended.out.startswith("smollm2-135m int4 on testbook-14: estimated from its depth slices, not run here.")
    lines = {line[:24].strip(): line[24:] for line in ended.out.splitlines()}
    assert "tok/s (" in lines["decode at 1,024 tokens"]
    assert "tok/s (" in lines["prefill of 256 tokens"]
    assert "without queue, network and load" in lines["time to first token"]
    assert lines["peak memory"].rstrip().endswith("; fits")
    assert "onnxruntime 1.32.0, CPUExecutionProvider, 8 threads" in lines["runtime"]
    assert "estimated, 90 % intervals" in lines["basis"]
    assert "depth slices of 2 and 15 of 30 layers" in lines["source"]


def test_without_slices_of_that_model_the_spec_sheet_speaks(edgewise) -> None:
    typed = ("predict", "-m", "llama-3.2-1b", "--profile", "raspberry-pi-5-8gb")
    prediction = told(edgewise(*typed, "--json").out)
    assert prediction.method is Method.SPEC_SHEET
    words = edgewise(*typed).out
    assert "estimated from its spec sheet, not run here." in words
    assert (prediction.prefill_tok_s is None) == ("Prefill is unknown: " in words)


def test_spec_sheet_leaves_slices_aside(edgewise, known: Path) -> None:
    ended = edgewise("predict", "-m", "smollm2-135m", "--profile", known, "--spec-sheet")
    assert ended.code == 2  # this device states no bandwidth, so its sheet says nothing
    assert "nothing can be foretold from the spec sheet of testbook-14" in ended.err


def test_on_this_machine_slices_are_timed_and_kept(edgewise, here, tmp_path: Path, accuracy_log: Path) -> None:
    out = tmp_path / "mine.json"
    ended = edgewise("predict", "-m", "smollm2-135m", "--threads", 3, "--out", out, "--json")
    assert ended.code == 0
    (request,) = here
    assert (request.model, request.weight_format, request.threads) == ("smollm2-135m", "int4", 3)
    assert str(out) in ended.err
    assert load_profile(out).slices == (slices_after(Law()),)
    assert told(ended.out).device == load_profile(out).profile_id
    assert len(load_accuracy(accuracy_log).entries) == 1
    edgewise("predict", "-m", "smollm2-135m", "--out", out)
    assert len(load_profile(out).slices) == 2


def test_with_spec_sheet_nothing_is_timed_here(edgewise, here, tmp_path: Path) -> None:
    edgewise("predict", "-m", "smollm2-135m", "--spec-sheet", "--out", tmp_path / "mine.json")
    assert here == []


@pytest.mark.parametrize("place", [(), ("--profile", "raspberry-pi-5-8gb")])
def test_an_unknown_model_is_refused(
    edgewise, monkeypatch: pytest.MonkeyPatch, accuracy_log: Path, place: tuple[str, ...]
) -> None:
    monkeypatch.setattr(predict_verb, "probe", facts)
    ended = edgewise("predict", "-m", "gpt-5", *place)
    assert (ended.code, ended.out) == (2, "")
    assert "gpt-5" in ended.err
    assert not accuracy_log.exists()


def test_the_profile_of_another_device_gets_no_slices_of_this_one(edgewise, here, tmp_path: Path) -> None:
    out = tmp_path / "theirs.json"
    save_profile(out, profile(facts=OTHER))
    before = out.read_bytes()
    ended = edgewise("predict", "-m", "smollm2-135m", "--out", out)
    assert ended.code == 2
    assert "another device" in ended.err
    assert (out.read_bytes(), here) == (before, [])


def test_a_damaged_log_costs_no_prediction_and_is_left_alone(edgewise, here, accuracy_log: Path) -> None:
    accuracy_log.parent.mkdir()
    accuracy_log.write_text("{ not a log", encoding="utf-8")
    ended = edgewise("predict", "-m", "smollm2-135m", "--json")
    assert ended.code == 0
    assert told(ended.out).decode_tok_s.value > 0
    assert "not counted" in ended.err
    assert "not written down" in ended.err
    assert str(accuracy_log) in ended.err
    assert accuracy_log.read_text(encoding="utf-8") == "{ not a log"
    assert edgewise("accuracy").code == 2


def test_stopping_before_anything_was_timed_is_no_refusal(edgewise, here, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(request: MeasurementRequest, *_: object, **__: object) -> DepthSlices:
        raise StoppedError("stopped before both slices were timed", where=request.model)

    monkeypatch.setattr(predict_verb, "measure_slices", stopped)
    ended = edgewise("predict", "-m", "smollm2-135m")
    assert (ended.code, ended.out) == (130, "")
    assert "stopped before both slices were timed" in ended.err


# Accuracy


def test_where_nothing_was_judged_it_says_so(edgewise, accuracy_log: Path) -> None:
    ended = edgewise("accuracy")
    assert ended.code == 0
    assert ended.out == "No prediction was measured on this device yet.\n"
    assert str(accuracy_log) in ended.err
    assert json.loads(edgewise("accuracy", "--json").out) == {"file": str(accuracy_log), "scores": [], "judged": []}


@pytest.fixture
def judged(edgewise, known: Path) -> Callable[[], Prediction]:
    """Predicted at 128 tokens, then measured: 50 tok/s decode, 1,000 tok/s prefill, 300 MB."""

    def predict_and_run() -> Prediction:
        typed = ("predict", "-m", "smollm2-135m", "--profile", known, "--context", 128, "--json")
        prediction = told(edgewise(*typed).out)
        # The machine of these tests measured long ago; what counts is that the run began after the prediction.
        late = run("late", hours=24 * 365 * 200)
        record_run("testbook-14", late)
        return prediction

    return predict_and_run


def test_predictions_are_set_beside_what_was_measured(edgewise, judged: Callable[[], Prediction]) -> None:
    prediction = judged()
    error = prediction.decode_tok_s.value / 50 - 1
    document = json.loads(edgewise("accuracy", "--json").out)
    decode = next(each for each in document["judged"] if each["phase"] == "decode")
    assert decode["error"] == pytest.approx(error)
    assert {each["phase"] for each in document["scores"]} == {"decode", "prefill", "memory"}
    words = edgewise("accuracy").out
    assert "Every prediction that was measured (3)" in words
    row = next(line for line in words.splitlines() if "decode" in line and "2226" in line)
    assert f"{error:+.0%}"[0].replace("-", "−") in row
    assert "50 tok/s" in row


def test_what_waits_is_counted_and_a_device_can_be_chosen(edgewise, known: Path, judged) -> None:
    judged()
    edgewise("predict", "-m", "smollm2-135m", "--profile", known, "--context", 4096)
    ended = edgewise("accuracy")
    assert "1 prediction waits to be measured" in ended.out
    other = edgewise("accuracy", "--device", "somebody-else")
    assert other.out == "No prediction was measured on this device yet.\n"
    edgewise("predict", "-m", "smollm2-135m", "--profile", known, "--context", 2048)
    assert "2 predictions wait to be measured" in edgewise("accuracy", "--device", "testbook-14").out

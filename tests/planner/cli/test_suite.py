"""`edgewise measure --suite`: told in advance, saved after every model, written down before anything whole is run."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import measure as measure_verb
from planner.cli import suite as suite_verb
from planner.device.facts import DeviceFacts
from planner.errors import MeasurementError, NotEnoughMemoryError, StoppedError
from planner.measurement.request import MeasurementRequest
from planner.measurement.roofline import Roofline
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import SHALLOW_TOKENS
from planner.prediction.accuracy_file import load_accuracy
from planner.profiles.files import load_profile, save_profile
from planner.samples.catalog import sample
from planner.scenario import quantized_models
from tests.support.depth_slices import Law, slices_after
from tests.support.profiles import facts, full_profile
from tests.support.whole_profile import limits

MODELS = ("smollm2-135m", "smollm2-360m", "qwen2.5-0.5b")
TYPED = tuple(word for name in MODELS for word in ("--model", name))


class FakeSlices:
    """Slices of every model at once; a hook may stop or fail before the one of a number."""

    def __init__(self, before: Callable[[int, MeasurementRequest], None]) -> None:
        self.requests: list[MeasurementRequest] = []
        self.before = before

    def __call__(self, request: MeasurementRequest, *_: object, stop: threading.Event, **__: object) -> DepthSlices:
        self.requests.append(request)
        self.before(len(self.requests), request)
        if stop.is_set():
            raise StoppedError("stopped before both slices were timed", where=request.model)
        return slices_after(Law(), model=request.model, layers=(2, 6))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeSlices]:
    def install(before: Callable[[int, MeasurementRequest], None] = lambda *_: None) -> FakeSlices:
        slices = FakeSlices(before)
        monkeypatch.setattr(measure_verb, "probe", facts)
        monkeypatch.setattr(suite_verb, "measure_slices", slices)
        monkeypatch.setattr(suite_verb, "measure_roofline", lambda *_, **__: limits())
        return slices

    return install


def test_every_named_model_is_sliced_announced_and_kept(fake, edgewise, tmp_path: Path, accuracy_log: Path) -> None:
    slices = fake()
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--suite", *TYPED, "--threads", 2, "--out", out)
    assert ended.code == 0
    assert [(each.model, each.threads) for each in slices.requests] == [(name, 2) for name in MODELS]
    announced = ended.err.index("Depth slices of 3 models, about ")
    assert announced < ended.err.index("smollm2-135m int4: 1 of 3 sliced.")
    assert "qwen2.5-0.5b int4: 3 of 3 sliced." in ended.err
    kept = load_profile(out)
    assert kept.roofline == limits()
    assert [each.deep.model.architecture for each in kept.slices] == list(MODELS)
    written = load_accuracy(accuracy_log).entries
    assert [(each.prediction.model, each.prediction.context_tokens) for each in written] == [
        (name, tokens) for name in MODELS for tokens in SHALLOW_TOKENS
    ]
    for name in MODELS:
        assert name in ended.out
    assert "estimated" in ended.out


def test_limits_that_are_known_are_not_measured_again(fake, edgewise, tmp_path: Path, monkeypatch) -> None:
    fake()
    out = tmp_path / "mine.json"
    save_profile(out, full_profile().model_copy(update={"roofline": limits(33.0)}))

    def again(_: DeviceFacts, **__: Any) -> Roofline:
        raise AssertionError("measured again")

    monkeypatch.setattr(suite_verb, "measure_roofline", again)
    assert edgewise("measure", "--suite", *TYPED[:2], "--out", out).code == 0
    assert load_profile(out).roofline == limits(33.0)


def test_it_is_on_disk_after_every_model_and_what_stood_there_is_backed_up(fake, edgewise, tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    save_profile(out, full_profile())
    before = out.read_bytes()
    seen: list[int] = []
    fake(lambda *_: seen.append(len(load_profile(out).slices)))
    edgewise("measure", "--suite", *TYPED, "--out", out)
    assert seen == [0, 1, 2]
    assert (tmp_path / "mine.json.bak1").read_bytes() == before
    assert not (tmp_path / "mine.json.bak2").exists()
    assert load_profile(out).runs == full_profile().runs


def test_ctrl_c_keeps_what_is_finished(fake, edgewise, tmp_path: Path) -> None:
    def press(number: int, _: MeasurementRequest) -> None:
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)

    slices = fake(press)
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--suite", *TYPED, "--out", out)
    assert ended.code == 130
    assert len(slices.requests) == 2
    assert [each.deep.model.architecture for each in load_profile(out).slices] == ["smollm2-135m"]
    assert str(out) in ended.err


def test_stopped_before_the_first_slices_the_limits_are_kept_and_named(fake, edgewise, tmp_path: Path) -> None:
    fake(lambda *_: os.kill(os.getpid(), signal.SIGINT))
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--suite", *TYPED, "--out", out)
    assert ended.code == 130
    assert load_profile(out).roofline == limits()
    assert f"Profile: {out}" in ended.err


@pytest.mark.parametrize(
    "trouble", [MeasurementError("the child broke off"), NotEnoughMemoryError("needs 9 GiB of 8 GiB")]
)
def test_a_model_that_fails_costs_no_other(fake, edgewise, tmp_path: Path, trouble: Exception) -> None:
    def fail(number: int, _: MeasurementRequest) -> None:
        if number == 1:
            raise trouble

    fake(fail)
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--suite", *TYPED, "--out", out)
    assert ended.code == 0
    assert f"smollm2-135m int4: {trouble}" in ended.err
    assert len(load_profile(out).slices) == 2


def test_what_cannot_be_sliced_is_left_out_with_the_reason(fake, edgewise) -> None:
    fake()
    ended = edgewise("measure", "--suite", *TYPED[:2], "--model", "gpt-5")
    assert ended.code == 0
    assert "gpt-5 int4: left out, " in ended.err
    assert "Depth slices of 1 model, " in ended.err
    assert "Nothing was written; add --out FILE" in ended.err


def test_where_nothing_can_be_sliced_it_is_refused_with_the_reasons(fake, edgewise) -> None:
    slices = fake()
    ended = edgewise("measure", "--suite", "--model", "gpt-5")
    assert ended.code == 2
    assert "there is nothing to slice: gpt-5 int4: " in ended.err
    assert slices.requests == []


def test_without_named_models_the_scenario_tells_them(fake, edgewise) -> None:
    """Every quantized local model that the sample has a quality figure for, each once."""
    slices = fake()
    expected = quantized_models(sample("office-assistant"))
    assert len(expected) > 1
    assert edgewise("measure", "--suite").code == 0
    assert [(each.model, each.weight_format) for each in slices.requests] == [
        pair for pair in expected if pair in {(each.model, each.weight_format) for each in slices.requests}
    ]
    assert slices.requests


def test_a_damaged_log_costs_no_slices(fake, edgewise, tmp_path: Path, accuracy_log: Path) -> None:
    fake()
    accuracy_log.parent.mkdir()
    accuracy_log.write_text("{", encoding="utf-8")
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--suite", *TYPED[:2], "--out", out)
    assert ended.code == 0
    assert "not written down" in ended.err
    assert len(load_profile(out).slices) == 1

"""`edgewise measure --soak` and `--contend`: told as they go, kept in the profile, stopped when asked."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.cli import measure as measure_verb
from planner.cli import sustaining
from planner.errors import StoppedError
from planner.measurement.contentions import Contention, ContentionProgress
from planner.measurement.request import MeasurementRequest
from planner.measurement.runs import RunOutcome
from planner.measurement.soaks import Soak, SoakProgress, SoakSoFar
from planner.profiles.files import load_profile, save_profile
from tests.support.profiles import facts, full_profile
from tests.support.sustained import contention_of, soak_of

WHOLE = soak_of(np.full(90, 40.0))
BETWEEN = Callable[[], None]


class Fakes:
    """Both measurements at once; `between` runs when a minute of the soak, or a turn, is over."""

    def __init__(self, between: BETWEEN) -> None:
        self.between = between
        self.requests: list[MeasurementRequest] = []
        self.seconds: list[float] = []

    def soak(
        self, request: MeasurementRequest, *_: object, seconds: float, on_event: Any, stop: threading.Event
    ) -> Soak:
        self.requests.append(request)
        self.seconds.append(seconds)
        on_event(SoakProgress(model=request.model, phase="soak", share=0.5, eta_s=30.0, tok_s=41.0))
        early = WHOLE.model_copy(update={"windows": WHOLE.windows[:60]})
        on_event(SoakSoFar(model=request.model, soak=early))
        self.between()
        return early.model_copy(update={"outcome": RunOutcome.STOPPED}) if stop.is_set() else WHOLE

    def contend(self, request: MeasurementRequest, *_: object, on_event: Any, stop: threading.Event) -> Contention:
        self.requests.append(request)
        on_event(ContentionProgress(model=request.model, phase="both", share=0.5, eta_s=30.0))
        self.between()
        return contention_of(outcome=RunOutcome.STOPPED if stop.is_set() else RunOutcome.COMPLETE)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Fakes]:
    def install(between: BETWEEN = lambda: None) -> Fakes:
        fakes = Fakes(between)
        monkeypatch.setattr(measure_verb, "probe", facts)
        monkeypatch.setattr(sustaining, "soak", fakes.soak)
        monkeypatch.setattr(sustaining, "contend", fakes.contend)
        return fakes

    return install


def press() -> None:
    """Ctrl+C."""
    os.kill(os.getpid(), signal.SIGINT)


def test_a_soak_is_shown_and_kept(fake, edgewise, tmp_path: Path) -> None:
    fakes = fake()
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--soak", "--seconds", 90, "--model", "smollm2-135m", "--threads", 2, "--out", out)
    assert ended.code == 0
    (request,) = fakes.requests
    assert (request.model, request.threads, fakes.seconds) == ("smollm2-135m", 2, [90.0])
    assert load_profile(out).soaks == (WHOLE,)
    assert ended.out.startswith("fake int4 worked for 90 s")
    assert "No round was finished" not in ended.out  # the table of runs is another measurement's
    assert f"Profile: {out}" in ended.err


def test_a_soak_is_on_disk_every_minute_once_and_the_rest_backed_up(fake, edgewise, tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    save_profile(out, full_profile())
    before = out.read_bytes()
    seen: list[int] = []
    fake(lambda: seen.append(len(load_profile(out).soaks[0].windows)))
    edgewise("measure", "--soak", "--out", out)
    assert seen == [60]
    assert load_profile(out).soaks == (WHOLE,)
    assert (tmp_path / "mine.json.bak1").read_bytes() == before
    assert not (tmp_path / "mine.json.bak2").exists()


def test_without_a_model_a_middling_one_soaks_for_ten_minutes(fake, edgewise) -> None:
    """Sustained throughput is that of a soak of at least ten minutes (CONVENTION §20)."""
    fakes = fake()
    ended = edgewise("measure", "--soak")
    assert fakes.requests[0].model == measure_verb.SUSTAINED_MODEL
    assert fakes.seconds == [600.0]
    assert "Nothing was written" in ended.err


def test_a_stopped_soak_is_kept(fake, edgewise, tmp_path: Path) -> None:
    fake(press)
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--soak", "--out", out)
    assert ended.code == 130
    (soak,) = load_profile(out).soaks
    assert (soak.outcome, len(soak.windows)) == (RunOutcome.STOPPED, 60)
    assert "The soak was stopped after" in ended.out


def test_contention_is_shown_and_kept(fake, edgewise, tmp_path: Path) -> None:
    fakes = fake()
    out = tmp_path / "mine.json"
    ended = edgewise("measure", "--contend", "--model", "smollm2-135m", "--out", out)
    assert ended.code == 0
    assert fakes.requests[0].model == "smollm2-135m"
    assert load_profile(out).contentions == (contention_of(),)
    assert "that the model keeps beside the load: 60 %" in ended.out


def test_a_stopped_contention_is_kept(fake, edgewise, tmp_path: Path) -> None:
    fake(press)
    out = tmp_path / "mine.json"
    assert edgewise("measure", "--contend", "--out", out).code == 130
    assert load_profile(out).contentions[0].outcome is RunOutcome.STOPPED


@pytest.mark.parametrize(("mode", "part"), [("--soak", "soaks"), ("--contend", "contentions")])
def test_json_is_the_profile_and_nothing_else(fake, edgewise, mode: str, part: str) -> None:
    fake()
    document = json.loads(edgewise("measure", mode, "--json").out)
    assert document["format"] == "edgewise.device-profile"
    assert len(document[part]) == 1


@pytest.mark.parametrize("mode", ["--soak", "--contend"])
def test_stopped_before_anything_was_timed_nothing_is_written(
    fake, edgewise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str
) -> None:
    fake()

    def stopped(request: MeasurementRequest, *_: object, **__: object) -> Soak:
        raise StoppedError("stopped before anything was timed", where=request.model)

    monkeypatch.setattr(sustaining, mode.removeprefix("--"), stopped)
    ended = edgewise("measure", mode, "--out", tmp_path / "mine.json")
    assert (ended.code, ended.out) == (130, "")
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize(
    "typed",
    [
        ("--soak", "--contend"),
        ("--suite", "--soak"),
        ("--suite", "--soak", "--contend"),
        ("--soak", "--model", "smollm2-135m", "--model", "qwen2.5-0.5b"),
        ("--contend", "--ep", "all"),
        ("--suite", "--ep", "cpu"),
        ("--suite", "--prompt", "64"),
        ("--soak", "--context", "64"),
        ("--wall-active-w", "nan"),
        ("--assume-idle-w", "1e7"),
        ("--wall-idle-w", "-1"),
        ("--soak", "--seconds", "0"),
    ],
)
def test_what_would_be_left_out_in_silence_is_refused(fake, edgewise, typed: tuple[str, ...]) -> None:
    fakes = fake()
    ended = edgewise("measure", *typed)
    assert (ended.code, ended.out, fakes.requests) == (2, "", [])
    assert "Error" in ended.err

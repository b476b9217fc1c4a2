"""Measuring for a verb: saved after every round, stopped when asked, default models left out where memory is short."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.cli import measure as measure_verb
from planner.cli import measuring
from planner.cli import plan as plan_verb
from planner.cli.measuring import Choices, measure_here
from planner.device.facts import DeviceFacts, ExecutionProvider
from planner.errors import MeasurementError, NotEnoughMemoryError, StoppedError, WriteError
from planner.measurement.request import DEFAULT_MODELS, MeasurementRequest, OnEvent, RoundFinished
from planner.measurement.roofline import Roofline
from planner.measurement.runs import Run, RunOutcome
from planner.profiles.files import load_profile, save_profile
from tests.support.scenarios import facts, profile, roofline, run

FACTS = facts()
ROUNDS = 3


class FakeMeasurement:
    """Finishes rounds at once; a hook may interrupt after any of them."""

    def __init__(self, after_round: Callable[[int], None] = lambda _: None, too_big: tuple[str, ...] = ()) -> None:
        self.requests: list[MeasurementRequest] = []
        self.after_round = after_round
        self.too_big = too_big

    def __call__(
        self, request: MeasurementRequest, facts: DeviceFacts, *, on_event: OnEvent, stop: threading.Event
    ) -> Run:
        self.requests.append(request)
        if request.model in self.too_big:
            raise NotEnoughMemoryError("needs 9 GiB of 8", where=request.model, remedy="Take a smaller model.")
        so_far: Run | None = None
        for number in range(1, ROUNDS + 1):
            if stop.is_set():
                break
            so_far = run(request.model, rounds=number)
            on_event(RoundFinished(model=request.model, number=number, planned=ROUNDS, run_so_far=so_far, eta_s=1.0))
            self.after_round(number)
        if so_far is None:
            raise StoppedError("stopped before anything was timed", where=request.model)
        outcome = RunOutcome.STOPPED if stop.is_set() else RunOutcome.COMPLETE
        return so_far.model_copy(update={"outcome": outcome})


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeMeasurement]:
    def install(**how: Any) -> FakeMeasurement:
        measurement = FakeMeasurement(**how)
        monkeypatch.setattr(measuring, "measure", measurement)
        monkeypatch.setattr(measuring, "measure_roofline", no_limits)
        for verb in (measure_verb, plan_verb):
            monkeypatch.setattr(verb, "probe", lambda: FACTS)
        return measurement

    return install


def no_limits(facts: DeviceFacts, *, stop: threading.Event) -> Roofline:
    raise MeasurementError("the limits are not measured here")


def interrupt(after: int) -> Callable[[int], None]:
    """Press Ctrl+C once that round is finished."""
    return lambda number: os.kill(os.getpid(), signal.SIGINT) if number == after else None


def test_the_default_models_are_measured_in_turn(fake) -> None:
    measurement = fake()
    measured = measure_here(FACTS, Choices(quick=True))
    assert [request.model for request in measurement.requests] == list(DEFAULT_MODELS)
    assert all(request.quick for request in measurement.requests)
    assert {each.model.name for each in measured.profile.runs} == set(DEFAULT_MODELS)
    assert not measured.stopped


def test_a_default_model_that_does_not_fit_is_left_out_and_named(fake, capsys: pytest.CaptureFixture[str]) -> None:
    fake(too_big=("llama-3.2-1b",))
    measured = measure_here(FACTS, Choices())
    assert len(measured.profile.runs) == len(DEFAULT_MODELS) - 1
    assert "llama-3.2-1b: left out" in capsys.readouterr().err


def test_a_model_the_user_named_is_refused_where_it_does_not_fit(fake, tmp_path: Path) -> None:
    fake(too_big=("llama-3.2-1b",))
    out = tmp_path / "profile.json"
    with pytest.raises(NotEnoughMemoryError):
        measure_here(FACTS, Choices(models=("smollm2-135m", "llama-3.2-1b")), out)
    assert [each.model.name for each in load_profile(out).runs] == ["smollm2-135m"]


def test_the_profile_is_on_disk_after_every_round(fake, tmp_path: Path) -> None:
    out = tmp_path / "profile.json"
    seen: list[int] = []
    fake(after_round=lambda _: seen.append(len(load_profile(out).runs[-1].rounds)))
    measure_here(FACTS, Choices(models=("smollm2-135m",)), out)
    assert seen == [1, 2, 3]


def test_what_stood_there_is_kept_as_one_backup(fake, tmp_path: Path) -> None:
    fake()
    out = tmp_path / "profile.json"
    save_profile(out, profile())
    before = out.read_bytes()
    measure_here(FACTS, Choices(), out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profile.json", "profile.json.bak1"]
    assert (tmp_path / "profile.json.bak1").read_bytes() == before


def test_a_place_that_cannot_be_written_is_refused_before_measuring(fake, tmp_path: Path) -> None:
    measurement = fake()
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(WriteError):
        measure_here(FACTS, Choices(), tmp_path / "file" / "profile.json")
    assert measurement.requests == []


def test_ctrl_c_keeps_finished_rounds_and_exits_with_130(fake, edgewise, tmp_path: Path) -> None:
    measurement = fake(after_round=interrupt(after=2))
    out = tmp_path / "profile.json"
    ended = edgewise("measure", "--out", out)
    assert ended.code == 130
    assert "2 finished rounds are kept" in ended.err
    assert str(out) in ended.err
    assert len(measurement.requests) == 1
    kept = load_profile(out).runs
    assert [len(each.rounds) for each in kept] == [2]
    assert kept[0].outcome is RunOutcome.STOPPED


def test_after_stopping_ctrl_c_means_what_it_meant_before(fake) -> None:
    before = signal.getsignal(signal.SIGINT)
    fake(after_round=interrupt(after=1))
    assert measure_here(FACTS, Choices()).stopped
    assert signal.getsignal(signal.SIGINT) is before


def test_stopping_before_the_first_round_writes_nothing(
    fake, edgewise, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake()

    def stopped_at_once(request: MeasurementRequest, *_: object, **__: object) -> Run:
        os.kill(os.getpid(), signal.SIGINT)
        raise StoppedError("stopped before anything was timed", where=request.model)

    monkeypatch.setattr(measuring, "measure", stopped_at_once)
    out = tmp_path / "profile.json"
    ended = edgewise("measure", "--out", out)
    assert ended.code == 130
    assert not out.exists()
    assert "Traceback" not in ended.err


def test_stopping_a_plan_keeps_the_profile_and_plans_nothing(fake, edgewise, tmp_path: Path) -> None:
    fake(after_round=interrupt(after=1))
    ended = edgewise("plan", "--out", tmp_path)
    assert ended.code == 130
    assert ended.out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["device-profile.json"]


def test_a_plan_without_a_scenario_measures_this_machine(fake, edgewise, tmp_path: Path) -> None:
    fake()
    ended = edgewise("plan", "--out", tmp_path)
    assert ended.code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["device-profile.json", "plan.json", "report.html"]
    assert "device-profile.json" in ended.err


def test_a_machine_too_small_for_any_model_is_told_what_to_do(fake, edgewise) -> None:
    fake(too_big=DEFAULT_MODELS)
    ended = edgewise("plan")
    assert ended.code == 2
    assert "--profile" in ended.err.splitlines()[-1]


def test_measuring_shows_speed_and_says_how_to_keep_it(fake, edgewise) -> None:
    fake()
    ended = edgewise("measure", "--model", "smollm2-135m")
    assert ended.code == 0
    assert "smollm2-135m" in ended.out
    assert "tok/s" in ended.out
    assert "--out FILE" in ended.err


def test_two_measurements_into_one_file_keep_each_other_s_runs(
    fake: Callable[..., FakeMeasurement], tmp_path: Path
) -> None:
    out = tmp_path / "both.json"

    def other(number: int) -> None:
        if number == 1:
            theirs = run("qwen2.5-0.5b")
            save_profile(out, load_profile(out).model_copy(update={"runs": (*load_profile(out).runs, theirs)}))

    fake(after_round=other)
    measure_here(FACTS, Choices(models=("smollm2-135m",)), out)
    assert {each.model.name for each in load_profile(out).runs} == {"qwen2.5-0.5b", "smollm2-135m"}


# What is typed reaches the request


def test_lengths_and_watts_reach_the_request(fake, edgewise) -> None:
    measurement = fake()
    typed = ["measure", "--model", "smollm2-135m", "--prompt", 64, "--prompt", 1024, "--context", 2048]
    typed += ["--wall-active-w", 31.5, "--wall-idle-w", 6, "--assume-active-w", 20, "--assume-idle-w", 0]
    assert edgewise(*typed).code == 0
    (request,) = measurement.requests
    assert request == MeasurementRequest(
        model="smollm2-135m",
        prompt_tokens=(64, 1024),
        context_tokens=(2048,),
        wall_active_w=31.5,
        wall_idle_w=6.0,
        assumed_active_w=20.0,
        assumed_idle_w=0.0,
    )


def test_what_is_not_typed_is_left_to_the_request(fake, edgewise) -> None:
    measurement = fake()
    edgewise("measure", "--model", "smollm2-135m")
    assert measurement.requests == [MeasurementRequest(model="smollm2-135m")]


def with_openvino() -> DeviceFacts:
    """A machine whose registered runtime holds a usable OpenVINO."""
    rows = (
        ExecutionProvider(name=CPU, usable=True, reason="built in"),
        ExecutionProvider(name=OPENVINO, usable=True, reason="tried", devices=("CPU",), runtime="openvino"),
        ExecutionProvider(name="QNNExecutionProvider", usable=False, reason="no Hexagon NPU is here"),
    )
    return FACTS.model_copy(update={"execution_providers": rows})


CPU, OPENVINO = "CPUExecutionProvider", "OpenVINOExecutionProvider"


def test_all_providers_are_measured_in_turn_and_their_nodes_looked_at(
    fake, edgewise, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurement = fake()
    monkeypatch.setattr(measure_verb, "probe", with_openvino)
    assert edgewise("measure", "--model", "smollm2-135m", "--ep", "all").code == 0
    told = [(each.execution_provider, each.runtime, each.show_nodes) for each in measurement.requests]
    assert told == [(CPU, None, True), (OPENVINO, "openvino", True)]


def test_one_provider_is_named_and_its_runtime_found(fake, edgewise, monkeypatch: pytest.MonkeyPatch) -> None:
    measurement = fake()
    monkeypatch.setattr(measure_verb, "probe", with_openvino)
    assert edgewise("measure", "--model", "smollm2-135m", "--ep", "openvino").code == 0
    (request,) = measurement.requests
    assert (request.execution_provider, request.runtime, request.show_nodes) == (OPENVINO, "openvino", False)


@pytest.mark.parametrize(("ep", "complaint"), [("rocket", "no execution provider is called"), ("qnn", "no Hexagon")])
def test_an_unknown_or_unusable_provider_is_refused(
    fake, edgewise, monkeypatch: pytest.MonkeyPatch, ep: str, complaint: str
) -> None:
    measurement = fake()
    monkeypatch.setattr(measure_verb, "probe", with_openvino)
    ended = edgewise("measure", "--ep", ep)
    assert (ended.code, ended.out, measurement.requests) == (2, "", [])
    assert complaint in ended.err


@pytest.mark.parametrize(
    "trouble", [MeasurementError("it refuses the graph"), NotEnoughMemoryError("needs 9 GiB of 8")]
)
def test_a_provider_that_fails_costs_no_other(
    fake, edgewise, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    measurement = fake()
    monkeypatch.setattr(measure_verb, "probe", with_openvino)

    def only_cpu(request: MeasurementRequest, *rest: Any, **others: Any) -> Run:
        if request.execution_provider == OPENVINO:
            raise trouble
        return measurement(request, *rest, **others)

    monkeypatch.setattr(measuring, "measure", only_cpu)
    ended = edgewise("measure", "--model", "smollm2-135m", "--ep", "all")
    assert ended.code == 0
    assert f"smollm2-135m on {OPENVINO}: left out. {trouble}" in ended.err
    assert "tok/s" in ended.out


def test_limits_are_measured_once_a_profile(fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake()
    measured: list[Roofline] = []

    def limits_now(*_: object, **__: object) -> Roofline:
        measured.append(roofline())
        return measured[-1]

    monkeypatch.setattr(measuring, "measure_roofline", limits_now)
    out = tmp_path / "profile.json"
    measure_here(FACTS, Choices(models=("smollm2-135m", "qwen2.5-0.5b")), out)
    assert load_profile(out).roofline == roofline()
    measure_here(FACTS, Choices(models=("llama-3.2-1b",)), out, load_profile(out))
    assert len(measured) == 1
    assert load_profile(out).roofline == roofline()
    assert len(load_profile(out).runs) == 3


def test_limits_that_cannot_be_measured_stay_unknown_and_it_is_said(fake, edgewise, tmp_path: Path) -> None:
    fake()
    out = tmp_path / "profile.json"
    ended = edgewise("measure", "--model", "smollm2-135m", "--out", out)
    assert "The limits of this device stay unknown: the limits are not measured here." in ended.err
    assert load_profile(out).roofline is None

"""What a job on this machine does, without a thread: its order, what it keeps, and what a failure costs."""

import dataclasses
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from planner.errors import DocumentError, MeasurementError, PlannerError, StoppedError
from planner.measurement.request import MeasurementRequest
from planner.prediction.accuracy import AccuracyLog
from planner.profiles.assembly import with_roofline
from tests.support import scenarios
from tests.support.window import FakeMeasure, FakeSoak, fake_device_verbs, fake_verbs
from ui.device_work import (
    Job,
    LimitsPhase,
    Measured,
    MeasureLimits,
    MeasureModels,
    PredictModels,
    SoakOne,
    do_work,
    grown,
)
from ui.verbs import Verbs

SMALL, LARGE = MeasurementRequest(model="smollm2-135m", quick=True), MeasurementRequest(model="llama-3.2-1b")


def work(verbs: Verbs, job: Job, known: tuple = (), stop: threading.Event | None = None) -> tuple[Measured, list[Any]]:
    told: list[Any] = []
    return do_work(verbs, job, known, told.append, stop or threading.Event()), told


def own_profile(verbs: Verbs):
    return verbs.profile_from(verbs.probe(), ())


def test_the_first_measurement_measures_the_limits_first_and_judges_every_run() -> None:
    judged: list[tuple[str, str]] = []
    verbs = fake_verbs(device=fake_device_verbs(judge=lambda device, run: judged.append((device, run.model.name))))
    measured, told = work(verbs, MeasureModels((SMALL, LARGE)))
    assert isinstance(told[0], LimitsPhase)
    assert measured.limits == scenarios.roofline()
    assert [run.model.name for run in measured.runs] == ["smollm2-135m", "llama-3.2-1b"]
    device = own_profile(verbs).profile_id
    assert judged == [(device, "smollm2-135m"), (device, "llama-3.2-1b")]


def test_limits_that_are_known_are_not_measured_again() -> None:
    verbs = fake_verbs()
    known = with_roofline(own_profile(verbs), scenarios.roofline())
    measured, told = work(verbs, MeasureModels((SMALL,)), (known,))
    assert measured.limits is None
    assert not any(isinstance(event, LimitsPhase) for event in told)
    assert grown(verbs, measured, (known,)).roofline == scenarios.roofline(), "and they stay"


def test_limits_alone_are_measured_whatever_is_known() -> None:
    verbs = fake_verbs()
    known = with_roofline(own_profile(verbs), scenarios.roofline(20.0))
    measured, _ = work(verbs, MeasureLimits(), (known,))
    assert grown(verbs, measured, (known,)).roofline == scenarios.roofline()
    assert not measured.tells_speed


def test_limits_that_cannot_be_measured_cost_no_run() -> None:
    def refused(facts: object, **_: object) -> None:
        raise MeasurementError("no memory for the buffer")

    measured, _ = work(fake_verbs(device=fake_device_verbs(measure_limits=refused)), MeasureModels((SMALL,)))
    assert len(measured.runs) == 1
    assert [problem.what for problem in measured.problems] == ["no memory for the buffer"]


def test_a_damaged_accuracy_log_is_told_and_costs_neither_run_nor_slices() -> None:
    def damaged(*_: object) -> AccuracyLog:
        raise DocumentError("this is not JSON", where="accuracy.json")

    verbs = fake_verbs(device=fake_device_verbs(judge=damaged, write_down=damaged))
    measured, _ = work(verbs, MeasureModels((SMALL,)))
    assert len(measured.runs) == 1
    assert "accuracy.json" in measured.problems[0].sentence
    predicted, _ = work(verbs, PredictModels((LARGE,)))
    assert len(predicted.slices) == 1
    assert "accuracy.json" in predicted.problems[0].sentence


def test_predictions_are_written_down_under_this_machines_name() -> None:
    written: list[str] = []
    device = fake_device_verbs(write_down=lambda slices, profile: written.append(profile.profile_id))
    verbs = fake_verbs(device=device)
    measured, _ = work(verbs, PredictModels((MeasurementRequest(model="llama-3.2-3b"),)))
    assert written == [own_profile(verbs).profile_id]
    profile = grown(verbs, measured, ())
    assert profile.slices == (scenarios.slices("llama-3.2-3b"),)
    assert "llama-3.2-3b" in {each.model for each in verbs.performances(profile)}, "a plan can use it at once"


def test_a_soak_lasts_as_long_as_asked_and_joins_the_profile() -> None:
    soak = FakeSoak()
    verbs = fake_verbs(device=fake_device_verbs(soak=soak))
    measured, _ = work(verbs, SoakOne((LARGE,), 1200.0))
    assert soak.seconds == [1200.0]
    assert not measured.tells_speed
    assert [one.soak_id for one in grown(verbs, measured, ()).soaks] == ["soak-llama-3.2-1b"]


def test_one_model_that_fails_costs_the_others_nothing() -> None:
    measure = FakeMeasure()

    def half_broken(request: MeasurementRequest, facts: Any, **rest: Any) -> Any:
        if request.model == SMALL.model:
            raise MeasurementError("the child ended", where=request.model)
        return measure(request, facts, **rest)

    measured, _ = work(fake_verbs(measure=half_broken), MeasureModels((SMALL, LARGE)))
    assert [run.model.name for run in measured.runs] == ["llama-3.2-1b"]
    assert [problem.where for problem in measured.problems] == ["smollm2-135m"]


def test_nothing_timed_is_a_refusal_and_limits_alone_change_no_plan() -> None:
    def broken(request: MeasurementRequest, facts: Any, **_: Any) -> Any:
        raise MeasurementError("the child ended", where=request.model)

    with pytest.raises(MeasurementError, match="the child ended"):
        work(fake_verbs(measure=broken), MeasureModels((SMALL,)))


def test_stopped_at_once_is_said_plainly() -> None:
    stop = threading.Event()
    stop.set()

    def stopped(facts: Any, **_: Any) -> Any:
        raise StoppedError("stopped before the roofline was measured")

    verbs = fake_verbs(device=fake_device_verbs(measure_limits=stopped))
    with pytest.raises(PlannerError, match="stopped"):
        work(verbs, MeasureModels((SMALL,)), stop=stop)


def test_what_is_known_of_the_machine_stays() -> None:
    verbs = fake_verbs()
    earlier = scenarios.run("qwen2.5-0.5b", run_id="old")
    known = own_profile(verbs).model_copy(update={"title": "My laptop", "runs": (earlier,)})
    measured, _ = work(verbs, MeasureModels((SMALL,)), (known,))
    profile = grown(verbs, measured, (known,))
    assert profile.title == "My laptop"
    assert {run.run_id for run in profile.runs} == {"old", "run-smollm2-135m"}


def test_the_facts_are_those_of_now() -> None:
    later = scenarios.facts("Measured machine").model_copy(update={"probed_at": datetime(2026, 12, 1, tzinfo=UTC)})
    verbs = dataclasses.replace(fake_verbs(), probe=lambda: later)
    measured, _ = work(verbs, MeasureModels((SMALL,)))
    assert measured.facts.probed_at == later.probed_at

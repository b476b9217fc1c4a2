"""Two depths of one architecture, their process starts interleaved: whole pairs are kept, whatever happens (§17)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from pydantic import ValidationError

from planner.child import Child
from planner.errors import MeasurementError, NotEnoughMemoryError, StoppedError, UnknownNameError
from planner.measurement import slices as slices_module
from planner.measurement.energy.recorder import EnergyRecorder
from planner.measurement.prepare import PreparedModel
from planner.measurement.request import Event, MeasurementRequest, Preparing, Progress, RoundStarted
from planner.measurement.runs import ModelSource, RoundState, RunOutcome
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.slices import (
    DEEP_TOKENS,
    MOST_DEEP_BYTES,
    SHALLOW_TOKENS,
    measure_slices,
    slice_depths,
    slice_grid,
)
from planner.measurement.supervisor import ignore
from planner.model.catalog import architecture, architectures
from planner.model.synthesis import expected_bytes
from planner.model.weight_formats import weight_format
from planner.prediction.depth_slices import foretell_decode, foretell_prefill
from tests.support.depth_slices import Law, slices_after
from tests.support.measuring import FAKE_WORKER, children_of_tests, machine, prepared_model

children = children_of_tests
MODEL = "smollm2-135m"  # 30 layers
DEPTHS = (2, 15)


# Depths


@pytest.mark.parametrize("shape", architectures(), ids=lambda each: each.name)
@pytest.mark.parametrize("format_name", ["int4", "fp16"])
def test_depths_of_every_architecture_are_apart_and_the_deep_one_is_affordable(shape: Any, format_name: str) -> None:
    stored_as, turn = weight_format(format_name), shape.global_every or 1
    least = turn * -(-2 // turn) + turn * -(-3 // turn)
    if least > shape.layers:
        with pytest.raises(MeasurementError, match="too few to be sliced"):
            slice_depths(shape, stored_as)
        return
    shallow, deep = slice_depths(shape, stored_as)
    assert 2 <= shallow <= deep - 3
    assert deep <= shape.layers
    assert shallow % turn == deep % turn == 0
    if deep > least:
        assert deep <= shape.layers / 2
        assert expected_bytes(shape, stored_as, deep) <= MOST_DEEP_BYTES
    # One more turn would have broken a limit.
    further = deep + turn
    assert further > shape.layers / 2 or expected_bytes(shape, stored_as, further) > MOST_DEEP_BYTES


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("smollm2-135m", (2, 15)),  # half of 30
        ("qwen2.5-0.5b", (2, 12)),  # half of 24
        ("gemma-3-1b", (6, 12)),  # five sliding layers and a global one make a turn; 12 of 26
    ],
)
def test_depths_of_well_known_architectures(model: str, expected: tuple[int, int]) -> None:
    assert slice_depths(architecture(model), weight_format("int4")) == expected


def test_a_large_models_deep_slice_stays_under_the_cap_until_it_would_be_too_close() -> None:
    shape = max(architectures(), key=lambda each: expected_bytes(each, weight_format("int4")))
    turn = shape.global_every or 1
    assert slice_depths(shape, weight_format("fp32"))[1] == turn * -(-2 // turn) + turn * -(-3 // turn)


def test_an_architecture_of_few_layers_is_refused_with_the_way_out() -> None:
    shape = architecture(MODEL)
    assert slice_depths(shape.model_copy(update={"layers": 5}), weight_format("int4")) == (2, 5)
    with pytest.raises(MeasurementError, match="4 layers, too few to be sliced") as caught:
        slice_depths(shape.model_copy(update={"layers": 4}), weight_format("int4"))
    assert caught.value.remedy == "Measure it whole: edgewise measure --model smollm2-135m."


def test_the_shallow_slice_alone_reads_the_long_prompt() -> None:
    shallow, deep = slice_grid(deep=False), slice_grid(deep=True)
    assert shallow.prompt_tokens == shallow.context_tokens == SHALLOW_TOKENS == (128, 512, 2048)
    assert deep.prompt_tokens == deep.context_tokens == DEEP_TOKENS == (128, 512)
    assert shallow.warm_up_window_s > 0


# The document


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight_format": "int8"}, "same weight format"),
        ({"rounds": ()}, "timed prefill and decode"),
    ],
)
def test_slices_that_do_not_belong_together_are_refused(change: dict[str, object], words: str) -> None:
    good = slices_after(Law())
    with pytest.raises(ValidationError, match=words):
        DepthSlices(shallow=good.shallow, deep=good.deep.model_copy(update=change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"architecture": "qwen2.5-0.5b"}, "of one architecture"),
        ({"layers": None}, "state their layers"),
        ({"layers": 2}, "the shallow one fewer"),
    ],
)
def test_slices_of_other_shapes_or_depths_are_refused(change: dict[str, object], words: str) -> None:
    good = slices_after(Law())
    deep = good.deep.model_copy(update={"model": good.deep.model.model_copy(update=change)})
    with pytest.raises(ValidationError, match=words):
        DepthSlices(shallow=good.shallow, deep=deep)


@pytest.mark.parametrize("change", [{"threads": 2}, {"execution_provider": "CUDAExecutionProvider"}])
def test_slices_run_in_other_ways_are_refused(change: dict[str, object]) -> None:
    good = slices_after(Law())
    deep = good.deep.model_copy(update={"settings": good.deep.settings.model_copy(update=change)})
    with pytest.raises(ValidationError, match="execution provider and threads"):
        DepthSlices(shallow=good.shallow, deep=deep)


# Measuring, with a child that invents its figures


def sliced_model(request: MeasurementRequest, max_tokens: int, *_: object) -> PreparedModel:
    """A model without files, as deep as the request says."""
    plain, layers = prepared_model(), request.layers
    assert layers in DEPTHS
    return PreparedModel(
        plain.folder.model_copy(update={"layers": layers}),
        plain.identity.model_copy(
            update={
                "name": MODEL,
                "architecture": MODEL,
                "source": ModelSource.SYNTHESISED,
                "layers": layers,
                "file_bytes": 10_000_000 + 2_000_000 * (layers or 0),
            }
        ),
        plain.weight_format,
    )


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices_module, "prepare", sliced_model)
    monkeypatch.setattr(slices_module, "PAIRS", 4)


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Layers of every round's child, in the order they were started."""
    seen: list[int] = []
    start = Child.start

    def spy(worker: str, request: dict[str, Any], **options: Any) -> Child:
        if request["verb"] == "round":
            seen.append(request["decoder"]["layers"])
        return start(worker, request, **options)

    monkeypatch.setattr(Child, "start", spy)
    return seen


def slice_fake(
    on_event: Callable[[Event], None] = ignore, stop: threading.Event | None = None, **request: object
) -> DepthSlices:
    values = {"model": MODEL, "threads": 1, **request}
    return measure_slices(
        MeasurementRequest.model_validate(values), machine(), on_event=on_event, stop=stop, worker=FAKE_WORKER
    )


def numbers(found: DepthSlices) -> tuple[list[int], list[int]]:
    return [one.number for one in found.shallow.rounds], [one.number for one in found.deep.rounds]


def test_pairs_alternate_in_order_and_a_device_linear_in_depth_is_foretold_exactly(
    monkeypatch: pytest.MonkeyPatch, starts: list[int]
) -> None:
    """From the pipe to the prediction: h = 5 ms, a layer 1 ms and 1 µs more for every token of context."""
    monkeypatch.setenv("EDGEWISE_FAKE_DEPTH", "0.005,0.001,0.000001")
    events: list[Event] = []
    found = slice_fake(events.append)
    assert starts == [2, 15, 15, 2, 2, 15, 15, 2]
    assert numbers(found) == ([1, 2, 3, 4], [1, 2, 3, 4])
    for run, layers, tokens in ((found.shallow, 2, SHALLOW_TOKENS), (found.deep, 15, DEEP_TOKENS)):
        assert run.outcome is RunOutcome.COMPLETE
        assert run.message == ""
        assert run.model.layers == layers
        assert run.settings.threads == 1
        assert all(one.state is not RoundState.PARTIAL for one in run.rounds)
        assert {sample.context_tokens for one in run.rounds for sample in one.decode} == set(tokens)
    assert found.shallow.run_id != found.deep.run_id
    assert foretell_decode(found, 30, 1024).seconds == pytest.approx(0.005 + 30 * (0.001 + 1e-6 * 1024))
    assert foretell_prefill(found, 30, 1024).seconds == pytest.approx(0.005 + 30 * (0.001 * 1024 + 1e-6 * 1024**2))
    assert DepthSlices.model_validate_json(found.model_dump_json()) == found
    assert [each.number for each in events if isinstance(each, RoundStarted)] == list(range(1, 9))
    shares = [each.share for each in events if isinstance(each, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_threads_are_chosen_on_the_deep_slice_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices_module, "PAIRS", 1)
    tried: list[int] = []
    start = Child.start

    def spy(worker: str, request: dict[str, Any], **options: Any) -> Child:
        if request["verb"] == "threads":
            tried.append(request["decoder"]["layers"])
        return start(worker, request, **options)

    monkeypatch.setattr(Child, "start", spy)
    found = slice_fake(threads=None)
    assert tried == [15]
    assert found.shallow.settings.threads == found.deep.settings.threads == 2
    assert [each.threads for each in found.shallow.settings.thread_trials] == [1, 2]
    assert found.shallow.settings.thread_trials == found.deep.settings.thread_trials


def test_time_that_runs_out_ends_it_after_the_fewest_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices_module, "FEWEST_PAIRS", 2)
    monkeypatch.setattr(slices_module, "SECONDS", 0.0)
    found = slice_fake()
    assert numbers(found) == ([1, 2], [1, 2])
    assert found.deep.outcome is RunOutcome.COMPLETE


def test_a_crash_in_the_third_pair_keeps_two(monkeypatch: pytest.MonkeyPatch, children: list[Child]) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "abort@decode at 128@3")
    found = slice_fake()
    assert numbers(found) == ([1, 2], [1, 2])
    for run in (found.shallow, found.deep):
        assert run.outcome is RunOutcome.FAILED
        assert "crashed (SIGABRT), during «decode at 128»" in run.message
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_the_whole_half_of_a_broken_pair_is_left_out(monkeypatch: pytest.MonkeyPatch, starts: list[int]) -> None:
    """In the second pair the deep slice comes first and is whole; only the shallow one reads 2,048 tokens."""
    monkeypatch.setenv("EDGEWISE_FAKE", "exit@prefill 2048@2")
    found = slice_fake()
    assert starts == [2, 15, 15, 2]
    assert numbers(found) == ([1], [1])
    assert found.deep.outcome is RunOutcome.FAILED


def test_a_stop_keeps_whole_pairs_only_and_ends_the_child(
    monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", "hang@prefill 2048@2")
    stop = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, Progress) and (event.number, event.phase) == (4, "prefill 2048"):
            stop.set()

    found = slice_fake(on_event, stop)
    assert numbers(found) == ([1], [1])
    for run in (found.shallow, found.deep):
        assert (run.outcome, run.message) == (RunOutcome.STOPPED, "stopped by the user")
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_stop_after_the_last_pair_broke_nothing_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices_module, "PAIRS", 1)
    stop = threading.Event()
    complete = slices_module.Teller.round_complete
    ended: list[object] = []

    def spy(teller: Any) -> None:
        complete(teller)
        ended.append(teller)
        if len(ended) == 2:
            stop.set()

    monkeypatch.setattr(slices_module.Teller, "round_complete", spy)
    assert slice_fake(stop=stop).deep.outcome is RunOutcome.COMPLETE


@pytest.mark.parametrize("phase", ["load", "prefill 512"])
def test_with_no_whole_pair_it_is_an_error_that_says_why(
    monkeypatch: pytest.MonkeyPatch, children: list[Child], phase: str
) -> None:
    monkeypatch.setenv("EDGEWISE_FAKE", f"refuse@{phase}@1")
    with pytest.raises(MeasurementError, match=f"{phase}: the runtime refuses this graph") as caught:
        slice_fake()
    assert not isinstance(caught.value, StoppedError)
    assert caught.value.where == MODEL
    assert caught.value.remedy
    assert not any(psutil.pid_exists(child.pid) for child in children)


def test_a_stop_before_a_whole_pair_says_so(children: list[Child]) -> None:
    stop = threading.Event()

    def on_event(event: Event) -> None:
        if isinstance(event, RoundStarted) and event.number == 2:
            stop.set()

    with pytest.raises(StoppedError, match="before both slices were timed"):
        slice_fake(on_event, stop)
    assert not any(psutil.pid_exists(child.pid) for child in children)


@pytest.mark.parametrize("trouble", [NotEnoughMemoryError("too large"), StoppedError("stopped while building")])
def test_a_slice_that_cannot_be_built_leaves_no_meter_running(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    """A meter may be a process of its own: it is started only when nothing but rounds is left to do."""
    opened: list[str] = []
    monkeypatch.setattr(EnergyRecorder, "start", lambda *_: opened.append("started"))

    def prepare(request: MeasurementRequest, max_tokens: int, on_event: Callable[[Event], None], stop: object) -> None:
        on_event(Preparing(model=request.model, sentence="building"))
        raise trouble

    monkeypatch.setattr(slices_module, "prepare", prepare)
    with pytest.raises(type(trouble)):
        slice_fake()
    assert opened == []


def test_the_meter_is_given_back_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[EnergyRecorder] = []
    close = EnergyRecorder.close

    def spy(recorder: EnergyRecorder) -> None:
        closed.append(recorder)
        close(recorder)

    monkeypatch.setattr(EnergyRecorder, "close", spy)
    monkeypatch.setenv("EDGEWISE_FAKE", "exit@load@1")
    with pytest.raises(MeasurementError):
        slice_fake()
    assert len(closed) == 1


def test_only_the_catalogues_architectures_can_be_sliced() -> None:
    with pytest.raises(UnknownNameError, match="no-such-model"):
        slice_fake(model="no-such-model")

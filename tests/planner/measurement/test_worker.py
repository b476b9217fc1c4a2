"""The real child: providers are tried by running a model, the KV cache is faithful in both layouts, figures arrive."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest

from planner.child import Child, ask
from planner.child_ending import EndKind
from planner.errors import MeasurementError
from planner.measurement import stopping, supervisor
from planner.measurement.decoder_loop import DecoderGraph, DecoderLoop
from planner.measurement.request import Event, MeasurementRequest
from planner.measurement.runs import ModelSource, RunOutcome
from planner.measurement.statistics import summarise
from planner.measurement.supervisor import measure
from planner.measurement.worker.execution_providers import TRIAL_MODEL
from planner.measurement.worker.session import session
from planner.model.folder import ModelFolder, inspect_folder
from planner.model.synthesis import build
from planner.model.weight_formats import weight_format
from tests.support.architectures import TINY
from tests.support.measuring import machine

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def exact_folder(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """A tiny decoder whose activations are not rounded, so that both ways through the cache agree to the last token."""
    exact = weight_format("int4").model_copy(update={"accuracy_level": 0})
    return inspect_folder(build(TINY, exact, tmp_path_factory.mktemp("models") / "tiny").folder)


def loop_of(folder: ModelFolder, *, share: bool, max_tokens: int = 64) -> DecoderLoop:
    graph = DecoderGraph(
        **folder.names.model_dump(),
        layers=folder.layers,
        kv_heads=folder.kv_heads,
        head_dim=folder.head_dim,
        vocab=folder.vocab,
        kv_format=folder.kv_format,
        logits_format=folder.logits_format,
        last_logits_only=folder.last_logits_only,
        share_kv_buffer=share,
    )
    return DecoderLoop(session(str(folder.graph_path), "CPUExecutionProvider", 1), graph, max_tokens)


def test_the_trial_model_is_a_valid_matrix_product() -> None:
    model = onnx.load_from_string(TRIAL_MODEL)
    onnx.checker.check_model(model, full_check=True)
    assert [(node.op_type, list(node.input)) for node in model.graph.node] == [("MatMul", ["a", "a"])]


def test_the_cpu_is_usable_and_remote_services_are_not() -> None:
    answer = ask(supervisor.WORKER, {"verb": "execution_providers"}, timeout_s=PATIENCE_S)
    usable = answer["usable"]
    assert isinstance(usable, dict)
    assert usable["CPUExecutionProvider"] == {"usable": True, "reason": "a small model ran on it"}
    assert answer["available"] == list(usable)
    assert usable.get("AzureExecutionProvider", {"usable": False})["usable"] is False
    assert isinstance(answer["version"], str)


def test_a_provider_that_is_not_there_is_unusable_with_the_reason() -> None:
    answer = ask(supervisor.WORKER, {"verb": "try_provider", "name": "CUDAExecutionProvider"}, timeout_s=PATIENCE_S)
    assert answer["usable"] is False
    assert "CUDAExecutionProvider" in str(answer["reason"])


def test_an_unknown_verb_is_refused() -> None:
    with pytest.raises(MeasurementError, match="unknown verb 'sing'"):
        ask(supervisor.WORKER, {"verb": "sing"}, timeout_s=PATIENCE_S)


@pytest.mark.parametrize("share", [True, False], ids=["in place", "past to present"])
def test_tokens_through_the_cache_are_those_of_one_long_prompt(exact_folder: ModelFolder, share: bool) -> None:
    loop = loop_of(exact_folder, share=share)
    prompt = np.array([3, 141, 59, 26, 5, 35, 89, 79], dtype=np.int64)
    first = loop.prefill(prompt)
    times_s, tokens = loop.decode(first, 12)
    answer = [first, *tokens]
    for length in range(len(answer)):
        assert loop.prefill(np.concatenate([prompt, np.array(answer[:length], dtype=np.int64)])) == answer[length]
    assert len(set(answer)) > 1  # a loop that always says the same would pass the above
    assert all(later > earlier > 0 for earlier, later in pairwise(times_s))


def test_both_layouts_of_the_cache_give_the_same_answer(exact_folder: ModelFolder) -> None:
    prompt = np.arange(40, dtype=np.int64)
    answers = []
    for share in (True, False):
        loop = loop_of(exact_folder, share=share)
        answers.append(loop.decode(loop.prefill(prompt), 16)[1])
    assert answers[0] == answers[1]


def test_a_folder_is_measured_from_end_to_end(exact_folder: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "QUICK", replace(stopping.QUICK, seconds=0.1))  # two rounds, however shaky
    events: list[Event] = []
    request = MeasurementRequest(
        model=str(exact_folder.folder), quick=True, prompt_tokens=(8, 32), context_tokens=(8, 64), threads=1
    )
    run = measure(request, machine(), on_event=events.append)
    assert run.outcome in {RunOutcome.COMPLETE, RunOutcome.TIME_UP}
    assert run.model.source is ModelSource.FOLDER
    assert run.model.name == "tiny"
    assert run.model.sha256.keys() >= {"model.onnx", "model.onnx.data", "genai_config.json"}
    assert run.weight_format == "int4-b32-level0"
    assert run.settings.runtime.startswith("onnxruntime 1.")
    assert run.settings.shared_kv_buffer
    summary = summarise(run)
    assert [tokens for tokens, _ in summary.prefill] == [8, 32]
    assert [tokens for tokens, _ in summary.decode] == [8, 64]
    assert all(figure.value > 0 for _, figure in (*summary.prefill, *summary.decode))
    for one in run.rounds:
        assert one.peak_memory_bytes is not None
        assert 20_000_000 < one.peak_memory_bytes < 2_000_000_000
        assert all(len(sample.token_times_s) == 24 for sample in one.decode)
    assert events[0].kind == "preparing"


def test_a_graph_the_runtime_refuses_fails_with_its_words(exact_folder: ModelFolder, tmp_path: Path) -> None:
    graph = tmp_path / "model.onnx"
    graph.write_bytes(b"not a graph")
    request = {"verb": "round", "graph": str(graph), "execution_provider": "CPUExecutionProvider", "threads": 1}
    grid = {"prompt_tokens": [4], "context_tokens": [], "decode_steps": 2, "prefill_s": 0.0, "prefill_at_most": 1}
    with Child.start(supervisor.WORKER, {**request, "seed": 1, "grid": grid, "decoder": {}}) as child:
        messages = list(child.messages(silence_s=PATIENCE_S))
    assert messages[0] == {"type": "phase", "phase": "load"}
    assert messages[-1]["type"] == "error"
    assert "model.onnx" in str(messages[-1]["error"])
    assert child.ending is not None
    assert child.ending.kind is EndKind.ENDED

"""Where nodes ran: shares of the child's answer, its words, and a tiny decoder really looked at."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import MeasurementError
from planner.measurement.node_placement import in_words, placements, where_nodes_ran
from planner.measurement.prepare import PreparedModel
from planner.measurement.runs import ModelIdentity, ModelSource
from planner.model.folder import inspect_folder
from planner.model.synthesis import build
from planner.model.weight_formats import weight_format
from tests.support.architectures import TINY

OPENVINO, CPU = "OpenVINOExecutionProvider", "CPUExecutionProvider"


def seen(name: str, nodes: int, fused: int, prefill_s: float, decode_s: float, **operators: int) -> dict[str, object]:
    kinds = [{"name": kind, "nodes": count, "time_s": 0.1} for kind, count in operators.items()]
    return {
        "name": name,
        "nodes": nodes,
        "fused": fused,
        "prefill_s": prefill_s,
        "decode_s": decode_s,
        "operators": kinds,
    }


# SmolLM2-135M int4 under onnxruntime-openvino 1.24.1 on an x86 CPU.
SMOLLM2 = {
    "runtime": "onnxruntime 1.24.1",
    "providers": [
        seen(CPU, 31, 0, 0.1, 0.3, GroupQueryAttention=30, GatherBlockQuantized=1),
        seen(OPENVINO, 33, 33, 1.9, 5.7),
    ],
}


def test_compiled_subgraphs_are_few_nodes_with_most_of_the_time() -> None:
    asked, left = placements(SMOLLM2, OPENVINO)
    assert (asked.execution_provider, asked.nodes, asked.fused) == (OPENVINO, 33, 33)
    assert asked.prefill_share == pytest.approx(0.95)
    assert (left.execution_provider, left.nodes) == (CPU, 31)
    assert in_words((asked, left)) == (
        "OpenVINOExecutionProvider ran 33 compiled subgraphs: 95 % of prefill and 95 % of decode; "
        "the CPU provider ran 31 nodes (30 GroupQueryAttention, 1 GatherBlockQuantized): "
        "5 % of prefill and 5 % of decode"
    )


def test_a_device_keeps_its_spelling() -> None:
    assert placements(SMOLLM2, f"{OPENVINO}:GPU")[0].execution_provider == f"{OPENVINO}:GPU"


def test_a_provider_that_took_nothing_says_so() -> None:
    rows = placements({"runtime": "onnxruntime 1.24.1", "providers": [seen(CPU, 5, 0, 1.0, 1.0, MatMul=5)]}, OPENVINO)
    assert (rows[0].execution_provider, rows[0].nodes) == (OPENVINO, 0)
    assert in_words(rows).startswith("OpenVINOExecutionProvider ran no node; the CPU provider ran 5 nodes (5 MatMul)")


times = st.floats(0, 1e3)


@given(st.lists(st.tuples(times, times), min_size=1, max_size=4))
def test_shares_add_up_to_the_whole_or_to_nothing(pairs: list[tuple[float, float]]) -> None:
    answer = {
        "runtime": "onnxruntime 1.32.0",
        "providers": [seen(f"P{n}", 1, 0, *pair) for n, pair in enumerate(pairs)],
    }
    rows = placements(answer, "P0")
    for share in (sum(row.prefill_share for row in rows), sum(row.decode_share for row in rows)):
        assert share == pytest.approx(1) or share == 0


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> PreparedModel:
    folder = inspect_folder(build(TINY, weight_format("int4"), tmp_path_factory.mktemp("models") / "tiny").folder)
    identity = ModelIdentity(name="tiny", architecture=None, source=ModelSource.FOLDER, file_bytes=1)
    return PreparedModel(folder, identity, "int4")


def test_a_decoder_on_the_cpu_runs_there_and_nowhere_else(tiny: PreparedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.measurement.node_placement.PROMPT_TOKENS", 8)
    monkeypatch.chdir(tiny.folder.folder)  # no profile is left where the user stands
    before = sorted(Path.cwd().iterdir())
    (row,) = where_nodes_ran(tiny.folder.graph_path, tiny.decoder(), CPU, 1)
    assert (row.execution_provider, row.fused) == (CPU, 0)
    assert (row.prefill_share, row.decode_share) == (1.0, 1.0)
    kinds = {one.name: one.nodes for one in row.operators}
    assert kinds["GroupQueryAttention"] == TINY.layers
    assert row.nodes == sum(kinds.values())
    assert sorted(Path.cwd().iterdir()) == before


def test_a_provider_that_is_not_there_is_a_sentence(tiny: PreparedModel) -> None:
    with pytest.raises(MeasurementError, match="OpenVINOExecutionProvider"):
        where_nodes_ran(tiny.folder.graph_path, tiny.decoder(), OPENVINO, 1)

"""Onnxruntime's profile, as 1.24.1 with OpenVINO and 1.32 wrote it: passes told apart, nodes counted once."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from planner.measurement.node_times import Step, node_times, passes

OPENVINO, CPU = "OpenVINOExecutionProvider", "CPUExecutionProvider"


def node(name: str, provider: str, operator: str, ts: int, dur: int, *, index: str = "0") -> dict[str, Any]:
    return {
        "cat": "Node",
        "name": f"{name}_kernel_time",
        "ts": ts,
        "dur": dur,
        "args": {"provider": provider, "op_name": operator, "node_index": index},
    }


def run(ts: int, dur: int) -> dict[str, Any]:
    return {"cat": "Session", "name": "model_run", "ts": ts, "dur": dur, "args": {}}


SUBGRAPH = "OpenVINOExecutionProvider_OpenVINO-EP-subgraph_1_0"


def forward(ts: int) -> list[dict[str, Any]]:
    """One pass of two nodes, 10 µs long."""
    return [
        node("attention", CPU, "GroupQueryAttention", ts + 1, 2, index="3"),
        node(SUBGRAPH, OPENVINO, "OpenVINO-EP-subgraph_1", ts + 3, 6, index="340"),
        {"cat": "Session", "name": "SequentialExecutor::Execute", "ts": ts, "dur": 10, "args": {}},
        run(ts, 10),
    ]


def test_the_warm_up_is_left_out_and_prefill_and_decode_are_apart() -> None:
    events = [
        {"cat": "Session", "name": "session_initialization", "ts": 0, "dur": 900},
        *forward(1000),
        *forward(1010 + 1),
        *forward(2000),
    ]
    warm, prefill, decode = passes(events)
    assert (warm.begin_us, prefill.begin_us, decode.begin_us) == (1000, 1011, 2000)
    found = node_times(events, [prefill], [decode])
    assert (found[OPENVINO].prefill_us, found[OPENVINO].decode_us) == (6, 6)
    assert (found[CPU].prefill_us, found[CPU].decode_us) == (2, 2)
    assert found[CPU].operator_us == {"GroupQueryAttention": 4}


def test_a_node_that_ran_in_every_pass_is_one_node() -> None:
    events = [*forward(0), *forward(100), *forward(200)]
    found = node_times(events, passes(events)[:1], passes(events)[1:])
    assert {name: len(time.nodes) for name, time in found.items()} == {OPENVINO: 1, CPU: 1}


def test_what_a_provider_compiled_as_a_whole_is_told_apart() -> None:
    events = forward(0)
    found = node_times(events, passes(events), [])
    assert len(found[OPENVINO].fused) == 1
    assert found[CPU].fused == set()


def test_nodes_without_a_name_are_told_apart_by_their_index() -> None:
    events = [node("", CPU, "Add", 1, 1, index="1"), node("", CPU, "Add", 2, 1, index="2"), run(0, 5)]
    assert len(node_times(events, passes(events), [])[CPU].nodes) == 2


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20))
def test_every_microsecond_within_the_passes_is_counted_once(durations: list[int]) -> None:
    events = [node(f"n{at}", CPU, "Add", at * 100, dur, index=str(at)) for at, dur in enumerate(durations)]
    half = len(durations) // 2
    early, late = Step(0, half * 100 - 1), Step(half * 100, len(durations) * 100)
    found = node_times(events, [early] if half else [], [late])
    assert found[CPU].prefill_us == sum(durations[:half])
    assert found[CPU].decode_us == sum(durations[half:])

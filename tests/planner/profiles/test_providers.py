"""Which provider is ahead: only beyond the intervals, at shared lengths, of measured figures (CONVENTION §4, §10)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.basis import Basis, Quantity
from planner.measurement.node_placement import NodePlacement
from planner.profiles.performance import ModelPerformance, RatePoint
from planner.profiles.providers import Contest, judge, winners
from planner.units import Unit

CPU, OPENVINO = "CPUExecutionProvider", "OpenVINOExecutionProvider"


def figure(value: float, half: float | None = None, unit: Unit = "tok/s") -> Quantity:
    low, high = (None, None) if half is None else (max(value - half, 0.0), value + half)
    return Quantity(value=value, unit=unit, basis=Basis.MEASURED, low=low, high=high)


def performance(provider: str, prefill: dict[int, Quantity], decode: dict[int, Quantity], **changes: Any) -> Any:
    return ModelPerformance(
        **{
            "model": "qwen2.5-0.5b",
            "weight_format": "int4",
            "runtime": "onnxruntime 1.32.0",
            "execution_provider": provider,
            "basis": Basis.MEASURED,
            "prefill": tuple(RatePoint(tokens=tokens, tok_s=rate) for tokens, rate in prefill.items()),
            "decode": tuple(RatePoint(tokens=tokens, tok_s=rate) for tokens, rate in decode.items()),
            "load_s": None,
            "peak_memory_bytes": None,
            "rounds": 5,
            "run_id": provider,
            **changes,
        }
    )


ON_CPU = performance(CPU, {128: figure(90, 2), 512: figure(100, 2)}, {128: figure(20, 1), 512: figure(18, 1)})
ON_OPENVINO = performance(
    OPENVINO,
    {128: figure(130, 5), 512: figure(140, 5), 2048: figure(150, 5)},
    {128: figure(19.5, 1)},
    runtime="onnxruntime 1.24.1",
)


def test_each_phase_has_its_own_winner_at_the_longest_shared_length() -> None:
    (found,) = winners([ON_CPU, ON_OPENVINO])
    assert [row.prefill.tokens for row in found.rows if row.prefill] == [512, 512]
    assert [row.decode.tokens for row in found.rows if row.decode] == [128, 128]
    assert found.prefill.winner == OPENVINO
    assert found.prefill.sentence == (
        "prefill: OpenVINOExecutionProvider wins with 140 tok/s (135 tok/s … 145 tok/s) "
        "against 100 tok/s (98 tok/s … 102 tok/s) of CPUExecutionProvider"
    )
    assert found.decode.winner is None
    assert found.decode.alike == (CPU, OPENVINO)
    assert "no difference between CPUExecutionProvider and OpenVINOExecutionProvider beyond" in found.decode.sentence
    assert found.energy.winner is None
    assert found.energy.sentence == "energy: no figures, so nothing is told"


def test_less_energy_wins() -> None:
    frugal = ON_CPU.model_copy(update={"decode_j_per_tok": figure(0.4, 0.02, "J/tok")})
    greedy = ON_OPENVINO.model_copy(update={"decode_j_per_tok": figure(0.9, 0.02, "J/tok")})
    (found,) = winners([greedy, frugal])
    assert found.energy.winner == CPU


def test_a_figure_without_an_interval_beats_nobody() -> None:
    verdict = judge(Contest.DECODE, [(CPU, figure(100)), (OPENVINO, figure(10, 1))])
    assert verdict.winner is None
    assert "no interval of CPUExecutionProvider is known" in verdict.sentence


def test_one_alone_has_nobody_to_beat() -> None:
    assert winners([ON_CPU]) == ()
    assert "only CPUExecutionProvider has a figure" in judge(Contest.DECODE, [(CPU, figure(100, 1))]).sentence


def test_published_and_estimated_figures_do_not_compete() -> None:
    for basis in (Basis.PUBLISHED, Basis.ESTIMATED):
        assert winners([ON_CPU, ON_OPENVINO.model_copy(update={"basis": basis})]) == ()


def test_other_formats_do_not_compete() -> None:
    assert winners([ON_CPU, ON_OPENVINO.model_copy(update={"weight_format": "int8"})]) == ()


def test_one_provider_under_two_runtimes_is_told_apart_by_runtime() -> None:
    (found,) = winners([ON_CPU, ON_CPU.model_copy(update={"runtime": "onnxruntime 1.24.1"})])
    assert [row.label for row in found.rows] == [
        "CPUExecutionProvider, onnxruntime 1.32.0",
        "CPUExecutionProvider, onnxruntime 1.24.1",
    ]


def test_where_nodes_ran_stands_beside_the_figures() -> None:
    rows = (NodePlacement(execution_provider=OPENVINO, nodes=33, fused=33, prefill_share=0.95, decode_share=0.95),)
    (found,) = winners([ON_CPU, ON_OPENVINO], nodes={OPENVINO: rows})
    assert [row.nodes for row in found.rows] == [(), rows]


quantities = st.builds(figure, st.floats(1, 1e4), st.none() | st.floats(0, 1e3))


@given(st.lists(quantities, min_size=2, max_size=5), st.sampled_from(list(Contest)))
def test_a_winner_is_clear_of_everyone_and_nobody_is_dropped(figures: list[Quantity], contest: Contest) -> None:
    named = {f"P{number}": each for number, each in enumerate(figures)}
    verdict = judge(contest, list(named.items()))
    best = (min if contest is Contest.ENERGY else max)(each.value for each in figures)
    assert named[verdict.alike[0]].value == pytest.approx(best)
    if verdict.winner is None:
        assert len(verdict.alike) > 1
        return
    low, high = named[verdict.winner].bounds
    for label, other in named.items():
        if label != verdict.winner:
            assert other.bounds[1] < low or other.bounds[0] > high

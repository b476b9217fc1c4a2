"""Which execution provider is meant, what cannot be meant, and several of them side by side."""

from __future__ import annotations

import pytest

from planner.cli.providers import chosen_providers, show_providers
from planner.device.facts import DeviceFacts, ExecutionProvider
from planner.errors import MeasurementError, UnknownNameError
from planner.measurement.runs import Run
from tests.support.compared_runs import run_of
from tests.support.profiles import facts, profile
from tests.support.whole_profile import watched_run

CPU, OPENVINO = "CPUExecutionProvider", "OpenVINOExecutionProvider"


def machine() -> DeviceFacts:
    """Our own runtime has the CPU; a registered one has OpenVINO with a CPU and a GPU; QNN has no device here."""
    return facts().model_copy(
        update={
            "execution_providers": (
                ExecutionProvider(name=CPU, usable=True, reason="built in"),
                ExecutionProvider(name=OPENVINO, usable=False, reason="not in this runtime"),
                ExecutionProvider(
                    name=OPENVINO, usable=True, reason="tried", devices=("CPU", "GPU.0"), runtime="openvino"
                ),
                ExecutionProvider(name="QNNExecutionProvider", usable=False, reason="no Hexagon NPU is here"),
            )
        }
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (None, [(CPU, None)]),
        ("cpu", [(CPU, None)]),
        ("CPUExecutionProvider", [(CPU, None)]),
        ("OpenVINO", [(OPENVINO, "openvino")]),
        ("openvino:gpu", [(f"{OPENVINO}:GPU", "openvino")]),
        ("openvino:cpu", [(OPENVINO, "openvino")]),
        ("openvinoexecutionprovider:NPU", [(f"{OPENVINO}:NPU", "openvino")]),
        ("all", [(CPU, None), (OPENVINO, "openvino"), (f"{OPENVINO}:GPU", "openvino")]),
        ("ALL", [(CPU, None), (OPENVINO, "openvino"), (f"{OPENVINO}:GPU", "openvino")]),
    ],
)
def test_providers_are_named_in_short_or_in_full(words: str | None, expected: list[tuple[str, str | None]]) -> None:
    assert list(chosen_providers(words, machine())) == expected


@pytest.mark.parametrize("words", ["rocket", "", "openvino:tpu", "cpu:gpu", "qnn:htp"])
def test_what_no_provider_or_device_is_called_is_refused(words: str) -> None:
    with pytest.raises(UnknownNameError) as refusal:
        chosen_providers(words, machine())
    assert refusal.value.remedy


def test_a_provider_that_is_not_usable_here_is_refused_with_the_reason() -> None:
    with pytest.raises(MeasurementError, match="no Hexagon NPU is here"):
        chosen_providers("qnn", machine())


def on(provider: str, run: Run) -> Run:
    return run.model_copy(update={"settings": run.settings.model_copy(update={"execution_provider": provider})})


def test_one_provider_alone_is_not_compared(capsys: pytest.CaptureFixture[str]) -> None:
    show_providers(profile(runs=(run_of((50, 51, 49)),)))
    assert capsys.readouterr().out == ""


def test_two_providers_stand_side_by_side_with_verdicts_and_placements(capsys: pytest.CaptureFixture[str]) -> None:
    nodes = watched_run().nodes
    slow = run_of((50, 51, 49), "on-cpu").model_copy(update={"nodes": nodes})
    fast = on(f"{OPENVINO}:GPU", run_of((80, 81, 79), "on-openvino", hours=1))
    show_providers(profile(runs=(slow, fast)))
    said = capsys.readouterr().out
    assert "smollm2-135m int4: execution providers side by side" in said
    rows = {line.split("  ")[0].strip(): line for line in said.splitlines()}
    assert "80 tok/s" in rows["OpenVINO, GPU"]
    assert "50 tok/s" in rows["CPU"]
    assert "unknown" in rows["CPU"]  # joules: no meter
    assert "· Decode: OpenVINOExecutionProvider:GPU wins with 80 tok/s" in said
    assert "· Energy: no figures, so nothing is told." in said
    assert "· The CPU provider ran 300 nodes (113 MatMulNBits): 100 % of prefill and 100 % of decode." in said
    assert "· Where the nodes of OpenVINOExecutionProvider:GPU ran is unknown." in said

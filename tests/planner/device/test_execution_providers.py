"""Execution providers: usable, or why not and what would bring them."""

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from planner.device.accelerators import Sighting, merge
from planner.device.execution_providers import BACK_ENDS, Machine, provider_rows, sightings
from planner.device.facts import AcceleratorKind
from planner.device.runtimes import KNOWN, Registered, Runtime

CPU_WHEEL = {
    "version": "1.32.0",
    "available": ["AzureExecutionProvider", "CPUExecutionProvider"],
    "devices": [{"ep": "CPUExecutionProvider", "vendor": "AMD", "hardware": "CPU", "metadata": {}}],
    "usable": {"CPUExecutionProvider": {"usable": True, "reason": "ran a tiny model"}},
}
WORKSTATION = Machine(
    "linux",
    "x86_64",
    "AMD",
    merge([Sighting(kind=AcceleratorKind.GPU, reader="nvml", source="nvml", name="RTX", vendor="NVIDIA")]),
)
SERVER = Machine("linux", "x86_64", "AMD")


def reasons(answer, machine):
    return {row.name: (row.usable, row.reason) for row in provider_rows(answer, machine)}


def test_the_plain_wheel_on_a_server():
    rows = reasons(CPU_WHEEL, SERVER)
    assert rows["CPUExecutionProvider"] == (True, "ran a tiny model")
    assert rows["AzureExecutionProvider"] == (False, "calls a remote endpoint; not a local back end")
    assert rows["CUDAExecutionProvider"] == (False, "no NVIDIA GPU was found")
    assert "installs onnxruntime-openvino beside it" in rows["OpenVINOExecutionProvider"][1]
    assert "onnxruntime 1.32.0 wheel" in rows["OpenVINOExecutionProvider"][1]
    assert "DmlExecutionProvider" not in rows
    assert "CoreMLExecutionProvider" not in rows


def test_usable_ones_come_first():
    assert provider_rows(CPU_WHEEL, SERVER)[0].name == "CPUExecutionProvider"


def test_hardware_without_its_wheel_names_the_package():
    reason = reasons(CPU_WHEEL, WORKSTATION)["CUDAExecutionProvider"][1]
    assert "«edgewise runtimes add cuda» installs onnxruntime-gpu beside it" in reason


def test_a_provider_that_failed_says_why():
    answer = {
        "available": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        "usable": {"CUDAExecutionProvider": {"usable": False, "reason": "libcudnn.so.9 was not found"}},
    }
    rows = reasons(answer, WORKSTATION)
    assert rows["CUDAExecutionProvider"] == (False, "libcudnn.so.9 was not found")
    assert rows["CPUExecutionProvider"] == (False, "unknown: in the wheel, but not tried")


def test_a_child_that_failed_makes_nothing_usable():
    rows = provider_rows({"error": "the child crashed"}, WORKSTATION)
    assert not any(row.usable for row in rows)
    assert (
        reasons({"error": "the child crashed"}, WORKSTATION)["CPUExecutionProvider"][1] == "unknown: the child crashed"
    )


def test_a_snapdragon_is_pointed_to_qnn_and_directml():
    adreno = Sighting(kind=AcceleratorKind.GPU, reader="cim", source="cim", vendor="Qualcomm")
    rows = reasons(CPU_WHEEL, Machine("windows", "arm64", "Qualcomm", merge([adreno])))
    assert "onnxruntime-qnn" in rows["QNNExecutionProvider"][1]
    assert "onnxruntime-directml" in rows["DmlExecutionProvider"][1]
    assert rows["OpenVINOExecutionProvider"] == (False, "OpenVINO's wheels are for x86 processors")


OPENVINO = Registered("openvino", Path("openvino"), None)
OPENVINO_WHEEL = {
    "version": "1.24.1",
    "available": ["OpenVINOExecutionProvider", "OpenVINOExecutionProvider:GPU", "CPUExecutionProvider"],
    "usable": {
        "OpenVINOExecutionProvider": {"usable": True, "reason": "a small model ran on it"},
        "OpenVINOExecutionProvider:GPU": {"usable": False, "reason": "its driver is missing"},
        "CPUExecutionProvider": {"usable": True, "reason": "a small model ran on it"},
    },
}


def by_name(rows):
    return {row.name: row for row in rows}


def test_a_registered_runtime_adds_its_providers_and_says_where_they_are():
    rows = provider_rows(CPU_WHEEL, SERVER, [(OPENVINO, OPENVINO_WHEEL)])
    assert [row.name for row in rows if row.usable] == ["CPUExecutionProvider", "OpenVINOExecutionProvider"]
    found = by_name(rows)
    assert (found["OpenVINOExecutionProvider"].runtime, found["CPUExecutionProvider"].runtime) == ("openvino", None)
    gpu = found["OpenVINOExecutionProvider:GPU"]
    assert (gpu.usable, gpu.reason, gpu.runtime) == (False, "its driver is missing", "openvino")
    assert len(found) == len(rows)


def test_a_runtime_that_cannot_be_asked_says_why_for_what_it_held():
    record = Runtime(
        name="openvino",
        python="/gone/python",
        requirement=None,
        onnxruntime="1.24.1",
        execution_providers=("OpenVINOExecutionProvider", "CPUExecutionProvider"),
        added_at=datetime(2026, 11, 25, tzinfo=UTC),
    )
    broken = Registered("openvino", Path("openvino"), record, "its interpreter /gone/python is gone")
    found = by_name(provider_rows(CPU_WHEEL, SERVER, [(broken, {"error": "its interpreter /gone/python is gone"})]))
    assert found["CPUExecutionProvider"].usable
    openvino = found["OpenVINOExecutionProvider"]
    assert (openvino.usable, openvino.reason) == (False, "its interpreter /gone/python is gone")
    assert openvino.runtime == "openvino"


def test_every_known_wheel_is_named_where_its_providers_are_absent():
    for known in KNOWN:
        for name in known.execution_providers:
            (back_end,) = (one for one in BACK_ENDS if one.name == name)
            assert f"edgewise runtimes add {known.name}" in back_end.remedy
            assert {system for system, _ in known.platforms} <= set(back_end.systems)


def test_devices_of_providers_are_named():
    assert provider_rows(CPU_WHEEL, SERVER)[0].devices == ("CPU (AMD)",)


def test_a_device_that_two_providers_share_is_one_sighting():
    npu = {"vendor": "Intel", "hardware": "OrtHardwareDeviceType.NPU", "metadata": {"Description": "Intel(R) AI Boost"}}
    answer = {"devices": [{"ep": name, **npu} for name in ("OpenVINOExecutionProvider", "DmlExecutionProvider")]}
    (seen,) = sightings(answer)
    assert (seen.kind, seen.vendor, seen.name) == (AcceleratorKind.NPU, "Intel", "Intel(R) AI Boost")
    assert sightings(CPU_WHEEL) == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("available", "devices", "usable", "error", "version"), ANYTHING))
)
def test_no_answer_upsets_the_rows(answer):
    provider_rows(answer, SERVER, [(OPENVINO, answer)])
    sightings(answer)

"""The whole probe, over recorded machines and over the one the tests run on."""

import json
import socket
import time
from pathlib import Path

import pytest

from planner.basis import Fact
from planner.device.execution_providers import BACK_ENDS
from planner.device.facts import DeviceFacts
from planner.device.probe import probe
from planner.device.runtimes import Registered, Runtime
from planner.documents import from_json, to_json
from planner.errors import MeasurementError

ANSWER = {
    "version": "1.32.0",
    "available": ["AzureExecutionProvider", "CPUExecutionProvider"],
    "devices": [{"ep": "CPUExecutionProvider", "vendor": "AMD", "hardware": "CPU", "metadata": {}}],
    "usable": {"CPUExecutionProvider": {"usable": True, "reason": "ran a tiny model"}},
}


def answering(module, request, *, timeout_s):
    assert (module, request) == ("planner.measurement.worker", {"verb": "execution_providers"})
    assert timeout_s == 60.0
    return ANSWER


def failing(module, request, *, timeout_s):
    raise MeasurementError("the child process ended without an answer")


@pytest.fixture(autouse=True)
def no_nvidia_library(monkeypatch):
    """The recorded machines' GPUs come from nvidia-smi, whatever library and GPU the tests run on."""
    monkeypatch.setitem(__import__("sys").modules, "pynvml", None)


@pytest.fixture(autouse=True)
def no_registered_runtimes(monkeypatch, tmp_path):
    """Whoever runs the tests may have registered some."""
    monkeypatch.setenv("EDGEWISE_RUNTIMES", str(tmp_path / "no-runtimes"))


MACHINES = [
    ("h100", "linux"),
    ("h200", "linux"),
    ("vm_2core", "linux"),
    ("raspberry_pi_5", "linux"),
    ("intel_hybrid_laptop", "linux"),
    ("container_cgroup_v2", "linux"),
    ("container_cgroup_v1", "linux"),
    ("macbook_pro_m1_pro", "darwin"),
    ("windows_snapdragon_laptop", "win32"),
]


@pytest.mark.parametrize(("name", "platform"), MACHINES)
def test_every_recorded_machine_becomes_a_document(machine, name, platform):
    facts = probe(ask=answering, system=machine(name), platform=platform)
    assert from_json(to_json(facts), DeviceFacts, where="test") == facts
    assert facts.cpu.model.value
    assert facts.memory.total_bytes.value
    assert facts.execution_providers[0].usable


def test_a_gpu_that_only_the_tool_sees(machine):
    (gpu,) = probe(ask=answering, system=machine("h200"), platform="linux").accelerators
    assert (gpu.name.value, gpu.seen_by) == ("NVIDIA H200", ("nvidia-smi",))
    assert gpu.memory_bytes.value == 143771 * 1024**2


def test_a_child_that_fails_leaves_the_machine_and_claims_no_provider(machine):
    facts = probe(ask=failing, system=machine("vm_2core"), platform="linux")
    assert facts.cpu.model.value == "AMD EPYC"
    assert not any(one.usable for one in facts.execution_providers)
    assert "ended without an answer" in facts.execution_providers[0].reason


def test_every_registered_runtime_is_asked_under_its_own_python(machine, tmp_path):
    python = tmp_path / "python"
    python.touch()
    record = {"name": "openvino", "requirement": None, "onnxruntime": "1.24.1", "added_at": "2026-11-25T00:00:00Z"}
    runtime = Runtime.model_validate_json(
        json.dumps({**record, "python": str(python), "execution_providers": ["OpenVINOExecutionProvider"]})
    )
    asked = []

    def ask(module, request, *, timeout_s, python=None):
        asked.append(python)
        if python is None:
            return ANSWER
        told = {"OpenVINOExecutionProvider": {"usable": True, "reason": "a small model ran on it"}}
        return {"version": "1.24.1", "available": list(told), "usable": told}

    others = [
        Registered("openvino", tmp_path, runtime),
        Registered("old", tmp_path, runtime, "its interpreter is gone"),
    ]
    facts = probe(ask=ask, system=machine("vm_2core"), platform="linux", runtimes=others)
    assert asked == [None, python]
    (row,) = (one for one in facts.execution_providers if one.name == "OpenVINOExecutionProvider")
    assert (row.usable, row.runtime) == (True, "openvino")
    assert from_json(to_json(facts), DeviceFacts, where="test") == facts


def test_who_could_not_look_for_accelerators_is_told(machine):
    facts = probe(ask=answering, system=machine("vm_2core"), platform="linux")
    assert facts.accelerators == ()
    assert any("nvidia-ml-py is not installed" in reason for reason in facts.accelerators_unread)


def test_an_unknown_operating_system_is_not_an_error(machine):
    facts = probe(ask=answering, system=machine("vm_2core"), platform="freebsd14")
    assert facts.cpu.architecture.value == "x86_64"
    assert facts.cpu.model.value is None


def test_this_machine():
    start = time.monotonic()
    facts = probe(ask=answering)
    assert time.monotonic() - start < 10
    assert facts.cpu.logical_cores.value
    assert facts.cpu.usable_cores.value <= facts.cpu.logical_cores.value
    assert facts.memory.available_bytes.value <= facts.memory.total_bytes.value
    assert {one.name for one in facts.execution_providers} >= {BACK_ENDS[0].name}


def test_no_host_name_and_no_user_name(machine):
    document = to_json(probe(ask=answering))
    names = {socket.gethostname(), Path.home().name}
    assert not [name for name in names if len(name) > 4 and name not in {"localhost", "linux"} and name in document]


def test_every_known_fact_has_a_source(machine):
    facts = probe(ask=answering, system=machine("intel_hybrid_laptop"), platform="linux")
    known = [one for one in _facts(facts) if one.value is not None]
    assert len(known) > 20
    assert all(one.source and one.basis for one in known)


def _facts(value):
    for name in type(value).model_fields:
        part = getattr(value, name)
        if isinstance(part, Fact):
            yield part
        elif hasattr(type(part), "model_fields"):
            yield from _facts(part)

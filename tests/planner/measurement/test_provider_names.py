"""How execution providers and OpenVINO's devices are spelled, and what onnxruntime is told for each."""

import json

import pytest

from planner.measurement.provider_names import OPENVINO_PROVIDER, parted, provider_options, spelled, spins


def test_a_bare_openvino_is_its_cpu_device() -> None:
    assert parted("OpenVINOExecutionProvider") == ("OpenVINOExecutionProvider", "CPU")
    assert parted("OpenVINOExecutionProvider:GPU") == ("OpenVINOExecutionProvider", "GPU")
    assert parted("CUDAExecutionProvider") == ("CUDAExecutionProvider", None)


@pytest.mark.parametrize("device", ["CPU", "GPU", "NPU", "GPU.1"])
def test_every_device_is_read_back_as_it_was_spelled(device: str) -> None:
    assert parted(spelled(OPENVINO_PROVIDER, device)) == (OPENVINO_PROVIDER, device)


def test_threads_reach_openvinos_own_pool_and_only_its() -> None:
    options = provider_options("OpenVINOExecutionProvider", threads=6)
    assert options["device_type"] == "CPU"
    assert json.loads(options["load_config"])["CPU"]["INFERENCE_NUM_THREADS"] == "6"
    assert provider_options("OpenVINOExecutionProvider:NPU", threads=6) == {"device_type": "NPU"}
    assert provider_options("CPUExecutionProvider", threads=6) == {}


@pytest.mark.parametrize("wrong", ["OpenVINOExecutionProvider:XPU", "CUDAExecutionProvider:0"])
def test_a_device_that_does_not_exist_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"no device 'XPU'|no device in its name"):
        provider_options(wrong, threads=1)


def test_threads_that_openvino_needs_do_not_spin() -> None:
    assert spins("CPUExecutionProvider")
    assert spins("OpenVINOExecutionProvider:GPU")
    assert not spins("OpenVINOExecutionProvider")

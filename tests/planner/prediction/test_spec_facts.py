"""Which sheet a device's facts amount to: names matched with care, and no bandwidth taken for another's."""

from __future__ import annotations

import pytest

from planner.basis import Basis, known, unknown
from planner.device.facts import Accelerator, AcceleratorKind, DeviceFacts
from planner.prediction.device_classes import DeviceClass
from planner.prediction.spec_facts import find_accelerator, known_accelerators, spec_sheet_of
from tests.support import engine


def accelerator(
    name: str, vendor: str, *, integrated: bool, kind: AcceleratorKind = AcceleratorKind.GPU
) -> Accelerator:
    return Accelerator(
        kind=kind,
        name=known(name, "test"),
        vendor=known(vendor, "test"),
        memory_bytes=unknown("shares system memory") if integrated else known(24 * 2**30, "test"),
        driver=unknown("test"),
        integrated=known(integrated, "test"),
        seen_by=("test",),
    )


def facts(*accelerators: Accelerator, bandwidth: float | None = None, basis: Basis = Basis.PUBLISHED) -> DeviceFacts:
    plain = engine.facts()
    stated = unknown("nobody said") if bandwidth is None else known(bandwidth, "its maker", basis)
    memory = plain.memory.model_copy(update={"read_bandwidth_bytes_s": stated})
    return plain.model_copy(update={"memory": memory, "accelerators": accelerators})


RTX = accelerator("NVIDIA GeForce RTX 4090", "NVIDIA", integrated=False)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "GeForce RTX 4070 Ti SUPER"),
        ("NVIDIA GeForce RTX 4080 Max-Q", None),
        ("NVIDIA H100 80GB HBM3", "H100 80GB HBM3"),
        ("NVIDIA H100 NVL", None),
        ("AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX"),
        ("Intel(R) Arc(TM) A770 Graphics", "Arc A770"),
        ("Apple M4 Max GPU (40 cores)", "Apple M4 Max 40 cores"),
        ("Apple M4 Max GPU (32 cores)", "Apple M4 Max 32 cores"),
        ("Apple M9 GPU (12 cores)", None),
    ],
)
def test_a_name_means_one_product_or_none(name: str, meant: str | None) -> None:
    found = find_accelerator(name)
    assert (found.name if found else None) == meant


@pytest.mark.parametrize("known_one", known_accelerators(), ids=lambda each: each.name)
def test_every_known_accelerator_is_found_by_its_own_name(known_one) -> None:
    assert find_accelerator(known_one.name) == known_one


def test_a_card_brings_its_own_bandwidth_memory_and_compute() -> None:
    sheet = spec_sheet_of(facts(RTX), "CUDA", "llama.cpp").value
    assert sheet is not None
    assert sheet.device_class is DeviceClass.NVIDIA_GPU
    assert sheet.memory_bandwidth_bytes_s == 1.01e12
    assert sheet.compute_flops == 82.58e12
    assert sheet.memory_bytes == 24 * 2**30


def test_an_unlisted_card_takes_nothing_from_the_machine() -> None:
    card = accelerator("NVIDIA GeForce RTX 9999", "NVIDIA", integrated=False)
    answer = spec_sheet_of(facts(card, bandwidth=9e10), "CUDA", "llama.cpp")
    assert answer.value is None
    assert "the card's own memory" in (answer.reason or "")


def test_beside_a_card_the_stated_bandwidth_may_be_the_cards() -> None:
    """A reference workstation states its card's bandwidth: 1,008 GB/s would make its CPU the fastest of all."""
    answer = spec_sheet_of(facts(RTX, bandwidth=1.008e12), "CPUExecutionProvider", "onnxruntime")
    assert answer.value is None
    assert "may be the card's" in (answer.reason or "")


def test_a_processor_takes_the_machines_bandwidth() -> None:
    shared = accelerator("AMD Radeon 780M", "AMD", integrated=True)
    machine = facts(shared, bandwidth=1.024e11)
    processor = spec_sheet_of(machine, "CPUExecutionProvider", "onnxruntime").value
    graphics = spec_sheet_of(machine, "Vulkan", "llama.cpp").value
    assert processor is not None
    assert graphics is not None
    assert (processor.device_class, graphics.device_class) == (DeviceClass.CPU, DeviceClass.INTEGRATED_GPU)
    assert processor.memory_bandwidth_bytes_s == graphics.memory_bandwidth_bytes_s == 1.024e11
    assert graphics.compute_flops is None  # not listed, so unknown


def test_a_measured_bandwidth_is_not_a_specified_one() -> None:
    answer = spec_sheet_of(facts(bandwidth=4e10, basis=Basis.MEASURED), "CPUExecutionProvider", "onnxruntime")
    assert answer.value is None
    assert "depth slices" in (answer.reason or "")


@pytest.mark.parametrize(
    ("provider", "runtime", "reason"),
    [
        ("CUDAExecutionProvider", "onnxruntime", "nobody publishes what onnxruntime reaches"),
        ("QNNExecutionProvider", "qnn", "no accelerator of that kind"),
    ],
)
def test_what_nobody_published_is_unknown_with_the_reason(provider: str, runtime: str, reason: str) -> None:
    answer = spec_sheet_of(facts(RTX), provider, runtime)
    assert answer.value is None
    assert reason in (answer.reason or "")


def test_only_one_makers_npu_has_shares() -> None:
    hexagon = accelerator("Qualcomm Hexagon NPU, 45 TOPS", "Qualcomm", integrated=True, kind=AcceleratorKind.NPU)
    ryzen = accelerator("AMD XDNA 2", "AMD", integrated=True, kind=AcceleratorKind.NPU)
    sheet = spec_sheet_of(facts(hexagon, bandwidth=1.352e11), "QNNExecutionProvider", "qnn").value
    assert sheet is not None
    assert sheet.compute_flops == 45e12
    assert spec_sheet_of(facts(ryzen, bandwidth=1.2e11), "VitisAIExecutionProvider", "onnxruntime").value is None


def test_an_unknown_bandwidth_says_why() -> None:
    answer = spec_sheet_of(facts(), "CPUExecutionProvider", "onnxruntime")
    assert answer.reason == "the memory's specified bandwidth is unknown: nobody said"

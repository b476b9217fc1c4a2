"""A prepared model without files and a machine to measure it on, for tests that use the fake worker."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.basis import known, unknown
from planner.child import Child
from planner.device.facts import CpuFacts, DeviceFacts, MemoryFacts, PowerFacts
from planner.measurement.prepare import PreparedModel
from planner.measurement.runs import ModelIdentity, ModelSource
from planner.model.folder import ModelFolder
from planner.model.graph_facts import GraphNames

FAKE_WORKER = "tests.support.fake_worker"


@pytest.fixture
def children_of_tests(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Every child that is started."""
    started: list[Child] = []
    start = Child.start

    def spy(*arguments: object, **options: object) -> Child:
        started.append(start(*arguments, **options))  # pyright: ignore[reportArgumentType]
        return started[-1]

    monkeypatch.setattr(Child, "start", spy)
    return started


def machine(*, usable_cores: float = 2.0, physical_cores: int = 2) -> DeviceFacts:
    """A machine of which little is known but its cores."""
    why = unknown("not asked")
    return DeviceFacts(
        probed_at=datetime(2026, 11, 23, tzinfo=UTC),
        machine=why,
        os=why,
        kernel=why,
        virtualised=why,
        hypervisor=why,
        cpu=CpuFacts(
            model=why,
            vendor=why,
            architecture=why,
            physical_cores=known(physical_cores, "test"),
            logical_cores=why,
            usable_cores=known(usable_cores, "test"),
            max_mhz=why,
            instruction_sets=why,
            caches=why,
        ),
        memory=MemoryFacts(
            total_bytes=why, available_bytes=why, limit_bytes=why, swap_bytes=why, read_bandwidth_bytes_s=why
        ),
        accelerators=(),
        execution_providers=(),
        power=PowerFacts(source=why, battery_percent=why, battery_wh=why, mode=known("balanced", "test")),
    )


def prepared_model() -> PreparedModel:
    """A model the fake worker pretends to run; its folder does not exist."""
    names = GraphNames(
        input_ids="input_ids",
        attention_mask="attention_mask",
        position_ids=None,
        use_cache_branch=None,
        past_key="past.{layer}.key",
        past_value="past.{layer}.value",
        logits="logits",
        present_key="present.{layer}.key",
        present_value="present.{layer}.value",
    )
    folder = ModelFolder(
        folder=Path("no-such-folder"),
        graph_file="model.onnx",
        layout="genai",
        model_type="llama",
        names=names,
        layers=2,
        kv_heads=2,
        head_dim=16,
        vocab=160,
        context_tokens=4096,
        kv_format="fp32",
        logits_format="fp32",
        last_logits_only=True,
        can_share_kv_buffer=True,
        weight_bits=4,
        block_size=32,
        accuracy_level=4,
    )
    identity = ModelIdentity(name="fake", architecture=None, source=ModelSource.FOLDER, file_bytes=1000)
    return PreparedModel(folder, identity, "int4")

"""Device profiles for tests of the profiles room: a device, runs whose rates are plain numbers, published figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from planner.basis import Basis, Quantity, known, unknown
from planner.device.facts import CpuFacts, DeviceFacts, MemoryFacts, PowerFacts
from planner.measurement.runs import (
    Conditions,
    DecodeSample,
    ModelIdentity,
    ModelSource,
    PrefillSample,
    Round,
    RoundState,
    Run,
    RunOutcome,
    RunSettings,
)
from planner.profiles.profile import DeviceProfile, Ownership, PublishedFigure
from planner.units import Unit

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SOURCE = "a data sheet, https://example.org/sheet"


def published(value: float, unit: Unit = "tok/s", **changes: Any) -> Quantity:
    return Quantity(
        **{"value": value, "unit": unit, "basis": Basis.PUBLISHED, "source": SOURCE, "as_of": DAY, **changes}
    )


def facts(machine: str | None = "Testbook 14", cpu: str | None = "Test CPU 8000") -> DeviceFacts:
    nothing: Any = unknown("not asked")
    return DeviceFacts(
        probed_at=NOON,
        machine=known(machine, "test") if machine else nothing,
        os=known("Testos 1", "test"),
        kernel=nothing,
        virtualised=known(False, "test"),
        hypervisor=unknown("not virtualised"),
        cpu=CpuFacts(
            model=known(cpu, "test") if cpu else nothing,
            vendor=nothing,
            architecture=known("x86_64", "test"),
            physical_cores=known(4, "test"),
            logical_cores=known(8, "test"),
            usable_cores=known(8.0, "test"),
            max_mhz=nothing,
            instruction_sets=known(("AVX2",), "test"),
            caches=known((), "test"),
        ),
        memory=MemoryFacts(
            total_bytes=known(16 * 2**30, "test"),
            available_bytes=known(8 * 2**30, "test"),
            limit_bytes=unknown("no limit set"),
            swap_bytes=known(0, "test"),
            read_bandwidth_bytes_s=nothing,
        ),
        accelerators=(),
        execution_providers=(),
        power=PowerFacts(source=nothing, battery_percent=nothing, battery_wh=nothing, mode=nothing),
    )


def run(
    run_id: str = "run-1",
    *,
    model: str = "smollm2-135m",
    runtime: str = "onnxruntime 1.32.0",
    hours: float = 0.0,
    prefill_tok_s: float | None = 1000.0,
    decode_tok_s: float | None = 50.0,
    rounds: int = 2,
) -> Run:
    """A run that started `hours` after noon; every round alike, at 128 prompt tokens and a context of 128."""
    prefill = () if prefill_tok_s is None else (PrefillSample(prompt_tokens=128, duration_s=128 / prefill_tok_s),)
    steps = () if decode_tok_s is None else tuple(step / decode_tok_s for step in range(1, 9))
    decode = (DecodeSample(context_tokens=128, token_times_s=steps),) if steps else ()
    start = NOON + timedelta(hours=hours)
    return Run(
        run_id=run_id,
        started_at=start,
        finished_at=start + timedelta(minutes=1),
        model=ModelIdentity(name=model, architecture=model, source=ModelSource.SYNTHESISED, file_bytes=90_000_000),
        weight_format="int4",
        settings=RunSettings(
            runtime=runtime,
            execution_provider="CPUExecutionProvider",
            threads=8,
            kv_format="fp32",
            accuracy_level=4,
            block_size=32,
            shared_kv_buffer=True,
        ),
        conditions=Conditions(
            power_source="ac",
            battery_percent=None,
            power_mode=None,
            available_memory_bytes=8 * 2**30,
            load_average_1min=0.1,
        ),
        rounds=tuple(
            Round(
                number=number + 1,
                started_at=start,
                state=RoundState.CLEAN,
                load_s=0.25,
                first_run_s=0.5,
                prefill=prefill,
                decode=decode,
                peak_memory_bytes=300_000_000,
                foreign_cpus=0.0,
            )
            for number in range(rounds)
        ),
        outcome=RunOutcome.COMPLETE,
    )


def figure(**changes: Any) -> PublishedFigure:
    return PublishedFigure(
        **{
            "model": "llama-3.2-1b",
            "weight_format": "q4_0",
            "runtime": "llama.cpp b5863",
            "execution_provider": "CPU",
            "prefill_tokens": 512,
            "prefill_tok_s": published(200.0),
            "decode_context_tokens": 64,
            "decode_tok_s": published(20.0),
            **changes,
        }
    )


def profile(**changes: Any) -> DeviceProfile:
    return DeviceProfile(**{"profile_id": "testbook-14", "title": "Testbook 14", "facts": facts(), **changes})


def full_profile() -> DeviceProfile:
    """One with everything that a file of version 1 could hold; `whole_profile` has what came since."""
    return profile(
        notes="For tests: «quotes», ünïcode.",
        runs=(run(), run("run-2", model="qwen2.5-0.5b", hours=1)),
        figures=(figure(), figure(model="llama-3.2-3b", ttft_s=published(2.5, "s"), prefill_tok_s=None)),
        ownership=Ownership(
            price_usd=Decimal("1299.00"),
            life_years=4.0,
            idle_w=published(6.0, "W"),
            active_w=published(31.4, "W", low=30.0, high=33.0),
            price_source=SOURCE,
        ),
    )

"""A small valid scenario, its parts, and runs that look measured, for tests of the window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from planner.basis import Basis, Quantity, known, unknown
from planner.device.facts import (
    CpuFacts,
    DeviceFacts,
    ExecutionProvider,
    MemoryFacts,
    PowerFacts,
    PowerSource,
)
from planner.measurement.readings import Reading
from planner.measurement.roofline import KernelRate, Roofline, RooflinePoint
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
from planner.measurement.slice_runs import DepthSlices
from planner.measurement.soak_windows import SoakWindow
from planner.measurement.soaks import Soak
from planner.prices.offers import PriceProfile, RemoteService, TokenOffer, TokenPrice, TokenRates
from planner.profiles.profile import DeviceProfile, PublishedFigure
from planner.scenario import Assumptions, Fleet, Scenario
from planner.units import BYTES_PER_GIB, Unit
from planner.workload.task_classes import Slo, TaskClass, Workload

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def assumed(value: float, unit: Unit) -> Quantity:
    """A figure with an interval of ±10 %."""
    return Quantity(value=value, unit=unit, basis=Basis.ASSUMED, low=value * 0.9, high=value * 1.1, source="test")


def published(value: float, unit: Unit) -> Quantity:
    """A figure somebody published, without interval."""
    return Quantity(value=value, unit=unit, basis=Basis.PUBLISHED, source="a data sheet", as_of=DAY)


def facts(machine: str = "Testbook 14", *, ram_gib: float = 16, available_gib: float = 8) -> DeviceFacts:
    """A machine with eight cores."""
    return DeviceFacts(
        probed_at=NOON,
        machine=known(machine, "test"),
        os=known("Testos 1", "test"),
        kernel=unknown("not asked"),
        virtualised=known(value=False, source="test"),
        hypervisor=unknown("not virtualised"),
        cpu=CpuFacts(
            model=known("Test CPU 8000", "test"),
            vendor=known("Test", "test"),
            architecture=known("x86_64", "test"),
            physical_cores=known(8, "test"),
            logical_cores=known(16, "test"),
            usable_cores=known(16.0, "test"),
            max_mhz=known(4200.0, "test"),
            instruction_sets=known(("AVX2", "AVX-512 VNNI"), "test"),
            caches=unknown("not asked"),
        ),
        memory=MemoryFacts(
            total_bytes=known(int(ram_gib * BYTES_PER_GIB), "test"),
            available_bytes=known(int(available_gib * BYTES_PER_GIB), "test"),
            limit_bytes=unknown("no limit set"),
            swap_bytes=unknown("not asked"),
            read_bandwidth_bytes_s=unknown("not measured"),
        ),
        accelerators=(),
        execution_providers=(
            ExecutionProvider(name="CPUExecutionProvider", usable=True, reason="built in"),
            ExecutionProvider(name="OpenVINOExecutionProvider", usable=False, reason="not installed"),
        ),
        power=PowerFacts(
            source=known(PowerSource.AC, "test"),
            battery_percent=known(90.0, "test"),
            battery_wh=unknown("not asked"),
            mode=known("balanced", "test"),
        ),
    )


def run(model: str = "smollm2-135m", *, decode_tok_s: float = 40.0, rounds: int = 4, run_id: str = "") -> Run:
    """A finished run whose rounds scatter by a few per cent."""
    return Run(
        run_id=run_id or f"run-{model}",
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=60),
        model=ModelIdentity(name=model, architecture=model, source=ModelSource.SYNTHESISED, file_bytes=90_000_000),
        weight_format="int4",
        settings=RunSettings(
            runtime="onnxruntime 1.30.0",
            execution_provider="CPUExecutionProvider",
            threads=8,
            kv_format="fp32",
            shared_kv_buffer=True,
        ),
        conditions=Conditions(
            power_source="ac",
            battery_percent=90.0,
            power_mode="balanced",
            available_memory_bytes=8 * BYTES_PER_GIB,
            load_average_1min=0.4,
        ),
        rounds=tuple(_round(number, decode_tok_s * (1 + 0.02 * (number - 2))) for number in range(1, rounds + 1)),
        outcome=RunOutcome.COMPLETE,
    )


def roofline(read_gb_s: float = 48.0) -> Roofline:
    """Limits of the CPU with eight threads."""

    def limit(value: float, unit: Unit) -> Quantity:
        return Quantity(value=value, unit=unit, basis=Basis.MEASURED, source="roofline at 8 threads", as_of=DAY)

    point = RooflinePoint(
        threads=8,
        read_bytes_s=limit(read_gb_s * 1e9, "B/s"),
        kernels=(KernelRate(kernel="int4", flop_s=limit(800e9, "FLOP/s")),),
    )
    return Roofline(
        measured_at=NOON,
        runtime="onnxruntime 1.30.0",
        execution_provider="CPUExecutionProvider",
        buffer_bytes=2**28,
        points=(point,),
    )


def slices(model: str = "llama-3.2-3b") -> DepthSlices:
    """Two and six layers of a model, four starts each."""

    def of(layers: int) -> Run:
        whole = run(model, decode_tok_s=400.0 / layers, run_id=f"{model}-{layers}")
        identity = whole.model.model_copy(update={"layers": layers})
        return whole.model_copy(update={"model": identity})

    return DepthSlices(shallow=of(2), deep=of(6))


def soak(model: str = "llama-3.2-1b", *, seconds: int = 120, tok_s: float = 30.0) -> Soak:
    """Two minutes of steady work with a window a second, as warm as it is fast."""
    windows = tuple(
        SoakWindow(
            turn=0,
            at_s=2.0 + second,
            wall_s=1.0,
            decode_tokens=20,
            decode_s=20 / (tok_s * (1 + 0.01 * (second % 3))),
            prefill_tokens=0,
            prefill_s=0.0,
        )
        for second in range(seconds)
    )
    known_run = run(model)
    return Soak(
        soak_id=f"soak-{model}",
        started_at=NOON,
        finished_at=NOON + timedelta(seconds=seconds + 5),
        device="Test CPU 8000",
        model=known_run.model,
        weight_format="int4",
        settings=known_run.settings,
        conditions=known_run.conditions,
        planned_s=600.0,
        prompt_tokens=256,
        answer_tokens=128,
        warm_up_tok_s=(tok_s,),
        is_warm=True,
        windows=windows,
        readings=tuple(
            Reading(at_s=float(second), frequency_mhz=4000.0, temperature_c=60.0) for second in range(seconds + 2)
        ),
        outcome=RunOutcome.STOPPED,
    )


def _round(number: int, decode_tok_s: float) -> Round:
    step_s = 1 / decode_tok_s
    times_s = tuple(step_s * (token + 1) for token in range(16))
    return Round(
        number=number,
        started_at=NOON + timedelta(seconds=10 * number),
        state=RoundState.CLEAN,
        load_s=0.5,
        first_run_s=0.2,
        prefill=(
            PrefillSample(prompt_tokens=128, duration_s=128 / (decode_tok_s * 10)),
            PrefillSample(prompt_tokens=512, duration_s=512 / (decode_tok_s * 10)),
        ),
        decode=(
            DecodeSample(context_tokens=128, token_times_s=times_s),
            DecodeSample(context_tokens=512, token_times_s=tuple(time * 1.1 for time in times_s)),
        ),
        peak_memory_bytes=600_000_000 + number,
        foreign_cpus=0.1,
    )


def profile(profile_id: str = "testbook", *, decode_tok_s: float = 30.0, measured: bool = False) -> DeviceProfile:
    """A device with two published models, and a run of the smaller one if asked for."""
    return DeviceProfile(
        profile_id=profile_id,
        title=profile_id.replace("-", " ").title(),
        facts=facts(profile_id.replace("-", " ").title()),
        runs=(run(decode_tok_s=decode_tok_s),) if measured else (),
        figures=tuple(
            PublishedFigure(
                model=model,
                weight_format="int4",
                runtime="onnxruntime 1.30.0",
                execution_provider="CPUExecutionProvider",
                prefill_tok_s=published(speed * 9, "tok/s"),
                prefill_tokens=512,
                decode_tok_s=published(speed, "tok/s"),
                decode_context_tokens=512,
                peak_memory_bytes=published(1.2 * BYTES_PER_GIB, "B"),
            )
            for model, speed in (("llama-3.2-1b", decode_tok_s), ("qwen2.5-0.5b", decode_tok_s * 2))
        ),
    )


def offer(sku: str = "acme/mini") -> TokenOffer:
    """A managed model with plain prices."""
    vendor, model = sku.split("/")
    rates = TokenRates(input_usd_per_mtok=Decimal("0.40"), output_usd_per_mtok=Decimal("1.60"))
    return TokenOffer(
        sku=sku,
        vendor=vendor,
        title=f"Acme {model}",
        prices=(TokenPrice(rates=rates),),
        context_tokens=128_000,
        service=RemoteService(ttft_s=assumed(0.6, "s"), decode_tok_s=assumed(80, "tok/s")),
        source="test",
        as_of=DAY,
    )


def workload(title: str = "Test workload") -> Workload:
    """Two classes, one of which may not leave the device."""
    return Workload(
        workload_id="test",
        title=title,
        seats=50,
        active_days_per_month=21,
        active_hours_per_day=8,
        peak_to_mean=assumed(2.0, "count"),
        task_classes=(
            TaskClass(
                name="mail-summary",
                title="Mail summary",
                requests_per_day=400,
                input_tokens=600,
                output_tokens=80,
                slo=Slo(ttft_p95_s=5, e2e_p95_s=30),
            ),
            TaskClass(
                name="ticket-triage",
                title="Ticket triage",
                requests_per_day=200,
                input_tokens=300,
                output_tokens=10,
                may_leave_device=False,
            ),
        ),
    )


def prices(title: str = "Test prices") -> PriceProfile:
    """One offer."""
    return PriceProfile(profile_id="test", title=title, data_source="test", data_as_of=DAY, offers=(offer(),))


def assumptions() -> Assumptions:
    """Plain assumptions, every one with an interval."""
    return Assumptions(
        tariff_usd_per_kwh=assumed(0.20, "USD/kWh"),
        network_rtt_s=assumed(0.04, "s"),
        discount_rate_per_year=assumed(0.08, "share"),
        support_usd_per_device_month=assumed(1.0, "USD/month"),
        active_w=assumed(30, "W"),
        idle_w=assumed(6, "W"),
        device_life_years=assumed(4, "years"),
        acceptance=assumed(0.9, "share"),
    )


def scenario(title: str = "Test scenario", *, is_sample: bool = False) -> Scenario:
    """Everything a plan needs, small."""
    return Scenario(
        title=title,
        is_sample=is_sample,
        as_of=DAY,
        fleets=(Fleet(profile=profile(), count=50),),
        prices=prices(),
        workload=workload(),
        assumptions=assumptions(),
    )

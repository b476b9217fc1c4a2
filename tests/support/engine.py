"""Small complete scenarios for tests of the engine: one device, two offers, one class, every number plain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from planner.basis import Basis, Quantity, known, unknown
from planner.device.facts import CpuFacts, DeviceFacts, MemoryFacts, PowerFacts
from planner.prices.offers import PriceProfile, RemoteService, TokenOffer, TokenPrice, TokenRates
from planner.profiles.profile import DeviceProfile, Ownership, PublishedFigure
from planner.scenario import Assumptions, Fleet, Policy, Scenario
from planner.units import Unit
from planner.workload.task_classes import TaskClass, Workload

DAY = date(2026, 11, 23)
GIB = 2**30


def quantity(value: float, unit: Unit, low: float | None = None, high: float | None = None) -> Quantity:
    return Quantity(value=value, unit=unit, basis=Basis.PUBLISHED, low=low, high=high, source="test", as_of=DAY)


def facts(total_bytes: int = 16 * GIB) -> DeviceFacts:
    return DeviceFacts(
        probed_at=datetime(2026, 11, 23, tzinfo=UTC),
        machine=known("Testbook", "test"),
        os=known("Testos 1", "test"),
        kernel=unknown("test"),
        virtualised=known(False, "test"),
        hypervisor=unknown("none"),
        cpu=CpuFacts(
            model=known("Test CPU", "test"),
            vendor=unknown("test"),
            architecture=known("x86_64", "test"),
            physical_cores=known(8, "test"),
            logical_cores=known(8, "test"),
            usable_cores=known(8.0, "test"),
            max_mhz=unknown("test"),
            instruction_sets=known(("AVX2",), "test"),
            caches=unknown("test"),
        ),
        memory=MemoryFacts(
            total_bytes=known(total_bytes, "test"),
            available_bytes=unknown("test"),
            limit_bytes=unknown("no limit set"),
            swap_bytes=unknown("test"),
            read_bandwidth_bytes_s=unknown("test"),
        ),
        accelerators=(),
        execution_providers=(),
        power=PowerFacts(
            source=unknown("test"), battery_percent=unknown("test"), battery_wh=unknown("test"), mode=unknown("test")
        ),
    )


def figure(
    model: str = "llama-3.2-1b",
    *,
    prefill_tok_s: float = 1000.0,
    decode_tok_s: float = 50.0,
    memory_bytes: float | None = 2.0 * GIB,
) -> PublishedFigure:
    return PublishedFigure(
        model=model,
        weight_format="int4",
        runtime="test runtime",
        execution_provider="CPU",
        prefill_tok_s=quantity(prefill_tok_s, "tok/s"),
        prefill_tokens=512,
        decode_tok_s=quantity(decode_tok_s, "tok/s"),
        decode_context_tokens=512,
        peak_memory_bytes=None if memory_bytes is None else quantity(memory_bytes, "B"),
    )


def ownership(**changes: object) -> Ownership:
    values: dict[str, object] = {
        "price_usd": Decimal(1200),
        "resale_usd": Decimal(200),
        "incremental_usd": Decimal(120),
        "life_years": 4.0,
        "idle_w": quantity(5.0, "W"),
        "active_w": quantity(25.0, "W"),
    }
    return Ownership.model_validate({**values, **changes})


def device(
    profile_id: str = "testbook",
    figures: tuple[PublishedFigure, ...] | None = None,
    owned: Ownership | None = None,
) -> DeviceProfile:
    return DeviceProfile(
        profile_id=profile_id,
        title=profile_id.title(),
        facts=facts(),
        figures=(figure(),) if figures is None else figures,
        ownership=owned or ownership(),
    )


def offer(
    sku: str = "acme/small", *, usd_in: str = "0.40", usd_out: str = "1.60", usd_cached: str | None = "0.10"
) -> TokenOffer:
    rates = TokenRates(
        input_usd_per_mtok=Decimal(usd_in),
        output_usd_per_mtok=Decimal(usd_out),
        cached_input_usd_per_mtok=None if usd_cached is None else Decimal(usd_cached),
    )
    return TokenOffer(
        sku=sku,
        vendor=sku.split("/", maxsplit=1)[0],
        title=sku,
        prices=(TokenPrice(rates=rates),),
        service=RemoteService(ttft_s=quantity(0.5, "s", 0.3, 0.9), decode_tok_s=quantity(80, "tok/s", 50, 120)),
        source="test",
        as_of=DAY,
    )


def task_class(name: str = "mail", **changes: object) -> TaskClass:
    values: dict[str, object] = {
        "name": name,
        "title": name.title(),
        "requests_per_day": 4000.0,
        "input_tokens": 512,
        "output_tokens": 101,
    }
    return TaskClass.model_validate({**values, **changes})


def workload(*classes: TaskClass, seats: int = 100) -> Workload:
    return Workload(
        workload_id="test",
        title="Test",
        seats=seats,
        active_days_per_month=20.0,
        active_hours_per_day=8.0,
        peak_to_mean=quantity(2.0, "count"),
        task_classes=classes or (task_class(),),
    )


def assumptions() -> Assumptions:
    return Assumptions(
        tariff_usd_per_kwh=quantity(0.30, "USD/kWh", 0.2, 0.4),
        network_rtt_s=quantity(0.04, "s", 0.02, 0.1),
        discount_rate_per_year=quantity(0.1, "share"),
        support_usd_per_device_month=quantity(0.5, "USD/month"),
        active_w=quantity(30.0, "W", 15.0, 65.0),
        idle_w=quantity(7.0, "W", 4.0, 12.0),
        device_life_years=quantity(4.0, "years"),
        acceptance=Quantity(value=1.0, unit="share", basis=Basis.ASSUMED, low=0.8, high=1.0, source="test"),
    )


def scenario(
    *classes: TaskClass,
    fleets: tuple[Fleet, ...] | None = None,
    offers: tuple[TokenOffer, ...] | None = None,
    policy: Policy | None = None,
    **changes: object,
) -> Scenario:
    values: dict[str, object] = {
        "title": "Test",
        "as_of": DAY,
        "fleets": (Fleet(profile=device(), count=100),) if fleets is None else fleets,
        "prices": PriceProfile(
            profile_id="test",
            title="Test prices",
            data_source="test",
            data_as_of=DAY,
            offers=(offer(), offer("acme/large", usd_in="2.50", usd_out="10.00")) if offers is None else offers,
        ),
        "workload": workload(*classes),
        "policy": policy or Policy(),
        "assumptions": assumptions(),
    }
    return Scenario.model_validate({**values, **changes})

"""A realistic scenario with capacity of all three kinds, and the rate cards it is bought from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from planner.basis import Basis, Quantity
from planner.capacities import Capacity, OwnedBox, RentedMachine, ReservedUnits
from planner.cost.token_load import TokenLoad
from planner.prices.dated import Confidence, Provenance
from planner.prices.kinds.instance import (
    Accelerator,
    Billing,
    Commitment,
    CommitmentCategory,
    InstanceOffer,
    InstancePrice,
    Interruption,
    Payment,
    PurchaseOption,
)
from planner.prices.kinds.provisioned import Overflow, ProvisionedOffer, UnitModel, UnitPrice
from planner.prices.offers import RemoteService, TokenPrice, TokenRates
from planner.prices.rate_card import RateCard, Vendor
from planner.scenario import Scenario
from planner.workload.task_classes import Slo, TaskClass, Workload
from tests.support import scenarios
from tests.support.scenarios import DAY, assumed, published

REGION = "eu-north-1"
CLOUD, UNITS = "test-cloud", "test-units"
MACHINE = "h100.8x"
RAISED = date(2027, 1, 15)  # on demand goes up in the middle of a month
READ = Provenance(source="price page", source_url="https://example.org", retrieved=date(2026, 11, 10))
ESTIMATED = Provenance(source="a table of discounts", retrieved=date(2026, 11, 10), confidence=Confidence.ESTIMATE)


def machine_offer() -> InstanceOffer:
    """Eight accelerators: on demand (dearer from 15 January 2027), spot, promises of one and three years, blocks."""
    return InstanceOffer(
        sku=MACHINE,
        region=REGION,
        accelerator=Accelerator(name="H100", count=8, memory_gib=80),
        billing=Billing(granularity_s=1, minimum_s=60),
        prices=(
            InstancePrice(option=PurchaseOption.ON_DEMAND, usd_per_h=Decimal("55.04"), effective_to=RAISED),
            InstancePrice(option=PurchaseOption.ON_DEMAND, usd_per_h=Decimal("60.00"), effective_from=RAISED),
            InstancePrice(
                option=PurchaseOption.SPOT,
                usd_per_h=Decimal("16.00"),
                usd_per_h_low=Decimal("12.00"),
                usd_per_h_high=Decimal("24.00"),
                interruption=Interruption(share_low=0.05, share_high=0.1, notice_s=120),
            ),
            InstancePrice(
                option=PurchaseOption.COMMITMENT,
                usd_per_h=Decimal("38.00"),
                commitment=Commitment(category=CommitmentCategory.USAGE, term_months=12),
            ),
            InstancePrice(
                option=PurchaseOption.COMMITMENT,
                usd_per_h=Decimal("30.24"),
                commitment=Commitment(
                    category=CommitmentCategory.SPEND,
                    term_months=36,
                    payment=Payment.PARTIAL_UPFRONT,
                    upfront_share=0.5,
                ),
                provenance=ESTIMATED,
            ),
            InstancePrice(
                option=PurchaseOption.CAPACITY_BLOCK,
                usd_per_h=Decimal("31.44"),
                block_days=(1, 2, 7, 14, 28, 35),
            ),
        ),
    )


def unit_offer(overflow: Overflow = Overflow.THROTTLE) -> ProvisionedOffer:
    """Units by the hour, the month and the year; one model whose throughput is not public."""
    return ProvisionedOffer(
        sku="ptu",
        region="global",
        unit_name="PTU",
        min_units=15,
        step_units=5,
        overflow=overflow,
        reserves_capacity=False,
        models=(
            UnitModel(
                model="mini",
                throughput_per_unit=14_900,
                basis="input_tok_per_min",
                cached_weight=0,
                output_weight=4,
            ),
            UnitModel(model="secret", basis="weighted_tok_per_s", output_weight=5),
        ),
        prices=(
            UnitPrice(term_months=0, usd_per_unit_h=Decimal("1.00")),
            UnitPrice(term_months=1, usd_per_unit_month=Decimal("260.00")),
            UnitPrice(term_months=12, usd_per_unit_month=Decimal("221.00"), paid_upfront=True),
            UnitPrice(term_months=36, reason="the vendor answers on request only"),
        ),
    )


def cards(overflow: Overflow = Overflow.THROTTLE) -> tuple[RateCard, RateCard]:
    """The cloud's machines, and the units."""
    return (
        RateCard(
            profile_id=CLOUD,
            title="Test Cloud machines",
            vendor=Vendor(service="Compute", host="Test Cloud", channel="hyperscaler"),
            provenance=READ,
            offers=(machine_offer(),),
        ),
        RateCard(
            profile_id=UNITS,
            title="Test Cloud units",
            vendor=Vendor(service="Models", host="Test Cloud", channel="hyperscaler"),
            provenance=READ,
            offers=(unit_offer(overflow),),
        ),
    )


def rented(
    option: PurchaseOption = PurchaseOption.ON_DEMAND,
    *,
    name: str = "rented",
    term_months: int | None = None,
    hours: Literal["always", "active"] = "always",
    spare: int = 0,
    overflow_sku: str | None = None,
) -> Capacity:
    """Whole machines of the cloud."""
    return Capacity(
        name=name,
        title=f"Rented {name}",
        model="llama-3.3-70b",
        weight_format="fp8",
        how=RentedMachine(
            rate_card=CLOUD, sku=MACHINE, region=REGION, option=option, term_months=term_months, hours=hours
        ),
        prefill_tok_s=published(15_000, "tok/s"),
        decode_tok_s=published(2_500, "tok/s"),
        spare=spare,
        overflow_sku=overflow_sku,
    )


def reserved(
    *, name: str = "reserved", term_months: float = 0, unit_model: str = "mini", overflow_sku: str | None = None
) -> Capacity:
    """Units of the vendor."""
    return Capacity(
        name=name,
        title=f"Reserved {name}",
        model="acme/mini",
        how=ReservedUnits(rate_card=UNITS, sku="ptu", region="global", unit_model=unit_model, term_months=term_months),
        overflow_sku=overflow_sku,
    )


def owned(*, name: str = "owned", price_usd: str = "9000") -> Capacity:
    """A box with one accelerator in a room of one's own."""
    return Capacity(
        name=name,
        title=f"Owned {name}",
        model="qwen3-32b",
        weight_format="int4",
        how=OwnedBox(
            price_usd=Decimal(price_usd),
            resale_usd=Decimal(1500),
            life_years=assumed(4, "years"),
            active_w=published(450, "W"),
            idle_w=published(90, "W"),
            pue=1.3,
            staff_usd_per_month=assumed(200, "USD/month"),
            availability=Quantity(value=0.97, low=0.95, high=0.99, unit="share", basis=Basis.ASSUMED, source="test"),
            price_source="a shop",
        ),
        prefill_tok_s=assumed(4_000, "tok/s"),
        decode_tok_s=assumed(900, "tok/s"),
        on_premises=True,
    )


def busy_workload(seats: int = 4_000, scale: float = 1.0) -> Workload:
    """Office work of many seats: one class that must not leave the device, one that may wait a day."""
    return Workload(
        workload_id="busy",
        title="Busy office",
        seats=seats,
        active_days_per_month=21,
        active_hours_per_day=9,
        peak_to_mean=assumed(2.0, "count"),
        task_classes=(
            TaskClass(
                name="chat",
                title="Chat",
                requests_per_day=60_000 * scale,
                input_tokens=1_800,
                output_tokens=300,
                cached_share=0.4,
                slo=Slo(ttft_p95_s=3, e2e_p95_s=60),
            ),
            TaskClass(
                name="archive",
                title="Archive tagging",
                requests_per_day=20_000 * scale,
                input_tokens=3_000,
                output_tokens=40,
                slo=Slo(e2e_p95_s=86_400),
            ),
            TaskClass(
                name="notes",
                title="Private notes",
                requests_per_day=2_000 * scale,
                input_tokens=400,
                output_tokens=100,
                may_leave_device=False,
            ),
        ),
    )


def capacities() -> tuple[Capacity, ...]:
    """One of every way to buy."""
    return (
        rented(name="on-demand"),
        rented(name="office-hours", hours="active"),
        rented(PurchaseOption.SPOT, name="spot"),
        rented(PurchaseOption.COMMITMENT, name="one-year", term_months=12),
        rented(PurchaseOption.COMMITMENT, name="three-years", term_months=36),
        rented(PurchaseOption.CAPACITY_BLOCK, name="blocks"),
        reserved(name="units-hourly"),
        reserved(name="units-year", term_months=12, overflow_sku="acme/mini"),
        owned(name="own-box"),
    )


def capacity_scenario(
    *chosen: Capacity, workload: Workload | None = None, overflow: Overflow = Overflow.THROTTLE
) -> Scenario:
    """The small scenario of `tests.support.scenarios` with rate cards, a busy workload and these or all capacities."""
    plain = scenarios.scenario("Hosted")
    return Scenario.model_validate(
        dict(plain)
        | {
            "workload": workload or busy_workload(),
            "rate_cards": cards(overflow),
            "capacities": chosen or capacities(),
        }
    )


def token_load(*, requests: float = 1_000_000, peak_to_mean: float = 2.0, active_hours: float = 189.0) -> TokenLoad:
    """A month of requests with 1,500 input (a third cached) and 300 output tokens, its peak known."""
    return TokenLoad(
        requests=requests,
        input_tokens=1_500 * requests,
        cached_tokens=500 * requests,
        output_tokens=300 * requests,
        active_hours_per_month=active_hours,
        peak_to_mean=published(peak_to_mean, "count"),
    )


TODAY = DAY


def answering(capacity: Capacity, **changes: object) -> Capacity:
    """The capacity, and how fast it answers."""
    service = RemoteService(ttft_s=published(0.4, "s"), decode_tok_s=published(45, "tok/s"))
    return capacity.model_copy(update={"service": service, **changes})


def shared_scenario(*chosen: Capacity, scale: float = 1.0) -> Scenario:
    """Three classes that may leave the device, one that may wait, one that may not leave, and capacity for them.

    Two managed models, one dear; without other capacities a box of one's own and units that overflow.
    """
    busy = busy_workload(scale=scale)
    chat, archive, notes = busy.task_classes
    mail = TaskClass(
        name="mail",
        title="Mail drafts",
        requests_per_day=9_000 * scale,
        input_tokens=900,
        output_tokens=400,
        slo=Slo(e2e_p95_s=60),
    )
    workload = busy.model_copy(update={"task_classes": (chat, mail, archive, notes)})
    made = capacity_scenario(
        *(
            chosen
            or (
                answering(owned(name="own-box", price_usd="6000"), spare=1),
                answering(reserved(name="units-year", term_months=12, overflow_sku="acme/mini")),
            )
        ),
        workload=workload,
    )
    offers = tuple(
        scenarios.offer(sku).model_copy(
            update={
                "prices": (
                    TokenPrice(rates=TokenRates(input_usd_per_mtok=Decimal(usd), output_usd_per_mtok=4 * Decimal(usd))),
                )
            }
        )
        for sku, usd in (("acme/mini", "1.20"), ("acme/large", "6.00"))
    )
    return made.model_copy(update={"prices": made.prices.model_copy(update={"offers": offers})})

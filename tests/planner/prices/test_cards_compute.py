"""The bundled prices of rented accelerators and reserved units: what they cover, whence they come, what cannot be."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal

import pytest

from planner.prices.dated import Confidence, row_on
from planner.prices.kinds.instance import SENTINELS, Accelerator, InstanceOffer, InstancePrice, PurchaseOption
from planner.prices.kinds.provisioned import Overflow, ProvisionedOffer, UnitModel
from planner.prices.rate_card import RateCard
from planner.prices.rate_cards import CARDS, rate_card

INSTANCES = ("aws-ec2", "azure-vm", "coreweave", "google-cloud", "lambda", "nebius", "oci", "runpod")
UNITS = ("aws-bedrock-units", "azure-ptu", "google-gsu")
CHECKED = date(2026, 11, 25)
HYPERSCALERS = {"aws-ec2", "azure-vm", "google-cloud"}

# USD for an accelerator-hour on demand: the lowest and highest published rate in these cards, widened by about a tenth.
# Ends are less than eight apart where machines hold eight accelerators and less than two where a TPU's name may count
# cores, so a machine's price taken for an accelerator's, or cores taken for chips, falls out of its band.
USD_PER_ACCELERATOR_H = {
    "A10": (0.75, 1.45),
    "A100-40GB": (2.45, 4.5),
    "A100-80GB": (1.4, 6.1),
    "A10G": (0.9, 2.3),
    "B200": (4.9, 15.7),
    "B300": (7.0, 19.6),
    "GH200": (1.75, 2.6),
    "H100": (2.6, 13.6),
    "H100-NVL": (2.8, 7.7),
    "H100-PCIe": (2.5, 3.7),
    "H200": (3.1, 11.7),
    "Inferentia": (0.2, 0.26),
    "Inferentia2": (0.95, 1.2),
    "L4": (0.44, 2.1),
    "L40S": (0.95, 4.2),
    "MI300X": (1.75, 6.7),
    "MI355X": (7.7, 9.5),
    "RTX-PRO-6000": (3.0, 5.0),
    "T4": (0.45, 0.6),
    "TPU-v5e": (1.05, 1.35),
    "TPU-v5p": (3.7, 4.7),
    "TPU-v6e": (2.4, 3.3),
    "Trainium": (1.2, 1.75),
}
LOWEST_SPOT_SHARE = 0.1  # of on demand: the vendors advertise up to 90 % below it
COUNTED_PER_CHIP = {"TPU-v5p": 2, "TPU-v5e": 1, "TPU-v6e": 1}  # what a name counts: cores or chips


def machines(card: RateCard) -> list[InstanceOffer]:
    return [offer for offer in card.offers if isinstance(offer, InstanceOffer)]


def accelerator(offer: InstanceOffer) -> Accelerator:
    """What computes in it; none of these machines is a bare host."""
    assert offer.accelerator is not None
    return offer.accelerator


def units(name: str, sku: str) -> ProvisionedOffer:
    found = next(offer for offer in rate_card(name).offers if offer.sku == sku)
    assert isinstance(found, ProvisionedOffer)
    return found


def unit_model(offer: ProvisionedOffer, name: str) -> UnitModel:
    return next(model for model in offer.models if model.model == name)


def machine(name: str, sku: str, region: str) -> InstanceOffer:
    return next(offer for offer in machines(rate_card(name)) if (offer.sku, offer.region) == (sku, region))


def way(offer: InstanceOffer, option: PurchaseOption) -> list[InstancePrice]:
    return [row for row in offer.prices if row.option is option]


def on_demand(offer: InstanceOffer, on: date = CHECKED) -> Decimal | None:
    row = row_on(way(offer, PurchaseOption.ON_DEMAND), on)
    return None if row is None else row.usd_per_h


@pytest.mark.parametrize(
    ("wanted", "least_vendors"),
    [
        ("A100-40GB", 3),
        ("A100-80GB", 5),
        ("B200", 5),
        ("H100", 7),
        ("H200", 6),
        ("Inferentia2", 1),
        ("L4", 3),
        ("L40S", 4),
        ("MI300X", 3),
        ("T4", 3),
        ("TPU-v5e", 1),
        ("TPU-v6e", 1),
        ("Trainium", 1),
    ],
)
def test_accelerators_are_priced_at_several_vendors(wanted: str, least_vendors: int) -> None:
    """Prices contract: AWS, Azure, Google Cloud and neoclouds, with these accelerators."""
    sellers = {
        name
        for name in INSTANCES
        for offer in machines(rate_card(name))
        if accelerator(offer).name == wanted and any(row.usd_per_h for row in offer.prices if row.in_force(CHECKED))
    }
    assert len(sellers) >= least_vendors


def test_hyperscalers_and_neoclouds_are_told_apart() -> None:
    channels = {name: rate_card(name).vendor.channel for name in INSTANCES}
    assert {name for name, channel in channels.items() if channel == "hyperscaler"} == HYPERSCALERS | {"oci"}
    assert sum(channel == "neocloud" for channel in channels.values()) >= 2


@pytest.mark.parametrize("name", INSTANCES + UNITS)
def test_every_row_says_where_and_when_it_was_read(name: str) -> None:
    card = rate_card(name)
    for offer in card.offers:
        for row in offer.prices:
            read = card.provenance_of(row)
            assert read.source
            assert read.source_url.startswith("https://"), offer.sku
            assert date(2024, 1, 1) <= read.retrieved <= CHECKED
            assert row.effective_from is None or row.effective_from <= CHECKED
    for terms in card.commitments:
        assert terms.provenance is not None
        assert terms.provenance.source_url.startswith("https://")


@pytest.mark.parametrize("name", INSTANCES + UNITS)
def test_files_are_sorted_and_say_when_they_were_checked(name: str) -> None:
    """House habit 11: data is reviewed like code."""
    text = (CARDS / f"{name}.toml").read_text(encoding="utf-8")
    assert re.search(rf"^# Checked {CHECKED}\. Sorted by sku", text, re.MULTILINE)
    keys = [(offer.sku, getattr(offer, "region", "")) for offer in rate_card(name).offers]
    assert keys == sorted(keys)
    names = [terms.name for terms in rate_card(name).commitments]
    assert names == sorted(names)


@pytest.mark.parametrize("name", INSTANCES)
def test_no_mark_for_unknown_and_no_zero_is_a_price(name: str) -> None:
    """prices.md §3: sentinels are refused; unknown is no number, with a reason (house habit 5)."""
    for offer in machines(rate_card(name)):
        for row in offer.prices:
            assert row.usd_per_h not in SENTINELS
            assert row.usd_per_h is None or row.usd_per_h > 0
            assert (row.usd_per_h is None) == bool(row.reason), offer.sku


@pytest.mark.parametrize("name", INSTANCES)
def test_on_demand_lies_in_the_band_of_its_accelerator(name: str) -> None:
    for offer in machines(rate_card(name)):
        for row in way(offer, PurchaseOption.ON_DEMAND):
            if row.usd_per_h is not None:
                low, high = USD_PER_ACCELERATOR_H[accelerator(offer).name]
                each = float(row.usd_per_h) / accelerator(offer).count
                assert low <= each <= high, (offer.sku, offer.region, each)


def test_bands_are_too_narrow_for_the_slips_they_look_for() -> None:
    for name, (low, high) in USD_PER_ACCELERATOR_H.items():
        assert high / low < (2 if name.startswith("TPU") else 8)


@pytest.mark.parametrize("name", INSTANCES)
def test_spot_costs_no_more_than_on_demand_and_no_less_than_a_tenth(name: str) -> None:
    for offer in machines(rate_card(name)):
        listed = on_demand(offer)
        for row in way(offer, PurchaseOption.SPOT):
            if row.usd_per_h is None:
                continue
            assert row.usd_per_h_low is not None
            assert row.usd_per_h_high is not None
            assert row.usd_per_h_low <= row.usd_per_h <= row.usd_per_h_high
            if listed is not None:
                assert row.usd_per_h_high <= listed
                assert float(row.usd_per_h_low) >= LOWEST_SPOT_SHARE * float(listed), (offer.sku, offer.region)


@pytest.mark.parametrize("name", INSTANCES)
def test_commitments_discount_and_longer_ones_discount_more(name: str) -> None:
    for offer in machines(rate_card(name)):
        listed = on_demand(offer)
        by_term: dict[object, list[tuple[int, Decimal]]] = {}
        for row in way(offer, PurchaseOption.COMMITMENT):
            assert row.commitment is not None
            assert row.usd_per_h is not None
            assert listed is not None
            assert row.usd_per_h < listed
            by_term.setdefault(row.commitment.category, []).append((row.commitment.term_months, row.usd_per_h))
        for terms in by_term.values():
            prices = [usd for _, usd in sorted(terms)]
            assert prices == sorted(prices, reverse=True)


def test_capacity_blocks_state_the_lengths_they_are_sold_in() -> None:
    """Amazon EC2 user guide: 1 to 14 days, then multiples of seven up to 182."""
    blocks = [row for offer in machines(rate_card("aws-ec2")) for row in way(offer, PurchaseOption.CAPACITY_BLOCK)]
    assert blocks
    for row in blocks:
        assert row.block_days == (*range(1, 15), *range(21, 183, 7))


def test_computed_prices_are_labelled_estimates() -> None:
    """Prices nobody lists: 70 % and 55 % of Azure's list price, Savings Plan tiers, CoreWeave's largest discount."""
    for name, sku, region in (
        ("aws-ec2", "p5.48xlarge", "us-east-1"),
        ("azure-vm", "ND96isr_H100_v5", "eastus"),
        ("coreweave", "HGX H100 8x", "us"),
    ):
        card, offer = rate_card(name), machine(name, sku, region)
        guesses = [row for row in offer.prices if card.provenance_of(row).confidence is Confidence.ESTIMATE]
        assert guesses
        assert {row.option for row in guesses} == {PurchaseOption.COMMITMENT}


@pytest.mark.parametrize("name", INSTANCES)
def test_custom_silicon_is_marked(name: str) -> None:
    """prices.md §2: TPU, Inferentia and Trainium."""
    for offer in machines(rate_card(name)):
        own = accelerator(offer).name.startswith(("TPU", "Inferentia", "Trainium"))
        assert accelerator(offer).custom_silicon == own


def test_tpus_count_chips_whatever_their_name_counts() -> None:
    """prices.md §2: names count cores in v2 to v4 and v5p, chips in v5e and v6e."""
    for offer in machines(rate_card("google-cloud")):
        chip = accelerator(offer)
        if chip.name in COUNTED_PER_CHIP and (size := re.search(r"-(\d+)$", offer.sku)):
            assert chip.count == int(size[1]) / COUNTED_PER_CHIP[chip.name]


def test_no_accelerator_is_sold_without_its_host() -> None:
    for name in INSTANCES:
        assert all(offer.host_included for offer in machines(rate_card(name)))


def test_list_price_of_p5_fell_by_44_percent_on_the_first_of_june_2025() -> None:
    """AWS News Blog, 2025-06-05."""
    p5 = machine("aws-ec2", "p5.48xlarge", "us-east-1")
    before, after = on_demand(p5, date(2025, 5, 31)), on_demand(p5, date(2025, 6, 1))
    assert (before, after) == (Decimal("98.32"), Decimal("55.04"))
    assert before is not None
    assert after is not None
    assert after / before == pytest.approx(Decimal("0.56"), abs=Decimal("0.0005"))


def test_a_price_that_changed_on_an_unknown_day_leaves_a_gap() -> None:
    """House habit 5: between the last sighting of one price and the first of the next nothing is known."""
    h100 = machine("nebius", "gpu-h100-sxm_8gpu-128vcpu-1600gb", "eu-north1")
    days = [date(2026, 5, 18), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1)]
    assert [on_demand(h100, day) for day in days] == [Decimal("23.60"), None, Decimal("30.80"), Decimal("36.00")]


def test_bare_metal_of_oracle_is_billed_for_an_hour_at_least() -> None:
    for offer in machines(rate_card("oci")):
        assert (offer.billing.granularity_s, offer.billing.minimum_s) == (1, 3600)


@pytest.mark.parametrize(("cached_share", "ptus"), [(0.0, 110), (0.5, 80)])
def test_units_of_microsofts_own_example(cached_share: float, ptus: int) -> None:
    """Microsoft Learn, «Determine PTU sizing»: gpt-5.2, data zone, 1,000 requests a minute of 200 + 20 tokens."""
    offer = units("azure-ptu", "ptu-data-zone")
    model = unit_model(offer, "gpt-5.2")
    assert model.throughput_per_unit is not None
    assert model.output_weight is not None
    assert model.cached_weight == 0
    per_minute = 1000 * (200 * (1 - cached_share) + model.output_weight * 20)
    wanted = max(per_minute / model.throughput_per_unit, offer.min_units)
    assert math.ceil(wanted / offer.step_units) * offer.step_units == ptus


def test_units_of_googles_own_example() -> None:
    """Google Cloud, «Calculate Provisioned Throughput requirements»: 10 queries/s of 1,500 + 300 tokens need 45 GSU."""
    offer = units("google-gsu", "gsu-global")
    model = unit_model(offer, "gemini-3.6-flash")
    assert model.throughput_per_unit is not None
    assert model.output_weight is not None
    assert math.ceil(10 * (1500 + model.output_weight * 300) / model.throughput_per_unit) == 45
    assert offer.overflow is Overflow.SPILLOVER


def test_monthly_gsu_prices_are_the_hourly_ones_of_googles_page() -> None:
    """Vertex AI price page: 7.14, 3.6986, 3.2877, 2.7397 USD a GSU-hour; 1,200 USD a week."""
    week, *months = units("google-gsu", "gsu-global").prices
    assert week.usd_per_unit_h is not None
    assert float(week.usd_per_unit_h) * 168 == pytest.approx(1200, rel=1e-3)
    assert week.term_months * 730 == pytest.approx(168, rel=1e-3)
    monthly = [float(row.usd_per_unit_month or 0) for row in months]
    assert monthly == pytest.approx([730 * usd for usd in (3.6986, 3.2877, 2.7397)], rel=1e-4)


def test_ptu_reservations_save_what_the_price_page_says() -> None:
    """Azure OpenAI price page, June 2026: about 64 % for a month and 70 % for a year below 730 h at 1.00 USD."""
    hourly, month, year = units("azure-ptu", "ptu-global").prices
    assert hourly.usd_per_unit_h == Decimal("1.00")
    saved = [1 - float(row.usd_per_unit_month or 0) / 730 for row in (month, year)]
    assert saved == pytest.approx([0.64, 0.70], abs=0.005)


def test_model_units_of_amazons_own_example() -> None:
    """Amazon Bedrock price page: two units of Titan Text Express for a month of 744 h cost 27,379.20 USD."""
    _, month, _ = units("aws-bedrock-units", "titan-text-express").prices
    assert month.usd_per_unit_h is not None
    assert 2 * 744 * month.usd_per_unit_h == Decimal("27379.20")


def test_units_without_a_public_price_stay_and_say_why() -> None:
    rows = units("aws-bedrock-units", "model-unit").prices
    assert {row.term_months for row in rows} == {0, 1, 6}
    assert all(row.usd_per_unit_h is None and row.usd_per_unit_month is None and row.reason for row in rows)


def test_instruments_of_the_three_hyperscalers() -> None:
    """economics.md §2: discounts on hours (Usage) and on dollars (Spend), and what is forfeited."""
    for name in sorted(HYPERSCALERS):
        assert {"Usage", "Spend"} <= {terms.category for terms in rate_card(name).commitments}
    blocks = next(terms for terms in rate_card("aws-ec2").commitments if terms.name.startswith("Capacity Block"))
    assert blocks.forfeit_unit == "reserved window"
    assert blocks.max_discount is None
